"""The jobs, connected to when they are first asked for."""

import threading

from brainai.jobs.config import JobsConfig
from brainai.jobs.service import JobService


class ServedJobs:
    """Connects once, and tries again on the next request where that fails.

    So an app can be made without a database, and a server that starts before its database is of
    use from the moment that the database answers.
    """

    def __init__(self, config: JobsConfig) -> None:
        self._config = config
        self._lock = threading.Lock()
        self._service: JobService | None = None

    def close(self) -> None:
        """Close the connections; the next request makes new ones."""
        with self._lock:
            if self._service is not None:
                self._service.close()
                self._service = None

    def service(self) -> JobService:
        """Return the jobs. Raises StoreUnavailable where the database does not answer."""
        with self._lock:
            if self._service is None:
                self._service = JobService(self._config)
            return self._service

"""A worker: answers calls with one thread, and looks after all jobs with another."""

import contextlib
import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable

from brainai.errors import StoreUnavailable
from brainai.imaging.upload import Limits
from brainai.inference.predict import Predictor
from brainai.jobs.config import JobsConfig
from brainai.jobs.database import open_database
from brainai.jobs.files import JobFiles
from brainai.jobs.queue import JobQueue
from brainai.jobs.run import Dump, Runner
from brainai.jobs.store import JobStore
from brainai.jobs.upkeep import Upkeep

_log = logging.getLogger("brainai.worker")

# Heartbeats for a lease: one may be late, and a second, and the worker still counts as alive.
_BEATS = 5
# Stopping waits so long for the slice at hand and its job's way back.
_STOP_S = 60


class Worker:
    """Takes jobs out of the queue and runs them, one at a time."""

    def __init__(
        self, config: JobsConfig, predictor: Predictor, limits: Limits, dump: Dump, tries: int
    ) -> None:
        """Connect. Raises StoreUnavailable, and SettingsError for a URL that can't be used."""
        self.name = f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(4)}"
        self._turn_s = min(1.0, config.lease_s / _BEATS)
        self._stopping = threading.Event()
        self._store = JobStore(open_database(config.database_url))
        files = JobFiles(config.files_url)
        self._runner = Runner(
            self._store, files, predictor, limits, dump, tries, self._turn_s, self._stopping
        )
        self._queue = JobQueue(config.queue_url, config.queue_file, self._runner.run_oldest)
        self._upkeep = Upkeep(
            self._store,
            files,
            self._queue,
            lease_s=config.lease_s,
            tries=tries,
            keep_s=config.keep_s,
            mine=self._runner.holding,
        )

    def stop(self) -> None:
        """Let ``run`` end soon; the job at hand waits for another worker."""
        self._stopping.set()

    def run(self, started: Callable[[], None] = lambda: None) -> None:
        """Work until ``stop`` is called. started: called once, when all is under way."""
        threads = self._queue.threads()
        threads.start()
        started()
        while not self._stopping.is_set():
            try:
                self._upkeep.turn(self.name)
            except StoreUnavailable as error:
                # Which kind it is tells the database from the file store.
                kind = type(error.__cause__).__name__
                _log.warning("store_unavailable", extra={"error": kind})
            threads.check_worker_health()
            self._stopping.wait(self._turn_s)
        threads.stop(graceful=False)
        threads.wait(_STOP_S)
        self._leave()

    def _leave(self) -> None:
        with contextlib.suppress(StoreUnavailable):
            self._store.forget_worker(self.name)
        self._store.close()
        self._queue.close()

"""While a job runs: a heartbeat says that its worker lives, and tells it when to stop."""

import logging
import threading
import time
from types import TracebackType

from brainai.errors import StoreUnavailable
from brainai.jobs.job import Stage
from brainai.jobs.store import JobStore

_log = logging.getLogger("brainai.worker")

# Progress is for eyes: more often than this no page shows it.
_PROGRESS_S = 0.2


class JobLost(Exception):
    """The job is no longer this worker's: cancelled, erased, or given to another."""


class WorkerStopped(Exception):
    """The worker is to stop; the job is to wait for another."""


class Lease:
    """Holds one claimed job while the ``with`` block runs.

    stopping: set when the worker is to stop. beat_s: seconds from heartbeat to heartbeat.
    """

    def __init__(
        self, store: JobStore, job_id: str, owner: str, stopping: threading.Event, beat_s: float
    ) -> None:
        self._store = store
        self._job_id = job_id
        self._owner = owner
        self._stopping = stopping
        self._beat_s = beat_s
        self._lost = threading.Event()
        self._over = threading.Event()
        self._noted_at_s = 0.0
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self) -> "Lease":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def judged(self, done: int, total: int) -> None:
        """Note that ``done`` of ``total`` slices are judged.

        Raises JobLost and WorkerStopped, which end the work.
        """
        self.check()
        now = time.monotonic()
        if done < total and now - self._noted_at_s < _PROGRESS_S:
            return
        self._noted_at_s = now
        self._note(Stage.JUDGING, done, total)

    def writing(self, total: int) -> None:
        """Note that all slices are judged and the files are being written. Raises as above."""
        self.check()
        self._note(Stage.WRITING, total, total)

    def check(self) -> None:
        """Raise JobLost or WorkerStopped where the work is to end."""
        if self._lost.is_set():
            raise JobLost
        if self._stopping.is_set():
            raise WorkerStopped

    def _note(self, stage: Stage, done: int, total: int) -> None:
        try:
            if not self._store.advance(self._job_id, self._owner, stage, done, total):
                raise JobLost
        except StoreUnavailable:
            # A database that is away for a moment is no reason to throw the work away.
            _log.warning("store_unavailable")

    def _beat(self) -> None:
        while not self._over.wait(self._beat_s):
            try:
                if not self._store.beat(self._job_id, self._owner):
                    self._lost.set()
                    return
            except StoreUnavailable:
                _log.warning("store_unavailable")

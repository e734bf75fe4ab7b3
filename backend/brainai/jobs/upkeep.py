"""What any worker looks after: lost jobs, lost calls, leavings, what has expired."""

import logging
import time
from collections.abc import Set
from dataclasses import dataclass, field

from brainai.jobs.files import JobFiles
from brainai.jobs.job import Failure, Job, born_at_s
from brainai.jobs.queue import JobQueue
from brainai.jobs.store import JobStore
from brainai.jobs.tidy import erase, tidy

_log = logging.getLogger("brainai.worker")

# A folder without a record is an upload that is still coming in, or that broke off: no upload
# takes so long.
_UPLOAD_S = 3600
# Listing all folders is dear on some file systems, and what it finds is rare.
_FOLDERS_EVERY_S = 600


@dataclass
class Upkeep:
    """Done by every worker, in turns; all of it may be done by several at once.

    lease_s: a job not heard of for so long has lost its worker. tries: how often it is begun.
    keep_s: how long an ended job is kept. mine: owners of the jobs that this process itself is at.
    """

    store: JobStore
    files: JobFiles
    queue: JobQueue
    lease_s: float
    tries: int
    keep_s: float
    mine: Set[str] = frozenset()
    _folders_due_s: float = field(default=0.0)

    def turn(self, worker: str) -> None:
        """Look after everything once. Raises StoreUnavailable."""
        self.store.see_worker(worker)
        self.take_back_lost()
        self.call_again()
        self.clean()
        self.expire()
        if time.monotonic() >= self._folders_due_s:
            self.store.forget_workers(self.store.now() - 10 * self.lease_s)
            self.delete_strays()
            self._folders_due_s = time.monotonic() + _FOLDERS_EVERY_S

    def take_back_lost(self) -> None:
        """Let the jobs of dead workers wait again, or fail after their tries."""
        for job in self.store.lost(self.store.now() - self.lease_s):
            owner = job.owner or ""
            if owner in self.mine:
                # Alive, and so short of processor time that even its heartbeat is late.
                continue
            if job.attempts < self.tries:
                taken = self.store.give_back(job.id, owner)
            else:
                taken = self.store.fail(job.id, owner, _worker_lost(job))
                if taken:
                    tidy(self.store, self.files, job.id)
            if taken:
                _log.warning("worker_lost")

    def call_again(self) -> None:
        """Call for each job that waits where no call is left."""
        waiting = self.store.count(self.store.now()).queued
        if waiting and self.queue.empty():
            for _ in range(waiting):
                self.queue.call()

    def clean(self) -> None:
        """Delete what ended jobs should not have kept."""
        # Whoever ended a job does it at once; after a lease nobody is still at it.
        for job in self.store.ended(self.store.now() - self.lease_s, uncleaned=True):
            tidy(self.store, self.files, job.id)

    def expire(self) -> None:
        """Erase what was kept long enough."""
        for job in self.store.ended(self.store.now() - self.keep_s):
            erase(self.store, self.files, job.id)

    def delete_strays(self) -> None:
        """Delete the folders of uploads that broke off."""
        for job_id in self.files.job_ids():
            old = born_at_s(job_id) < self.store.now() - _UPLOAD_S
            if old and self.store.find(job_id) is None:
                self.files.delete(job_id)


def _worker_lost(job: Job) -> Failure:
    return Failure(
        "worker_lost",
        f"The worker died in the middle of this job, in each of {job.attempts} tries; most often "
        "the machine ran out of memory. Send a smaller volume, or give the worker more memory.",
    )

"""What any worker looks after: lost jobs, lost calls, leavings, what has expired."""

import logging
import time
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, field
from functools import partial

from brainai.errors import StoreUnavailable
from brainai.jobs.files import JobFiles
from brainai.jobs.job import Failure, Job, born_at_s
from brainai.jobs.queue import JobQueue
from brainai.jobs.scratch import delete_leavings
from brainai.jobs.store import JobStore
from brainai.jobs.tidy import erase, tidy

_log = logging.getLogger("brainai.worker")

# A folder without a record is an upload that is still coming in, or whose server was killed. A slow
# line takes hours for the largest upload; nothing needs the folder's room sooner.
_UPLOAD_S = 86_400
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
    _silent: Set[str] = field(default=frozenset())

    def turn(self, worker: str) -> None:
        """Look after everything once. Raises StoreUnavailable where some of it failed."""
        steps: list[Callable[[], None]] = [
            partial(self.store.see_worker, worker),
            self.take_back_lost,
            self.call_again,
            self.clean,
            self.expire,
        ]
        if time.monotonic() >= self._folders_due_s:
            self._folders_due_s = time.monotonic() + _FOLDERS_EVERY_S
            steps += [self.forget_workers, self.delete_strays]
        # A full disk takes no record, and may be full of what is to be deleted.
        _do_all(steps)

    def take_back_lost(self) -> None:
        """Let the jobs of dead workers wait again, or fail after their tries."""
        lost = self.store.lost(self.store.now() - self.lease_s)
        before, self._silent = self._silent, {job.owner or "" for job in lost}
        for job in lost:
            owner = job.owner or ""
            # Its own: alive, and so short of processor time that even its heartbeat is late.
            # Silent only now: a clock that was set, or a machine that slept, makes all seem dead
            # until their next heartbeat.
            if owner in self.mine or owner not in before:
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
        left = self.store.ended(self.store.now() - self.lease_s, uncleaned=True)
        _do_all(partial(tidy, self.store, self.files, job.id) for job in left)

    def expire(self) -> None:
        """Erase what was kept long enough."""
        over = self.store.ended(self.store.now() - self.keep_s)
        _do_all(partial(erase, self.store, self.files, job.id) for job in over)

    def forget_workers(self) -> None:
        """Drop the workers that were killed."""
        self.store.forget_workers(self.store.now() - 10 * self.lease_s)

    def delete_strays(self) -> None:
        """Delete the folders of uploads that broke off, and what killed runs left here."""
        delete_leavings()
        _do_all(partial(self._delete_stray, job_id) for job_id in self.files.job_ids())

    def _delete_stray(self, job_id: str) -> None:
        old = born_at_s(job_id) < self.store.now() - _UPLOAD_S
        if old and self.store.find(job_id) is None:
            self.files.delete(job_id)


def _do_all(steps: Iterable[Callable[[], None]]) -> None:
    """Take each step, whatever becomes of the others. Raises what the last that failed raised."""
    failed = None
    for step in steps:
        try:
            step()
        except StoreUnavailable as error:
            failed = error
    if failed is not None:
        raise failed


def _worker_lost(job: Job) -> Failure:
    return Failure(
        "worker_lost",
        f"The worker died in the middle of this job, or could not store its files, in each of "
        f"{job.attempts} tries; most often the machine ran out of memory or of disk. "
        "Send a smaller volume, or give the worker more of either.",
    )

"""What the API does with jobs: take them in, tell of them, end them, hand out their files."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import IO

from brainai.errors import Conflict, NotFound, StoreUnavailable
from brainai.jobs.config import JobsConfig
from brainai.jobs.database import open_database, read_database_url
from brainai.jobs.files import JobFiles
from brainai.jobs.job import Job, JobState, StoredArtefact, is_job_id, new_job_id
from brainai.jobs.queue import JobQueue
from brainai.jobs.store import Counts, JobStore
from brainai.jobs.tidy import erase

_END = {
    JobState.SUCCEEDED: "has succeeded",
    JobState.FAILED: "has failed",
    JobState.CANCELLED: "was cancelled",
}


def check_urls(config: JobsConfig) -> None:
    """Raise SettingsError for a URL that can't be used; nothing is connected to."""
    JobFiles(config.files_url)
    read_database_url(config.database_url)
    if config.queue_url:
        JobQueue(config.queue_url, config.queue_file).close()


class JobService:
    """The jobs, as the API sees them. May be shared between threads."""

    def __init__(self, config: JobsConfig) -> None:
        """Connect. Raises StoreUnavailable, and SettingsError for a URL that can't be used."""
        self.config = config
        self.files = JobFiles(config.files_url)
        self.store = JobStore(open_database(config.database_url))
        self._queue = JobQueue(config.queue_url, config.queue_file)

    def close(self) -> None:
        """Close the connections."""
        self.store.close()
        self._queue.close()

    def check_room(self) -> None:
        """Raise Busy (queue_full) where no further job may wait."""
        self.store.check_room(self.config.max_queued)

    @contextmanager
    def receive(self) -> Iterator[str]:
        """Yield the id of a job to be, whose upload may be written; delete it if that fails."""
        job_id = new_job_id()
        try:
            yield job_id
        except BaseException:
            self.files.delete(job_id)
            raise

    def submit(self, job_id: str, names: Sequence[str], *, force: bool, series: int | None) -> Job:
        """Let the job wait, whose upload was written as files 0, 1, ... called ``names``."""
        self.files.write_names(job_id, names)
        self.check_room()
        job = self.store.create(job_id, force=force, series=series)
        self._queue.call()
        return job

    def find(self, job_id: str) -> Job:
        """Return a job as it is now. Raises NotFound (job_not_found)."""
        job = self.store.find(job_id) if is_job_id(job_id) else None
        if job is None:
            raise NotFound(
                "job_not_found",
                "There is no job of this id. It was erased, or has expired; send the study again.",
            )
        return job

    def cancel_or_erase(self, job_id: str) -> Job | None:
        """Cancel a job that waits or runs, and return it; erase one that has ended."""
        job = self.find(job_id)
        if job.ended or not self.store.cancel(job_id):
            erase(self.store, self.files, job_id)
            return None
        # Not noted as cleaned: a worker may still be writing, which may be why this fails, and
        # tidies again when it notices. The job is cancelled all the same.
        with suppress(StoreUnavailable):
            self.files.delete(job_id)
        return self.find(job_id)

    def artefact(self, job: Job, name: str) -> StoredArtefact:
        """Return what is known of an artefact.

        Raises Conflict (job_not_ended) and NotFound (artefact_not_found).
        """
        if not job.ended:
            raise Conflict(
                "job_not_ended",
                f"The job is still {job.state}; its files are there once it has succeeded. "
                "Ask for the job until its state says so.",
            )
        for stored in job.artefacts:
            if stored.name == name:
                return stored
        raise NotFound(
            "artefact_not_found",
            f"The job {_END[job.state]} and has no such file. The job lists the files that it has.",
        )

    def open_artefact(self, job: Job, name: str) -> tuple[StoredArtefact, IO[bytes]]:
        """Open an artefact for reading. Raises as ``artefact`` does."""
        stored = self.artefact(job, name)
        try:
            return stored, self.files.open_artefact(job.id, job.owner or "", name)
        except FileNotFoundError as error:
            raise NotFound(
                "artefact_not_found", "The file is gone: the job was erased, or has expired."
            ) from error

    def expires_at_s(self, job: Job) -> float | None:
        """Return when an ended job is erased, in seconds since 1970."""
        return None if job.ended_at_s is None else job.ended_at_s + self.config.keep_s

    def count(self) -> Counts:
        """Count jobs, and the workers heard of within a lease."""
        return self.store.count(self.store.now() - self.config.lease_s)

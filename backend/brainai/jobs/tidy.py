"""What an ended job must not keep is deleted, whoever ends it and however."""

from brainai.jobs.files import JobFiles
from brainai.jobs.job import JobState
from brainai.jobs.store import JobStore


def tidy(store: JobStore, files: JobFiles, job_id: str) -> None:
    """Delete the upload of a job that succeeded, and all files of one that ended otherwise.

    Nothing happens to a job that waits or runs. Once done, it is noted, so that upkeep finds what
    a killed process did not get to. Raises StoreUnavailable.
    """
    job = store.find(job_id)
    if job is None:
        files.delete(job_id)
    elif job.ended:
        if job.state is JobState.SUCCEEDED and job.owner:
            files.keep_only(job_id, job.owner)
        else:
            files.delete(job_id)
        store.mark_cleaned(job_id)


def erase(store: JobStore, files: JobFiles, job_id: str) -> None:
    """Delete an ended job with all its files. Raises StoreUnavailable."""
    # Files first: a record without files is found again by upkeep, files without a record later.
    files.delete(job_id)
    store.erase(job_id)

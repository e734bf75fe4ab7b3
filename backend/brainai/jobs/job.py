"""A job is a state machine: its states, its stages, and what is known of it."""

import re
import secrets
import time
from dataclasses import dataclass
from enum import StrEnum


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Stage(StrEnum):
    """What a job is at; on from READING only while it runs."""

    WAITING = "waiting"
    READING = "reading"
    JUDGING = "judging"
    WRITING = "writing"
    DONE = "done"


NEXT: dict[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset({JobState.RUNNING, JobState.CANCELLED}),
    # Back to QUEUED when its worker died, was stopped, or met a fault with tries left.
    JobState.RUNNING: frozenset(
        {JobState.QUEUED, JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED}
    ),
    JobState.SUCCEEDED: frozenset(),
    JobState.FAILED: frozenset(),
    JobState.CANCELLED: frozenset(),
}
"""The legal transitions. A state without any is an end."""

ENDED = frozenset(state for state, following in NEXT.items() if not following)


@dataclass(frozen=True)
class Failure:
    """Why a job failed. forceable: it is answered if it is sent again with force=true."""

    code: str
    detail: str
    forceable: bool = False


@dataclass(frozen=True)
class StoredArtefact:
    """A file that a job left behind."""

    name: str
    media_type: str
    size_bytes: int


@dataclass(frozen=True)
class Job:
    """One job's record, as it was when it was read.

    created_at_s, ended_at_s: seconds since 1970, UTC. result_json: the text of the study's wire
    JSON, only of a succeeded job. force, series: as the request asked. owner: which run of a worker
    has, or last had, the job.
    """

    id: str
    state: JobState
    stage: Stage
    slices_done: int
    slices_total: int
    attempts: int
    force: bool
    series: int | None
    owner: str | None
    created_at_s: float
    ended_at_s: float | None
    failure: Failure | None
    result_json: str | None
    artefacts: tuple[StoredArtefact, ...]

    @property
    def ended(self) -> bool:
        """True once nothing more will happen to it."""
        return self.state in ENDED

    @property
    def progress(self) -> float:
        """How much of it is done, from 0 to 1, counted by slices."""
        if self.state is JobState.SUCCEEDED:
            return 1.0
        return self.slices_done / self.slices_total if self.slices_total else 0.0


_ID = re.compile(r"[0-9a-f]{32}")


def new_job_id() -> str:
    """Return an id that can't be guessed: whoever knows it may read the job."""
    # It begins with the time, so that a folder without a record tells its age.
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


def is_job_id(text: str) -> bool:
    """Whether ``text`` has the form of a job's id."""
    return _ID.fullmatch(text) is not None


def born_at_s(job_id: str) -> float:
    """Return when the id was made, in seconds since 1970."""
    return int(job_id[:12], 16) / 1000

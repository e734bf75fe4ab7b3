"""Job -> what JobSchema sends."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from brainai.jobs.job import Failure, Job


@dataclass(frozen=True)
class ArtefactAnswer:
    """One artefact, and where it is from the API's root."""

    name: str
    href: str
    media_type: str
    size_bytes: int


@dataclass(frozen=True)
class JobAnswer:
    """A job in the terms of the wire: moments as text, the result as an object."""

    id: str
    state: str
    progress: float
    stage: str
    slices_done: int
    slices_total: int
    attempts: int
    created_at: str
    ended_at: str | None
    expires_at: str | None
    error: Failure | None
    result: dict[str, object] | None
    artefacts: tuple[ArtefactAnswer, ...]


def job_answer(job: Job, expires_at_s: float | None) -> JobAnswer:
    """Put a job into the terms of the wire. expires_at_s: seconds since 1970."""
    return JobAnswer(
        id=job.id,
        state=job.state,
        progress=round(job.progress, 4),
        stage=job.stage,
        slices_done=job.slices_done,
        slices_total=job.slices_total,
        attempts=job.attempts,
        created_at=_moment(job.created_at_s),
        ended_at=None if job.ended_at_s is None else _moment(job.ended_at_s),
        expires_at=None if expires_at_s is None else _moment(expires_at_s),
        error=job.failure,
        result=json.loads(job.result_json) if job.result_json else None,
        artefacts=tuple(
            ArtefactAnswer(
                stored.name, f"/jobs/{job.id}/{stored.name}", stored.media_type, stored.size_bytes
            )
            for stored in job.artefacts
        ),
    )


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")

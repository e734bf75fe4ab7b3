"""The records of the jobs. Each step is one guarded update: of several who try, one succeeds."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import msgspec
from sqlalchemy import CursorResult, Engine, delete, func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from brainai.errors import Busy, StoreUnavailable
from brainai.jobs.job import ENDED, NEXT, Failure, Job, JobState, Stage, StoredArtefact
from brainai.jobs.tables import JobRow, WorkerRow


@dataclass(frozen=True)
class Counts:
    """How many jobs wait and run, and how many workers were heard of lately."""

    queued: int
    running: int
    workers: int


class JobStore:
    """Job records in a database that ``open_database`` made.

    clock: seconds since 1970; the clocks of all machines must agree to well under a lease.
    Every method raises StoreUnavailable where the database does not answer. A method that moves a
    job returns whether it did: False where the job was no longer in the state for it.
    """

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self.now = clock

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()

    # ---- what the API does

    def create(self, job_id: str, *, force: bool = False, series: int | None = None) -> Job:
        """Record a new job, queued."""
        row = JobRow(
            id=job_id,
            state=JobState.QUEUED,
            stage=Stage.WAITING,
            slices_done=0,
            slices_total=0,
            attempts=0,
            force=force,
            series=series,
            created_at_s=self.now(),
            cleaned=False,
            error_forceable=False,
            artefacts_json="[]",
        )
        with self._session() as session:
            session.add(row)
            session.flush()
            return _to_job(row)

    def check_room(self, max_queued: int) -> None:
        """Raise Busy (queue_full) where as many jobs wait as may."""
        # Two at the same moment may both find the last place; the bound is there to stop a flood.
        with self._session() as session:
            waiting = self._count(session, JobState.QUEUED)
        if waiting >= max_queued:
            raise Busy(
                "queue_full",
                f"{waiting} jobs wait already, as many as this server lets wait. "
                "Send this one again in a minute.",
            )

    def find(self, job_id: str) -> Job | None:
        """Return the job as it is now, or None where there is none."""
        with self._session() as session:
            row = session.get(JobRow, job_id)
            return _to_job(row) if row else None

    def count(self, workers_since_s: float) -> Counts:
        """Count waiting and running jobs, and the workers seen since."""
        with self._session() as session:
            seen = select(func.count()).where(WorkerRow.seen_at_s >= workers_since_s)
            return Counts(
                queued=self._count(session, JobState.QUEUED),
                running=self._count(session, JobState.RUNNING),
                workers=session.scalar(seen) or 0,
            )

    def cancel(self, job_id: str) -> bool:
        """End a job that waits or runs; its worker notices at the next slice."""
        return self._end(job_id, JobState.CANCELLED)

    def erase(self, job_id: str) -> bool:
        """Delete the record of an ended job."""
        with self._session() as session:
            gone = delete(JobRow).where(JobRow.id == job_id, JobRow.state.in_(ENDED))
            return _changed(session.execute(gone))

    # ---- what the worker of a job does

    def claim_oldest(self, owner: str) -> Job | None:
        """Begin the job that has waited longest; None where none waits."""
        oldest = (
            select(JobRow.id)
            .where(JobRow.state == JobState.QUEUED)
            .order_by(JobRow.created_at_s, JobRow.id)
            .limit(1)
        )
        while True:
            with self._session() as session:
                job_id = session.scalar(oldest)
            if job_id is None:
                return None
            # Another worker may be faster, or the job cancelled: then the next is the oldest.
            if self._move(
                job_id,
                JobState.RUNNING,
                owner=owner,
                stage=Stage.READING,
                attempts=JobRow.attempts + 1,
                heartbeat_at_s=self.now(),
            ):
                return self.find(job_id)

    def beat(self, job_id: str, owner: str) -> bool:
        """Say that the job's worker is alive."""
        return self._note(job_id, owner)

    def advance(self, job_id: str, owner: str, stage: Stage, done: int, total: int) -> bool:
        """Note how far a running job is."""
        return self._note(job_id, owner, stage=stage, slices_done=done, slices_total=total)

    def succeed(
        self, job_id: str, owner: str, result_json: str, artefacts: Sequence[StoredArtefact]
    ) -> bool:
        """End a running job with its result."""
        told = msgspec.json.encode(list(artefacts)).decode()
        return self._end(
            job_id,
            JobState.SUCCEEDED,
            owner,
            stage=Stage.DONE,
            result_json=result_json,
            artefacts_json=told,
        )

    def fail(self, job_id: str, owner: str, failure: Failure) -> bool:
        """End a running job with the reason why it can't be done."""
        return self._end(
            job_id,
            JobState.FAILED,
            owner,
            error_code=failure.code,
            error_detail=failure.detail,
            error_forceable=failure.forceable,
        )

    def give_back(self, job_id: str, owner: str, *, untried: bool = False) -> bool:
        """Let a running job wait again. untried: this attempt does not count."""
        return self._move(
            job_id,
            JobState.QUEUED,
            owner,
            owner=None,
            heartbeat_at_s=None,
            stage=Stage.WAITING,
            slices_done=0,
            slices_total=0,
            attempts=JobRow.attempts - int(untried),
        )

    def mark_cleaned(self, job_id: str) -> None:
        """Note that an ended job left behind only what it may keep."""
        with self._session() as session:
            session.execute(update(JobRow).where(JobRow.id == job_id).values(cleaned=True))

    # ---- what any worker looks after

    def see_worker(self, name: str) -> None:
        """Say that a worker is alive."""
        with self._session() as session:
            session.merge(WorkerRow(name=name, seen_at_s=self.now()))

    def forget_worker(self, name: str) -> None:
        """Drop a worker that has stopped."""
        with self._session() as session:
            session.execute(delete(WorkerRow).where(WorkerRow.name == name))

    def forget_workers(self, before_s: float) -> None:
        """Drop the workers that were last seen before ``before_s``."""
        with self._session() as session:
            session.execute(delete(WorkerRow).where(WorkerRow.seen_at_s < before_s))

    def lost(self, before_s: float) -> list[Job]:
        """Return the running jobs not heard of since ``before_s``."""
        silent = select(JobRow).where(
            JobRow.state == JobState.RUNNING, JobRow.heartbeat_at_s < before_s
        )
        with self._session() as session:
            return [_to_job(row) for row in session.scalars(silent)]

    def ended(self, before_s: float, *, uncleaned: bool = False) -> list[Job]:
        """Return the jobs that ended before ``before_s``; only those not cleaned, if asked."""
        over = select(JobRow).where(JobRow.state.in_(ENDED), JobRow.ended_at_s < before_s)
        if uncleaned:
            over = over.where(~JobRow.cleaned)
        with self._session() as session:
            return [_to_job(row) for row in session.scalars(over)]

    # ---- how

    @contextmanager
    def _session(self) -> Iterator[Session]:
        try:
            with Session(self._engine, expire_on_commit=False) as session, session.begin():
                yield session
        except (DBAPIError, PoolTimeoutError) as error:
            # Of every kind: one that takes no writes, or is damaged, is no more use than one away.
            raise StoreUnavailable from error

    @staticmethod
    def _count(session: Session, state: JobState) -> int:
        return session.scalar(select(func.count()).where(JobRow.state == state)) or 0

    def _move(self, job_id: str, after: JobState, held_by: str | None = None, **new: Any) -> bool:
        """Move a job to its next state, if it is in one that allows that, and still held."""
        # In one update: a job that goes from one such state to another would slip past two.
        before = [state for state, following in NEXT.items() if after in following]
        guarded = update(JobRow).where(JobRow.id == job_id, JobRow.state.in_(before))
        if held_by is not None:
            guarded = guarded.where(JobRow.owner == held_by)
        with self._session() as session:
            return _changed(session.execute(guarded.values(state=after, **new)))

    def _end(self, job_id: str, after: JobState, held_by: str | None = None, **new: Any) -> bool:
        return self._move(job_id, after, held_by, ended_at_s=self.now(), **new)

    def _note(self, job_id: str, owner: str, **new: Any) -> bool:
        mine = update(JobRow).where(
            JobRow.id == job_id, JobRow.state == JobState.RUNNING, JobRow.owner == owner
        )
        with self._session() as session:
            return _changed(session.execute(mine.values(heartbeat_at_s=self.now(), **new)))


def _changed(result: object) -> bool:
    return cast("CursorResult[Any]", result).rowcount == 1


def _to_job(row: JobRow) -> Job:
    failure = None
    if row.error_code is not None:
        failure = Failure(row.error_code, row.error_detail or "", row.error_forceable)
    return Job(
        id=row.id,
        state=JobState(row.state),
        stage=Stage(row.stage),
        slices_done=row.slices_done,
        slices_total=row.slices_total,
        attempts=row.attempts,
        force=row.force,
        series=row.series,
        owner=row.owner,
        created_at_s=row.created_at_s,
        ended_at_s=row.ended_at_s,
        failure=failure,
        result_json=row.result_json,
        artefacts=tuple(msgspec.json.decode(row.artefacts_json, type=list[StoredArtefact])),
    )

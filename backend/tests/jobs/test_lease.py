import threading
import time
from pathlib import Path

import pytest

from brainai.jobs.database import open_database
from brainai.jobs.job import Stage, new_job_id
from brainai.jobs.lease import JobLost, Lease, WorkerStopped
from brainai.jobs.store import JobStore
from tests.job_fixtures import Clock

PATIENCE_S = 20


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'jobs.sqlite3'}"


@pytest.fixture
def job_id(store: JobStore) -> str:
    made = store.create(new_job_id()).id
    store.claim_oldest("me")
    return made


def _lease(store: JobStore, job_id: str, stopping: threading.Event | None = None) -> Lease:
    return Lease(store, job_id, "me", stopping or threading.Event(), beat_s=0.02)


def test_a_heartbeat_is_written_while_the_work_is_silent(
    store: JobStore, clock: Clock, job_id: str
) -> None:
    with _lease(store, job_id):
        clock.now_s += 100
        end = time.monotonic() + PATIENCE_S
        while store.lost(clock.now_s - 1) and time.monotonic() < end:
            time.sleep(0.01)
        assert store.lost(clock.now_s - 1) == []


def test_no_heartbeat_comes_after_the_end(store: JobStore, clock: Clock, job_id: str) -> None:
    with _lease(store, job_id):
        pass
    clock.now_s += 100
    time.sleep(0.1)
    assert [job.id for job in store.lost(clock.now_s - 1)] == [job_id]


def test_progress_is_told_at_the_first_and_the_last_slice_and_not_at_each(
    store: JobStore, job_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []
    advance = store.advance

    def noted(*given: object) -> bool:
        told.append(given[3:])
        return advance(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "advance", noted)
    with _lease(store, job_id) as lease:
        for done in range(1, 101):
            lease.judged(done, 100)
        lease.writing(100)
    assert told[0] == (1, 100)
    assert told[-2:] == [(100, 100), (100, 100)]
    assert len(told) < 50
    job = store.find(job_id)
    assert job is not None
    assert (job.stage, job.progress) == (Stage.WRITING, 1.0)


def test_work_on_a_cancelled_job_ends(store: JobStore, job_id: str) -> None:
    with _lease(store, job_id) as lease:
        store.cancel(job_id)
        with pytest.raises(JobLost):
            lease.judged(1, 10)


def test_between_two_notes_the_heartbeat_finds_out(store: JobStore, job_id: str) -> None:
    with _lease(store, job_id) as lease:
        store.cancel(job_id)
        end = time.monotonic() + PATIENCE_S
        while not lease._lost.is_set() and time.monotonic() < end:
            time.sleep(0.01)
        with pytest.raises(JobLost):
            lease.check()


def test_work_ends_where_the_worker_is_to_stop(store: JobStore, job_id: str) -> None:
    stopping = threading.Event()
    with _lease(store, job_id, stopping) as lease:
        stopping.set()
        with pytest.raises(WorkerStopped):
            lease.judged(1, 10)


def test_a_database_that_is_away_for_a_moment_does_not_end_the_work(
    tmp_path: Path, store: JobStore, job_id: str
) -> None:
    file = tmp_path / "jobs.sqlite3"
    away = open_database(f"sqlite:///{file}")
    broken = JobStore(away)
    with _lease(broken, job_id) as lease:
        broken._engine = open_database(f"sqlite:///{tmp_path / 'other.sqlite3'}")
        with broken._engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE jobs")
        lease.judged(1, 10)
        broken._engine.dispose()
        broken._engine = away
        lease.judged(10, 10)
    away.dispose()
    job = store.find(job_id)
    assert job is not None
    assert job.slices_done == 10

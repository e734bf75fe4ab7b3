"""The records, on SQLite and on PostgreSQL alike."""

import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from brainai.errors import Busy, StoreUnavailable
from brainai.jobs.database import open_database
from brainai.jobs.job import Failure, Job, JobState, Stage, StoredArtefact, new_job_id
from brainai.jobs.store import JobStore
from tests.job_fixtures import Clock
from tests.job_servers import run_servers

ARTEFACTS = [StoredArtefact("mask.nii.gz", "application/gzip", 12)]


def _claimed(store: JobStore, owner: str = "me") -> Job:
    store.create(new_job_id())
    job = store.claim_oldest(owner)
    assert job is not None
    return job


def _found(store: JobStore, job: Job) -> Job:
    found = store.find(job.id)
    assert found is not None
    return found


def test_a_new_job_waits(store: JobStore, clock: Clock) -> None:
    job = store.create(new_job_id(), force=True, series=2)
    assert (job.state, job.stage, job.attempts) == (JobState.QUEUED, Stage.WAITING, 0)
    assert (job.force, job.series, job.created_at_s) == (True, 2, clock.now_s)
    assert store.find(job.id) == job
    assert store.find(new_job_id()) is None


def test_the_job_that_waited_longest_is_claimed_first(store: JobStore, clock: Clock) -> None:
    ids = []
    for _ in range(3):
        ids.append(store.create(new_job_id()).id)
        clock.now_s += 1
    claimed = [store.claim_oldest("me") for _ in range(4)]
    assert [job.id if job else None for job in claimed] == [*ids, None]
    assert {job.attempts for job in claimed if job} == {1}
    assert {job.state for job in claimed if job} == {JobState.RUNNING}


def test_of_many_workers_one_gets_a_job(store: JobStore) -> None:
    jobs = [store.create(new_job_id()).id for _ in range(10)]
    got: list[str] = []

    def claim_all(owner: str) -> None:
        while job := store.claim_oldest(owner):
            got.append(job.id)

    threads = [threading.Thread(target=claim_all, args=(f"worker {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(got) == Counter(jobs)


def test_a_job_goes_on_and_succeeds(store: JobStore, clock: Clock) -> None:
    job = _claimed(store)
    assert store.advance(job.id, "me", Stage.JUDGING, 3, 12)
    assert _found(store, job).progress == 0.25
    clock.now_s += 5
    assert store.succeed(job.id, "me", '{"label": "tumor"}', ARTEFACTS)
    ended = _found(store, job)
    assert (ended.state, ended.stage, ended.progress) == (JobState.SUCCEEDED, Stage.DONE, 1.0)
    assert (ended.result_json, ended.artefacts) == ('{"label": "tumor"}', tuple(ARTEFACTS))
    assert ended.ended_at_s == clock.now_s


def test_a_job_fails_with_its_reason(store: JobStore) -> None:
    job = _claimed(store)
    failure = Failure("not_brain_mr", "It is a knee.", forceable=True)
    assert store.fail(job.id, "me", failure)
    assert _found(store, job).failure == failure


def test_who_does_not_hold_a_job_can_not_move_it(store: JobStore) -> None:
    job = _claimed(store)
    assert not store.beat(job.id, "another")
    assert not store.advance(job.id, "another", Stage.WRITING, 1, 1)
    assert not store.succeed(job.id, "another", "{}", [])
    assert not store.fail(job.id, "another", Failure("x", "y"))
    assert not store.give_back(job.id, "another")
    assert _found(store, job).state is JobState.RUNNING


@pytest.mark.parametrize("end", ["succeed", "fail", "cancel"])
def test_an_ended_job_stays_as_it_is(store: JobStore, end: str) -> None:
    job = _claimed(store)
    if end == "succeed":
        store.succeed(job.id, "me", "{}", [])
    elif end == "fail":
        store.fail(job.id, "me", Failure("x", "y"))
    else:
        store.cancel(job.id)
    ended = _found(store, job)
    assert not store.cancel(job.id)
    assert not store.succeed(job.id, "me", "{}", [])
    assert not store.fail(job.id, "me", Failure("x", "y"))
    assert not store.give_back(job.id, "me")
    assert not store.beat(job.id, "me")
    assert store.claim_oldest("me") is None
    assert _found(store, job) == ended


def test_a_waiting_and_a_running_job_can_be_cancelled(store: JobStore) -> None:
    waiting = store.create(new_job_id())
    assert store.cancel(waiting.id)
    assert store.claim_oldest("me") is None
    running = _claimed(store)
    assert store.cancel(running.id)
    assert not store.beat(running.id, "me")
    assert _found(store, running).state is JobState.CANCELLED


def test_a_job_that_is_given_back_waits_again_from_the_start(store: JobStore) -> None:
    job = _claimed(store)
    store.advance(job.id, "me", Stage.JUDGING, 3, 12)
    assert store.give_back(job.id, "me")
    waiting = _found(store, job)
    assert (waiting.state, waiting.stage, waiting.progress) == (JobState.QUEUED, Stage.WAITING, 0.0)
    again = store.claim_oldest("another")
    assert again is not None
    assert again.attempts == 2


def test_an_untried_attempt_does_not_count(store: JobStore) -> None:
    job = _claimed(store)
    assert store.give_back(job.id, "me", untried=True)
    assert _found(store, job).attempts == 0


def test_a_job_without_a_heartbeat_is_lost(store: JobStore, clock: Clock) -> None:
    silent, alive = _claimed(store), _claimed(store)
    clock.now_s += 10
    store.beat(alive.id, "me")
    assert [job.id for job in store.lost(clock.now_s - 5)] == [silent.id]


def test_no_more_jobs_may_wait_than_the_bound(store: JobStore) -> None:
    store.check_room(1)
    store.create(new_job_id())
    with pytest.raises(Busy) as caught:
        store.check_room(1)
    assert caught.value.code == "queue_full"
    store.claim_oldest("me")
    store.check_room(1)


def test_jobs_and_workers_are_counted(store: JobStore, clock: Clock) -> None:
    _claimed(store)
    store.create(new_job_id())
    store.see_worker("one")
    clock.now_s += 10
    store.see_worker("two")
    store.see_worker("two")
    counted = store.count(clock.now_s - 5)
    assert (counted.queued, counted.running, counted.workers) == (1, 1, 1)
    store.forget_workers(clock.now_s - 5)
    assert store.count(0).workers == 1
    store.forget_worker("two")
    assert store.count(0).workers == 0


def test_only_an_ended_job_can_be_erased(store: JobStore) -> None:
    job = _claimed(store)
    assert not store.erase(job.id)
    store.cancel(job.id)
    assert store.erase(job.id)
    assert store.find(job.id) is None
    assert not store.erase(job.id)


def test_ended_jobs_are_found_by_their_age_and_by_what_is_left_to_clean(
    store: JobStore, clock: Clock
) -> None:
    job = _claimed(store)
    store.cancel(job.id)
    assert store.ended(clock.now_s) == []
    clock.now_s += 1
    assert [found.id for found in store.ended(clock.now_s, uncleaned=True)] == [job.id]
    store.mark_cleaned(job.id)
    assert store.ended(clock.now_s, uncleaned=True) == []
    assert [found.id for found in store.ended(clock.now_s)] == [job.id]


def test_a_job_that_is_given_back_while_it_is_cancelled_is_cancelled(
    store: JobStore, engine: Engine
) -> None:
    job = _claimed(store)

    def give_back(_: Session) -> None:
        JobStore(engine).give_back(job.id, "me")

    event.listen(Session, "after_commit", give_back, once=True)
    assert store.cancel(job.id)
    assert _found(store, job).state is JobState.CANCELLED


def test_records_outlive_the_connection(engine: Engine, database_url: str) -> None:
    job = JobStore(engine).create(new_job_id())
    again = open_database(database_url)
    assert JobStore(again).find(job.id) == job
    again.dispose()


def test_a_database_that_goes_away_is_unavailable() -> None:
    with run_servers() as servers:
        store = JobStore(open_database(servers.new_database()))
        job = store.create(new_job_id())
    with pytest.raises(StoreUnavailable):
        store.find(job.id)
    store.close()


def test_a_database_that_takes_no_writes_any_more_is_unavailable(
    engine: Engine, store: JobStore
) -> None:
    refusal = "PRAGMA query_only = 1"
    if engine.dialect.name == "postgresql":  # as where a standby takes over, or its disk is full
        refusal = "SET TRANSACTION READ ONLY"

    def take_none(connection: Any, *_: object) -> None:
        connection.cursor().execute(refusal)

    event.listen(engine, "checkout", take_none)
    with pytest.raises(StoreUnavailable):
        store.see_worker("me")


def test_a_damaged_database_is_unavailable(tmp_path: Path) -> None:
    file = tmp_path / "jobs.sqlite3"
    store = JobStore(open_database(f"sqlite:///{file}"))
    store.close()
    file.write_bytes(b"no database" * 1000)
    with pytest.raises(StoreUnavailable):
        store.count(0)

"""What any worker looks after."""

import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest

from brainai.errors import StoreUnavailable
from brainai.jobs.files import JobFiles
from brainai.jobs.job import JobState, new_job_id
from brainai.jobs.queue import JobQueue
from brainai.jobs.scratch import scratch_folder
from brainai.jobs.store import JobStore
from brainai.jobs.tidy import tidy
from brainai.jobs.upkeep import Upkeep
from tests.job_fixtures import Clock


@pytest.fixture
def files(tmp_path: Path) -> JobFiles:
    return JobFiles(f"file://{tmp_path / 'files'}")


@pytest.fixture
def queue(tmp_path: Path) -> JobQueue:
    return JobQueue("", tmp_path / "queue.sqlite3")


@pytest.fixture
def upkeep(store: JobStore, files: JobFiles, queue: JobQueue) -> Upkeep:
    return Upkeep(store, files, queue, lease_s=10, tries=2, keep_s=1000)


def _new(upkeep: Upkeep, job_id: str | None = None) -> str:
    job_id = job_id or new_job_id()
    with upkeep.files.create_upload(job_id, 0) as stream:
        stream.write(b"x")
    return upkeep.store.create(job_id).id


def _state(upkeep: Upkeep, job_id: str) -> JobState | None:
    job = upkeep.store.find(job_id)
    return job.state if job else None


def test_a_lost_job_waits_again_and_fails_after_its_tries(upkeep: Upkeep, clock: Clock) -> None:
    job_id = _new(upkeep)
    for left in (JobState.QUEUED, JobState.FAILED):
        upkeep.store.claim_oldest("dead")
        clock.now_s += 5
        upkeep.turn("me")
        assert _state(upkeep, job_id) is JobState.RUNNING
        clock.now_s += 6
        upkeep.turn("me")
        upkeep.turn("me")
        assert _state(upkeep, job_id) is left
    job = upkeep.store.find(job_id)
    assert job is not None
    assert job.failure is not None
    assert job.failure.code == "worker_lost"


def test_a_worker_does_not_take_the_job_that_it_is_at_for_lost(
    upkeep: Upkeep, clock: Clock
) -> None:
    job_id = _new(upkeep)
    upkeep.store.claim_oldest("me")
    clock.now_s += 100
    upkeep = replace(upkeep, mine={"me"})
    for _ in range(3):
        upkeep.turn("worker")
    assert _state(upkeep, job_id) is JobState.RUNNING


def test_a_clock_that_was_set_makes_no_job_lost_whose_worker_lives(
    upkeep: Upkeep, clock: Clock
) -> None:
    job_id = _new(upkeep)
    upkeep.store.claim_oldest("another")
    for _ in range(3):
        clock.now_s += 3600
        upkeep.turn("me")
        assert upkeep.store.beat(job_id, "another")
        upkeep.turn("me")
    assert _state(upkeep, job_id) is JobState.RUNNING


def _unavailable(*_: object) -> None:
    raise StoreUnavailable


def test_what_can_not_be_deleted_keeps_nothing_else_from_it(
    upkeep: Upkeep, files: JobFiles, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck, cancelled = _new(upkeep), _new(upkeep)
    for job_id in (stuck, cancelled):
        upkeep.store.cancel(job_id)
    delete = files.delete
    monkeypatch.setattr(
        files, "delete", lambda job_id: _unavailable() if job_id == stuck else delete(job_id)
    )
    clock.now_s += 11
    with pytest.raises(StoreUnavailable):
        upkeep.turn("me")
    assert files.job_ids() == [stuck]
    clock.now_s += 1000
    with pytest.raises(StoreUnavailable):
        upkeep.turn("me")
    assert _state(upkeep, cancelled) is None
    monkeypatch.undo()
    upkeep.turn("me")
    assert files.job_ids() == []


def test_a_disk_that_takes_no_record_more_is_made_room_on(
    upkeep: Upkeep, files: JobFiles, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    upkeep.store.cancel(_new(upkeep))
    monkeypatch.setattr(upkeep.store, "see_worker", _unavailable)
    clock.now_s += 1001
    with pytest.raises(StoreUnavailable):
        upkeep.turn("me")
    assert files.job_ids() == []


def test_a_job_whose_call_was_lost_is_called_again_once(upkeep: Upkeep, queue: JobQueue) -> None:
    upkeep.turn("me")
    assert queue.empty()
    _new(upkeep)
    _new(upkeep)
    upkeep.turn("me")
    upkeep.turn("me")
    assert queue._huey.pending_count() == 2


def test_what_a_killed_process_left_is_cleaned_after_a_lease(
    upkeep: Upkeep, files: JobFiles, clock: Clock
) -> None:
    job_id = _new(upkeep)
    upkeep.store.cancel(job_id)
    upkeep.turn("me")
    assert files.job_ids() == [job_id]
    clock.now_s += 11
    upkeep.turn("me")
    assert files.job_ids() == []
    assert _state(upkeep, job_id) is JobState.CANCELLED


def test_an_ended_job_expires_with_its_files(
    upkeep: Upkeep, files: JobFiles, clock: Clock, tmp_path: Path
) -> None:
    job_id = _new(upkeep)
    (tmp_path / "mask.nii.gz").write_bytes(b"mask")
    upkeep.store.claim_oldest("me")
    files.write_artefact(job_id, "me", tmp_path / "mask.nii.gz")
    upkeep.store.succeed(job_id, "me", "{}", [])
    tidy(upkeep.store, files, job_id)
    clock.now_s += 999
    upkeep.turn("me")
    assert files.open_artefact(job_id, "me", "mask.nii.gz").read() == b"mask"
    clock.now_s += 2
    upkeep.turn("me")
    assert _state(upkeep, job_id) is None
    assert files.job_ids() == []


def test_a_waiting_or_running_job_never_expires(upkeep: Upkeep, clock: Clock) -> None:
    waiting, running = _new(upkeep), new_job_id()
    upkeep.store.claim_oldest("me")
    upkeep.store.create(running)
    clock.now_s += 5000
    upkeep.store.beat(waiting, "me")
    upkeep.turn("me")
    assert {_state(upkeep, waiting), _state(upkeep, running)} == {
        JobState.RUNNING,
        JobState.QUEUED,
    }


def test_an_upload_that_broke_off_is_deleted_once_none_can_still_be_coming(
    upkeep: Upkeep, files: JobFiles, clock: Clock
) -> None:
    clock.now_s = time.time()
    broken, recorded = new_job_id(), _new(upkeep)
    files.create_upload(broken, 0).close()
    upkeep.delete_strays()
    assert set(files.job_ids()) == {broken, recorded}
    # The largest upload over a slow line: 500 MB at 0.5 Mbit/s.
    clock.now_s += 3 * 3600
    upkeep.delete_strays()
    assert set(files.job_ids()) == {broken, recorded}
    clock.now_s += 22 * 3600
    upkeep.delete_strays()
    assert files.job_ids() == [recorded]


def test_what_a_killed_run_left_on_this_machine_is_deleted(
    upkeep: Upkeep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    killed = scratch_folder()
    os.utime(killed.name, (0, 0))
    upkeep.turn("me")
    assert not Path(killed.name).exists()
    killed.cleanup()


def test_a_worker_is_seen_from_its_first_turn_and_forgotten_in_the_end(
    upkeep: Upkeep, store: JobStore, clock: Clock
) -> None:
    store.see_worker("long gone")
    clock.now_s += 200
    upkeep.turn("me")
    assert store.count(0).workers == 1


def test_tidying_leaves_alone_what_still_runs_and_deletes_what_nobody_knows(
    upkeep: Upkeep, files: JobFiles, store: JobStore
) -> None:
    waiting, unknown = _new(upkeep), new_job_id()
    files.create_upload(unknown, 0).close()
    for job_id in (waiting, unknown):
        tidy(store, files, job_id)
    assert files.job_ids() == [waiting]

"""Workers as they are deployed: processes of their own, which may be killed at any moment."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from brainai.api.settings import Settings, read_settings
from brainai.jobs.files import JobFiles
from brainai.jobs.job import Job, JobState, new_job_id
from brainai.jobs.service import JobService
from tests.conftest import REPOSITORY
from tests.jobs.volumes import volume_nii_gz

PATIENCE_S = 300


@pytest.fixture
def environ(shared_places: dict[str, str], job_environ: dict[str, str]) -> dict[str, str]:
    return {**job_environ, **shared_places}


@pytest.fixture
def settings(environ: dict[str, str]) -> Settings:
    return read_settings(environ)


@pytest.fixture
def jobs(settings: Settings) -> Iterator[JobService]:
    made = JobService(settings.jobs)
    yield made
    made.close()


@contextmanager
def _worker(environ: dict[str, str], kind: str = "plain") -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.jobs.worker_program", kind],
        cwd=REPOSITORY / "backend",
        env={**os.environ, **environ},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _submit(jobs: JobService, slices: int = 8) -> str:
    job_id = new_job_id()
    with jobs.files.create_upload(job_id, 0) as stream:
        stream.write(volume_nii_gz(slices))
    return jobs.submit(job_id, ["Jane Doe.nii.gz"], force=False, series=None).id


def _wait(jobs: JobService, job_id: str, until: Callable[[Job], bool]) -> Job:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        job = jobs.find(job_id)
        if until(job):
            return job
        time.sleep(0.02)
    pytest.fail(f"after {PATIENCE_S} s the job is {jobs.find(job_id)}")


def _wait_for(seen: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not seen():
        assert time.monotonic() < end
        time.sleep(0.02)


def _under_way(job: Job) -> bool:
    return job.state is JobState.RUNNING and job.slices_done > 0


def _ended(job: Job) -> bool:
    return job.ended


def test_a_job_whose_worker_is_killed_is_run_again_once_and_ends(
    environ: dict[str, str], jobs: JobService
) -> None:
    job_id = _submit(jobs)
    with _worker(environ, "slow") as doomed:
        _wait(jobs, job_id, _under_way)
        doomed.send_signal(signal.SIGKILL)
        doomed.wait()
    assert jobs.find(job_id).state is JobState.RUNNING
    with _worker(environ):
        job = _wait(jobs, job_id, _ended)
    assert (job.state, job.failure) == (JobState.SUCCEEDED, None)
    assert (job.attempts, job.slices_done) == (2, 8)
    assert len(job.artefacts) == 6


def test_a_job_that_kills_every_worker_fails_after_its_tries(
    environ: dict[str, str], jobs: JobService
) -> None:
    poisoned = _submit(jobs)
    for attempt in (1, 2):
        with _worker(environ, "deadly") as doomed:
            assert doomed.wait(PATIENCE_S) == -signal.SIGKILL
        assert jobs.find(poisoned).attempts == attempt
    harmless = _submit(jobs)
    with _worker(environ):
        job = _wait(jobs, poisoned, _ended)
        assert _wait(jobs, harmless, _ended).state is JobState.SUCCEEDED
    assert job.state is JobState.FAILED
    assert job.failure is not None
    assert job.failure.code == "worker_lost"
    assert "2 tries" in job.failure.detail
    # The record tells of the end first; the files go right after it.
    _wait_for(lambda: jobs.files.job_ids() == [harmless])


def test_a_job_that_meets_a_fault_is_tried_again_and_fails_without_its_text(
    environ: dict[str, str], jobs: JobService
) -> None:
    job_id = _submit(jobs)
    with _worker(environ, "faulty"):
        job = _wait(jobs, job_id, _ended)
    assert (job.state, job.attempts) == (JobState.FAILED, 2)
    assert job.failure is not None
    assert job.failure.code == "internal"
    assert "KeyError" in job.failure.detail
    assert "secret" not in job.failure.detail


def test_a_worker_that_is_told_to_stop_gives_its_job_back(
    environ: dict[str, str], jobs: JobService
) -> None:
    job_id = _submit(jobs)
    with _worker(environ, "slow") as stopped:
        _wait(jobs, job_id, _under_way)
        stopped.send_signal(signal.SIGTERM)
        assert stopped.wait(PATIENCE_S) == 0
    job = jobs.find(job_id)
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)
    assert jobs.count().workers == 0
    with _worker(environ):
        assert _wait(jobs, job_id, _ended).state is JobState.SUCCEEDED


def test_a_cancelled_job_stops_at_the_next_slice_and_leaves_nothing(
    environ: dict[str, str], jobs: JobService, settings: Settings
) -> None:
    job_id = _submit(jobs, slices=40)
    with _worker(environ, "slow"):
        _wait(jobs, job_id, _under_way)
        cancelled = jobs.cancel_or_erase(job_id)
        assert cancelled is not None
        assert cancelled.state is JobState.CANCELLED
        # The worker is free again long before 40 slow slices are over.
        after = _submit(jobs, slices=2)
        began_s = time.monotonic()
        _wait(jobs, after, lambda job: job.state is not JobState.QUEUED)
        assert time.monotonic() - began_s < 10
        _wait(jobs, after, _ended)
    assert JobFiles(settings.files_url).job_ids() == [after]


def test_two_workers_run_twenty_jobs_each_once(environ: dict[str, str], jobs: JobService) -> None:
    ids = [_submit(jobs, slices=2) for _ in range(20)]
    # Nobody dies here: on a machine so busy that a heartbeat comes late, nobody is to be missed.
    patient = {**environ, "BRAINAI_LEASE_S": "600"}
    with _worker(patient), _worker(patient):
        ended = [_wait(jobs, job_id, _ended) for job_id in ids]
    assert [job.failure for job in ended if job.state is not JobState.SUCCEEDED] == []
    assert {job.attempts for job in ended} == {1}


def test_jobs_sent_while_no_worker_runs_wait_for_one(
    environ: dict[str, str], jobs: JobService, tmp_path: Path
) -> None:
    job_id = _submit(jobs)
    assert jobs.count().queued == 1
    # Whatever becomes of the queue, the record is what counts.
    for file in tmp_path.glob("state/queue.sqlite3*"):
        file.unlink()
    with _worker(environ):
        assert _wait(jobs, job_id, _ended).state is JobState.SUCCEEDED

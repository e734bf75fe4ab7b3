"""One job from claim to end, without a process or a queue around it."""

import errno
import gzip
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
from fsspec.implementations.local import LocalFileSystem

from brainai.api.study_answers import dump_study
from brainai.errors import StoreUnavailable
from brainai.inference.predict import Predictor
from brainai.inference.volume import predict_volume
from brainai.jobs import run
from brainai.jobs.files import JobFiles
from brainai.jobs.job import Job, JobState, Stage, new_job_id
from brainai.jobs.run import Runner
from brainai.jobs.store import JobStore
from tests.files import dicom, png
from tests.jobs.volumes import volume_nii_gz
from tests.studies import LIMITS


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'jobs.sqlite3'}"


@pytest.fixture
def files(tmp_path: Path) -> JobFiles:
    return JobFiles(f"file://{tmp_path / 'files'}")


@pytest.fixture
def runner(store: JobStore, files: JobFiles, predictor: Predictor) -> Runner:
    stopping = threading.Event()
    return Runner(store, files, predictor, LIMITS, dump_study, 2, 0.05, stopping)


def _submit(runner: Runner, *contents: bytes, force: bool = False) -> str:
    job_id = new_job_id()
    for number, content in enumerate(contents):
        with runner.files.create_upload(job_id, number) as stream:
            stream.write(content)
    runner.files.write_names(job_id, [f"Jane {number}" for number in range(len(contents))])
    return runner.store.create(job_id, force=force).id


def _run(runner: Runner, *contents: bytes, force: bool = False) -> Job:
    job_id = _submit(runner, *contents, force=force)
    runner.run_oldest()
    job = runner.store.find(job_id)
    assert job is not None
    return job


def _judge_with(
    monkeypatch: pytest.MonkeyPatch, before: Callable[[], None], on_progress: bool = True
) -> None:
    """Let something happen at the first slice of a study, or before it is judged."""
    judge = predict_volume

    def judging(*given: Any, progress: Callable[[int, int], None], **named: Any) -> object:
        def tell(done: int, total: int) -> None:
            if done == 1:
                before()
            progress(done, total)

        if not on_progress:
            before()
        return judge(*given, progress=tell if on_progress else progress, **named)

    monkeypatch.setattr(run, "predict_volume", judging)


def _left(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "files").rglob("*") if path.is_file())


def test_a_volume_is_judged_and_its_files_are_kept(runner: Runner, tmp_path: Path) -> None:
    job = _run(runner, volume_nii_gz())
    assert (job.state, job.stage, job.slices_done) == (JobState.SUCCEEDED, Stage.DONE, 8)
    assert job.result_json is not None
    assert '"kind": "volume"' in job.result_json
    assert '"read"' in job.result_json
    sizes = {stored.name: stored.size_bytes for stored in job.artefacts}
    assert _left(tmp_path) == sorted(sizes)
    for path in (tmp_path / "files").rglob("*.*"):
        assert path.stat().st_size == sizes[path.name]


def test_with_nothing_to_do_nothing_happens(runner: Runner) -> None:
    runner.run_oldest()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (png(), "not_a_volume"),
        (dicom(), "not_a_volume"),
        (b"hello", "unsupported_format"),
        (volume_nii_gz()[:3000], "unreadable_volume"),
    ],
)
def test_what_can_not_be_judged_fails_at_once_with_its_reason(
    runner: Runner, tmp_path: Path, content: bytes, code: str
) -> None:
    job = _run(runner, content)
    assert (job.state, job.attempts) == (JobState.FAILED, 1)
    assert job.failure is not None
    assert (job.failure.code, job.failure.forceable) == (code, False)
    assert "Jane" not in job.failure.detail
    assert _left(tmp_path) == []


def test_what_is_refused_says_that_it_can_be_forced_and_is_judged_then(
    runner: Runner, predictor: Predictor
) -> None:
    noise = np.random.default_rng(0).integers(0, 1000, (64, 64, 6)).astype(np.int16)
    content = gzip.compress(nib.Nifti1Image(noise, np.eye(4)).to_bytes())
    refused = _run(runner, content)
    assert refused.failure is not None
    assert (refused.failure.code, refused.failure.forceable) == ("not_brain_mr", True)
    forced = _run(runner, content, force=True)
    assert forced.state is JobState.SUCCEEDED


def test_a_fault_is_tried_again_and_then_told_without_its_text(
    runner: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise KeyError("secret")

    _judge_with(monkeypatch, fail, on_progress=False)
    job_id = _submit(runner, volume_nii_gz())
    runner.run_oldest()
    job = runner.store.find(job_id)
    assert job is not None
    assert (job.state, job.attempts) == (JobState.QUEUED, 1)
    assert "names.json" in _left(tmp_path)
    runner.run_oldest()
    job = runner.store.find(job_id)
    assert job is not None
    assert job.state is JobState.FAILED
    assert job.failure is not None
    assert (job.failure.code, "secret" in job.failure.detail) == ("internal", False)
    assert _left(tmp_path) == []


@pytest.mark.parametrize("end", ["cancel", "erase"])
def test_a_job_that_is_ended_meanwhile_leaves_nothing(
    runner: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    job_id = _submit(runner, volume_nii_gz())

    def end_it() -> None:
        runner.store.cancel(job_id)
        if end == "erase":
            runner.store.erase(job_id)

    _judge_with(monkeypatch, end_it)
    runner.run_oldest()
    job = runner.store.find(job_id)
    assert (job.state if job else None) == (JobState.CANCELLED if end == "cancel" else None)
    assert _left(tmp_path) == []


def test_a_worker_that_is_to_stop_gives_the_job_back_untried(
    runner: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = _submit(runner, volume_nii_gz())
    _judge_with(monkeypatch, runner.stopping.set)
    runner.run_oldest()
    job = runner.store.find(job_id)
    assert job is not None
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)
    assert "0000" in _left(tmp_path)
    runner.run_oldest()
    assert runner.store.find(job_id) == job


def test_a_run_that_was_taken_for_dead_spoils_nothing_of_the_next(
    runner: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = _submit(runner, volume_nii_gz())
    judge = predict_volume
    second = replace(runner)

    def overtaken(*given: Any, **named: Any) -> object:
        prediction = judge(*given, **named)
        monkeypatch.setattr(run, "predict_volume", judge)
        job = runner.store.find(job_id)
        assert job is not None
        assert runner.store.give_back(job_id, job.owner or "")
        second.run_oldest()
        return prediction

    monkeypatch.setattr(run, "predict_volume", overtaken)
    runner.run_oldest()
    job = runner.store.find(job_id)
    assert job is not None
    assert (job.state, job.attempts) == (JobState.SUCCEEDED, 2)
    with runner.files.open_artefact(job_id, job.owner or "", "report.json") as report:
        assert len(report.read()) == {s.name: s.size_bytes for s in job.artefacts}["report.json"]
    assert _left(tmp_path) == sorted(stored.name for stored in job.artefacts)


def test_while_the_files_are_out_of_reach_no_job_loses_a_try(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.EHOSTDOWN, "Host is down")

    job_id = _submit(runner, volume_nii_gz())
    with monkeypatch.context() as away:
        for name in ("ls", "cat_file"):
            away.setattr(LocalFileSystem, name, fail)
        with pytest.raises(StoreUnavailable):
            runner.run_oldest()
    job = runner.store.find(job_id)
    assert job is not None
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)
    runner.run_oldest()
    job = runner.store.find(job_id)
    assert job is not None
    assert (job.state, job.attempts) == (JobState.SUCCEEDED, 1)


def test_a_run_whose_files_do_not_fit_on_the_disk_leaves_none_of_them_in_its_way(
    runner: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = JobFiles.write_artefact

    def fill(files: JobFiles, job_id: str, run: str, file: Path) -> None:
        write(files, job_id, run, file)
        if file.name == "report.json":
            raise StoreUnavailable

    monkeypatch.setattr(JobFiles, "write_artefact", fill)
    _submit(runner, volume_nii_gz())
    with pytest.raises(StoreUnavailable):
        runner.run_oldest()
    assert _left(tmp_path) == ["0000", "names.json"]  # for the next try

"""The files of jobs, on a local folder and on another file system alike."""

import uuid
from pathlib import Path

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from brainai.errors import SettingsError, StoreUnavailable
from brainai.jobs.files import JobFiles
from brainai.jobs.job import new_job_id


@pytest.fixture(params=["file", "memory"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "file":
        return f"file://{tmp_path / 'a folder'}"
    return f"memory://{uuid.uuid4().hex}"


@pytest.fixture
def files(url: str) -> JobFiles:
    return JobFiles(url)


def _write(files: JobFiles, job_id: str, *contents: bytes) -> None:
    for number, content in enumerate(contents):
        with files.create_upload(job_id, number) as stream:
            stream.write(content)
    files.write_names(job_id, [f"Jane Doe {number}" for number in range(len(contents))])


def _all_paths(url: str) -> list[str]:
    system, root = fsspec.core.url_to_fs(url)
    return sorted(system.find(root))


def test_an_upload_is_read_as_it_was_written(files: JobFiles) -> None:
    job_id = new_job_id()
    _write(files, job_id, b"one", b"two" * 100_000)
    read = files.read_upload(job_id)
    assert [file.data for file in read] == [b"one", b"two" * 100_000]
    assert [file.name for file in read] == ["Jane Doe 0", "Jane Doe 1"]


def test_no_path_holds_a_name_that_the_sender_chose(files: JobFiles, url: str) -> None:
    _write(files, new_job_id(), b"x")
    assert all("Jane" not in path for path in _all_paths(url))


def test_an_artefact_is_read_as_it_was_written(files: JobFiles, tmp_path: Path) -> None:
    source = tmp_path / "mask.nii.gz"
    source.write_bytes(bytes(range(256)) * 4000)
    job_id = new_job_id()
    files.write_artefact(job_id, "run", source)
    with files.open_artefact(job_id, "run", "mask.nii.gz") as stream:
        assert stream.read() == source.read_bytes()
    with pytest.raises(FileNotFoundError):
        files.open_artefact(job_id, "run", "report.pdf")


def test_only_the_artefacts_of_one_run_are_kept(files: JobFiles, tmp_path: Path, url: str) -> None:
    (tmp_path / "mask.nii.gz").write_bytes(b"mask")
    job_id = new_job_id()
    _write(files, job_id, b"x")
    files.write_artefact(job_id, "first", tmp_path / "mask.nii.gz")
    files.write_artefact(job_id, "second", tmp_path / "mask.nii.gz")
    files.keep_only(job_id, "second")
    assert [path.split(job_id)[1] for path in _all_paths(url)] == ["/second/mask.nii.gz"]


def test_nothing_is_left_of_a_job_that_is_deleted(files: JobFiles, url: str) -> None:
    one, other = new_job_id(), new_job_id()
    _write(files, one, b"x")
    _write(files, other, b"x")
    assert set(files.job_ids()) == {one, other}
    files.delete(one)
    files.delete(one)
    assert files.job_ids() == [other]
    assert all(one not in path for path in _all_paths(url))


def test_before_anything_was_written_there_are_no_jobs(files: JobFiles) -> None:
    assert files.job_ids() == []
    files.keep_only(new_job_id(), "run")


def test_a_folder_that_is_no_job_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "lost+found").mkdir()
    assert JobFiles(f"file://{tmp_path}").job_ids() == []


def test_the_folder_of_all_jobs_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    root = tmp_path / "state" / "files"
    JobFiles(f"file://{root}").create_upload(new_job_id(), 0).close()
    assert root.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("url", ["nonsense://x", "s3://a-bucket/of-a-package-not-installed"])
def test_a_url_that_can_not_be_used_is_a_wrong_setting(url: str) -> None:
    with pytest.raises(SettingsError, match="BRAINAI_FILES_URL"):
        JobFiles(url)


def test_an_error_of_the_file_systems_own_kind_is_unavailable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class EndpointConnectionError(Exception):
        """Botocore's, where S3 does not answer, is likewise no OSError."""

    def fail(*_: object, **__: object) -> None:
        raise EndpointConnectionError

    files = JobFiles(f"memory://{uuid.uuid4().hex}")
    for name in ("ls", "rm", "open"):
        monkeypatch.setattr(MemoryFileSystem, name, fail)
    with pytest.raises(StoreUnavailable):
        files.job_ids()
    with pytest.raises(StoreUnavailable):
        files.delete(new_job_id())
    with pytest.raises(StoreUnavailable):
        files.create_upload(new_job_id(), 0)


def test_a_file_system_that_fails_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    files = JobFiles(f"file://{tmp_path}/file")
    with pytest.raises(StoreUnavailable):
        files.create_upload(new_job_id(), 0)

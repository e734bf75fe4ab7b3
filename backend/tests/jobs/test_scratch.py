"""What a run lays on this machine, and what is left of it when the worker is killed."""

import os
import tempfile
import time
from pathlib import Path

import pytest

from brainai.jobs.scratch import delete_leavings, scratch_folder


@pytest.fixture(autouse=True)
def _temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def _grow_old(folder: Path) -> None:
    then = time.time() - 7200
    os.utime(folder, (then, then))


def test_a_folder_is_gone_at_its_end(tmp_path: Path) -> None:
    with scratch_folder() as folder:
        (Path(folder) / "mask.nii.gz").write_bytes(b"mask")
        assert Path(folder).parent == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_worker_left_is_deleted_once_no_run_can_be_at_it(tmp_path: Path) -> None:
    killed, at_work = scratch_folder(), scratch_folder()
    (Path(killed.name) / "volume.nii.gz").write_bytes(b"a patient's")
    _grow_old(Path(killed.name))
    delete_leavings()
    assert [str(folder) for folder in tmp_path.iterdir()] == [at_work.name]
    at_work.cleanup()
    killed.cleanup()


def test_folders_of_others_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "brainai-other").mkdir()
    _grow_old(tmp_path / "brainai-other")
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "kept").write_bytes(b"")
    (tmp_path / "brainai-run-link").symlink_to(tmp_path / "target")
    os.utime(tmp_path / "brainai-run-link", (0, 0), follow_symlinks=False)
    delete_leavings()
    assert (tmp_path / "brainai-other").exists()
    assert (tmp_path / "target" / "kept").exists()

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from brainai.imaging.phantom_study import PhantomStudy, draw_phantom_study, phantom_file
from brainai.labels import Sequence
from tests.conftest import REPOSITORY
from tests.files import png
from tests.tiny_model import write_tiny_model

_MODEL = REPOSITORY / "models" / "flair-resnet50"


def _start(archive: Path, out: Path, model: Path, *arguments: str) -> subprocess.Popen[str]:
    environ = {**os.environ, "BRAINAI_MODEL_DIR": str(model), "BRAINAI_ENGINE_THREADS": "1"}
    program = Path(sys.executable).with_name("brainai")
    # Where the tests run in the background of a shell, they and their children would ignore Ctrl-C.
    command = ["env", "--default-signal=INT", str(program)]
    command += ["batch", str(archive), "--out", str(out)]
    return subprocess.Popen([*command, *arguments], env=environ, stderr=subprocess.PIPE, text=True)


def _run(archive: Path, out: Path, model: Path, *arguments: str) -> str:
    run = _start(archive, out, model, *arguments)
    _, said = run.communicate(timeout=900)
    assert run.returncode == 0, said
    return said


def _rows(out: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(out).to_pylist()
    return rows


def _thin(study: PhantomStudy, first: int) -> bytes:
    """Write nine slices of a phantom: a study that is judged in a second."""
    part = slice(first, first + 9)
    return phantom_file(
        PhantomStudy(study.voxels[..., part], study.lesion[..., part], study.affine)
    )


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three phantoms and a damaged one."""
    folder = tmp_path_factory.mktemp("archive")
    tumor, normal = draw_phantom_study(3, tumor=True), draw_phantom_study(3, tumor=False)
    lowest = int(np.flatnonzero(tumor.lesion.any(axis=(0, 1)))[0]) + 6
    (folder / "deep").mkdir()
    (folder / "tumor.nii.gz").write_bytes(_thin(tumor, lowest))
    (folder / "deep" / "normal.nii.gz").write_bytes(_thin(normal, lowest))
    (folder / "deep" / "damaged.nii.gz").write_bytes(_thin(normal, lowest)[:4000])
    (folder / "slice.png").write_bytes(png(4))
    return folder


def test_one_machine_and_a_ray_cluster_give_the_same_table(archive: Path, tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="the extra brainai[ray] is not installed")
    tables = []
    for engine in ("local", "ray"):
        out = tmp_path / f"{engine}.parquet"
        said = _run(archive, out, _MODEL, "--engine", engine, "--force", "--workers", "2")
        assert "4 studies, 4 of them new" in said
        tables.append([{**row, "duration_s": None} for row in _rows(out)])
    assert tables[0] == tables[1]
    damaged, normal, picture, tumor = tables[0]
    assert (damaged["path"], damaged["error_code"]) == (
        "deep/damaged.nii.gz",
        "unreadable_volume",
    )
    assert tumor["label"] == "tumor"
    assert tumor["volume_ml"] > 5
    assert normal["label"] == "no_tumor"
    assert normal["volume_ml"] == 0
    assert (picture["kind"], normal["kind"]) == ("slice", "volume")


def test_a_killed_run_goes_on_where_it_stopped(tmp_path: Path, tiny_folder: Path) -> None:
    folder, out = tmp_path / "archive", tmp_path / "results.parquet"
    folder.mkdir()
    for number in range(400):
        (folder / f"{number:03}.png").write_bytes(png(number % 5))
    run = _start(folder, out, tiny_folder)
    parts = tmp_path / "results.parquet.parts"
    deadline = time.monotonic() + 120
    while not list(parts.glob("*.parquet")):
        assert run.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.005)
    run.send_signal(signal.SIGKILL)
    run.communicate(timeout=60)  # its worker, which holds the other end, ends too
    assert run.returncode == -signal.SIGKILL
    assert not out.exists()
    before = {row["path"]: row for part in parts.glob("*.parquet") for row in _rows(part)}
    assert 0 < len(before) < 400
    said = _run(folder, out, tiny_folder)
    assert f"400 studies, {400 - len(before)} of them new" in said
    after = {row["path"]: row for row in _rows(out)}
    assert len(after) == 400
    assert {path: after[path] for path in before} == before  # their durations too: not done again
    assert not parts.exists()


def test_ctrl_c_ends_a_run_without_a_trace_also_while_its_workers_start(
    archive: Path, tmp_path: Path, tiny_folder: Path
) -> None:
    run = _start(archive, tmp_path / "results.parquet", tiny_folder, "--workers", "2")
    children = Path(f"/proc/{run.pid}/task/{run.pid}/children")
    while len(begun := children.read_text().split()) < 3:  # one is of Python's own
        time.sleep(0.01)
    for pid in (*map(int, begun), run.pid):  # as a terminal sends it, to all of them
        os.kill(pid, signal.SIGINT)
    _, said = run.communicate(timeout=120)
    assert (run.returncode, said) == (130, "")


def test_the_rows_of_another_archive_are_not_taken_for_those_of_this_one(
    tmp_path: Path, tiny_folder: Path
) -> None:
    out = tmp_path / "results.parquet"
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "flair.png").write_bytes(png(1))
    _run(tmp_path / "one", out, tiny_folder)
    run = _start(tmp_path / "other", out, tiny_folder)
    _, said = run.communicate(timeout=120)
    assert run.returncode == 1
    assert "another archive" in said
    assert str(tmp_path).encode() not in out.read_bytes()


def test_a_finished_table_takes_up_what_is_new(tmp_path: Path, tiny_folder: Path) -> None:
    folder, out = tmp_path / "archive", tmp_path / "results.parquet"
    folder.mkdir()
    (folder / "a.png").write_bytes(png(1))
    _run(folder, out, tiny_folder)
    (folder / "b.png").write_bytes(png(2))
    (folder / "notes.txt").write_text("no image")
    said = _run(folder, out, tiny_folder)
    assert "2 studies, 1 of them new: 2 no_tumor." in said
    assert "1 files are no images" in said


def test_a_table_is_not_gone_on_with_when_another_model_answers_for_more_sequences(
    tmp_path: Path, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, out = tmp_path / "archive", tmp_path / "table.parquet"
    archive.mkdir()
    (archive / "a.png").write_bytes(png(1))
    _run(archive, out, tiny_folder)
    write_tiny_model(tmp_path / "multi", beside=(Sequence.T1C,))
    monkeypatch.setenv("BRAINAI_MULTI_MODEL_DIR", str(tmp_path / "multi"))
    run = _start(archive, out, tiny_folder)
    _, said = run.communicate(timeout=300)
    assert run.returncode == 1
    assert "were made in another way" in said

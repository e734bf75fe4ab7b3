from pathlib import Path

import numpy as np
import pytest

from brainai_training.datasets.class_folders import find_class_folders
from brainai_training.errors import DataError
from tests.making import phantom, png


def _write(path: Path, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(png(phantom(seed, False).pixels))


@pytest.mark.parametrize(("yes", "no"), [("yes", "no"), ("tumor", "no_tumor")])
def test_the_folder_is_the_label(tmp_path: Path, yes: str, no: str) -> None:
    _write(tmp_path / yes / "a.png", 1)
    _write(tmp_path / no / "b.png", 2)
    found = {c.name: c.load() for c in find_class_folders(tmp_path, "web")}
    assert found["a.png"].has_tumor == (True,)
    assert found["b.png"].has_tumor == (False,)


def test_a_picture_has_no_mask_and_no_volume(tmp_path: Path) -> None:
    _write(tmp_path / "yes" / "a.png", 1)
    (found,) = find_class_folders(tmp_path, "web")
    made = found.load()
    assert made.masks == (None,)
    assert not made.is_volume
    assert np.array_equal(made.slices[0].pixels, phantom(1, False).pixels)


def test_each_picture_is_its_own_patient_even_when_two_share_a_name(tmp_path: Path) -> None:
    for folder in ("yes", "no", "yes/deeper"):
        _write(tmp_path / folder / "1.png", 1)
    found = list(find_class_folders(tmp_path, "web"))
    assert len({c.patient for c in found}) == 3


def test_other_files_and_folders_are_passed_over(tmp_path: Path) -> None:
    _write(tmp_path / "maybe" / "a.png", 1)
    _write(tmp_path / "yes" / "b.PNG", 1)
    (tmp_path / "yes" / "notes.txt").write_text("no picture")
    _write(tmp_path / "yes" / ".ipynb_checkpoints" / "b-checkpoint.png", 1)
    (tmp_path / "yes" / "._b.PNG").write_bytes(b"\0\5\x16\7 of a Macintosh")
    assert [c.name for c in find_class_folders(tmp_path, "web")] == ["b.PNG"]


def test_a_picture_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "no").mkdir()
    (tmp_path / "no" / "text.jpg").write_text("no picture")
    (found,) = find_class_folders(tmp_path, "web")
    with pytest.raises(DataError, match=r"text\.jpg"):
        found.load()

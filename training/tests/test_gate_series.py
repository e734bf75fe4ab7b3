from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from brainai.imaging.study import Slice
from brainai.inference.gate import Refusal
from brainai_training.gate_series import FLAIR_SERIES, Series, find_series, refuse_series
from tests.making import (
    SMOKE,
    config_with,
    head_volume,
    slice_of,
    source,
    write_nifti,
    write_sequences,
)

REFUSAL = Refusal("wrong_sequence", "It is another one.", "Send FLAIR.")


def _found(data: Path, **config: object) -> list[tuple[str, int, str, int]]:
    found = find_series(data, config_with(**config) if config else SMOKE)
    return [(each.title, each.kind, each.patient, len(each.slices)) for each in found]


def test_flair_and_the_sequences_beside_it_are_found(tmp_path: Path) -> None:
    write_sequences(tmp_path / "phantoms", "anna", before=True, after=True)
    write_sequences(tmp_path / "phantoms", "bert", before=False, after=True)
    assert _found(tmp_path) == [
        (FLAIR_SERIES, 0, "anna", 7),
        (FLAIR_SERIES, 0, "bert", 7),
        ("T1, whole series", 1, "anna", 7),
        ("T1 after contrast, whole series", 1, "anna", 7),
        ("T1 after contrast, whole series", 1, "bert", 7),
    ]


def test_the_series_of_a_patients_studies_are_all_that_patients(tmp_path: Path) -> None:
    voxels, lesion = head_volume()
    for study in ("BraTS-GLI-00008-000", "BraTS-GLI-00008-001"):
        for name in ("t2f", "t1n"):
            write_nifti(tmp_path / "brats" / study / f"{study}-{name}.nii.gz", voxels)
        seg = tmp_path / "brats" / study / f"{study}-seg.nii.gz"
        write_nifti(seg, lesion.astype(np.float32))
    found = _found(tmp_path, sources=[source("brats", layout="brats")])
    assert [patient for _, _, patient, _ in found] == ["BraTS-GLI-00008"] * 4


def test_slices_of_several_sizes_are_no_series(tmp_path: Path) -> None:
    write_sequences(tmp_path / "phantoms", "anna", before=True, after=True)
    write_sequences(tmp_path / "phantoms", "bert", before=False, after=False)
    for path in (tmp_path / "phantoms" / "anna").glob("anna_3*.png"):
        Image.open(path).resize((96, 96)).save(path)
    assert _found(tmp_path) == [(FLAIR_SERIES, 0, "bert", 7)]


def test_the_sequences_of_a_brats_patient_are_found(tmp_path: Path) -> None:
    voxels, lesion = head_volume()
    for name in ("flair", "t1", "t2"):
        write_nifti(tmp_path / "brats" / "p1" / f"p1_{name}.nii.gz", voxels)
    write_nifti(tmp_path / "brats" / "p1" / "p1_seg.nii.gz", lesion.astype(np.float32))
    (tmp_path / "brats" / "notes").mkdir()
    found = _found(tmp_path, sources=[source("brats", layout="brats")])
    depth = voxels.shape[2]
    assert found == [
        (FLAIR_SERIES, 0, "p1", depth),
        ("T1, whole series", 1, "p1", depth),
        ("T2, whole series", 1, "p1", depth),
    ]


def _refuse(refused: set[int], air: int = 0) -> tuple[str, int]:
    """Refuse so many slices of a series of nine; return what becomes of it, and slices asked."""
    asked = 0

    def check(tensor: NDArray[np.float32]) -> Refusal | None:
        nonlocal asked
        assert tensor.shape == (SMOKE.input.size_px, SMOKE.input.size_px)
        asked += 1
        return REFUSAL if asked in refused else None

    slices = [slice_of(k, False) for k in range(9)]
    slices += [Slice(np.zeros_like(slices[0].pixels))] * air
    return refuse_series(Series("T1", 1, "anna", slices), SMOKE.input, check), asked


@pytest.mark.parametrize("air", [0, 9])
def test_a_series_is_refused_by_more_than_a_third_of_its_middle(air: int) -> None:
    assert _refuse(set(), air) == ("", 3)
    assert _refuse({1}, air) == ("", 3)
    assert _refuse({1, 3}, air) == ("wrong_sequence", 3)


def test_a_series_of_air_is_not_refused_by_the_gate() -> None:
    def check(_: NDArray[np.float32]) -> Refusal | None:
        raise AssertionError("nothing to ask about")

    air = [Slice(np.zeros((64, 64), dtype=np.float32))] * 3
    assert refuse_series(Series("T1", 1, "anna", air), SMOKE.input, check) == ""

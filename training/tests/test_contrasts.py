from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from brainai_training.config import Config
from brainai_training.contrasts import Made, made_anew, make_contrasts
from tests.making import (
    SMOKE,
    config_with,
    head_volume,
    source,
    write_nifti,
    write_sequences,
)

NAMES = ("anna", "bert")
SEQUENCES = ("FLAIR", "T1", "T1 after contrast", "T2", "proton density")
# Fields of a made-up slice, each of 32 rows: T1, FLAIR and T1 after contrast of its tissue.
TISSUES = {
    "fluid": (30, 20, 30),
    "white": (200, 110, 200),
    "grey": (150, 160, 150),
    "oedema": (120, 240, 120),
    "enhanced": (150, 160, 240),
    "scalp": (220, 220, 220),
}
BRAIN = np.repeat([True] * 5 + [False], 32)[:, None] & np.ones(40, dtype=bool)


def _rows(channel: int) -> NDArray[np.float32]:
    levels = [values[channel] for values in TISSUES.values()]
    return np.repeat(np.array(levels, np.float32), 32)[:, None] * np.ones(40, np.float32)


def _levels(seed: int, *, after: bool = True) -> dict[str, dict[str, float]]:
    """Make all sequences of the slice; say what each shows in the middle of each tissue."""
    t1, flair, t1c = map(_rows, range(3))
    rng = np.random.default_rng(seed)
    made = make_contrasts(t1, flair, t1c if after else None, BRAIN, rng)
    return {
        name: dict(zip(TISSUES, pixels[16::32, 20].tolist(), strict=True))
        for name, pixels in made.items()
    }


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(
    ("sequence", "order"),
    [
        ("FLAIR", ("fluid", "white", "grey", "oedema")),
        ("T1", ("fluid", "grey", "white")),
        ("T1 after contrast", ("fluid", "grey", "white")),
        ("T2", ("white", "grey", "fluid")),
        ("proton density", ("white", "grey")),
    ],
)
def test_tissues_are_in_the_order_that_a_sequence_shows(
    seed: int, sequence: str, order: tuple[str, ...]
) -> None:
    shown = _levels(seed)[sequence]
    levels = [shown[tissue] for tissue in order]
    assert levels == sorted(levels)
    assert np.diff(levels).min() > 1


def test_contrast_agent_shows_after_contrast_alone() -> None:
    shown = _levels(1)
    for sequence in SEQUENCES:
        brighter = shown[sequence]["enhanced"] - shown[sequence]["grey"]
        assert (brighter > 20) == (sequence == "T1 after contrast")
    without = _levels(1, after=False)["T1 after contrast"]
    assert without["enhanced"] == pytest.approx(without["grey"], abs=1)


def test_levels_are_others_each_time_and_the_same_for_a_seed() -> None:
    assert _levels(1) == _levels(1)
    whites = {round(_levels(seed)["T1"]["white"]) for seed in range(8)}
    assert len(whites) > 4


def test_a_brain_of_one_value_is_made_of_finite_numbers() -> None:
    flat = np.full((8, 8), 100, np.float32)
    every = np.ones((8, 8), dtype=bool)
    made = make_contrasts(flat, flat, flat, every, np.random.default_rng(0))
    assert set(made) == set(SEQUENCES)
    for pixels in made.values():
        assert pixels.dtype == np.float32
        assert np.isfinite(pixels).all()
        assert 0 <= pixels.min() <= pixels.max() <= 459


def _kaggle(root: Path, *, before: bool) -> Config:
    for name in NAMES:
        write_sequences(root / "phantoms", name, before=before, after=True)
    return SMOKE


def _counts(found: list[Made]) -> list[tuple[str, bool, bool]]:
    return sorted({(each.patient, each.flair, each.bare) for each in found})


def test_heads_are_made_with_their_skull_and_without(tmp_path: Path) -> None:
    found = list(made_anew(tmp_path, _kaggle(tmp_path, before=True), set(NAMES)))
    assert _counts(found) == [
        (name, flair, bare) for name in NAMES for flair in (False, True) for bare in (False, True)
    ]
    assert sum(each.flair for each in found) * len(SEQUENCES) == len(found)
    whole = next(each for each in found if not each.bare)
    bare = next(each for each in found if each.bare)
    assert (bare.image.pixels > 0).sum() < (whole.image.pixels > 0).sum()


def test_patients_that_are_not_asked_for_and_heads_without_t1_make_nothing(tmp_path: Path) -> None:
    config = _kaggle(tmp_path / "a", before=True)
    assert {each.patient for each in made_anew(tmp_path / "a", config, {"bert"})} == {"bert"}
    config = _kaggle(tmp_path / "b", before=False)
    assert list(made_anew(tmp_path / "b", config, set(NAMES))) == []


def _brats(root: Path, *names: str) -> list[Made]:
    voxels, lesion = head_volume(9, 96)
    for name in names:
        write_nifti(root / "brats" / "p1" / f"p1_{name}.nii.gz", voxels)
    write_nifti(root / "brats" / "p1" / "p1_seg.nii.gz", lesion.astype(np.float32))
    config = config_with(sources=[source("brats", layout="brats")])
    return list(made_anew(root, config, {"p1"}))


@pytest.mark.parametrize("beside", [("t1",), ("t1ce",), ("t1", "t1ce")])
def test_a_stripped_volume_needs_any_t1(tmp_path: Path, beside: tuple[str, ...]) -> None:
    found = _brats(tmp_path, "flair", *beside)
    assert found
    assert _counts(found) == [("p1", False, True), ("p1", True, True)]


def test_a_stripped_volume_without_t1_or_with_one_of_another_shape_makes_nothing(
    tmp_path: Path,
) -> None:
    assert _brats(tmp_path / "a", "flair", "t2") == []
    other, _ = head_volume(9, 64)
    write_nifti(tmp_path / "b" / "brats" / "p1" / "p1_t1.nii.gz", other)
    assert _brats(tmp_path / "b", "flair") == []

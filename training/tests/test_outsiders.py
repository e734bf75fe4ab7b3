from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from brainai.errors import UnusableImage
from brainai.imaging.phantom import draw_phantom
from brainai.inference.preprocess import to_tensor
from brainai_training.config import Config, load_config
from brainai_training.outsiders import (
    MEDICAL,
    NOT_BRAIN_MR,
    PICTURES,
    WRONG_SEQUENCE,
    Outsider,
    altered_heads,
    drawings,
    other_sequences,
    pictures,
)
from tests.making import (
    CONFIGS,
    SMOKE,
    config_with,
    head_volume,
    source,
    write_nifti,
    write_sequences,
)

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
SIZE_PX = 128
NAMES = ("anna", "bert")


def _kaggle(root: Path, *, before: bool, after: bool) -> Config:
    for name in NAMES:
        write_sequences(root / "phantoms", name, before=before, after=after)
    return SMOKE


def _titles(found: list[Outsider]) -> set[str]:
    return {each.title for each in found}


def test_the_sequences_beside_flair_are_found(tmp_path: Path) -> None:
    config = _kaggle(tmp_path, before=True, after=True)
    found = list(other_sequences(tmp_path, config, set(NAMES)))
    assert {"T1", "T1 after contrast"} <= _titles(found)
    assert {each.code for each in found} == {WRONG_SEQUENCE}
    assert {each.group for each in found} == set(NAMES)


@pytest.mark.parametrize(("before", "after"), [(False, False), (False, True), (True, False)])
def test_a_channel_that_is_a_copy_of_flair_is_not_taken_for_another_sequence(
    tmp_path: Path, before: bool, after: bool
) -> None:
    config = _kaggle(tmp_path, before=before, after=after)
    found = list(other_sequences(tmp_path, config, set(NAMES)))
    assert ("T1" in _titles(found)) == before
    assert ("T1 after contrast" in _titles(found)) == after
    flair = {draw_phantom(index, False, SIZE_PX).pixels.tobytes() for index in range(1, 8)}
    assert not any(each.image.pixels.astype(np.uint8).tobytes() in flair for each in found)


def test_other_contrasts_are_made_from_a_real_t1_alone(tmp_path: Path) -> None:
    with_t1 = _kaggle(tmp_path / "a", before=True, after=False)
    without = _kaggle(tmp_path / "b", before=False, after=True)
    made = _titles(list(other_sequences(tmp_path / "a", with_t1, set(NAMES))))
    assert {"T2, made from T1 and FLAIR", "proton density, made from T1 and FLAIR"} <= made
    none = _titles(list(other_sequences(tmp_path / "b", without, set(NAMES))))
    assert not any("made from" in title for title in none)


def test_only_the_patients_asked_for_are_shown(tmp_path: Path) -> None:
    config = _kaggle(tmp_path, before=True, after=True)
    assert {each.group for each in other_sequences(tmp_path, config, {"bert"})} == {"bert"}
    assert {each.group for each in altered_heads(tmp_path, config, {"anna"})} == {"anna"}
    assert list(other_sequences(tmp_path, config, set())) == []


def test_the_sequences_of_a_brats_patient_are_found_by_name(tmp_path: Path) -> None:
    voxels, lesion = head_volume(7, SIZE_PX)
    for name in ("flair", "t1", "t1ce", "t2"):
        write_nifti(tmp_path / "brats" / "p1" / f"p1_{name}.nii.gz", voxels)
    write_nifti(tmp_path / "brats" / "p1" / "p1_seg.nii.gz", lesion.astype(np.float32))
    config = config_with(sources=[source("brats", layout="brats")])
    found = list(other_sequences(tmp_path, config, {"p1"}))
    assert {"T1, no skull", "T1 after contrast, no skull", "T2, no skull"} <= _titles(found)
    assert not any("FLAIR" in title and "made" not in title for title in _titles(found))
    assert {(each.code, each.group) for each in found} == {(WRONG_SEQUENCE, "p1")}
    assert list(other_sequences(tmp_path, config, {"p2"})) == []


def test_the_sequences_of_a_patients_studies_are_all_that_patients(tmp_path: Path) -> None:
    voxels, lesion = head_volume(7, SIZE_PX)
    for study in ("BraTS-GLI-00008-000", "BraTS-GLI-00008-001"):
        for name in ("t2f", "t1n"):
            write_nifti(tmp_path / "brats" / study / f"{study}-{name}.nii.gz", voxels)
        seg = tmp_path / "brats" / study / f"{study}-seg.nii.gz"
        write_nifti(seg, lesion.astype(np.float32))
    config = config_with(sources=[source("brats", layout="brats")])
    found = list(other_sequences(tmp_path, config, {"BraTS-GLI-00008"}))
    assert [each.group for each in found] == ["BraTS-GLI-00008"] * 6


def test_a_source_without_other_sequences_gives_none(tmp_path: Path) -> None:
    voxels, _ = head_volume()
    write_nifti(tmp_path / "healthy" / "p1" / "p1_flair.nii.gz", voxels)
    config = config_with(sources=[source("healthy", layout="tumor_free")])
    assert list(other_sequences(tmp_path, config, {"p1", "healthy_p1"})) == []
    assert list(altered_heads(tmp_path, config, {"p1", "healthy_p1"})) == []


def test_altered_heads_are_no_brain_mr_and_no_copy_of_the_head(tmp_path: Path) -> None:
    config = _kaggle(tmp_path, before=False, after=False)
    found = list(altered_heads(tmp_path, config, set(NAMES)))
    assert {"CT, drawn", "shuffled heads"} <= _titles(found)
    assert {each.code for each in found} == {NOT_BRAIN_MR}
    heads = [draw_phantom(i, False, SIZE_PX).pixels.astype(np.float32) for i in range(1, 8)]
    for each in found:
        assert not any(np.array_equal(each.image.pixels, head) for head in heads)


def test_a_shuffled_head_has_the_pixels_of_the_head_in_other_places(tmp_path: Path) -> None:
    config = _kaggle(tmp_path, before=False, after=False)
    shuffled = next(
        each for each in altered_heads(tmp_path, config, {"anna"}) if each.title == "shuffled heads"
    )
    head = draw_phantom(1, False, SIZE_PX).pixels.astype(np.float32)
    assert np.array_equal(np.sort(shuffled.image.pixels, axis=None), np.sort(head, axis=None))


@pytest.fixture(scope="module")
def shown() -> list[Outsider]:
    return list(pictures())


def test_pictures_come_from_libraries_whole_and_in_parts(shown: list[Outsider]) -> None:
    assert {PICTURES, MEDICAL} <= _titles(shown)
    assert {each.code for each in shown} == {NOT_BRAIN_MR}
    parts = Counter(each.group for each in shown if each.title == PICTURES)
    assert len(parts) >= 10
    # A picture and its parts are one group, so none is on both sides of a comparison.
    assert min(parts.values()) > 1


def test_every_outsider_is_grey_and_finite(shown: list[Outsider]) -> None:
    for each in (*shown, *drawings(2, seed=3)):
        assert each.image.pixels.dtype == np.float32
        assert each.image.pixels.ndim == 2
        assert np.isfinite(each.image.pixels).all()


def test_pictures_are_the_same_each_time(shown: list[Outsider]) -> None:
    for one, other in zip(shown[:40], pictures(), strict=False):
        assert one.group == other.group
        assert np.array_equal(one.image.pixels, other.image.pixels)


def test_as_many_drawings_of_each_kind_as_asked_for() -> None:
    counts = Counter(each.title for each in drawings(3, seed=1))
    assert len(counts) >= 6
    assert set(counts.values()) == {3}
    assert {each.code for each in drawings(1, seed=1)} == {NOT_BRAIN_MR}


def test_drawings_of_a_seed_are_the_same_and_those_of_another_are_new() -> None:
    first, again, other = (list(drawings(2, seed)) for seed in (1, 1, 2))
    for one, same in zip(first, again, strict=True):
        assert one.group == same.group
        assert np.array_equal(one.image.pixels, same.image.pixels)
    # What the gate is fitted on is not what it is measured on.
    assert not {each.group for each in first} & {each.group for each in other}
    known = {each.image.pixels.tobytes() for each in first}
    assert not any(each.image.pixels.tobytes() in known for each in other)


def test_nearly_all_outsiders_pass_the_path_of_serving(shown: list[Outsider]) -> None:
    """They get as far as the gate: else it would learn nothing of them."""
    usable = 0
    everything = [*shown[::5], *drawings(3, seed=1)]
    for each in everything:
        try:
            usable += to_tensor(each.image, SMOKE.input).tensor.shape == (1, 64, 64)
        except UnusableImage:
            continue
    assert usable > 0.8 * len(everything)


@pytest.mark.skipif(not (SHARED / "lgg").is_dir(), reason="the TCGA slices are not on this machine")
def test_real_patients_have_other_sequences_that_are_not_their_flair() -> None:
    config = load_config(CONFIGS / "flair-resnet50.toml")
    lgg = config_with(sources=config.sources[:1], input=config.input)
    found = list(other_sequences(SHARED, lgg, {"TCGA_CS_4944"}))
    assert {"T1", "T1 after contrast"} & _titles(found)
    assert {(each.code, each.group) for each in found} == {(WRONG_SEQUENCE, "TCGA_CS_4944")}

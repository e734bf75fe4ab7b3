from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from brainai.labels import Sequence
from brainai_training.datasets.kaggle_3m import find_kaggle_3m
from brainai_training.errors import DataError
from tests.making import phantom, write_kaggle_slice

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"


def test_slice_10_comes_after_slice_2(tmp_path: Path) -> None:
    for index in (10, 2, 1):
        drawn = phantom(index, False)
        write_kaggle_slice(tmp_path / "p", f"p_{index}", drawn)
    (found,) = find_kaggle_3m(tmp_path, "lgg")
    shown = [image.pixels for image in found.load().slices]
    expected = [phantom(index, False).pixels for index in (1, 2, 10)]
    assert all(np.array_equal(a, b) for a, b in zip(shown, expected, strict=True))


@pytest.mark.parametrize("suffix", ["tif", "png", "webp"])
def test_slices_and_masks_are_read_in_each_format(tmp_path: Path, suffix: str) -> None:
    drawn = phantom(3, True)
    write_kaggle_slice(tmp_path / "p", "p_1", drawn, suffix)
    (found,) = find_kaggle_3m(tmp_path, "lgg")
    made = found.load()
    assert np.array_equal(made.slices[0].pixels, drawn.pixels)
    mask = made.masks[0]
    assert mask is not None
    assert np.array_equal(mask, drawn.lesion)
    assert made.has_tumor == (True,)


def test_patient_and_site_are_read_from_a_tcga_name(tmp_path: Path) -> None:
    write_kaggle_slice(tmp_path / "TCGA_CS_4941_19960909", "x_1", phantom(1, False))
    write_kaggle_slice(tmp_path / "TCGA_DU_5849_19950405", "x_1", phantom(2, False))
    found = list(find_kaggle_3m(tmp_path, "lgg"))
    assert [(c.patient, c.site) for c in found] == [("TCGA_CS_4941", "CS"), ("TCGA_DU_5849", "DU")]
    assert {c.source for c in found} == {"lgg"}
    assert all(c.has_skull for c in found)


def test_two_dates_of_one_tcga_patient_are_one_patient(tmp_path: Path) -> None:
    for date in ("19960909", "19970101"):
        write_kaggle_slice(tmp_path / f"TCGA_CS_4941_{date}", "x_1", phantom(int(date), False))
    found = list(find_kaggle_3m(tmp_path, "lgg"))
    assert {c.patient for c in found} == {"TCGA_CS_4941"}
    assert len({c.name for c in found}) == 2


def test_a_folder_of_another_name_is_a_patient_of_no_site(tmp_path: Path) -> None:
    write_kaggle_slice(tmp_path / "anna [1]", "s[a]_1", phantom(1, True))
    (found,) = find_kaggle_3m(tmp_path, "lgg")
    assert (found.patient, found.site) == ("anna [1]", "")
    assert found.load().has_tumor == (True,)


def test_folders_without_slices_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "data.csv").write_text("not a patient")
    assert list(find_kaggle_3m(tmp_path, "lgg")) == []


def test_a_slice_without_mask_is_named(tmp_path: Path) -> None:
    write_kaggle_slice(tmp_path / "p", "p_7", phantom(1, False))
    (tmp_path / "p" / "p_7_mask.png").unlink()
    (found,) = find_kaggle_3m(tmp_path, "lgg")
    with pytest.raises(DataError, match=r"p_7\.png has no mask beside it"):
        found.load()


def test_a_mask_of_another_size_is_named(tmp_path: Path) -> None:
    write_kaggle_slice(tmp_path / "p", "p_1", phantom(1, False))
    Image.new("L", (10, 10)).save(tmp_path / "p" / "p_1_mask.png")
    (found,) = find_kaggle_3m(tmp_path, "lgg")
    with pytest.raises(DataError, match=r"p_1_mask\.png is not of the size"):
        found.load()


def _write_mask(path: Path, values: NDArray[np.generic]) -> None:
    Image.fromarray(values).save(path)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("on", [1, 255])
def test_a_mask_of_zeros_and_ones_is_one_of_black_and_white(
    tmp_path: Path, dtype: type[np.generic], on: int
) -> None:
    drawn = phantom(3, True)
    write_kaggle_slice(tmp_path / "p", "p_1", drawn)
    (tmp_path / "p" / "p_1_mask.png").unlink()
    _write_mask(tmp_path / "p" / "p_1_mask.tif", (drawn.lesion * on).astype(dtype))
    (found,) = find_kaggle_3m(tmp_path, "lgg")
    made = found.load()
    assert made.masks[0] is not None
    assert np.array_equal(made.masks[0], drawn.lesion)


def test_a_mask_of_several_labels_is_named_and_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    drawn = phantom(3, True)
    write_kaggle_slice(tmp_path / "p", "p_1", drawn)
    _write_mask(tmp_path / "p" / "p_1_mask.png", (drawn.lesion * 4).astype(np.uint8))
    (found,) = find_kaggle_3m(tmp_path, "lgg")
    with pytest.raises(
        DataError, match=r"p_1_mask\.png goes from 0 to 4; .* 0 and 255, or 0 and 1"
    ):
        found.load()


def test_what_begins_with_a_dot_is_no_slice_and_no_patient(tmp_path: Path) -> None:
    for folder in ("p", ".p"):
        write_kaggle_slice(tmp_path / folder, "p_1", phantom(1, False), "tif")
    for name in ("._p_1.tif", "._p_1_mask.tif", ".DS_Store"):
        (tmp_path / "p" / name).write_bytes(b"\0\5\x16\7 of a Macintosh")
    (found,) = find_kaggle_3m(tmp_path, "lgg")
    assert len(found.load().slices) == 1


@pytest.mark.parametrize("name", ["p_1.png", "p_1_mask.png"])
def test_a_damaged_file_is_named(tmp_path: Path, name: str) -> None:
    write_kaggle_slice(tmp_path / "p", "p_1", phantom(1, False))
    (tmp_path / "p" / name).write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    (found,) = find_kaggle_3m(tmp_path, "lgg")
    with pytest.raises(DataError, match=name):
        found.load()


@pytest.mark.skipif(not (SHARED / "lgg").is_dir(), reason="the TCGA slices are not on this machine")
def test_a_real_patient_is_read_whole() -> None:
    found = next(iter(find_kaggle_3m(SHARED / "lgg", "lgg")))
    made = found.load()
    assert found.site
    assert len(made.slices) == len(made.masks) >= 10
    assert any(made.has_tumor)


def test_t1_after_contrast_is_read_beside_flair(tmp_path: Path) -> None:
    for z in (1, 2):
        after = phantom(z + 40, False).pixels
        write_kaggle_slice(tmp_path / "p", f"p_{z}", phantom(z, True), after=after)
    (found,) = find_kaggle_3m(tmp_path, "lgg")
    beside = found.load().beside
    assert list(beside) == [Sequence.T1C]
    for z, image in zip((41, 42), beside[Sequence.T1C], strict=True):
        assert np.array_equal(image.pixels, phantom(z, False).pixels)


def test_flair_in_place_of_a_missing_sequence_is_not_taken_for_it(tmp_path: Path) -> None:
    for z in (1, 2):
        write_kaggle_slice(tmp_path / "p", f"p_{z}", phantom(z, True))
    (found,) = find_kaggle_3m(tmp_path, "lgg")
    assert not found.load().beside


def test_flair_in_16_bits_of_grey_has_nothing_beside_it(tmp_path: Path) -> None:
    write_kaggle_slice(tmp_path / "p", "p_1", phantom(1, True))
    deep = phantom(1, True).pixels.astype(np.uint16) * 200
    Image.fromarray(deep).save(tmp_path / "p" / "p_1.png")
    (found,) = find_kaggle_3m(tmp_path, "lgg")
    made = found.load()
    assert np.array_equal(made.slices[0].pixels, deep)
    assert not made.beside

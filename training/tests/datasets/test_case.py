from pathlib import Path

import numpy as np
import pytest

from brainai.errors import UnusableImage
from brainai_training.datasets.case import masked_stack, naming
from brainai_training.errors import DataError
from tests.making import phantom, slice_of


def test_a_slice_shows_tumor_where_its_mask_has_a_pixel() -> None:
    empty, lesion = phantom(1, False).lesion, phantom(2, True).lesion
    made = masked_stack([slice_of(1, False), slice_of(2, True)], [empty, lesion])
    assert made.has_tumor == (False, True)
    assert made.is_volume
    assert made.masks[1] is lesion


def test_one_pixel_of_mask_is_a_tumor() -> None:
    mask = np.zeros((96, 96), dtype=bool)
    mask[40, 40] = True
    assert masked_stack([slice_of(1, False)], [mask]).has_tumor == (True,)


def test_an_error_of_a_reader_gets_the_name_of_its_file() -> None:
    with (
        pytest.raises(DataError, match=r"some/slice.png: It is blank."),
        naming(Path("some/slice.png")),
    ):
        raise UnusableImage("blank_image", "It is blank.")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    absent = tmp_path / "absent.png"
    with pytest.raises(DataError, match=r"absent\.png"), naming(absent):
        absent.read_bytes()

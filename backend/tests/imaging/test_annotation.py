import time

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from brainai.imaging.annotation import has_text, says_burned_in, shows_text
from brainai.imaging.geometry import to_ras
from brainai.imaging.phantom import draw_phantom
from tests.files import dicom_dataset, phantom
from tests.orientations import ALL_ORIENTATIONS
from tests.studies import AFFINE, stored_as


def _written(
    text: str = "DOE^JANE 1970", size: int = 12, place: tuple[int, int] = (4, 4), seed: int = 0
) -> NDArray[np.float32]:
    image = Image.fromarray(draw_phantom(seed, True).pixels)
    draw = ImageDraw.Draw(image)
    draw.text(place, text, fill=230, font=ImageFont.load_default(size))
    return np.asarray(image, dtype=np.float32)


@pytest.mark.parametrize("size", [9, 12, 16, 20])
@pytest.mark.parametrize("place", [(4, 4), (4, 230), (140, 4)])
@pytest.mark.parametrize("text", ["DOE^JANE 1970", "Smith John 42 M"])
def test_text_in_a_corner_is_seen(text: str, size: int, place: tuple[int, int]) -> None:
    assert has_text(_written(text, size, place))


@pytest.mark.parametrize("seed", range(20))
def test_a_head_alone_has_no_text(seed: int) -> None:
    pixels = draw_phantom(seed, bool(seed % 2)).pixels.astype(np.float32)
    assert not has_text(pixels)
    assert not has_text(pixels[60:, :150])  # the head cut by the edge


@pytest.mark.parametrize("size_px", [300, 3000])
def test_noise_has_no_text_and_takes_no_time(size_px: int) -> None:
    rng = np.random.default_rng(0)
    coarse = rng.random((size_px // 6, size_px // 6)).astype(np.float32)
    start = time.process_time()
    assert not has_text(rng.random((size_px, size_px)).astype(np.float32))
    assert not has_text(np.kron(coarse, np.ones((6, 6), np.float32)))
    assert time.process_time() - start < 10


def test_one_letter_is_no_text() -> None:
    assert not has_text(_written("R", 20))


@pytest.mark.parametrize("value", [0.0, 7.0, np.nan, np.inf, 3e38])
def test_an_image_of_nothing_has_no_text(value: float) -> None:
    pixels = np.full((64, 64), value, np.float32)
    assert not has_text(pixels)
    pixels[3] = -3e38
    assert not has_text(pixels)


@pytest.mark.parametrize("codes", ALL_ORIENTATIONS[::5])
def test_text_is_seen_in_the_slices_of_a_volume_however_they_are_stored(codes: str) -> None:
    upright = np.stack([_written()[::-1].T] * 12, axis=-1).astype(np.int16)
    stored, affine = stored_as(codes, upright)
    kept = to_ras(stored, affine)
    # Text lies in the slices that were acquired: those of the last axis.
    assert shows_text(kept) is (codes[2] in "SI")


def test_text_in_one_slice_alone_is_not_believed() -> None:
    slices = [phantom(size_px=256).astype(np.float32)] * 21
    slices[10] = _written()
    assert not shows_text(to_ras(np.stack(slices, axis=-1), AFFINE))


@pytest.mark.parametrize(("value", "told"), [("YES", True), ("NO", False), ("", False)])
def test_the_header_may_say_that_text_is_burned_in(value: str, told: bool) -> None:
    dataset = dicom_dataset(phantom(), BurnedInAnnotation=value)
    assert says_burned_in(dataset) is told

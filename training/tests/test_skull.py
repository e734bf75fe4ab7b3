import numpy as np
import pytest

from brainai.imaging.phantom import draw_phantom
from brainai.imaging.study import Slice
from brainai_training.skull import strip_skull


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_scalp_goes_and_the_brain_stays(seed: int) -> None:
    whole, bare = draw_phantom(seed, False), draw_phantom(seed, False, skull=False)
    stripped = strip_skull(Slice(whole.pixels.astype(np.float32)), None)
    assert stripped is not None
    brain = bare.pixels > 40
    kept = stripped.pixels > 0
    assert (kept & brain).sum() / brain.sum() > 0.9
    scalp = (whole.pixels > 100) & (bare.pixels == 0)
    assert (kept & scalp).sum() / scalp.sum() < 0.05


@pytest.mark.parametrize("seed", [2, 5, 8])
def test_a_lesion_stays_whole_and_as_bright_as_it_was(seed: int) -> None:
    drawn = draw_phantom(seed, True)
    image = Slice(drawn.pixels.astype(np.float32) + 10)  # a floor that is not 0
    stripped = strip_skull(image, drawn.lesion)
    assert stripped is not None
    inside = image.pixels[drawn.lesion] - image.pixels.min()
    assert np.array_equal(stripped.pixels[drawn.lesion], inside)


def test_spacing_is_kept() -> None:
    image = Slice(draw_phantom(1, False).pixels.astype(np.float32), (0.9, 0.8))
    stripped = strip_skull(image, None)
    assert stripped is not None
    assert stripped.spacing_mm == (0.9, 0.8)
    assert stripped.pixels.dtype == np.float32


def test_a_slice_that_is_stripped_already_is_not_stripped_again() -> None:
    bare = draw_phantom(1, False, skull=False)
    assert strip_skull(Slice(bare.pixels.astype(np.float32)), None) is None


@pytest.mark.parametrize("value", [0, 7])
def test_a_blank_slice_is_not_stripped(value: int) -> None:
    assert strip_skull(Slice(np.full((64, 64), value, dtype=np.float32)), None) is None


def test_a_slice_of_specks_is_not_stripped() -> None:
    pixels = np.zeros((64, 64), dtype=np.float32)
    pixels[10, 10] = pixels[50, 50] = 255
    assert strip_skull(Slice(pixels), None) is None

import numpy as np
import pytest

from brainai.imaging.phantom import draw_phantom


def test_the_same_seed_draws_the_same_phantom() -> None:
    np.testing.assert_array_equal(draw_phantom(3, True).pixels, draw_phantom(3, True).pixels)


def test_another_seed_draws_another_phantom() -> None:
    assert (draw_phantom(3, True).pixels != draw_phantom(4, True).pixels).any()


@pytest.mark.parametrize("skull", [True, False])
def test_a_lesion_is_bright_and_marked(skull: bool) -> None:
    phantom = draw_phantom(5, True, skull=skull)
    assert 0.005 < phantom.lesion.mean() < 0.2
    head = phantom.pixels[phantom.pixels > 40]
    assert phantom.pixels[phantom.lesion].mean() > 1.4 * np.median(head)


def test_a_phantom_without_tumor_has_no_lesion() -> None:
    assert not draw_phantom(5, False).lesion.any()


@pytest.mark.parametrize("size_px", [64, 240])
def test_a_phantom_has_the_size_that_was_asked_for(size_px: int) -> None:
    phantom = draw_phantom(1, True, size_px)
    assert phantom.pixels.shape == phantom.lesion.shape == (size_px, size_px)
    assert phantom.pixels.dtype == np.uint8

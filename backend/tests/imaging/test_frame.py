import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from brainai.imaging.frame import FRAME_WARNING, remove_frame
from brainai.imaging.phantom import draw_phantom
from brainai.imaging.sniff import read_study

HEAD = draw_phantom(1, True).pixels.astype(np.float32)
MOST_PIXELS = 1 << 24


def _framed(inset: int, thick: int, grey: float = 255.0) -> NDArray[np.float32]:
    framed = HEAD.copy()
    outer = framed[inset : len(framed) - inset, inset : len(framed) - inset]
    kept = outer[thick:-thick, thick:-thick].copy()
    outer[:] = grey
    outer[thick:-thick, thick:-thick] = kept
    return framed


@pytest.mark.parametrize(("inset", "thick"), [(0, 1), (0, 6), (2, 1), (5, 2)])
@pytest.mark.parametrize("grey", [120.0, 255.0])
def test_a_frame_is_left_out_and_the_head_stays(inset: int, thick: int, grey: float) -> None:
    framed = _framed(inset, thick, grey)
    before = framed.copy()
    shown = remove_frame(framed)
    edge = inset + thick
    assert (shown[:edge] == HEAD.min()).all()
    assert (shown[:, -edge:] == HEAD.min()).all()
    inside = slice(edge + 2, -edge - 2)
    assert np.array_equal(shown[inside, inside], HEAD[inside, inside])
    assert np.array_equal(framed, before)


@pytest.mark.parametrize("turned", range(4))
def test_a_line_along_one_edge_is_left_out_and_the_others_stay(turned: int) -> None:
    framed = np.rot90(HEAD, turned).copy()
    framed[2] = 200
    shown = remove_frame(framed)
    assert (shown[:3] == HEAD.min()).all()
    assert np.array_equal(shown[5:], np.rot90(HEAD, turned)[5:])


def test_the_soft_edge_of_a_frame_goes_with_it() -> None:
    large = Image.fromarray(_framed(3, 3).astype(np.uint8))
    small = np.asarray(large.resize((200, 200), Image.Resampling.BILINEAR), dtype=np.float32)
    shown = remove_frame(small)
    assert shown[:8].max() < 0.1 * shown.max()


def test_a_white_page_around_a_picture_goes_with_its_edge() -> None:
    page = np.full((280, 280), 255, np.float32)
    page[12:-12, 12:-12] = HEAD
    shown = remove_frame(page)
    assert np.array_equal(shown[16:-16, 16:-16], HEAD[4:-4, 4:-4])
    assert shown[:12].max() == HEAD.min()


def test_what_has_no_frame_is_the_very_same() -> None:
    rows, columns = (np.flatnonzero((HEAD > 30).any(axis=axis)) for axis in (1, 0))
    tight = HEAD[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    page = np.full((64, 64), 255, np.float32)
    page[20:30, 10:50] = 0
    noise = np.random.default_rng(0).uniform(0, 255, (64, 64)).astype(np.float32)
    ruler = HEAD.copy()
    ruler[-3, 60:200] = 255
    blank = np.zeros((64, 64), np.float32)
    for pixels in (HEAD, tight, page, noise, ruler, blank, np.ones((1, 1), np.float32)):
        assert remove_frame(pixels) is pixels


@pytest.mark.parametrize("value", [np.nan, np.inf, 3e38])
def test_values_out_of_range_are_left_to_those_who_refuse_them(value: float) -> None:
    pixels = _framed(0, 1)
    pixels[100, 100], pixels[100, 101] = value, -3e38
    assert remove_frame(pixels) is pixels


def _png(pixels: NDArray[np.float32]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def test_a_picture_without_its_frame_says_so() -> None:
    framed, plain = (read_study(_png(each), MOST_PIXELS) for each in (_framed(1, 1), HEAD))
    assert framed.warnings == (FRAME_WARNING,)
    assert plain.warnings == ()
    assert np.array_equal(framed.slice.pixels[6:-6, 6:-6], plain.slice.pixels[6:-6, 6:-6])

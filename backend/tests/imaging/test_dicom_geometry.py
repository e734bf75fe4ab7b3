from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from brainai.errors import UnusableImage
from brainai.imaging.dicom_frames import Frame
from brainai.imaging.dicom_geometry import stack_frames
from tests.studies import AFFINE, oblique

LPS = np.diag([-1.0, -1.0, 1.0, 1.0])


def _frames(affine: NDArray[np.float64] = AFFINE, count: int = 8) -> list[Frame]:
    """Frames of a grid in the world."""
    lps = LPS @ affine
    across, down = lps[:3, 0], lps[:3, 1]
    lengths = float(np.linalg.norm(across)), float(np.linalg.norm(down))
    orientation = np.concatenate([across / lengths[0], down / lengths[1]])
    return [
        Frame(0, lps[:3, 3] + lps[:3, 2] * n, orientation, (lengths[1], lengths[0]), 9.0, 1, 0, ())
        for n in range(count)
    ]


def _refused(frames: list[Frame]) -> UnusableImage:
    with pytest.raises(UnusableImage) as caught:
        stack_frames(frames)
    return caught.value


@pytest.mark.parametrize("affine", [AFFINE, oblique(), AFFINE[:, [1, 2, 0, 3]]])
def test_a_stack_gets_its_affine_from_its_positions(affine: NDArray[np.float64]) -> None:
    stack = stack_frames(_frames(affine))
    np.testing.assert_allclose(stack.affine, affine, atol=1e-9)
    assert (stack.order, stack.doubles) == (tuple(range(8)), ())


def test_the_order_of_the_files_does_not_matter() -> None:
    frames = _frames()
    mixed = [frames[n] for n in (3, 0, 7, 1, 6, 2, 5, 4)]
    assert stack_frames(mixed).order == (1, 3, 5, 0, 7, 6, 4, 2)


def test_a_missing_slice_is_named_by_its_neighbours() -> None:
    frames = _frames(count=20)
    del frames[12]
    error = _refused(frames)
    assert error.code == "missing_slices"
    assert "1 is missing: between slices 12 and 13 (1)" in error.message


def test_several_holes_are_counted() -> None:
    frames = _frames(count=30)
    del frames[20:23], frames[10]
    message = _refused(frames).message
    assert "4 are missing: between slices 10 and 11 (1), between slices 19 and 20 (3)" in message


def test_not_all_of_many_holes_are_named() -> None:
    frames = [frame for n, frame in enumerate(_frames(count=70)) if n % 7]
    assert "in 4 more places" in _refused(frames).message


def test_slices_that_lie_unevenly_make_no_volume() -> None:
    frames = _frames()
    frames[3] = _moved(frames[3], [0, 0, 1.2])
    assert "unevenly" in _refused(frames).message


def _moved(frame: Frame, by: ArrayLike) -> Frame:
    assert frame.position is not None
    return replace(frame, position=frame.position + np.asarray(by))


def test_a_double_is_told_with_the_frame_that_is_taken_instead() -> None:
    frames = _frames()
    stack = stack_frames([*frames, frames[2]])
    assert stack.order == tuple(range(8))
    assert stack.doubles == ((2, 8),)


def test_positions_that_are_rounded_still_make_a_stack() -> None:
    rng = np.random.default_rng(0)
    frames = [_moved(frame, rng.uniform(-0.02, 0.02, 3)) for frame in _frames()]
    np.testing.assert_allclose(stack_frames(frames).affine, AFFINE, atol=0.03)


def test_one_slice_is_as_thick_as_its_header_says() -> None:
    assert stack_frames(_frames(count=1)).affine[2, 2] == pytest.approx(9)


def test_slices_in_different_directions_are_those_of_a_localiser() -> None:
    assert "localiser" in _refused(_frames() + _frames(AFFINE[:, [1, 2, 0, 3]])).message


def test_slices_shifted_against_each_other_make_no_volume() -> None:
    frames = _frames()
    frames[4] = _moved(frames[4], [9, 0, 0])
    assert "shifted" in _refused(frames).message


def test_slices_that_do_not_say_where_they_lie_make_no_volume() -> None:
    one = _frames()[5]
    for silent in (
        replace(one, position=None),
        replace(one, orientation=None),
        replace(one, spacing_mm=None),
    ):
        assert "don't say where they lie" in _refused([*_frames()[:5], silent]).message


def test_pixels_of_different_sizes_make_no_volume() -> None:
    frames = _frames()
    frames[4] = replace(frames[4], spacing_mm=(1.0, 1.0))
    assert "different sizes" in _refused(frames).message


@pytest.mark.parametrize("way", [[0, 0, 0, 0, 0, 0], [1, 0, 0, 1, 0, 0], [2, 0, 0, 0, 2, 0]])
def test_directions_that_can_not_be_are_refused(way: list[float]) -> None:
    frames = [replace(frame, orientation=np.array(way, float)) for frame in _frames()]
    assert "can't be" in _refused(frames).message


@pytest.mark.parametrize("spacing", [(0.0001, 1.0), (0.0, 1.0), (1.0, -1.0), (-1.0, -1.0)])
def test_spacings_that_can_not_be_are_refused(spacing: tuple[float, float]) -> None:
    frames = [replace(frame, spacing_mm=spacing) for frame in _frames()]
    assert "can't be" in _refused(frames).message

import numpy as np
import pytest
from numpy.typing import NDArray

from brainai.artefacts.nifti import mask_file, volume_file
from brainai.artefacts.pictures import (
    Overlay,
    Shown,
    draw_slice,
    frame_head,
    show_files,
)
from brainai.imaging.geometry import to_ras
from brainai.imaging.intensity import measure_intensity
from tests.study_predictions import asymmetric_volume


@pytest.fixture
def shown() -> Shown:
    voxels, affine, lesion = asymmetric_volume()
    affine[0, 0] = affine[1, 1] = 1.0
    volume = to_ras(voxels, affine)
    return Shown(volume, lesion, measure_intensity(volume.voxels))


def _coloured(picture: NDArray[np.uint8]) -> NDArray[np.bool_]:
    spread = picture.max(axis=2).astype(int) - picture.min(axis=2)
    return np.asarray(spread > 60)


def _middle(picture: NDArray[np.uint8]) -> tuple[float, float]:
    """Return the middle of what is coloured, as shares of height and width."""
    rows, columns = np.nonzero(_coloured(picture))
    return float(rows.mean() / picture.shape[0]), float(columns.mean() / picture.shape[1])


def test_the_patients_left_front_is_drawn_on_the_right_and_on_top(shown: Shown) -> None:
    shown.mask[:] = False
    shown.mask[2:5, 21:24, 7] = True  # RAS+: x begins at the patient's left, y ends at the front
    row, column = _middle(draw_slice(shown, 7))
    assert row == pytest.approx(1 - 22.5 / 26, abs=0.02)
    assert column == pytest.approx(1 - 3.5 / 20, abs=0.02)


def test_a_picture_is_large_enough_for_its_letters_and_keeps_its_shape(shown: Shown) -> None:
    picture = draw_slice(shown, 7, Overlay.NONE)
    assert picture.dtype == np.uint8
    assert max(picture.shape) >= 480
    assert picture.shape[0] / picture.shape[1] == 26 / 20


def test_oblong_pixels_are_drawn_square(shown: Shown) -> None:
    voxels, affine, lesion = asymmetric_volume()
    affine[1, 1] = 2.7
    volume = to_ras(voxels, affine)
    picture = draw_slice(Shown(volume, lesion, shown.stats), 7)
    assert picture.shape[0] / picture.shape[1] == pytest.approx(26 * 2.7 / (20 * 0.9), rel=0.03)


def test_an_outline_runs_around_the_mask_and_a_fill_covers_it(shown: Shown) -> None:
    shown.mask[:] = False
    shown.mask[8:13, 8:13, 7] = True
    outline = _coloured(draw_slice(shown, 7, Overlay.OUTLINE))
    fill = _coloured(draw_slice(shown, 7, Overlay.FILL))
    row, column = outline.shape[0] * (26 - 10.5) / 26, outline.shape[1] * (20 - 10.5) / 20
    assert not outline[int(row), int(column)]
    assert fill[int(row), int(column)]
    assert outline.any()
    assert not _coloured(draw_slice(shown, 7, Overlay.NONE)).any()
    assert not _coloured(draw_slice(shown, 6, Overlay.FILL)).any()


def test_both_sides_bear_a_letter_and_the_caption_stands_at_the_foot(shown: Shown) -> None:
    shown.volume.voxels[:] = 0
    shown.mask[:] = False
    blank = draw_slice(Shown(shown.volume, shown.mask, None), 7)
    lit = blank.max(axis=2) > 128
    rows, columns = np.nonzero(lit)
    assert set(np.unique(columns > lit.shape[1] / 2)) == {False, True}
    assert abs(rows.mean() - lit.shape[0] / 2) < 10
    captioned = draw_slice(Shown(shown.volume, shown.mask, None), 7, caption="Slice 8")
    assert (captioned[int(0.9 * lit.shape[0]) :] > 128).any()


def test_all_slices_are_windowed_alike(shown: Shown) -> None:
    bright = draw_slice(shown, 3, Overlay.NONE)  # holds the brightest corner
    plain = draw_slice(shown, 10, Overlay.NONE)
    centre = (bright.shape[0] // 2, bright.shape[1] // 2)
    assert bright[centre].tolist() == plain[centre].tolist()


def test_a_frame_holds_the_head_and_no_more_air_than_its_margin(shown: Shown) -> None:
    frame = frame_head(shown)
    assert frame is not None
    assert frame.top <= 26 - 23
    assert frame.top + frame.side >= 26 - 3
    assert 20 <= frame.side <= 24
    assert draw_slice(shown, 7, frame=frame).shape[0] == draw_slice(shown, 7, frame=frame).shape[1]


def test_air_alone_has_no_frame(shown: Shown) -> None:
    shown.volume.voxels[:] = 0
    assert frame_head(Shown(shown.volume, shown.mask, None)) is None


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_the_files_of_a_volume_at_45_degrees_have_its_slices(axis: int) -> None:
    voxels, affine, lesion = asymmetric_volume()
    first, second = (other for other in range(3) if other != axis)
    for angle in np.deg2rad([45, 135, 225, 315]):
        turn = np.eye(4)
        turn[[first, second], [first, second]] = np.cos(angle)
        turn[first, second], turn[second, first] = -np.sin(angle), np.sin(angle)
        volume, mask = to_ras(voxels, turn @ affine), to_ras(lesion, turn @ affine)
        again = show_files(volume_file(volume, None), mask_file(mask.voxels > 0, volume.grid))
        assert again.volume.grid.axes == volume.grid.axes
        assert again.volume.grid.flipped == volume.grid.flipped


def test_the_files_give_the_same_picture_as_the_answer(shown: Shown) -> None:
    files = (
        volume_file(shown.volume, shown.stats),
        mask_file(shown.mask, shown.volume.grid),
    )
    np.testing.assert_array_equal(draw_slice(show_files(*files), 7), draw_slice(shown, 7))

import numpy as np
import pytest
from nibabel.orientations import (
    apply_orientation,
    axcodes2ornt,
    inv_ornt_aff,
    ornt_transform,
)

from brainai.imaging.geometry import (
    Crop,
    around_foreground,
    axial_slice,
    square_slice,
    to_grid,
    to_ras,
    whole_image,
)
from brainai.imaging.study import Slice
from tests.orientations import ALL_ORIENTATIONS

RAMP = np.add.outer(np.arange(60.0), 2 * np.arange(90.0)).astype(np.float32)


def _inside(crop: Crop) -> tuple[slice, slice]:
    """Rows and columns that lie well inside of the crop."""
    top, left = max(0, int(crop.top)) + 3, max(0, int(crop.left)) + 3
    bottom = min(crop.source_height, int(crop.top + crop.height)) - 3
    right = min(crop.source_width, int(crop.left + crop.width)) - 3
    return slice(top, bottom), slice(left, right)


@pytest.mark.parametrize("keep_aspect", [True, False])
def test_a_whole_image_comes_back_where_it_was(keep_aspect: bool) -> None:
    crop = whole_image((60, 90), 128, keep_aspect)
    back = crop.invert(crop.apply(RAMP, fill=0.0))
    assert back.shape == RAMP.shape
    np.testing.assert_allclose(back[_inside(crop)], RAMP[_inside(crop)], atol=1.0)


def test_a_crop_comes_back_where_it_was_and_is_filled_outside() -> None:
    crop = Crop(20.5, 10.25, 40.0, 40.0, 60, 90, 64)
    back = crop.invert(crop.apply(RAMP, fill=0.0), fill=-1.0)
    np.testing.assert_allclose(back[_inside(crop)], RAMP[_inside(crop)], atol=1.0)
    assert (back[:10] == -1).all()
    assert (back[:, 61:] == -1).all()


def test_what_lies_outside_of_the_image_is_filled() -> None:
    out = Crop(-30, -30, 60, 60, 60, 90, 60).apply(RAMP, fill=-7.0)
    assert (out[:25, :25] == -7.0).all()


def test_padding_keeps_the_aspect_and_squeezing_does_not() -> None:
    padded = whole_image((60, 90), 90, keep_aspect=True).apply(np.ones_like(RAMP), fill=0.0)
    squeezed = whole_image((60, 90), 90, keep_aspect=False).apply(np.ones_like(RAMP), fill=0.0)
    assert padded.sum() == pytest.approx(60 * 90, rel=0.01)
    assert (squeezed == 1).all()


def test_shrinking_averages_instead_of_skipping() -> None:
    stripes = np.tile(np.array([0.0, 1.0], np.float32), (64, 32))
    small = whole_image((64, 64), 16, keep_aspect=True).apply(stripes, fill=0.0)
    np.testing.assert_allclose(small, 0.5, atol=0.05)


def test_the_foreground_crop_is_a_square_around_it_with_a_margin() -> None:
    mask = np.zeros((100, 200), bool)
    mask[20:60, 100:180] = True
    crop = around_foreground(mask, 64, margin=0.1, min_side=0.1)
    assert crop.width == crop.height == pytest.approx(80 * 1.2)
    assert (crop.left + crop.width / 2, crop.top + crop.height / 2) == (140, 40)


def test_a_sliver_is_not_blown_up() -> None:
    mask = np.zeros((100, 200), bool)
    mask[50:54, 60:64] = True
    assert around_foreground(mask, 64, margin=0.0, min_side=0.35).width == pytest.approx(70)


def test_specks_do_not_count_as_foreground() -> None:
    mask = np.zeros((200, 200), bool)
    mask[80:120, 80:120] = True
    mask[3, 3] = True
    assert around_foreground(mask, 64, margin=0.0, min_side=0.1).top == 80


def test_without_foreground_the_whole_image_is_kept() -> None:
    crop = around_foreground(np.zeros((60, 90), bool), 64, margin=0.1, min_side=0.35)
    assert crop == whole_image((60, 90), 64, keep_aspect=True)


def test_a_coarse_map_is_spread_over_its_own_cells() -> None:
    grid = np.zeros((4, 4), np.float32)
    grid[1, 2] = 1.0
    back = whole_image((80, 80), 64, keep_aspect=True).invert(grid)
    row, column = np.unravel_index(back.argmax(), back.shape)
    assert 20 <= row < 40
    assert 40 <= column < 60


def test_an_axial_slice_shows_the_front_at_the_top_and_the_right_at_the_left() -> None:
    voxels = np.zeros((4, 5, 3), np.float32)  # RAS+: x to the right, y to the front, z up
    voxels[3, 4, 1] = 1.0  # rightmost, foremost
    voxels[0, 0, 1] = 2.0  # leftmost, hindmost
    shown = axial_slice(to_ras(voxels, np.diag([0.5, 0.7, 2.0, 1.0])), slice_index=1)
    assert shown.pixels.shape == (5, 4)
    assert shown.pixels[0, 0] == 1.0
    assert shown.pixels[-1, -1] == 2.0
    assert shown.spacing_mm == (0.7, 0.5)


@pytest.mark.parametrize("codes", ALL_ORIENTATIONS)
def test_every_orientation_turns_into_the_same_volume_and_back(codes: str) -> None:
    world = np.arange(3 * 4 * 5, dtype=np.float32).reshape(3, 4, 5)
    affine = np.array([[2.0, 0, 0, -7], [0, 3.0, 0, 5], [0, 0, 4.0, 1], [0, 0, 0, 1]])
    turn = ornt_transform(axcodes2ornt("RAS"), axcodes2ornt(tuple(codes)))
    stored = apply_orientation(world, turn)
    stored_affine = affine @ inv_ornt_aff(turn, world.shape)

    volume = to_ras(stored, stored_affine)

    assert np.array_equal(volume.voxels, world)
    assert np.allclose(volume.affine, affine)
    assert volume.grid.orientation == codes
    assert np.array_equal(to_grid(volume.voxels, volume.grid), stored)
    along = np.moveaxis(stored, volume.grid.axial_axis, 0)
    assert np.array_equal(
        np.sort(along[volume.grid.input_index(1)], None), np.sort(world[..., 1], None)
    )


def _disc(
    shape: tuple[int, int], spacing: tuple[float, float]
) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """A disc of 30 mm radius in the middle of a grid."""
    rows = (np.arange(shape[0]) - (shape[0] - 1) / 2)[:, None] * spacing[0]
    columns = (np.arange(shape[1]) - (shape[1] - 1) / 2)[None, :] * spacing[1]
    return np.asarray(np.hypot(rows, columns) < 30, dtype=np.float32)


@pytest.mark.parametrize(
    ("shape", "spacing"),
    [((100, 25), (1.0, 4.0)), ((20, 120), (5.0, 0.9)), ((31, 200), (3.3, 0.5))],
)
def test_oblong_pixels_become_square_and_come_back(
    shape: tuple[int, int], spacing: tuple[float, float]
) -> None:
    disc = _disc(shape, spacing)
    square, squared = square_slice(Slice(disc, spacing))
    side = min(spacing)
    assert square.spacing_mm == (side, side)
    assert np.abs(square.pixels - _disc(square.pixels.shape, (side, side))).mean() < 0.02
    back = squared.invert(square.pixels)
    assert back.shape == shape
    assert np.mean((back >= 0.5) == (disc >= 0.5)) > 0.98


@pytest.mark.parametrize("spacing", [None, (1.0, 1.0), (1.0, 1.04)])
def test_square_pixels_are_handed_on_as_they_are(spacing: tuple[float, float] | None) -> None:
    image = Slice(RAMP, spacing)
    square, squared = square_slice(image)
    assert square is image
    assert squared.invert(RAMP) is RAMP


def test_absurd_spacings_do_not_blow_a_slice_up() -> None:
    square, squared = square_slice(Slice(np.ones((300, 400), np.float32), (50.0, 0.01)))
    assert max(square.pixels.shape) <= 1024
    assert squared.invert(square.pixels).shape == (300, 400)

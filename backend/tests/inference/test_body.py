import numpy as np
import pytest

from brainai.imaging.geometry import Crop, Squared, axial_slice, to_ras
from brainai.inference.body import drop_specks, measure_body, stack_masks
from brainai.inference.judge import JudgedSlice
from brainai.inference.refine import SliceMaps
from tests.studies import oblique, stored_as


def _judged(index: int, mask: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> JudgedSlice:
    """A slice of which the pixels of a mask are drawn."""
    (height, width), shape = mask.shape, mask.shape
    crop = Crop(0, 0, width, height, height, width, height)
    maps = SliceMaps(np.zeros(shape, np.float16), np.where(mask, 3, -3).astype(np.float16), crop)
    return JudgedSlice(index, 1.0, False, None, maps, Squared(shape, shape, (1.0, 1.0)), None)


def test_masks_of_slices_are_stacked_where_the_slices_were_cut() -> None:
    rng = np.random.default_rng(0)
    voxels = rng.integers(0, 2, (9, 7, 4)).astype(np.float32)
    volume = to_ras(voxels, np.eye(4))
    shown = [_judged(z, axial_slice(volume, z).pixels > 0) for z in (1, 3)]
    mask = stack_masks(shown, voxels.shape, 0.5)
    assert np.array_equal(mask[:, :, [1, 3]], voxels[:, :, [1, 3]] > 0)
    assert not mask[:, :, [0, 2]].any()


def test_a_box_has_the_volume_area_and_diameter_of_a_box() -> None:
    mask = np.zeros((20, 20, 10), bool)
    mask[2:8, 3:7, 4:6] = True
    mask[2:8, 3:6, 6] = True
    body = measure_body(mask, to_ras(mask.astype(np.float32), np.diag([0.5, 2.0, 5.0, 1.0])))
    assert body is not None
    assert body.volume_ml == pytest.approx((24 + 24 + 18) * 5 / 1000)
    assert body.largest_area_mm2 == pytest.approx(24.0)
    # Pixel centres: 5 steps of 0.5 mm one way, 3 of 2 mm the other.
    assert body.longest_axial_diameter_mm == pytest.approx(np.hypot(2.5, 6.0))
    assert (body.slice_of_largest_area, body.slices, body.components) == (4, 3, 1)


def test_parts_that_touch_by_a_corner_are_one_and_others_are_counted() -> None:
    mask = np.zeros((12, 12, 8), bool)
    mask[1:3, 1:3, 1:3] = True
    mask[3, 3, 3] = True  # by a corner, in all three directions
    mask[8:10, 8:10, 1] = True
    mask[8:10, 8:10, 5] = True
    body = measure_body(mask, to_ras(mask.astype(np.float32), np.eye(4)))
    assert body is not None
    assert body.components == 3


def test_a_part_in_one_thin_slice_alone_is_dropped_and_in_a_thick_one_kept() -> None:
    mask = np.zeros((12, 12, 8), bool)
    mask[1:4, 1:4, 1:3] = True
    mask[8:10, 8:10, 5] = True
    thin, thick = (
        to_ras(mask.astype(np.float32), np.diag([1.0, 1.0, mm, 1.0])) for mm in (1.0, 5.0)
    )
    assert np.array_equal(drop_specks(mask, thick), mask)
    kept = drop_specks(mask, thin)
    assert kept.sum() == mask[:, :, :3].sum()
    assert np.array_equal(kept[:, :, :3], mask[:, :, :3])


def test_where_there_are_specks_alone_they_stay() -> None:
    mask = np.zeros((12, 12, 8), bool)
    mask[8:10, 8:10, 5] = mask[2, 2, 1] = True
    assert np.array_equal(drop_specks(mask, to_ras(mask.astype(np.float32), np.eye(4))), mask)


def test_the_longest_diameter_does_not_span_two_parts_of_a_slice() -> None:
    mask = np.zeros((30, 30, 3), bool)
    mask[2:6, 2, 1] = mask[20:24, 2, 1] = True
    body = measure_body(mask, to_ras(mask.astype(np.float32), np.eye(4)))
    assert body is not None
    assert body.longest_axial_diameter_mm == 3.0


def test_an_oblique_grid_counts_its_voxels_by_the_determinant() -> None:
    mask = np.zeros((8, 8, 8), bool)
    mask[2:4, 2:4, 2:4] = True
    affine = oblique()
    sheared = affine.copy()
    sheared[:3, 2] += 0.4 * affine[:3, 1]  # a gantry tilt: longer edges, the same volume
    for grid in (affine, sheared):
        body = measure_body(mask, to_ras(mask.astype(np.float32), grid))
        assert body is not None
        assert body.volume_ml == pytest.approx(8 * 24 / 1000)


def test_the_diameter_in_a_sheared_plane_is_that_of_the_world() -> None:
    mask = np.zeros((20, 20, 3), bool)
    mask[4:10, 5:12, 1] = True
    affine = oblique()
    affine[:3, 1] += 0.4 * affine[:3, 0]
    body = measure_body(mask, to_ras(mask.astype(np.float32), affine))
    places = np.argwhere(mask) @ affine[:3, :3].T
    apart = np.linalg.norm(places[:, None] - places, axis=-1)
    assert body is not None
    assert body.longest_axial_diameter_mm == pytest.approx(apart.max())


def test_the_slice_of_largest_area_is_counted_along_the_input_axis() -> None:
    mask = np.zeros((8, 8, 10), np.int16)
    mask[2:5, 2:5, 7] = 1
    stored, affine = stored_as("PIR", mask, np.eye(4))
    volume = to_ras(stored.astype(np.float32), affine)
    body = measure_body(volume.voxels > 0, volume)
    assert body is not None
    assert body.slice_of_largest_area == 10 - 1 - 7
    assert np.any(stored, axis=(0, 2))[body.slice_of_largest_area]


def test_an_empty_mask_is_no_lesion() -> None:
    empty = np.zeros((5, 5, 5), bool)
    assert measure_body(empty, to_ras(empty.astype(np.float32), np.eye(4))) is None

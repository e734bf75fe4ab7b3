import itertools

import numpy as np
import pytest

from brainai.errors import TooLarge, UnusableImage
from brainai.imaging.upload import Limits
from brainai.imaging.volumes import (
    check_shape,
    check_together,
    is_placement,
    make_volume,
    spacing_or_1,
)
from tests.studies import AFFINE, LIMITS, asymmetric, oblique


def test_a_volume_of_too_many_voxels_or_pixels_is_refused() -> None:
    limits = Limits(max_pixels=100, max_voxels=1000, max_unpacked_bytes=1, max_files=1)
    check_shape((10, 10, 10), limits)
    for shape, code in (((10, 10, 11), "too_many_voxels"), ((11, 10, 2), "too_many_pixels")):
        for turned in itertools.permutations(shape):
            with pytest.raises(TooLarge) as caught:
                check_shape((turned[0], turned[1], turned[2]), limits)
            assert caught.value.code == code


def test_a_volume_of_absurdly_many_slices_is_refused() -> None:
    with pytest.raises(TooLarge, match="4096 along an axis"):
        check_shape((8, 8, 5000), LIMITS)


def test_each_channel_counts_as_a_slice_does() -> None:
    check_shape((8, 8, 5), LIMITS, channels=4096)
    with pytest.raises(TooLarge, match="8 x 8 x 5 x 4097 voxels"):
        check_shape((8, 8, 5), LIMITS, channels=4097)


def test_files_may_not_claim_absurdly_many_slices_together() -> None:
    check_together(16_384)
    with pytest.raises(TooLarge) as caught:
        check_together(16_385)
    assert caught.value.code == "too_many_voxels"


def test_stored_values_are_cast_and_scaled_and_stay_their_owners() -> None:
    stored = asymmetric()
    before = stored.copy()
    volume = make_volume(stored, AFFINE, 2.0, -1.0)
    assert volume.voxels.dtype == np.float32
    assert volume.voxels.flags.c_contiguous
    np.testing.assert_array_equal(volume.voxels, stored * 2.0 - 1)
    np.testing.assert_array_equal(stored, before)
    floats = stored.astype(np.float32)
    assert not np.shares_memory(make_volume(floats, AFFINE).voxels, floats)


def test_a_sum_beyond_single_precision_is_no_infinity() -> None:
    volume = make_volume(np.full((20, 20, 20), 3e37, np.float32), AFFINE)
    assert np.isfinite(volume.voxels).all()


def test_the_message_counts_the_voxels_that_are_not_finite() -> None:
    voxels = np.zeros((4, 4, 4), np.float32)
    voxels[0, :3, 0] = np.nan
    with pytest.raises(UnusableImage, match="3 of the volume's 64 voxels"):
        make_volume(voxels, AFFINE)


@pytest.mark.parametrize(
    ("affine", "fits"),
    [
        (AFFINE, True),
        (oblique(45), True),
        (np.diag([1, 1, 0, 1.0]), False),
        (np.diag([1, 1, 1e6, 1.0]), False),
        (AFFINE[:, [0, 0, 2, 3]], False),
        (AFFINE * np.nan, False),
    ],
)
def test_only_an_affine_that_could_be_a_scanners_places_voxels(
    affine: np.ndarray[tuple[int, ...], np.dtype[np.float64]], fits: bool
) -> None:
    assert is_placement(affine) is fits


def test_a_distance_that_no_scanner_makes_becomes_1_mm() -> None:
    spacing, replaced = spacing_or_1(np.array([0.5, 0.0, np.nan]))
    assert (spacing.tolist(), replaced) == ([0.5, 1.0, 1.0], True)
    assert spacing_or_1(np.array([0.5, 2.0, 3.0]))[1] is False

import gzip
from collections.abc import Callable
from typing import Any

import nibabel as nib
import numpy as np
import pytest
from nibabel.orientations import axcodes2ornt, inv_ornt_aff, ornt_transform

from brainai.errors import UnusableImage
from brainai.imaging.nifti import read_nifti
from tests.orientations import ALL_ORIENTATIONS

AFFINE = np.array([[2.0, 0, 0, -10], [0, 3.0, 0, -20], [0, 0, 4.0, 5], [0, 0, 0, 1]])
VOXELS = np.arange(4 * 5 * 6, dtype=np.int16).reshape(4, 5, 6)


def _turned(codes: str) -> nib.Nifti1Image:
    """The same voxels of the same world, stored in another order of axes."""
    move = ornt_transform(axcodes2ornt("RAS"), axcodes2ornt(codes))
    data = nib.apply_orientation(VOXELS, move)
    return nib.Nifti1Image(data, AFFINE @ inv_ornt_aff(move, VOXELS.shape))


@pytest.mark.parametrize("codes", ALL_ORIENTATIONS)
def test_every_orientation_comes_out_as_ras(codes: str) -> None:
    volume = read_nifti(_turned(codes).to_bytes())
    np.testing.assert_array_equal(volume.voxels, VOXELS)
    np.testing.assert_allclose(volume.affine, AFFINE)


@pytest.mark.parametrize("make", [nib.Nifti1Image, nib.Nifti2Image])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_both_versions_are_read_packed_or_not(make: Any, pack: Callable[[bytes], bytes]) -> None:
    volume = read_nifti(pack(make(VOXELS, AFFINE).to_bytes()))
    assert volume.voxels.dtype == np.float32
    np.testing.assert_array_equal(volume.voxels, VOXELS)


def test_the_slope_and_intercept_of_the_header_are_applied() -> None:
    image = nib.Nifti1Image(VOXELS, AFFINE)
    image.header.set_slope_inter(2, 7)
    volume = read_nifti(image.to_bytes())
    np.testing.assert_allclose(volume.voxels, VOXELS * 2 + 7)


def test_a_series_over_time_is_refused() -> None:
    with pytest.raises(UnusableImage, match="4 dimensions"):
        read_nifti(nib.Nifti1Image(np.zeros((2, 2, 2, 3), np.int16), AFFINE).to_bytes())


@pytest.mark.parametrize("keep", [0, 100, 400])
def test_a_file_cut_short_is_refused(keep: int) -> None:
    with pytest.raises(UnusableImage):
        read_nifti(nib.Nifti1Image(VOXELS, AFFINE).to_bytes()[:keep])

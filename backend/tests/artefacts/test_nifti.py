import gzip
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from nibabel.orientations import axcodes2ornt, inv_ornt_aff, ornt_transform
from numpy.typing import NDArray

from brainai.artefacts.nifti import mask_file, volume_file
from brainai.imaging.geometry import to_ras
from brainai.imaging.intensity import measure_intensity
from tests.orientations import ALL_ORIENTATIONS
from tests.study_predictions import SHAPE, asymmetric_volume


def _opened(data: bytes) -> nib.Nifti1Image:
    image = nib.Nifti1Image.from_bytes(gzip.decompress(data))
    assert isinstance(image, nib.Nifti1Image)
    return image


def _turned(
    values: NDArray[np.float32], affine: NDArray[np.float64], codes: str
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    turn = ornt_transform(axcodes2ornt("RAS"), axcodes2ornt(codes))
    turned = nib.apply_orientation(values, turn).astype(np.float32)
    return turned, affine @ inv_ornt_aff(turn, values.shape)


@pytest.mark.parametrize("codes", ALL_ORIENTATIONS)
def test_volume_and_mask_lie_on_the_inputs_own_grid(codes: str) -> None:
    voxels, affine, lesion = asymmetric_volume()
    given, given_affine = _turned(voxels, affine, codes)
    outlined, _ = _turned(lesion.astype(np.float32), affine, codes)
    volume = to_ras(given, given_affine)
    mask = to_ras(outlined, given_affine).voxels > 0
    back = _opened(volume_file(volume, measure_intensity(volume.voxels)))
    back_mask = _opened(mask_file(mask, volume.grid))
    np.testing.assert_array_equal(back.get_fdata(), given)
    np.testing.assert_array_equal(back_mask.get_fdata(), outlined)
    for image in (back, back_mask):
        np.testing.assert_allclose(image.affine, given_affine, atol=1e-5)
        np.testing.assert_allclose(image.get_qform(), given_affine, atol=1e-5)
        assert (image.header["sform_code"], image.header["qform_code"]) == (1, 1)


def test_whole_numbers_are_written_small_and_fractions_are_kept() -> None:
    voxels, affine, _ = asymmetric_volume()
    assert _opened(volume_file(to_ras(voxels, affine), None)).get_data_dtype() == np.int16
    finer = voxels + np.float32(0.25)
    kept = _opened(volume_file(to_ras(finer, affine), None))
    assert kept.get_data_dtype() == np.float32
    np.testing.assert_array_equal(kept.get_fdata(), finer)


def test_whole_numbers_beyond_int16_are_kept() -> None:
    voxels, affine, _ = asymmetric_volume()
    voxels[5, 5, 5] = 40000
    assert _opened(volume_file(to_ras(voxels, affine), None)).get_fdata()[5, 5, 5] == 40000


def test_a_mask_is_of_bytes_and_opens_with_a_window_of_its_own() -> None:
    _, affine, lesion = asymmetric_volume()
    image = _opened(mask_file(lesion, to_ras(np.zeros(SHAPE, np.float32), affine).grid))
    assert image.get_data_dtype() == np.uint8
    assert (image.header["cal_min"], image.header["cal_max"]) == (0, 1)


def test_a_sheared_grid_keeps_its_affine_and_claims_no_qform() -> None:
    voxels, affine, _ = asymmetric_volume()
    affine[0, 2] = 1.5  # a gantry tilt: slices slide along x
    image = _opened(volume_file(to_ras(voxels, affine), None))
    np.testing.assert_allclose(image.affine, affine)
    assert int(image.header["qform_code"]) == 0


def test_the_same_volume_gives_the_same_bytes_and_no_file_name(tmp_path: Path) -> None:
    voxels, affine, _ = asymmetric_volume()
    first, second = (volume_file(to_ras(voxels, affine), None) for _ in range(2))
    assert first == second
    assert first[3] == 0  # RFC 1952: no name, no comment, no extra field
    assert first[4:8] == bytes(4)  # nor the time
    (tmp_path / "volume.nii.gz").write_bytes(first)
    loaded = nib.Nifti1Image.from_filename(tmp_path / "volume.nii.gz")
    assert bytes(loaded.header["descrip"]).strip(b"\0") == b""

import gzip
import struct
from collections.abc import Callable
from typing import Any

import nibabel as nib
import numpy as np
import pytest
from nibabel.orientations import axcodes2ornt, inv_ornt_aff, ornt_transform

from brainai.errors import InputError, TooLarge, UnusableImage
from brainai.imaging.nifti import UNPLACED_WARNING, find_nifti, read_nifti
from brainai.imaging.volumes import SPACING_WARNING
from tests.orientations import ALL_ORIENTATIONS
from tests.studies import LIMITS, nifti

AFFINE = np.array([[2.0, 0, 0, -10], [0, 3.0, 0, -20], [0, 0, 4.0, 5], [0, 0, 0, 1]])
VOXELS = np.arange(4 * 5 * 6, dtype=np.int16).reshape(4, 5, 6)


NOISE = nib.Nifti1Image(np.random.default_rng(0).integers(0, 999, (9, 8, 7)).astype("i2"), AFFINE)


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


@pytest.mark.parametrize("keep", [0, 100, 400, -1])
def test_a_file_cut_short_is_refused(keep: int) -> None:
    for data in (nifti(VOXELS), gzip.compress(NOISE.to_bytes())):
        with pytest.raises(UnusableImage):
            read_nifti(data[:keep])


def _load_all(data: bytes) -> None:
    for candidate in find_nifti(data, LIMITS):
        candidate.load()


def _refused(data: bytes) -> str:
    with pytest.raises(InputError) as caught:
        _load_all(data)
    assert caught.value.message.endswith(".")
    return caught.value.code


def _edited(data: bytes, place: int, form: str, *values: float) -> bytes:
    edited = bytearray(data)
    struct.pack_into("<" + form, edited, place, *values)
    return bytes(edited)


@pytest.mark.parametrize("kind", ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"])
@pytest.mark.parametrize("order", ["<", ">"])
def test_every_type_is_read_in_both_byte_orders(kind: str, order: str) -> None:
    header = nib.Nifti1Header(endianness=order)
    header.set_data_dtype(np.dtype(order + kind))
    image = nib.Nifti1Image(VOXELS.astype(order + kind), AFFINE, header)
    volume = read_nifti(image.to_bytes())
    assert volume.voxels.dtype == np.float32
    np.testing.assert_array_equal(volume.voxels, VOXELS)
    np.testing.assert_allclose(volume.affine, AFFINE)


def test_a_slope_and_an_intercept_scale_every_voxel() -> None:
    data = _edited(nifti(VOXELS), 112, "2f", 0.5, -7)
    np.testing.assert_allclose(read_nifti(data).voxels, VOXELS * 0.5 - 7)


def test_trailing_axes_of_length_1_are_no_channels() -> None:
    (only,) = find_nifti(nifti(VOXELS[..., None, None]), LIMITS)
    np.testing.assert_array_equal(only.load()[0].voxels, VOXELS)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_each_channel_of_four_dimensions_is_a_candidate(pack: Callable[[bytes], bytes]) -> None:
    channels = np.stack([VOXELS, VOXELS + 1000, VOXELS * 2], axis=-1)
    found = find_nifti(pack(nifti(channels)), LIMITS)
    assert [one.shape for one in found] == [VOXELS.shape] * 3
    for index, candidate in enumerate(found):
        np.testing.assert_array_equal(candidate.load()[0].voxels, channels[..., index])


def test_one_plane_is_a_volume_of_one_slice() -> None:
    (only,) = find_nifti(nifti(VOXELS[:, :, 0]), LIMITS)
    assert only.load()[0].voxels.shape == (4, 5, 1)


def test_without_a_place_the_spacing_is_taken_from_pixdim_and_that_is_said() -> None:
    image = nib.Nifti1Image(VOXELS, None)
    image.header.set_zooms((0.5, 0.6, 0.7))
    ((volume, warnings),) = [one.load() for one in find_nifti(image.to_bytes(), LIMITS)]
    assert volume.grid.orientation == "LAS"
    np.testing.assert_allclose(volume.grid.spacing_mm, (0.5, 0.6, 0.7), rtol=1e-6)
    np.testing.assert_allclose(volume.grid.affine, image.header.get_base_affine())
    assert warnings == (UNPLACED_WARNING,)


def test_without_a_spacing_1_mm_is_taken_and_that_is_said() -> None:
    data = _edited(nib.Nifti1Image(VOXELS, None).to_bytes(), 80, "3f", 0, 0.5, float("nan"))
    ((volume, warnings),) = [one.load() for one in find_nifti(data, LIMITS)]
    np.testing.assert_allclose(volume.grid.spacing_mm, (1, 0.5, 1))
    assert warnings == (UNPLACED_WARNING, SPACING_WARNING)


def test_a_flat_sform_gives_way_to_the_qform() -> None:
    image = nib.Nifti1Image(VOXELS, AFFINE)
    image.set_qform(AFFINE, code=1)
    data = _edited(image.to_bytes(), 280, "4f", 0, 0, 0, 0)
    ((volume, warnings),) = [one.load() for one in find_nifti(data, LIMITS)]
    np.testing.assert_allclose(volume.affine, AFFINE, atol=1e-5)
    assert warnings == ()


@pytest.mark.parametrize("make", [nib.Nifti1Image, nib.Nifti2Image])
@pytest.mark.parametrize("stored", [0.0, 3.0, float("nan")])
@pytest.mark.parametrize("side", [1, -1])
def test_a_qform_holds_whatever_sign_or_rounding_it_was_written_with(
    make: Any, stored: float, side: int
) -> None:
    affine = AFFINE @ np.diag([1, 1, side, 1])
    affine[:3, :3] = np.array([[-1, 0, 0], [0, -0.8, 0.6], [0, 0.6, 0.8]]) @ affine[:3, :3]
    image = make(VOXELS, affine)
    image.set_qform(affine, code=1)
    image.set_sform(None, code=0)
    qfac, *spacing = image.header["pixdim"][:4]
    if qfac > 0:
        image.header["pixdim"][0] = stored
    image.header["pixdim"][1:4] = -np.array(spacing)
    for name in ("quatern_b", "quatern_c", "quatern_d"):
        image.header[name] = image.header[name] * 1.00005
    data = image.header.binaryblock + bytes(4) + VOXELS.tobytes("F")
    (only,) = find_nifti(data, LIMITS)
    volume, warnings = only.load()
    np.testing.assert_allclose(volume.grid.affine, affine, atol=1e-3)
    assert warnings == ()


@pytest.mark.parametrize("degrees", [0.2, 1.0, 3.0])
def test_a_qform_near_half_a_turn_keeps_its_tilt(degrees: float) -> None:
    tilt = np.radians(degrees)
    affine = np.eye(4)
    affine[:2, :2] = [[-np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), -np.cos(tilt)]]
    image = nib.Nifti1Image(VOXELS, affine)
    image.set_qform(affine, code=1)
    image.set_sform(None, code=0)
    (only,) = find_nifti(image.to_bytes(), LIMITS)
    np.testing.assert_allclose(only.load()[0].grid.affine, affine, atol=1e-3)


def test_metres_and_microns_become_millimetres() -> None:
    for unit, factor in (("meter", 0.001), ("micron", 1000)):
        image = nib.Nifti1Image(VOXELS, AFFINE @ np.diag([factor, factor, factor, 1]))
        image.header.set_xyzt_units(unit)
        np.testing.assert_allclose(read_nifti(image.to_bytes()).grid.spacing_mm, (2, 3, 4))


def test_a_unit_that_makes_no_sense_is_not_believed() -> None:
    image = nib.Nifti1Image(VOXELS, AFFINE)
    image.header.set_xyzt_units("micron")
    np.testing.assert_allclose(read_nifti(image.to_bytes()).grid.spacing_mm, (2, 3, 4))


def test_a_unit_that_makes_no_sense_is_not_believed_without_a_place_either() -> None:
    image = nib.Nifti1Image(VOXELS, None)
    image.header.set_zooms((2, 3, 4))
    image.header.set_xyzt_units("meter")
    ((volume, warnings),) = [one.load() for one in find_nifti(image.to_bytes(), LIMITS)]
    np.testing.assert_allclose(volume.grid.spacing_mm, (2, 3, 4))
    assert warnings == (UNPLACED_WARNING,)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e39])
def test_voxels_that_are_not_finite_are_refused(bad: float) -> None:
    voxels = VOXELS.astype(np.float64)
    voxels[1, 2, 3] = bad
    assert _refused(nifti(voxels)) == "not_finite"


def test_a_header_that_claims_a_trillion_voxels_is_refused_before_they_are_made() -> None:
    data = _edited(nifti(VOXELS), 40, "4h", 3, 10_000, 10_000, 10_000)
    assert _refused(data) == "too_many_voxels"
    assert _refused(gzip.compress(data)) == "too_many_voxels"


@pytest.mark.parametrize("further", [(32_767,), (10, 32_767), (4097,)])
def test_a_header_that_claims_absurdly_many_channels_is_refused_before_they_are_listed(
    further: tuple[int, ...],
) -> None:
    form = f"{4 + len(further)}h"
    data = _edited(nifti(VOXELS), 40, form, 3 + len(further), *VOXELS.shape, *further)
    for sent in (data, gzip.compress(data)):
        with pytest.raises(TooLarge) as caught:
            find_nifti(sent, LIMITS)
        assert caught.value.code == "too_many_voxels"


def test_channels_whose_bytes_are_not_there_are_refused_before_they_are_listed() -> None:
    data = nifti(np.stack([VOXELS] * 3, axis=-1))
    with pytest.raises(UnusableImage) as caught:
        find_nifti(data[:-1], LIMITS)
    assert caught.value.code == "unreadable_volume"


def test_channels_that_unpack_to_too_much_are_refused() -> None:
    data = _edited(nifti(np.zeros((100, 100, 100), np.int16)), 40, "5h", 4, 100, 100, 100, 100)
    assert _refused(gzip.compress(data)) == "unreadable_volume"  # the second is not there
    found = find_nifti(gzip.compress(data), LIMITS)
    with pytest.raises(TooLarge) as caught:
        found[-1].load()
    assert caught.value.code == "unpacks_too_large"


@pytest.mark.parametrize(
    ("place", "form", "values"),
    [
        (40, "4h", (3, -4, 5, 6)),
        (40, "4h", (3, 0, 5, 6)),
        (40, "h", (0,)),
        (40, "h", (9,)),
        (108, "f", (float("nan"),)),
        (108, "f", (1e30,)),
        (108, "f", (20,)),
        (70, "h", (128,)),  # RGB
        (70, "h", (32,)),  # complex
        (70, "h", (9999,)),
        (344, "4s", (b"ni1\0",)),
        (344, "4s", (b"abcd",)),
        (112, "2f", (1, float("inf"))),
    ],
)
def test_a_header_that_can_not_be_is_refused(place: int, form: str, values: Any) -> None:
    assert _refused(_edited(nifti(VOXELS), place, form, *values)) == "unreadable_volume"

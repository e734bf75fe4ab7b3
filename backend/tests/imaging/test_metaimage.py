import gzip
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from brainai.errors import InputError, TooLarge
from brainai.imaging.metaimage import (
    UNPLACED_WARNING,
    find_metaimage,
    read_metaimage,
    voxels_file,
)
from brainai.imaging.upload import Limits
from brainai.imaging.volumes import SPACING_WARNING
from tests.studies import AFFINE, LIMITS, mha, mhd, stored_as

VOXELS = np.arange(4 * 5 * 6, dtype=np.int16).reshape(4, 5, 6)


WORLD = np.diag([-2.0, -3.0, 4.0, 1.0])  # RAS+; of LPS the plain axes


def _mha(voxels: NDArray[Any], packed: bool = False, **lines: str | None) -> bytes:
    return mha(voxels, WORLD, packed, **lines)


def _load_all(data: bytes) -> None:
    for candidate in find_metaimage(data, lambda _: None, LIMITS):
        candidate.load()


def _refused(data: bytes) -> str:
    with pytest.raises(InputError) as caught:
        _load_all(data)
    return caught.value.code


@pytest.mark.parametrize("packed", [True, False])
def test_a_world_of_lps_comes_out_as_ras(packed: bool) -> None:
    volume = read_metaimage(_mha(VOXELS, packed))
    assert volume.voxels.dtype == np.float32
    np.testing.assert_array_equal(volume.voxels, VOXELS[::-1, ::-1])
    np.testing.assert_allclose(np.diag(volume.affine), [2, 3, 4, 1])


def test_the_direction_of_the_axes_is_followed() -> None:
    turned = "-1 0 0 0 -1 0 0 0 1"  # LPS turned about: stored as RAS already
    np.testing.assert_array_equal(
        read_metaimage(_mha(VOXELS, TransformMatrix=turned)).voxels, VOXELS
    )


def test_swapped_axes_are_put_in_order() -> None:
    swapped = "0 -1 0 -1 0 0 0 0 1"  # first axis to the front, second to the right
    volume = read_metaimage(_mha(VOXELS, TransformMatrix=swapped))
    np.testing.assert_array_equal(volume.voxels, VOXELS.transpose(1, 0, 2))
    np.testing.assert_allclose(np.abs(np.diag(volume.affine)), [3, 2, 4, 1])


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_negative_spacing_turns_its_axis_round(axis: int) -> None:
    """ITK's ImageFileReader takes it so."""
    spacing = np.array([2, 3, 4])
    spacing[axis] *= -1
    volume = read_metaimage(_mha(VOXELS, ElementSpacing=" ".join(map(str, spacing))))
    np.testing.assert_allclose(volume.grid.affine, WORLD @ np.diag([*np.sign(spacing), 1]))
    np.testing.assert_allclose(volume.grid.spacing_mm, (2, 3, 4))


def test_big_endian_voxels_are_read() -> None:
    data = _mha(VOXELS.astype(">i2"), BinaryDataByteOrderMSB="True")
    np.testing.assert_array_equal(read_metaimage(data).voxels, VOXELS[::-1, ::-1])


@pytest.mark.parametrize("codes", ["RAS", "LPS", "PIR", "SAL", "ILP"])
@pytest.mark.parametrize("packed", [True, False])
def test_other_orders_of_axes_come_out_as_ras(codes: str, packed: bool) -> None:
    volume = read_metaimage(mha(*stored_as(codes, VOXELS), packed=packed))
    np.testing.assert_array_equal(volume.voxels, VOXELS)
    np.testing.assert_allclose(volume.affine, AFFINE)
    assert volume.grid.orientation == codes


@pytest.mark.parametrize("kind", ["i1", "u1", "i2", "u2", "i4", "u4", "f4", "f8"])
@pytest.mark.parametrize("order", ["<", ">"])
def test_every_type_is_read_in_both_byte_orders(kind: str, order: str) -> None:
    stored = VOXELS.astype(order + kind)
    data = mha(stored, BinaryDataByteOrderMSB=str(order == ">"))
    np.testing.assert_array_equal(read_metaimage(data).voxels, VOXELS)


@pytest.mark.parametrize("pack", [bytes, zlib.compress, gzip.compress])
def test_a_header_finds_its_voxels_in_a_second_file(pack: Callable[[bytes], bytes]) -> None:
    raw = pack(VOXELS.tobytes(order="F"))
    packed = str(pack is not bytes)
    header = mhd(VOXELS, CompressedData=packed, ElementDataFile="some\\where/voxels.zraw")
    files = {"voxels.zraw": raw}
    (only,) = find_metaimage(header, files.get, LIMITS)
    volume, warnings = only.load()
    np.testing.assert_array_equal(volume.voxels, VOXELS)
    assert warnings == ()
    assert voxels_file(header) == "voxels.zraw"


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_a_file_of_voxels_may_have_letters_beyond_ascii(encoding: str) -> None:
    header = mhd(VOXELS).replace(b"voxels.raw", "Schädel.raw".encode(encoding))
    assert voxels_file(header) == "Schädel.raw"
    assert find_metaimage(header, {"Schädel.raw": VOXELS.tobytes(order="F")}.get, LIMITS)


def test_a_header_whose_voxels_were_not_sent_says_so() -> None:
    assert _refused(mhd(VOXELS)) == "voxels_missing"


def test_a_header_of_bytes_before_the_voxels_is_skipped() -> None:
    raw = b"12345" + VOXELS.tobytes(order="F")
    for size in ("5", "-1"):
        (only,) = find_metaimage(mhd(VOXELS, HeaderSize=size), {"voxels.raw": raw}.get, LIMITS)
        np.testing.assert_array_equal(only.load()[0].voxels, VOXELS)


def test_each_channel_of_four_dimensions_is_a_candidate() -> None:
    channels = np.stack([VOXELS, VOXELS + 500], axis=-1)
    data = mha(
        channels,
        ElementSpacing="2 3 4 1",
        Offset="0 0 0 0",
        TransformMatrix=" ".join(f"{value:g}" for value in np.eye(4).ravel()),
    )
    found = find_metaimage(data, lambda _: None, LIMITS)
    for index, candidate in enumerate(found):
        voxels = candidate.load()[0].voxels
        np.testing.assert_array_equal(voxels, channels[::-1, ::-1, :, index])
    assert len(found) == 2


@pytest.mark.parametrize("matrix", [None, "0 0 0 0 0 0 0 0 0", "1 0 0", "nan 0 0 0 1 0 0 0 1"])
def test_without_directions_plain_ones_are_taken_and_that_is_said(matrix: str | None) -> None:
    (only,) = find_metaimage(_mha(VOXELS, TransformMatrix=matrix), lambda _: None, LIMITS)
    volume, warnings = only.load()
    assert volume.grid.orientation == "LPS"
    assert warnings == (UNPLACED_WARNING,)


@pytest.mark.parametrize("offset", ["10 -20 30", "nan 0 0", "1e9 0 0"])
def test_without_directions_the_origin_holds_where_it_can(offset: str) -> None:
    """ITK's ImageFileReader takes it so."""
    data = _mha(VOXELS, TransformMatrix=None, Offset=offset)
    placed = WORLD.copy()
    placed[:3, 3] = (-10, 20, 30) if offset[:2] == "10" else 0
    np.testing.assert_allclose(read_metaimage(data).grid.affine, placed)


@pytest.mark.parametrize("true", ["T", "t", "1", "TRUE"])
def test_true_may_be_written_as_metaio_takes_it(true: str) -> None:
    data = mha(
        VOXELS.astype(">i2"), packed=True, BinaryData=true, BinaryDataByteOrderMSB=true
    ).replace(b"CompressedData = True", b"CompressedData = " + true.encode())
    np.testing.assert_array_equal(read_metaimage(data).voxels, VOXELS)


def test_without_spacing_1_mm_is_taken_and_that_is_said() -> None:
    (only,) = find_metaimage(_mha(VOXELS, ElementSpacing=None), lambda _: None, LIMITS)
    volume, warnings = only.load()
    assert volume.grid.spacing_mm == (1.0, 1.0, 1.0)
    assert warnings == (SPACING_WARNING,)


def test_a_header_that_claims_a_trillion_voxels_is_refused_before_they_are_made() -> None:
    assert _refused(_mha(VOXELS, DimSize="10000 10000 10000")) == "too_many_voxels"


@pytest.mark.parametrize(
    ("count", "packed", "code"),
    [
        (327_670, False, "too_many_voxels"),
        (327_670, True, "too_many_voxels"),
        (2, False, "unreadable_volume"),
    ],
)
def test_channels_that_can_not_be_are_refused_before_they_are_listed(
    count: int, packed: bool, code: str
) -> None:
    data = _mha(VOXELS, packed, NDims="4", DimSize=f"4 5 6 {count}")
    with pytest.raises(InputError) as caught:
        find_metaimage(data, lambda _: None, LIMITS)
    assert caught.value.code == code


def test_packed_voxels_that_are_a_bomb_are_not_unpacked_beyond_the_header() -> None:
    small = Limits(LIMITS.max_pixels, LIMITS.max_voxels, 100, LIMITS.max_files)
    (only,) = find_metaimage(_mha(VOXELS, packed=True), lambda _: None, small)
    with pytest.raises(TooLarge):
        only.load()


def test_voxels_that_are_not_finite_are_refused() -> None:
    voxels = VOXELS.astype(np.float32)
    voxels[0, 0, 0] = np.nan
    assert _refused(_mha(voxels)) == "not_finite"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"ObjectType = Image\n",
        b"ObjectType = Image\n" * 5000,
        _mha(VOXELS)[:-10],
        _mha(VOXELS, ElementType="MET_STRANGE"),
        _mha(VOXELS, DimSize="4 5"),
        _mha(VOXELS, DimSize="4 5 -6"),
        _mha(VOXELS, DimSize="4 5 0"),
        _mha(VOXELS, NDims=None),
        _mha(VOXELS, BinaryData="False"),
        _mha(VOXELS, ElementNumberOfChannels="3"),
        mhd(VOXELS, ElementDataFile="LIST"),
        mhd(VOXELS, ElementDataFile="slice%03d.raw 1 6 1"),
        _mha(VOXELS, packed=True)[:-60],
    ],
)
def test_a_damaged_file_is_refused(data: bytes) -> None:
    assert _refused(data) == "unreadable_volume"

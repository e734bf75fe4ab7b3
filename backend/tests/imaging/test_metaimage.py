import zlib

import numpy as np
import pytest
from numpy.typing import NDArray

from brainai.errors import UnusableImage
from brainai.imaging.metaimage import read_metaimage

VOXELS = np.arange(4 * 5 * 6, dtype=np.int16).reshape(4, 5, 6)


def _mha(voxels: NDArray[np.int16], packed: bool = False, **lines: str) -> bytes:
    raw = voxels.tobytes(order="F")
    header = {
        "ObjectType": "Image",
        "NDims": "3",
        "BinaryData": "True",
        "BinaryDataByteOrderMSB": "False",
        "CompressedData": str(packed),
        "TransformMatrix": "1 0 0 0 1 0 0 0 1",
        "Offset": "0 0 0",
        "ElementSpacing": "2 3 4",
        "DimSize": " ".join(map(str, voxels.shape)),
        "ElementType": "MET_SHORT",
        **lines,
        "ElementDataFile": "LOCAL",
    }
    text = "".join(f"{name} = {value}\n" for name, value in header.items())
    return text.encode() + (zlib.compress(raw) if packed else raw)


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


def test_big_endian_voxels_are_read() -> None:
    data = _mha(VOXELS.astype(">i2"), BinaryDataByteOrderMSB="True")
    np.testing.assert_array_equal(read_metaimage(data).voxels, VOXELS[::-1, ::-1])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"ObjectType = Image\n",
        _mha(VOXELS)[:-10],
        _mha(VOXELS, ElementType="MET_STRANGE"),
        _mha(VOXELS, DimSize="4 5"),
        _mha(VOXELS, packed=True)[:-60],
    ],
)
def test_a_damaged_file_is_refused(data: bytes) -> None:
    with pytest.raises(UnusableImage):
        read_metaimage(data)

"""MetaImage (.mha, header and voxels in one file) -> Volume."""

import zlib

import numpy as np

from brainai.errors import UnusableImage
from brainai.imaging.geometry import to_ras
from brainai.imaging.study import Volume

_TYPES = {
    "MET_CHAR": "i1",
    "MET_UCHAR": "u1",
    "MET_SHORT": "i2",
    "MET_USHORT": "u2",
    "MET_INT": "i4",
    "MET_UINT": "u4",
    "MET_FLOAT": "f4",
    "MET_DOUBLE": "f8",
}


def read_metaimage(data: bytes) -> Volume:
    """Read a three-dimensional ``.mha`` into RAS+ order.

    Raises UnusableImage (unreadable_image). Source: the MetaIO specification (ITK).
    """
    try:
        return _decode(data)
    except (ValueError, KeyError, IndexError, zlib.error) as error:
        raise UnusableImage(
            "unreadable_image", "The MetaImage file can't be decoded: it is damaged or cut short."
        ) from error


def _decode(data: bytes) -> Volume:
    header, voxels = _split(data)
    size = tuple(int(n) for n in header["DimSize"].split())
    if len(size) != 3 or min(size) < 1 or header["ElementDataFile"] != "LOCAL":
        raise ValueError("not a three-dimensional local MetaImage")
    order = ">" if header.get("BinaryDataByteOrderMSB", "False") == "True" else "<"
    dtype = np.dtype(order + _TYPES[header["ElementType"]])
    wanted = int(np.prod(size)) * dtype.itemsize
    if header.get("CompressedData", "False") == "True":
        voxels = zlib.decompressobj().decompress(voxels, wanted)
    grid = np.frombuffer(voxels, dtype, count=wanted // dtype.itemsize).reshape(size, order="F")
    return to_ras(grid.astype(np.float32), _ras_affine(header))


def _split(data: bytes) -> tuple[dict[str, str], bytes]:
    """Part the text header, which ends with the line ElementDataFile, from the voxels."""
    header: dict[str, str] = {}
    start = 0
    while "ElementDataFile" not in header:
        end = data.index(b"\n", start)
        name, _, value = data[start:end].decode("ascii").partition("=")
        header[name.strip()] = value.strip()
        start = end + 1
    return header, data[start:]


def _ras_affine(header: dict[str, str]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """MetaImage worlds are LPS: the first two axes change sign for RAS."""
    spacing = np.array(header.get("ElementSpacing", "1 1 1").split(), dtype=float)
    matrix = np.array(header.get("TransformMatrix", "1 0 0 0 1 0 0 0 1").split(), dtype=float)
    affine = np.eye(4)
    # TransformMatrix lists the direction of each axis in turn: the columns of the affine.
    affine[:3, :3] = matrix.reshape(3, 3).T * spacing
    affine[:3, 3] = np.array(header.get("Offset", "0 0 0").split(), dtype=float)
    return np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine

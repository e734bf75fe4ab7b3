"""MetaImage -> Volume: ``.mha`` (one file), or ``.mhd`` with its voxels in a second file."""

import math
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from brainai.errors import MalformedInput, UnusableImage
from brainai.imaging.candidate import Candidate
from brainai.imaging.inflate import inflate
from brainai.imaging.study import Volume
from brainai.imaging.upload import Limits
from brainai.imaging.volumes import (
    NO_LIMITS,
    SPACING_WARNING,
    check_room,
    check_shape,
    damaged,
    is_placement,
    make_volume,
    spacing_or_1,
)

_TYPES = {
    "MET_CHAR": "i1",
    "MET_UCHAR": "u1",
    "MET_SHORT": "i2",
    "MET_USHORT": "u2",
    "MET_INT": "i4",
    "MET_UINT": "u4",
    "MET_LONG": "i4",  # by MetaIO's own table, whatever the machine's long is
    "MET_ULONG": "u4",
    "MET_LONG_LONG": "i8",
    "MET_ULONG_LONG": "u8",
    "MET_FLOAT": "f4",
    "MET_DOUBLE": "f8",
}
# A header is some twenty lines of text.
HEADER_BYTES = 16_384

UNPLACED_WARNING = (
    "The file does not say how the volume lies in space (no usable TransformMatrix). Its axes were "
    "taken to run to the left, to the back and up: left and right may be exchanged."
)


@dataclass(frozen=True)
class Layout:
    """Where a MetaImage's voxels are, and how they lie.

    shape: [I, J, K], channels of them after one another. voxels_file: the name of the file that
    holds them, None where they follow the header at ``offset`` (bytes; -1: at the file's end).
    affine: float64 [4, 4], voxel index -> world mm, RAS+.
    """

    shape: tuple[int, int, int]
    channels: int
    dtype: np.dtype[np.generic]
    voxels_file: str | None
    offset: int
    packed: bool
    affine: NDArray[np.float64]
    warnings: tuple[str, ...]


def find_metaimage(
    data: bytes, find_voxels: Callable[[str], bytes | None], limits: Limits
) -> list[Candidate]:
    """List the volumes of a ``.mha`` or ``.mhd``: one, or one a channel.

    find_voxels: returns the upload's file of that base name, or None.

    Raises UnusableImage (unreadable_volume), MalformedInput (voxels_missing), TooLarge
    (too_many_voxels, too_many_pixels).
    """
    with _reading():
        layout = _read_layout(data)
    check_shape(layout.shape, limits, layout.channels)
    voxels: bytes | None = data
    if layout.voxels_file is not None:
        voxels = find_voxels(layout.voxels_file)
    if voxels is None:
        raise MalformedInput(
            "voxels_missing",
            "The MetaImage header (.mhd) keeps its voxels in a second file, which was not sent. "
            "Send both files together, or in one zip.",
        )
    if not layout.packed:
        size_bytes = math.prod(layout.shape) * layout.dtype.itemsize
        room_bytes = len(voxels) - max(layout.offset, 0)
        check_room(layout.channels, size_bytes, room_bytes, "MetaImage")
    spacing = np.linalg.norm(layout.affine[:3, :3], axis=0)
    return [
        Candidate(
            "metaimage",
            layout.shape,
            (float(spacing[0]), float(spacing[1]), float(spacing[2])),
            partial(_load, voxels, layout, channel, limits),
        )
        for channel in range(layout.channels)
    ]


def read_metaimage(data: bytes) -> Volume:
    """Read a trusted ``.mha`` that holds one volume into RAS+ order, however large.

    Raises UnusableImage (unreadable_volume, not_finite). Source: the MetaIO specification (ITK).
    """
    with _reading():
        layout = _read_layout(data)
    if layout.channels != 1 or layout.voxels_file is not None:
        raise UnusableImage(
            "unreadable_volume", "The MetaImage file does not hold one volume, header and voxels."
        )
    return _load(data, layout, 0, NO_LIMITS)[0]


def voxels_file(data: bytes) -> str | None:
    """Name the file, without folders, of a header's voxels; None where they follow the header."""
    try:
        return _voxels_file(_split(data)[0])
    except ValueError:
        return None


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except (ValueError, KeyError, IndexError, OverflowError, zlib.error) as error:
        raise damaged("MetaImage") from error


def _load(
    data: bytes, layout: Layout, channel: int, limits: Limits
) -> tuple[Volume, tuple[str, ...]]:
    count = math.prod(layout.shape)
    start = channel * count * layout.dtype.itemsize
    with _reading():
        if layout.packed:
            end = start + count * layout.dtype.itemsize
            packed = memoryview(data)[max(layout.offset, 0) :]
            data = inflate(packed, end, limits.max_unpacked_bytes)
        elif layout.offset < 0:  # the voxels are the last bytes of the file
            start += len(data) - layout.channels * count * layout.dtype.itemsize
            if start < 0:
                raise ValueError("fewer bytes than the header's")
        else:
            start += layout.offset
        stored = np.frombuffer(data, layout.dtype, count, start)
    voxels = stored.reshape(layout.shape, order="F")
    return make_volume(voxels, layout.affine), layout.warnings


def _read_layout(data: bytes) -> Layout:
    header, length = _split(data)
    sizes = [int(n) for n in header["DimSize"].split()]
    if not 2 <= len(sizes) <= 5 or min(sizes) < 1 or len(sizes) != int(header["NDims"]):
        raise ValueError("dimensions that can't be")
    if int(header.get("ElementNumberOfChannels", "1")) != 1:
        raise ValueError("voxels of several values")
    if not _is_true(header.get("BinaryData", "True")):
        raise ValueError("voxels as text")
    msb = _first(header, "BinaryDataByteOrderMSB", "ElementByteOrderMSB") or "False"
    order = ">" if _is_true(msb) else "<"
    name = _voxels_file(header)
    if name is not None and (name.upper().startswith("LIST") or "%" in name):
        raise ValueError("voxels in a file a slice")
    i, j, k = (*sizes, 1)[:3]
    skip = int(header.get("HeaderSize", "0"))
    affine, warnings = _place(header, len(sizes))
    return Layout(
        (i, j, k),
        math.prod(sizes[3:]),
        np.dtype(order + _TYPES[header["ElementType"].upper()]),
        name,
        length if name is None else max(skip, -1),
        _is_true(header.get("CompressedData", "False")),
        affine,
        warnings,
    )


def _split(data: bytes) -> tuple[dict[str, str], int]:
    """Read the text header, which ends with the line ElementDataFile, and its length in bytes."""
    header: dict[str, str] = {}
    start = 0
    while "ElementDataFile" not in header:
        end = data.find(b"\n", start, HEADER_BYTES)
        if end < 0:
            if start >= len(data) or len(data) > HEADER_BYTES:
                raise ValueError("a header without an end")
            end = len(data)  # a .mhd may end without a line feed
        name, _, value = _decode(data[start:end]).partition("=")
        header[name.strip()] = value.strip()
        start = end + 1
    return header, start


def _decode(line: bytes) -> str:
    """MetaIO writes names of files as the system gives them: UTF-8 today, Latin-1 once."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _voxels_file(header: Mapping[str, str]) -> str | None:
    name = header["ElementDataFile"]
    return None if name.lower() == "local" else name.replace("\\", "/").rsplit("/", 1)[-1]


def _first(header: Mapping[str, str], *names: str) -> str | None:
    return next((header[name] for name in names if name in header), None)


def _is_true(value: str) -> bool:
    """MetaIO goes by the first letter: T, True, true and 1 are one and the same."""
    return value[:1] in {"T", "t", "1"}


def _place(header: Mapping[str, str], axes: int) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """MetaImage worlds are LPS: the first two axes change sign for RAS."""
    told = _numbers(_first(header, "ElementSpacing", "ElementSize"), axes)
    steps = np.array([*(told or [0.0] * 3), 0.0])[:3]
    spacing, assumed = spacing_or_1(np.abs(steps))
    spacing[steps < 0] *= -1  # the axis runs the other way, as ITK's reader has it
    affine = np.eye(4)
    origin = _numbers(_first(header, "Offset", "Position", "Origin"), axes)
    affine[:3, 3] = (origin or [0.0] * 3)[:3] if axes >= 3 else 0
    matrix = _numbers(_first(header, "TransformMatrix", "Rotation", "Orientation"), axes * axes)
    placed = False
    if matrix is not None and axes >= 3:
        # It lists the direction of each axis in turn: the columns of the affine.
        affine[:3, :3] = np.array(matrix).reshape(axes, axes)[:3, :3].T * spacing
        placed = is_placement(affine)
    if not placed:
        affine[:3, :3] = np.diag(spacing)
        if not is_placement(affine):
            affine[:3, 3] = 0
    warnings: tuple[str, ...] = () if placed else (UNPLACED_WARNING,)
    warnings += (SPACING_WARNING,) if assumed else ()
    return np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine, warnings


def _numbers(text: str | None, count: int) -> list[float] | None:
    numbers = [float(part) for part in (text or "").split()]
    return numbers if len(numbers) == count else None

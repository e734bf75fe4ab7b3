"""NIfTI-1 and NIfTI-2 -> Volume."""

import math
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import nibabel as nib
import numpy as np
from nibabel.spatialimages import HeaderDataError
from nibabel.wrapstruct import WrapStructError
from numpy.typing import NDArray

from brainai.errors import UnusableImage
from brainai.imaging.candidate import Candidate
from brainai.imaging.inflate import inflate, peek
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

HEADER_BYTES = 540  # of NIfTI-2; NIfTI-1's are 348

_GZIP = b"\x1f\x8b"
# xyzt_units & 7 (nifti1.h): metre and micron; 0 and 2 are millimetres.
_UNIT_MM = {1: 1000.0, 3: 0.001}
_QUATERNION = ("quatern_b", "quatern_c", "quatern_d")
# So much over 1 is the squared length of a quaternion that some writers round to four digits.
_QUATERNION_ROUNDING = 1e-3

UNPLACED_WARNING = (
    "The file does not say how the volume lies in space (no usable sform or qform). Its axes were "
    "taken to run to the left, to the front and up, and its spacing was taken from its pixdim: "
    "left and right may be exchanged."
)


@dataclass(frozen=True)
class Layout:
    """Where a NIfTI file's voxels are, and how they lie.

    shape: [I, J, K], channels of them after one another from ``offset`` (bytes). affine: float64
    [4, 4], voxel index -> world mm, RAS+.
    """

    shape: tuple[int, int, int]
    channels: int
    dtype: np.dtype[np.generic]
    offset: int
    slope: float
    intercept: float
    affine: NDArray[np.float64]
    warnings: tuple[str, ...]


def find_nifti(data: bytes, limits: Limits) -> list[Candidate]:
    """List the volumes of a ``.nii`` or ``.nii.gz``: one, or one a channel.

    Raises UnusableImage (unreadable_volume), TooLarge (too_many_voxels, too_many_pixels).
    """
    with _reading():
        layout = _read_layout(data)
    check_shape(layout.shape, limits, layout.channels)
    if data[:2] != _GZIP:
        size_bytes = math.prod(layout.shape) * layout.dtype.itemsize
        check_room(layout.channels, size_bytes, len(data) - layout.offset, "NIfTI")
    spacing = np.linalg.norm(layout.affine[:3, :3], axis=0)
    return [
        Candidate(
            "nifti",
            layout.shape,
            (float(spacing[0]), float(spacing[1]), float(spacing[2])),
            partial(_load, data, layout, channel, limits),
        )
        for channel in range(layout.channels)
    ]


def read_nifti(data: bytes) -> Volume:
    """Read a trusted file that holds one volume into RAS+ order, however large.

    Raises UnusableImage (unreadable_volume, not_finite).
    """
    with _reading():
        layout = _read_layout(data)
    if layout.channels != 1:
        raise UnusableImage(
            "unreadable_volume",
            f"The NIfTI file holds {layout.channels} volumes (4 dimensions); one was expected.",
        )
    return _load(data, layout, 0, NO_LIMITS)[0]


@contextmanager
def _reading() -> Iterator[None]:
    try:
        with np.errstate(all="ignore"):
            yield
    except (
        HeaderDataError,
        WrapStructError,
        ValueError,
        OverflowError,
        KeyError,
        struct.error,
        zlib.error,
        np.linalg.LinAlgError,
    ) as error:
        raise damaged("NIfTI") from error


def _load(
    data: bytes, layout: Layout, channel: int, limits: Limits
) -> tuple[Volume, tuple[str, ...]]:
    count = math.prod(layout.shape)
    start = layout.offset + channel * count * layout.dtype.itemsize
    with _reading():
        if data[:2] == _GZIP:
            end = start + count * layout.dtype.itemsize
            data = inflate(data, end, limits.max_unpacked_bytes)
        stored = np.frombuffer(data, layout.dtype, count, start)
    voxels = stored.reshape(layout.shape, order="F")
    return make_volume(voxels, layout.affine, layout.slope, layout.intercept), layout.warnings


def _read_layout(data: bytes) -> Layout:
    head = peek(data, HEADER_BYTES) if data[:2] == _GZIP else data[:HEADER_BYTES]
    second = head[4:7] == b"n+2"
    size = 540 if second else 348
    header = (
        nib.Nifti2Header(head[:size], check=False)
        if second
        else nib.Nifti1Header(head[:size], check=False)
    )
    if header["magic"].item()[:3] not in {b"n+1", b"n+2"}:
        raise ValueError("wrong magic")
    shape, channels = _read_shape([int(n) for n in header["dim"]])
    dtype = header.get_data_dtype()
    if dtype.kind not in "iuf":
        raise ValueError("voxels that are no real numbers")
    # Writers leave 0 where the voxels follow the header and its four bytes of extension flags.
    offset = int(header["vox_offset"]) or size + 4
    if offset < size:
        raise ValueError("the voxels begin within the header")
    slope, intercept = header.get_slope_inter()
    affine, warnings = _place(header, shape)
    return Layout(
        shape,
        channels,
        dtype,
        offset,
        1.0 if slope is None else float(slope),
        0.0 if intercept is None else float(intercept),
        affine,
        warnings,
    )


def _read_shape(dim: list[int]) -> tuple[tuple[int, int, int], int]:
    """Return the shape [I, J, K] and how many such volumes there are: all further axes."""
    count = dim[0]
    sizes = dim[1 : count + 1]
    if not 2 <= count <= 7 or min(sizes) < 1:
        raise ValueError("dimensions that can't be")
    i, j, k = (*sizes, 1)[:3]
    return (i, j, k), math.prod(sizes[3:])


def _place(
    header: nib.Nifti1Header, shape: tuple[int, int, int]
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Take the sform, else the qform, else an affine of pixdim alone, with a warning."""
    unit_mm = _UNIT_MM.get(int(header["xyzt_units"]) & 7, 1.0)
    unit = np.array([[unit_mm]] * 3 + [[1.0]])
    for affine in _affines(header):
        # Some writers name a unit and write millimetres all the same.
        for placed in (unit * affine, affine):
            if is_placement(placed):
                return placed, ()
    pixdim = np.abs(np.asarray(header["pixdim"], dtype=np.float64)[1:4])
    spacing, assumed = spacing_or_1(pixdim * unit_mm)
    if assumed:
        spacing, assumed = spacing_or_1(pixdim)
    # As nibabel and the Analyze format before it have it.
    affine = np.diag([-spacing[0], spacing[1], spacing[2], 1.0])
    affine[:3, 3] = -affine[:3, :3] @ ((np.array(shape) - 1) / 2)
    return affine, (UNPLACED_WARNING, SPACING_WARNING) if assumed else (UNPLACED_WARNING,)


def _affines(header: nib.Nifti1Header) -> Iterator[NDArray[np.float64]]:
    sform, _ = header.get_sform(coded=True)
    if sform is not None:
        yield np.asarray(sform, dtype=np.float64)
    try:
        qform, _ = _tidy(header).get_qform(coded=True)
    except (HeaderDataError, ValueError):  # a quaternion that is none
        return
    if qform is not None:
        yield np.asarray(qform, dtype=np.float64)


def _tidy(header: nib.Nifti1Header) -> nib.Nifti1Header:
    """Copy a header, with a qform as lax as the format's own library (nifti1_io.c) takes it.

    Only a pixdim[0] under 0 turns the third axis round, distances have no sign, and a quaternion
    that was rounded may be a little too long.
    """
    tidy: nib.Nifti1Header = header.copy()
    pixdim = np.array(header["pixdim"])
    pixdim[0] = -1 if pixdim[0] < 0 else 1
    pixdim[1:4] = np.abs(pixdim[1:4])
    tidy["pixdim"] = pixdim
    squared = math.fsum(float(header[name]) ** 2 for name in _QUATERNION)
    if 1 < squared <= 1 + _QUATERNION_ROUNDING:
        for name in _QUATERNION:
            tidy[name] = float(header[name]) / math.sqrt(squared)
    return tidy

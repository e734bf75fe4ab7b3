"""An asymmetric phantom in world space, and the limits that the tests read uploads by."""

import zlib
from collections.abc import Iterable
from typing import Any

import nibabel as nib
import numpy as np
from nibabel.orientations import apply_orientation, axcodes2ornt, inv_ornt_aff, ornt_transform
from numpy.typing import NDArray

from brainai.imaging.collect import Limits, UploadedFile

LIMITS = Limits(
    max_pixels=1024 * 1024,
    max_voxels=8 * 1024 * 1024,
    max_unpacked_bytes=64 * 1024 * 1024,
    max_files=300,
)

AFFINE = np.array([[2.0, 0, 0, -20], [0, 3.0, 0, -30], [0, 0, 4.0, 5], [0, 0, 0, 1]])


def asymmetric(shape: tuple[int, int, int] = (20, 18, 12)) -> NDArray[np.int16]:
    """A box of tissue with a bright corner to the right, front and top: no two ways look alike."""
    x, y, z = np.meshgrid(*(np.arange(n) for n in shape), indexing="ij")
    voxels = 100 + 3 * x + 5 * y + 7 * z
    voxels[: shape[0] // 6] = voxels[:, : shape[1] // 6] = 0
    voxels[-shape[0] // 3 :, -shape[1] // 3 :, -shape[2] // 3 :] += 400
    return voxels.astype(np.int16)


def upload(*files: bytes | tuple[str, bytes]) -> list[UploadedFile]:
    """Name files by number, or as they are told."""
    return [
        UploadedFile(*file) if isinstance(file, tuple) else UploadedFile(f"file{index}", file)
        for index, file in enumerate(files)
    ]


def stored_as(
    codes: str, voxels: NDArray[np.int16], affine: NDArray[np.float64] = AFFINE
) -> tuple[NDArray[np.int16], NDArray[np.float64]]:
    """The same voxels of the same world, in another order of axes: "LPS" runs to left, back, up."""
    move = ornt_transform(axcodes2ornt("RAS"), axcodes2ornt(tuple(codes)))
    stored = apply_orientation(voxels, move)
    return stored, affine @ inv_ornt_aff(move, voxels.shape)


def oblique(degrees: float = 20.0) -> NDArray[np.float64]:
    """AFFINE turned about two axes."""
    angle = np.deg2rad(degrees)
    about_x, about_z = np.eye(4), np.eye(4)
    about_x[1:3, 1:3] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    about_z[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    return np.asarray(about_x @ about_z @ AFFINE)


def nifti(voxels: NDArray[Any], affine: NDArray[np.float64] | None = AFFINE) -> bytes:
    return bytes(nib.Nifti1Image(voxels, affine).to_bytes())


def mha(
    voxels: NDArray[Any],
    affine: NDArray[np.float64] = AFFINE,
    packed: bool = False,
    **lines: str | None,
) -> bytes:
    """A ``.mha`` of [I, J, K]; ``lines`` replace those of the header, None leaves one out."""
    text = mhd(voxels, affine, CompressedData=str(packed), ElementDataFile="LOCAL", **lines)
    raw = voxels.tobytes(order="F")
    return text + (zlib.compress(raw) if packed else raw)


def mhd(voxels: NDArray[Any], affine: NDArray[np.float64] = AFFINE, **lines: str | None) -> bytes:
    """The header of a MetaImage, whose last line names the file of its voxels."""
    lps = np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine
    spacing = np.linalg.norm(lps[:3, :3], axis=0)
    header: dict[str, str | None] = {
        "ObjectType": "Image",
        "NDims": str(voxels.ndim),
        "BinaryData": "True",
        "BinaryDataByteOrderMSB": str(voxels.dtype.byteorder == ">"),
        "CompressedData": "False",
        "TransformMatrix": _line((lps[:3, :3] / spacing).T.ravel()),
        "Offset": _line(lps[:3, 3]),
        "ElementSpacing": _line(spacing),
        "DimSize": _line(voxels.shape),
        "ElementType": _TYPES[voxels.dtype.str[1:]],
        "ElementDataFile": "voxels.raw",
    }
    last = lines.pop("ElementDataFile", header.pop("ElementDataFile"))
    told = {**header, **lines, "ElementDataFile": last}
    return "".join(f"{name} = {value}\n" for name, value in told.items() if value).encode()


_TYPES = {
    "i1": "MET_CHAR",
    "u1": "MET_UCHAR",
    "i2": "MET_SHORT",
    "u2": "MET_USHORT",
    "i4": "MET_INT",
    "u4": "MET_UINT",
    "f4": "MET_FLOAT",
    "f8": "MET_DOUBLE",
}


def _line(values: Iterable[float]) -> str:
    return " ".join(f"{value:.12g}" for value in values)

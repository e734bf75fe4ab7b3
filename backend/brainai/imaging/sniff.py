"""bytes -> Study: the format by its magic bytes, then that format's reader."""

import re

from brainai.errors import MalformedInput, UnknownFormat
from brainai.imaging.dicom import read_dicom
from brainai.imaging.inflate import peek
from brainai.imaging.nifti import HEADER_BYTES
from brainai.imaging.raster import read_raster
from brainai.imaging.study import Study

FORMATS = ("png", "jpeg", "tiff", "webp", "bmp", "dicom")
VOLUME_FORMATS = ("nifti", "metaimage", "dicom")

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"II+\x00", "tiff"),  # BigTIFF
    (b"MM\x00+", "tiff"),
    (b"BM", "bmp"),
)


# The header is lines of NAME = VALUE; one of these names comes first.
_METAIMAGE = re.compile(rb"\s*(ObjectType|NDims|Comment|DimSize|BinaryData)[ \t]*=[^\0]*")


def sniff_format(data: bytes) -> str | None:
    """Name the format of ``data`` by its first bytes; None where it is none of FORMATS."""
    if data[128:132] == b"DICM":
        return "dicom"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    return next((name for magic, name in _MAGIC if data.startswith(magic)), None)


def sniff_volume(data: bytes) -> str | None:
    """Name nifti or metaimage by the first bytes, those of a gzip unpacked; None for others."""
    head = peek(data, HEADER_BYTES) if data[:2] == b"\x1f\x8b" else data[:HEADER_BYTES]
    # A pair of header and image (ni1, ni2) is recognised as well, so that its refusal fits.
    if head[344:348] in {b"n+1\0", b"ni1\0"} or head[4:8] in {b"n+2\0", b"ni2\0"}:
        return "nifti"
    return "metaimage" if _METAIMAGE.match(data, 0, 4096) else None


def read_study(data: bytes, max_pixels: int) -> Study:
    """Read one uploaded file.

    data: the whole file. max_pixels: the most pixels (width x height) that are decoded.

    Raises MalformedInput (empty_file), UnknownFormat (unsupported_format), TooLarge
    (too_many_pixels) and UnusableImage (unreadable_image, multiple_frames).
    """
    if not data:
        raise MalformedInput("empty_file", "The file is empty (0 bytes). Send an image file.")
    found = sniff_format(data)
    if found is None:
        raise UnknownFormat(
            "unsupported_format",
            "The file's first bytes are not those of a PNG, JPEG, TIFF, WebP, BMP or DICOM file. "
            "Export the FLAIR slice in one of these formats and send it again.",
        )
    if found == "dicom":
        return read_dicom(data, max_pixels)
    return read_raster(data, found, max_pixels)

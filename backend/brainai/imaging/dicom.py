"""A single-frame DICOM file -> Study."""

import io
import logging
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.encaps import get_frame
from pydicom.pixels.processing import apply_rescale
from pydicom.pixels.utils import pixel_array
from pydicom.uid import (
    JPEG2000,
    DeflatedExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    RLELossless,
)

from brainai.errors import BrainAIError, UnusableImage
from brainai.imaging.codestream import coded_size, rle_fits
from brainai.imaging.dicom_facts import read_facts
from brainai.imaging.isolated import decode_apart
from brainai.imaging.raster import check_pixel_count
from brainai.imaging.study import Slice, Study

# pydicom logs what it finds odd in a header, values included.
logging.getLogger("pydicom").setLevel(logging.CRITICAL)

# pydicom inflates such a file as a whole before a limit could be set: 20 MB may hold 20 GB.
_DEFLATED = DeflatedExplicitVRLittleEndian.encode("ascii")

_SAFE_DECODERS = {
    RLELossless: "pydicom",
    JPEGBaseline8Bit: "pillow",
    JPEG2000: "pillow",
    JPEG2000Lossless: "pillow",
}


_LEAST_SPACING_MM, _MOST_SPACING_MM = 0.01, 50.0


def read_dicom(data: bytes, max_pixels: int) -> Study:
    """Decode one single-frame DICOM file; only pixels, spacing and typed facts leave it.

    Rescale slope and intercept are applied (PS3.3 C.11.1), MONOCHROME1 is inverted so that high
    values are bright (PS3.3 C.7.6.3.1.2).

    Raises TooLarge (too_many_pixels), UnusableImage (unreadable_image, multiple_frames).
    """
    try:
        if _DEFLATED in data:
            raise ValueError("deflated")
        dataset = pydicom.dcmread(io.BytesIO(data))
        return _to_study(dataset, data, max_pixels)
    except BrainAIError:
        raise
    except Exception as error:  # pydicom and its decoders raise every kind on hostile bytes
        raise UnusableImage(
            "unreadable_image",
            "The DICOM file can't be decoded: it is damaged, cut short, has no pixels, or uses a "
            "compression that is not read. Send it uncompressed (Explicit VR Little Endian).",
        ) from error


def _to_study(dataset: pydicom.Dataset, data: bytes, max_pixels: int) -> Study:
    frames = int(dataset.get("NumberOfFrames", 1) or 1)
    if frames > 1:
        raise UnusableImage(
            "multiple_frames",
            f"The DICOM file holds {frames} frames; one slice was expected. Send one slice a file.",
        )
    check_pixel_count(int(dataset.Columns), int(dataset.Rows), max_pixels)
    _check_coded_size(dataset)
    decoded = _decode(dataset, data)
    if decoded.ndim > 3 or decoded.shape[:2] != (dataset.Rows, dataset.Columns):
        # pydicom hands out all the frames that the bytes suffice for, whatever the header says.
        raise ValueError("more pixels than the header's")
    pixels = np.asarray(apply_rescale(decoded, dataset), dtype=np.float32)
    if pixels.ndim == 3:  # colour, or grey kept as RGB
        pixels = pixels[..., 1]
    if dataset.get("PhotometricInterpretation") == "MONOCHROME1":
        pixels = pixels.max() - pixels
    return Study("dicom", Slice(pixels, _spacing_mm(dataset)), facts=read_facts(dataset))


def _decode(dataset: pydicom.Dataset, data: bytes) -> NDArray[Any]:
    """Decode by what withstands damaged frames; by GDCM, apart, where nothing else can."""
    syntax = dataset.file_meta.TransferSyntaxUID
    if not syntax.is_compressed:
        return dataset.pixel_array
    if syntax in _SAFE_DECODERS:
        return pixel_array(dataset, decoding_plugin=_SAFE_DECODERS[syntax])
    return decode_apart(data)


def _check_coded_size(dataset: pydicom.Dataset) -> None:
    """Refuse a compressed frame of another size than the header's: decoders believe the frame.

    Two kilobytes of JPEG 2000 can claim, and take, gigabytes.
    """
    syntax = dataset.file_meta.TransferSyntaxUID
    if not syntax.is_compressed:
        return
    frame = get_frame(dataset.PixelData, 0, number_of_frames=1)
    rows, columns = int(dataset.Rows), int(dataset.Columns)
    if syntax == RLELossless:
        fits = rle_fits(frame, rows * columns)
    else:
        fits = coded_size(frame) == (rows, columns)
    if not fits:
        raise ValueError("the frame's size is not the header's")


def _spacing_mm(dataset: pydicom.Dataset) -> tuple[float, float] | None:
    spacing = dataset.get("PixelSpacing")
    if spacing is None or len(spacing) != 2:
        return None
    row, column = float(spacing[0]), float(spacing[1])
    # No scanner's pixels are so small or so far apart; NaN is neither.
    plausible = all(_LEAST_SPACING_MM <= mm <= _MOST_SPACING_MM for mm in (row, column))
    return (row, column) if plausible else None

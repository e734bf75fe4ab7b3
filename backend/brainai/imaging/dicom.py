"""A single-frame DICOM file -> Study."""

import numpy as np
import pydicom

from brainai.errors import BrainAIError, UnusableImage
from brainai.imaging.annotation import BURNED_IN_WARNING, says_burned_in
from brainai.imaging.dicom_facts import read_facts
from brainai.imaging.dicom_frames import first_normal, first_rescale, first_spacing_mm
from brainai.imaging.dicom_parts import read_header
from brainai.imaging.dicom_pixels import decode
from brainai.imaging.raster import check_pixel_count, take_green
from brainai.imaging.study import Slice, Study

_PLANES = ("sagittal", "coronal", "axial")
_LEAST_SPACING_MM, _MOST_SPACING_MM = 0.01, 50.0


def read_dicom(data: bytes, max_pixels: int) -> Study:
    """Decode one single-frame DICOM file; only pixels, spacing and typed facts leave it.

    Rescale slope and intercept are applied (PS3.3 C.11.1), MONOCHROME1 is inverted so that high
    values are bright (PS3.3 C.7.6.3.1.2). Of colour the green channel is taken, with a warning.

    Raises TooLarge (too_many_pixels), UnusableImage (unreadable_image, multiple_frames).
    """
    try:
        return _to_study(read_header(data), data, max_pixels)
    except BrainAIError:
        raise
    except Exception as error:  # pydicom and its decoders raise every kind on hostile bytes
        raise UnusableImage(
            "unreadable_image",
            "The DICOM file can't be decoded: it is damaged, cut short, has no pixels, or uses a "
            "compression that is not read. Send it uncompressed (Explicit VR Little Endian).",
        ) from error


def _to_study(dataset: pydicom.FileDataset, data: bytes, max_pixels: int) -> Study:
    frames = int(dataset.get("NumberOfFrames", 1) or 1)
    if frames > 1:
        raise UnusableImage(
            "multiple_frames",
            f"The DICOM file holds {frames} frames; one slice was expected. Send one slice a file.",
        )
    check_pixel_count(int(dataset.Columns), int(dataset.Rows), max_pixels)
    photometric = dataset.get("PhotometricInterpretation")
    if photometric == "PALETTE COLOR":  # its values number colours, and are no brightness
        raise UnusableImage(
            "unreadable_image",
            "The DICOM file is in palette colours, which are not read. Send the slice as it was "
            "acquired, in grey.",
        )
    decoded = decode(data, dataset.file_meta.TransferSyntaxUID)
    slope, intercept = first_rescale(dataset)
    pixels = np.asarray(decoded * slope + intercept, dtype=np.float32)
    warnings: tuple[str, ...] = (BURNED_IN_WARNING,) if says_burned_in(dataset) else ()
    warnings += _warn_of_plane(dataset)
    if pixels.ndim == 3:  # colour, or grey kept as RGB
        pixels, in_colour = take_green(pixels)
        warnings += in_colour
    if photometric == "MONOCHROME1":
        pixels = pixels.max() - pixels
    slice_ = Slice(pixels, _spacing_mm(dataset))
    return Study("dicom", slice_, facts=read_facts(dataset), warnings=warnings)


def _warn_of_plane(dataset: pydicom.Dataset) -> tuple[str, ...]:
    """Warn where the header tells another plane than an axial one."""
    normal = first_normal(dataset)
    if normal is None or not np.isfinite(normal).all() or not normal.any():
        return ()
    plane = _PLANES[int(np.abs(normal).argmax())]
    if plane == "axial":
        return ()
    return (
        f"The DICOM header says that this slice is {plane}. The model was trained and measured on "
        "axial slices alone, so the answer is less sure than it says. Send an axial slice, or the "
        "whole series: it is cut into axial slices.",
    )


def _spacing_mm(dataset: pydicom.Dataset) -> tuple[float, float] | None:
    spacing = first_spacing_mm(dataset)
    if spacing is None:
        return None
    row, column = spacing
    # No scanner's pixels are so small or so far apart; NaN is neither.
    plausible = all(_LEAST_SPACING_MM <= mm <= _MOST_SPACING_MM for mm in (row, column))
    return (row, column) if plausible else None

"""The parts of a DICOM file that are read, and no others.

A hostile file may hold millions of elements or of items, each of which pydicom would make an
object of; only those named here are parsed.
"""

import io
import logging

import pydicom
from pydicom.uid import DeflatedExplicitVRLittleEndian

# pydicom logs, and warns of, what it finds odd in a header, values included.
logging.getLogger("pydicom").setLevel(logging.CRITICAL)
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE

# pydicom inflates such a file as a whole before a limit could be set: 20 MB may hold 20 GB.
_DEFLATED = DeflatedExplicitVRLittleEndian.encode("ascii")
# The tag of an item, in either byte order (PS3.5 7.5). An enhanced file has some ten a frame.
_ITEMS = (b"\xfe\xff\x00\xe0", b"\xff\xfe\xe0\x00")
_MOST_ITEMS = 100_000

_HEADER = [
    *("SeriesInstanceUID", "FrameOfReferenceUID", "PatientID", "PatientName", "Modality"),
    "BodyPartExamined",
    *("SeriesDescription", "ProtocolName", "SequenceName", "PulseSequenceName", "ImageType"),
    *("EchoTime", "RepetitionTime", "InversionTime", "ScanningSequence", "SequenceVariant"),
    *("ScanOptions", "BurnedInAnnotation", "Rows", "Columns", "NumberOfFrames"),
    *("SamplesPerPixel", "PhotometricInterpretation", "BitsAllocated", "ImagePositionPatient"),
    *("ImageOrientationPatient", "PixelSpacing", "SpacingBetweenSlices", "SliceThickness"),
    *("RescaleSlope", "RescaleIntercept", "SharedFunctionalGroupsSequence"),
    *("PerFrameFunctionalGroupsSequence",),
]
_PIXELS = [
    *("Rows", "Columns", "NumberOfFrames", "SamplesPerPixel", "PhotometricInterpretation"),
    *("PlanarConfiguration", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation"),
    *("PixelPaddingValue", "PixelPaddingRangeLimit"),
    *("PixelData", "FloatPixelData", "DoubleFloatPixelData"),
    *("ExtendedOffsetTable", "ExtendedOffsetTableLengths"),
]


def read_header(data: bytes) -> pydicom.FileDataset:
    """Read what tells series, places and facts; no pixels.

    Raises ValueError for a deflated file or one of absurdly many items, and whatever pydicom
    raises on damaged bytes.
    """
    if _DEFLATED in data:
        raise ValueError("deflated")
    if any(data.count(item) > _MOST_ITEMS for item in _ITEMS):
        raise ValueError("too many items")
    return pydicom.dcmread(io.BytesIO(data), stop_before_pixels=True, specific_tags=list(_HEADER))


def read_pixel_elements(data: bytes) -> pydicom.FileDataset:
    """Read what decodes the pixels, of a file that ``read_header`` has let pass."""
    return pydicom.dcmread(io.BytesIO(data), specific_tags=list(_PIXELS))

"""DICOM headers -> frames: where each lies and what it is, before any pixel is decoded."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import UID, MediaStorageDirectoryStorage

from brainai.errors import InputError
from brainai.imaging.annotation import says_burned_in
from brainai.imaging.candidate import Evidence
from brainai.imaging.dicom_facts import read_evidence, read_facts
from brainai.imaging.dicom_parts import read_header
from brainai.imaging.study import Facts
from brainai.imaging.upload import Limits
from brainai.imaging.volumes import check_shape, damaged

_DIRECTORY = MediaStorageDirectoryStorage.encode("ascii")
# Of these the pixels are no image of a patient's inside.
_NO_IMAGES = frozenset({"SEG", "SR", "PR", "KO", "DOC", "RTSTRUCT", "RTDOSE", "RTPLAN", "REG"})

# In which functional group an element stands: PS3.3 C.7.6.16.2 and C.8.13.5.
_GROUP_OF = {
    "ImagePositionPatient": "PlanePositionSequence",
    "ImageOrientationPatient": "PlaneOrientationSequence",
    "PixelSpacing": "PixelMeasuresSequence",
    "SpacingBetweenSlices": "PixelMeasuresSequence",
    "SliceThickness": "PixelMeasuresSequence",
    "RescaleSlope": "PixelValueTransformationSequence",
    "RescaleIntercept": "PixelValueTransformationSequence",
    "EffectiveEchoTime": "MREchoSequence",
    "InversionTimes": "MRModifierSequence",
    "RepetitionTime": "MRTimingAndRelatedParametersSequence",
    "FrameType": "MRImageFrameTypeSequence",
}


@dataclass(frozen=True)
class Instance:
    """One DICOM file. facts, evidence, burned_in: what its header says.

    series, patient, frame_of_reference: tell series, patients and spaces apart, never leave.
    in_colour: in a palette's, too, whose values number colours. inverted: MONOCHROME1.
    """

    data: bytes = field(repr=False)
    syntax: UID
    series: str = field(repr=False)
    patient: str = field(repr=False)
    frame_of_reference: str = field(repr=False)
    rows: int
    columns: int
    in_colour: bool
    inverted: bool
    burned_in: bool
    facts: Facts
    evidence: Evidence | None
    frames: "tuple[Frame, ...]"


@dataclass(frozen=True)
class Frame:
    """One frame of a file. number: from 0. Where the header says nothing, None.

    position: float64 [3], of the first pixel's centre, mm, LPS. orientation: float64 [6], which
    way the columns count and which way the rows do, LPS.
    spacing_mm: between rows, between columns. gap_mm: to the next slice, else the thickness.
    kind: what must be one and the same in a stack (echo time, kind of image).
    """

    number: int
    position: NDArray[np.float64] | None
    orientation: NDArray[np.float64] | None
    spacing_mm: tuple[float, float] | None
    gap_mm: float | None
    slope: float
    intercept: float
    kind: tuple[str, ...] = field(repr=False)


def is_directory(data: bytes) -> bool:
    """Tell if a file is a DICOMDIR, which lists the files of a disc and holds no image."""
    return data[128:132] == b"DICM" and _DIRECTORY in data[:1024]


def read_instance(data: bytes, limits: Limits) -> Instance | None:
    """Read one file's header; None where it holds no image (a report, a mark, a mask).

    Raises UnusableImage (unreadable_volume), TooLarge (too_many_pixels).
    """
    try:
        header = read_header(data)
        if str(header.get("Modality", "")) in _NO_IMAGES:
            return None
        if "Rows" not in header:
            # A slice that is cut short must not be taken for a report, and its place for a gap.
            if "Image Storage" in UID(header.file_meta.MediaStorageSOPClassUID).name:
                raise ValueError("an image without rows")
            return None
        return _to_instance(header, data, limits)
    except InputError:
        raise
    except Exception as error:  # pydicom raises every kind on hostile bytes
        raise damaged("DICOM") from error


def has_several_frames(data: bytes) -> bool:
    """Tell if a file says that it has several frames, whatever else is wrong with it."""
    try:
        return frame_count(read_header(data)) > 1
    except Exception:  # noqa: BLE001  pydicom raises every kind on hostile bytes
        return False


def frame_count(header: Dataset) -> int:
    """Read how many frames a file says that it has. Raises ValueError where it can't be."""
    count = int(header.get("NumberOfFrames", 1) or 1)
    if count < 1:
        raise ValueError("a number of frames that can't be")
    return count


def first_spacing_mm(header: Dataset) -> tuple[float, float] | None:
    """Read the distance of rows and of columns in a file's first frame, where it is told."""
    spacing = _first_floats("PixelSpacing", header, 2)
    return None if spacing is None else (spacing[0], spacing[1])


def first_normal(header: Dataset) -> NDArray[np.float64] | None:
    """Return the normal of a file's first plane, float64 [3], LPS; None where it is not told."""
    ways = _first_floats("ImageOrientationPatient", header, 6)
    return None if ways is None else np.cross(ways[:3], ways[3:])


def first_rescale(header: Dataset) -> tuple[float, float]:
    """Read slope and intercept of a file's first frame; 1 and 0 where they are not told.

    Raises ValueError where they are no numbers.
    """
    return _rescale(_first_groups(header), header)


def _rescale(groups: tuple[Dataset, ...], header: Dataset) -> tuple[float, float]:
    slope = _factor("RescaleSlope", 1.0, groups, header)
    return slope, _factor("RescaleIntercept", 0.0, groups, header)


def _factor(keyword: str, usual: float, groups: tuple[Dataset, ...], header: Dataset) -> float:
    """Read one finite number, ``usual`` where it is not told. Raises ValueError for what is none.

    Without it the values would be others than the file's, in one slice perhaps of many.
    """
    value = _find(keyword, groups, header)
    numbers = _floats(value, 1)
    if numbers is None and value not in (None, ""):
        raise ValueError("a rescale that is no number")
    return usual if numbers is None else numbers[0]


def _first_floats(keyword: str, header: Dataset, count: int) -> list[float] | None:
    try:
        return _floats(_find(keyword, _first_groups(header), header), count)
    except (ValueError, TypeError):  # pydicom reads numbers only now, and what is none raises
        return None


def _to_instance(header: pydicom.FileDataset, data: bytes, limits: Limits) -> Instance:
    rows, columns = int(header.Rows), int(header.Columns)
    check_shape((columns, rows, frame_count(header)), limits)
    _check_room(header, data)
    flat = _flat(header)
    photometric = str(header.get("PhotometricInterpretation", ""))
    return Instance(
        data,
        header.file_meta.TransferSyntaxUID,
        str(header.get("SeriesInstanceUID", "")),
        f"{header.get('PatientID', '')}\n{header.get('PatientName', '')}",
        str(header.get("FrameOfReferenceUID") or ""),
        rows,
        columns,
        photometric == "PALETTE COLOR" or int(header.get("SamplesPerPixel", 1)) != 1,
        photometric == "MONOCHROME1",
        says_burned_in(header),
        read_facts(flat),
        read_evidence(flat),
        tuple(_read_frames(header)),
    )


def _check_room(header: pydicom.FileDataset, data: bytes) -> None:
    """Raise ValueError where an uncompressed file is too short for its frames.

    Before an object is made of each. A file of one frame is left to its decoding.
    """
    count = frame_count(header)
    if count == 1 or header.file_meta.TransferSyntaxUID.is_compressed:
        return
    bits = int(header.Rows) * int(header.Columns) * count * int(header.get("BitsAllocated", 1))
    if bits > 8 * len(data):
        raise ValueError("fewer bytes than the header's frames")


def _read_frames(header: Dataset) -> Iterator[Frame]:
    count = frame_count(header)
    groups = header.get("PerFrameFunctionalGroupsSequence")
    if groups is None:
        first = _frame(0, (), header)
        yield first
        start, step = first.position, _step(first, header)
        for number in range(1, count):
            placed = None if start is None or step is None else start + step * number
            yield replace(first, number=number, position=placed)
        return
    if len(groups) != count:
        raise ValueError("functional groups of another number of frames")
    for number, own in enumerate(groups):
        yield _frame(number, (own, *_shared(header)), header)


def _frame(number: int, groups: tuple[Dataset, ...], header: Dataset) -> Frame:
    gap = _floats(_find("SpacingBetweenSlices", groups, header), 1)
    gap = gap or _floats(_find("SliceThickness", groups, header), 1)
    slope, intercept = _rescale(groups, header)
    kind = _find("FrameType", groups, header) or header.get("ImageType")
    echo = _find("EffectiveEchoTime", groups, header) or header.get("EchoTime")
    position = _floats(_find("ImagePositionPatient", groups, header), 3)
    orientation = _floats(_find("ImageOrientationPatient", groups, header), 6)
    spacing = _floats(_find("PixelSpacing", groups, header), 2)
    return Frame(
        number,
        None if position is None else np.array(position),
        None if orientation is None else np.array(orientation),
        None if spacing is None else (spacing[0], spacing[1]),
        abs(gap[0]) if gap else None,
        slope,
        intercept,
        (_plain(echo), *(str(part) for part in list(kind or ())[2:4])),
    )


def _plain(number: Any) -> str:
    """Write a number in one way, however a file does: 120, 120.0 and 1.2E2 are one echo time."""
    try:
        return f"{float(number):g}"
    except (TypeError, ValueError):
        return str(number)


def _step(first: Frame, header: Dataset) -> NDArray[np.float64] | None:
    """From frame to frame of a file without functional groups, mm, LPS, where its gap is told."""
    gap = _floats(header.get("SpacingBetweenSlices"), 1)
    if first.orientation is None or not gap:
        return None
    return np.asarray(np.cross(first.orientation[:3], first.orientation[3:]) * gap[0])


def _shared(header: Dataset) -> tuple[Dataset, ...]:
    return tuple(header.get("SharedFunctionalGroupsSequence") or ())[:1]


def _first_groups(header: Dataset) -> tuple[Dataset, ...]:
    own = tuple(header.get("PerFrameFunctionalGroupsSequence") or ())[:1]
    return *own, *_shared(header)


def _find(keyword: str, groups: tuple[Dataset, ...], header: Dataset) -> Any:
    """Take an element of the first functional group that has it, else the file's own."""
    for group in groups:
        for item in group.get(_GROUP_OF[keyword]) or ():
            if keyword in item:
                return item.get(keyword)
    return header.get(keyword)


def _floats(value: Any, count: int) -> list[float] | None:
    """Read an element of ``count`` finite numbers; None where it is none."""
    if value is None or value == "":
        return None
    values = [value] if isinstance(value, (int, float, str)) else list(value)
    numbers = [float(part) for part in values]
    return numbers if len(numbers) == count and all(map(math.isfinite, numbers)) else None


def _flat(header: Dataset) -> Dataset:
    """Copy a header, with the times of an enhanced file's first frame where a plain one has its."""
    groups = _first_groups(header)
    flat = Dataset()
    for element in header:
        if element.VR != "SQ":
            flat.add(element)
    echo = _floats(_find("EffectiveEchoTime", groups, header), 1)
    inversion = _floats(_find("InversionTimes", groups, header), 1)
    repetition = _floats(_find("RepetitionTime", groups, header), 1)
    for keyword, told in (
        ("EchoTime", echo),
        ("InversionTime", inversion),
        ("RepetitionTime", repetition),
    ):
        if keyword not in flat and told:
            setattr(flat, keyword, told[0])
    return flat

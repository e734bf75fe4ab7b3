"""One series of an upload, known by its header and not yet decoded."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from brainai.errors import InputError
from brainai.imaging.study import Facts, MrSequence, Volume


class Evidence(StrEnum):
    """What tells a candidate's sequence; the values are for sentences."""

    FILE_NAME = "its file name says so"
    SERIES_NAME = "the series is named so"
    TIMES = "its echo, repetition and inversion times are those of one"


@dataclass(frozen=True)
class Candidate:
    """A series that may be the FLAIR.

    shape, spacing_mm: of the input's array, the slices last where it was acquired in slices.
    load: decodes it to a Volume, with warnings. patient, frame_of_reference: tell patients apart,
    and spaces that share no coordinates; empty where nothing is said; never leave.
    unfit: why it can't be stacked, raised where it is asked for. axial: acquired in axial slices.
    """

    format: str
    shape: tuple[int, int, int]
    spacing_mm: tuple[float, float, float]
    load: Callable[[], tuple[Volume, tuple[str, ...]]] = field(repr=False)
    axial: bool = True
    sequence: MrSequence | None = None
    evidence: Evidence | None = None
    facts: Facts = field(default_factory=Facts)
    patient: str = field(default="", repr=False)
    frame_of_reference: str = field(default="", repr=False)
    unfit: InputError | None = None

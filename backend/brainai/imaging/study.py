"""What a reader hands on: pixels, geometry, a few typed facts, and nothing else of the file."""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from brainai.labels import Sequence


@dataclass(frozen=True)
class Slice:
    """One two-dimensional slice.

    pixels: float32 [H, W], raw intensities, rows from top to bottom as they are shown.
    spacing_mm: (row, column) distance of pixel centres, or None where the file does not say.
    """

    pixels: NDArray[np.float32]
    spacing_mm: tuple[float, float] | None = None


@dataclass(frozen=True)
class Volume:
    """A stack of slices.

    voxels: float32 [X, Y, Z] in RAS+ order (x to the right, y to the front, z up).
    affine: float64 [4, 4], voxel index -> world mm, RAS+.
    """

    voxels: NDArray[np.float32]
    affine: NDArray[np.float64]


class Modality(StrEnum):
    """How an image was made, as a file's header says; the values are for sentences."""

    MR = "MR"
    CT = "CT"
    XRAY = "X-ray"
    ULTRASOUND = "ultrasound"
    NUCLEAR = "PET or nuclear medicine"
    OTHER = "something else"


class BodyPart(StrEnum):
    """Which part of the body a header names."""

    HEAD = "the head"
    OTHER = "another part of the body"


class MrSequence(StrEnum):
    """Which MR sequence a header names, or its times amount to; the values are for sentences."""

    FLAIR = "FLAIR"
    T1 = "T1"
    T1C = "T1 after contrast"
    T2 = "T2"
    PD = "proton density"
    DIFFUSION = "diffusion (DWI or ADC)"
    SUSCEPTIBILITY = "susceptibility (SWI or T2*)"
    ANGIOGRAPHY = "angiography"
    PERFUSION = "perfusion or functional MRI"


@dataclass(frozen=True)
class Facts:
    """What a header says of the image, in words of our own; None where it says nothing certain."""

    modality: Modality | None = None
    body_part: BodyPart | None = None
    sequence: MrSequence | None = None


@dataclass(frozen=True)
class Study:
    """What one upload held.

    format: the file format by its magic bytes (png, jpeg, tiff, webp, bmp, dicom).
    sequence: what the pixels are taken for.
    facts: what the header says of them.
    warnings: sentences about the reading, without text from the file.
    """

    format: str
    slice: Slice
    sequence: Sequence = Sequence.FLAIR
    facts: Facts = Facts()
    warnings: tuple[str, ...] = field(default=())

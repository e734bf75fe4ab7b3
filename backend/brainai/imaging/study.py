"""What a reader hands on: pixels, geometry, a few typed facts, and nothing else of the file."""

from collections.abc import Mapping
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
class Grid:
    """The input's own voxel grid, and so the way back to it from RAS+.

    shape: of the input's array [I, J, K]. affine: float64 [4, 4], its index -> world mm, RAS+.
    axes: of each input axis the RAS+ axis that it runs along (0 x, 1 y, 2 z).
    flipped: of each input axis whether it runs against that RAS+ axis.
    """

    shape: tuple[int, int, int]
    affine: NDArray[np.float64]
    axes: tuple[int, int, int]
    flipped: tuple[bool, bool, bool]

    @property
    def axial_axis(self) -> int:
        """The input axis along which its axial slices are stacked."""
        return self.axes.index(2)

    @property
    def orientation(self) -> str:
        """Where each input axis points, in letters: "LPS" is to the left, to the back, up."""
        return "".join(
            "RAS"[a] if not f else "LPI"[a] for a, f in zip(self.axes, self.flipped, strict=True)
        )

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Distance of neighbouring voxels along each input axis."""
        i, j, k = np.linalg.norm(self.affine[:3, :3], axis=0)
        return float(i), float(j), float(k)

    def input_index(self, axial_slice: int) -> int:
        """Place along the input's axial axis of axial slice ``axial_slice``, from the feet up."""
        axis = self.axial_axis
        return self.shape[axis] - 1 - axial_slice if self.flipped[axis] else axial_slice


@dataclass(frozen=True)
class Volume:
    """A stack of slices.

    voxels: float32 [X, Y, Z] in RAS+ order (x to the right, y to the front, z up).
    affine: float64 [4, 4], voxel index -> world mm, RAS+.
    grid: the input's own grid, which geometry.to_grid leads back to.
    """

    voxels: NDArray[np.float32]
    affine: NDArray[np.float64]
    grid: Grid

    @property
    def slice_distance_mm(self) -> float:
        """Distance of neighbouring axial slices, at right angles to them, whatever the shear."""
        axes = self.affine[:3, :3]
        area_mm2 = np.linalg.norm(np.cross(axes[:, 0], axes[:, 1]))
        return float(abs(np.linalg.det(axes)) / area_mm2)


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
    DERIVED = "derived (a difference, a projection or a phase)"


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


@dataclass(frozen=True)
class SeriesChoice:
    """Which series of several was taken for the FLAIR. number: from 1, in the upload's order.

    reason: a sentence of our own words, no text from the file.
    """

    number: int
    of: int
    reason: str


@dataclass(frozen=True)
class VolumeStudy:
    """What an upload held, where it held a volume.

    format: nifti, metaimage or dicom. volume: the FLAIR. others: further sequences of the same
    patient, resampled to the FLAIR's RAS+ grid (float32 [X, Y, Z] each).
    """

    format: str
    volume: Volume
    facts: Facts = Facts()
    series: SeriesChoice | None = None
    others: Mapping[Sequence, NDArray[np.float32]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    sequence: Sequence = Sequence.FLAIR

"""What a reader hands on: pixels and geometry, and nothing else of the file."""

from dataclasses import dataclass, field

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


@dataclass(frozen=True)
class Study:
    """What one upload held.

    format: the file format by its magic bytes (png, jpeg, tiff, webp, bmp, dicom).
    sequence: what the pixels are taken for.
    warnings: sentences about the reading, without text from the file.
    """

    format: str
    slice: Slice
    sequence: Sequence = Sequence.FLAIR
    warnings: tuple[str, ...] = field(default=())

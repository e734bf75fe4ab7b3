"""What is said of a whole study: its slices, the study itself, the lesion as a body."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brainai.imaging.study import VolumeStudy
from brainai.inference.gate import Unsure
from brainai.inference.spec import ModelSpec
from brainai.inference.withheld import Withheld
from brainai.labels import Label, Sequence


@dataclass(frozen=True)
class SliceFinding:
    """What is said of one axial slice.

    index: along the input's own axial axis. probability: calibrated P(tumour). Both probability
    and label are None where the slice is empty (nothing but air) and was not judged.
    """

    index: int
    probability: float | None
    label: Label | None


@dataclass(frozen=True)
class VolumeLesion:
    """What the mask of a study outlines. slice_of_largest_area: an index like SliceFinding's.

    longest_axial_diameter_mm: the greatest within one axial slice and one component.
    components: parts that do not touch, not even by a corner. slices: with any of the mask.
    """

    volume_ml: float
    longest_axial_diameter_mm: float
    slice_of_largest_area: int
    largest_area_mm2: float
    components: int
    slices: int


@dataclass(frozen=True)
class StudyPrediction:
    """The answer for one volume.

    probability, label: of the study as a whole. slices: every axial slice, in the input's order.
    mask: bool [X, Y, Z] in RAS+, all False where nothing was outlined; geometry.to_grid leads back
    to the input's grid. sequences_used: those that the answer rests on. timings_ms: by stage (read,
    preprocess, run, outline, total). forced: the gate would have refused it; a warning says why.
    """

    id: str
    spec: ModelSpec
    study: VolumeStudy
    label: Label
    probability: float
    threshold: float
    unsure: Unsure | None
    slices: tuple[SliceFinding, ...]
    lesion: VolumeLesion | None
    mask: NDArray[np.bool_]
    sequences_used: tuple[Sequence, ...]
    withheld: tuple[Withheld, ...]
    warnings: tuple[str, ...]
    timings_ms: dict[str, float]
    forced: bool = False

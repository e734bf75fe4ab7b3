"""Axial slices of a volume -> what is said of each, several at once."""

from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from brainai.errors import UnusableImage
from brainai.imaging.geometry import Squared, axial_slice, square_slice
from brainai.imaging.intensity import IntensityStats, measure_intensity
from brainai.imaging.study import Slice, Study, Volume, VolumeStudy
from brainai.inference.calibrate import sigmoid, tumor_margin
from brainai.inference.gate import Refusal, check_outputs, check_study
from brainai.inference.outline import lesion_probability
from brainai.inference.preprocess import Beside, to_tensor
from brainai.inference.refine import Refined, SliceMaps, slice_maps
from brainai.inference.runtime import Outputs
from brainai.inference.spec import ModelSpec
from brainai.labels import Sequence as MriSequence

Progress = Callable[[int, int], None]
"""(slices judged, slices to judge); may raise to stop the work."""

# Of a slice's pixels, so many must be tissue by the volume's statistics: less is the top of the
# scalp or a speck of noise, which nobody can judge.
_LEAST_TISSUE = 0.001
# Beside those that wait for the engine, one thread prepares the next slice.
_PREPARING = 1


@dataclass(frozen=True)
class JudgedSlice:
    """What is said of one axial slice, and what the study's own answer rests on.

    axial_slice: from the feet up. margin: tumour logit minus no-tumour logit, of this slice alone.
    far: is it unlike the slices of training? None where the gate was not asked, or the model has
    none. refusal: why the slice would be refused on its own; looked for only where the gate was
    asked.
    maps: None where the model outlines nothing. squared: the way back from their square pixels.
    refined: what its neighbours make of margin and maps, where they are heard.
    """

    axial_slice: int
    margin: float
    far: bool | None
    refusal: Refusal | None
    maps: SliceMaps | None
    squared: Squared
    refined: Refined | None

    def outline(self, least: float) -> NDArray[np.bool_] | None:
        """Return the mask, bool [H, W] as geometry.axial_slice shows it; None where it is empty.

        least: lesion probability of its pixels.
        """
        if self.maps is None:
            return None
        # Most slices have no such pixel, and a mask on the slice's own grid takes time.
        highest = float(self.maps.lesion.max())
        change = None if self.refined is None else self.refined.change
        highest += 0.0 if change is None else float(change.logits.max())
        if sigmoid(np.array([highest]))[0] < least:
            return None
        lesion = self.maps.lesion.astype(np.float32)
        probability = lesion_probability(lesion, self.maps.crop, change)
        mask = self.squared.invert(probability) >= least
        return mask if mask.any() else None


@dataclass(frozen=True)
class Further:
    """A sequence beside FLAIR, on its grid. stats: of its own volume."""

    volume: Volume
    stats: IntensityStats | None


class Run(Protocol):
    """The engine, as StudyRuntime.run."""

    def __call__(self, tensor: NDArray[np.float32], *, gated: bool) -> Outputs:
        """Run a batch float32 [N, C, S, S]; gated: with gate and distance."""


@dataclass(frozen=True)
class SliceJudge:
    """All that the slices of one volume are judged with.

    further: what find_further has found. stats: of the volume. The thresholds were chosen on slices
    normalised alone, and hold better for slices normalised by their volume (decision 008).
    """

    study: VolumeStudy
    stats: IntensityStats | None
    spec: ModelSpec
    run: Run
    further: Mapping[MriSequence, Further] = field(default_factory=dict)

    def __call__(self, index: int, gated: bool) -> JudgedSlice | None:
        """Judge axial slice ``index``; None where it is blank.

        gated: ask the gate too: is it far, would it be refused?

        Raises UnusableImage as to_tensor does.
        """
        shown = axial_slice(self.study.volume, index)
        image, squared = square_slice(shown)
        try:
            prepared = to_tensor(image, self.spec.input, self.stats, self._beside(index))
        except UnusableImage as error:
            if error.code == "blank_image":
                return None
            raise
        outputs = self.run(prepared.tensor[None], gated=gated)
        return JudgedSlice(
            axial_slice=index,
            margin=float(tumor_margin(outputs.logits, self.spec.labels)[0]),
            far=_is_far(outputs, self.spec),
            refusal=self._check(shown, outputs) if gated else None,
            maps=slice_maps(prepared, outputs),
            squared=squared,
            refined=None,
        )

    def _beside(self, index: int) -> dict[MriSequence, Beside]:
        return {
            name: Beside(square_slice(axial_slice(each.volume, index))[0], each.stats)
            for name, each in self.further.items()
        }

    def _check(self, shown: Slice, outputs: Outputs) -> Refusal | None:
        facts = self.study.facts
        alone = Study(self.study.format, shown, facts=facts)
        return check_study(alone) or check_outputs(outputs, self.spec.gate, facts)


def find_further(study: VolumeStudy, spec: ModelSpec) -> dict[MriSequence, Further]:
    """Take the sequences beside FLAIR that a study holds and a model reads."""
    return {
        name: Further(replace(study.volume, voxels=voxels), measure_intensity(voxels))
        for name, voxels in study.others.items()
        if name in spec.input.beside
    }


def find_filled(voxels: NDArray[np.float32], stats: IntensityStats | None) -> list[int]:
    """List the slices of voxels [X, Y, Z], by their place in Z, that hold more than air."""
    if stats is None:
        return []
    tissue = np.count_nonzero(voxels > np.float32(stats.floor + stats.threshold), axis=(0, 1))
    least = _LEAST_TISSUE * voxels.shape[0] * voxels.shape[1]
    return [int(index) for index in np.flatnonzero(tissue >= max(1.0, least))]


def judge_slices(
    judge: SliceJudge, indices: Sequence[int], workers: int, gated: bool
) -> Generator[JudgedSlice | None, None, None]:
    """Judge slices in their order, ``workers`` in the engine at a time, others in preparation.

    A caller that stops early, or an error, leaves none of them running.
    """
    pool = ThreadPoolExecutor(workers + _PREPARING, "slice")
    try:
        futures = [pool.submit(judge, index, gated) for index in indices]
        for future in futures:
            yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _is_far(outputs: Outputs, spec: ModelSpec) -> bool | None:
    if spec.gate is None or outputs.distance is None:
        return None
    return float(outputs.distance[0]) >= spec.gate.unsure_distance

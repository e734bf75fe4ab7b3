"""VolumeStudy -> StudyPrediction: every slice, the study as a whole, the lesion as a body."""

import contextlib
import uuid
from collections.abc import Generator
from dataclasses import replace
from typing import TYPE_CHECKING

from brainai.errors import RefusedInput, UnusableImage
from brainai.imaging.intensity import IntensityStats, measure_intensity
from brainai.imaging.study import VolumeStudy
from brainai.inference.body import drop_specks, measure_body, stack_masks
from brainai.inference.clock import Clock
from brainai.inference.findings import SliceFinding, StudyPrediction
from brainai.inference.gate import Refusal
from brainai.inference.judge import (
    JudgedSlice,
    Progress,
    SliceJudge,
    find_filled,
    find_further,
    judge_slices,
)
from brainai.inference.refine import Refiner
from brainai.inference.sides import find_alike
from brainai.inference.study_gate import check_header, check_middle, choose_asked, warn_of_middle
from brainai.inference.study_label import (
    NO_STUDY_DECISION,
    LabelledSlice,
    judge_study,
    label_slices,
    label_study,
)
from brainai.inference.withheld import withhold
from brainai.labels import Label, Sequence

if TYPE_CHECKING:
    from brainai.inference.predict import Predictor


def predict_volume(
    predictor: "Predictor",
    study: VolumeStudy,
    *,
    force: bool = False,
    progress: Progress | None = None,
    clock: Clock | None = None,
) -> StudyPrediction:
    """Answer for one volume, by the model that reads the most of its sequences.

    force: answer, with a warning, what the gate refuses. progress: called after each slice, by
    this thread; what it raises stops the work and is raised here. clock: that has timed the
    reading, where there was any.

    Raises UnusableImage where no slice can be judged; RefusedInput (not_brain_mr, wrong_sequence)
    where the volume is not what the model is made for.
    """
    predictor = predictor.for_study(study)
    clock = clock or Clock()
    with clock.stage("preprocess"):
        stats = measure_intensity(study.volume.voxels)
        filled = find_filled(study.volume.voxels, stats)
        if stats is None or not filled:
            raise _blank()
        refusal = check_header(study.facts)
        _raise_unless(refusal, force)
    with clock.stage("run"):
        runtime, spec = predictor.study_runtime, predictor.spec
        judge = SliceJudge(study, stats, spec, runtime.run, find_further(study, spec))
        asked = choose_asked(filled)
        told = _Told(progress, len(filled))
        judged = told.collect(judge_slices(judge, asked, runtime.workers, gated=True))
        refusals = [each.refusal for each in judged]
        refusal = refusal or check_middle(refusals)
        _raise_unless(refusal, force)
        rest = [index for index in filled if index not in set(asked)]
        judged += told.collect(judge_slices(judge, rest, runtime.workers, gated=False))
        if not judged:
            raise _blank()
        judged.sort(key=lambda each: each.axial_slice)
        judged = _refine(predictor.refiner, judged, study.volume.slice_distance_mm)
        labelled = label_slices(judged, spec.study_decision)
    warnings = study.warnings
    warnings += (refusal.warning,) if refusal else warn_of_middle(refusals)
    prediction = _conclude(predictor, study, stats, labelled, warnings, clock=clock)
    return replace(prediction, forced=refusal is not None)


class _Told:
    """Tells how far the work has come."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._done, self._total = progress, 0, total

    def collect(self, slices: Generator[JudgedSlice | None, None, None]) -> list[JudgedSlice]:
        """Take the slices as they come; leave out those that were blank."""
        judged = []
        with contextlib.closing(slices):
            for each in slices:
                self._done += 1
                if self._progress is not None:
                    self._progress(self._done, self._total)
                if each is not None:
                    judged.append(each)
        return judged


def _conclude(  # noqa: PLR0913  what the stages before have found
    predictor: "Predictor",
    study: VolumeStudy,
    stats: IntensityStats,
    judged: list[LabelledSlice],
    warnings: tuple[str, ...],
    *,
    clock: Clock,
) -> StudyPrediction:
    spec = predictor.spec
    used = (study.sequence, *(name for name in spec.input.beside if _is_lit(study, name)))
    decision = spec.study_decision
    probability, threshold = judge_study(judged, decision)
    label, unsure = label_study(judged, probability, threshold)
    with clock.stage("outline"):
        # Slices and studies without tumour outline nothing.
        outlined = [each for each in judged if Label.NO_TUMOR not in {label, each.label}]
        shape = study.volume.voxels.shape
        mask = drop_specks(stack_masks(outlined, shape, decision.lesion_threshold), study.volume)
        lesion = measure_body(mask, study.volume)
        if label is Label.TUMOR:
            unsure = find_alike(mask, study.volume.voxels, stats)
            label = Label.UNCERTAIN if unsure else label
    return StudyPrediction(
        id=uuid.uuid4().hex,
        spec=spec,
        study=study,
        label=label,
        probability=probability,
        threshold=threshold,
        unsure=unsure,
        slices=_list_slices(study, judged),
        lesion=lesion,
        mask=mask,
        sequences_used=used,
        withheld=withhold(spec, None, used),
        warnings=warnings + ((NO_STUDY_DECISION,) if decision.study is None else ()),
        timings_ms=clock.timings_ms(),
    )


def _is_lit(study: VolumeStudy, name: Sequence) -> bool:
    """Tell if a sequence is there beside FLAIR; a blank one tells the network nothing."""
    voxels = study.others.get(name)
    return voxels is not None and bool(voxels.min() < voxels.max())


def _refine(
    refiner: Refiner | None, judged: list[JudgedSlice], distance_mm: float
) -> list[JudgedSlice]:
    """Let each slice hear its neighbours. judged: from the feet up."""
    if refiner is None:
        return judged
    maps = [each.maps for each in judged if each.maps is not None]
    margins, places = [each.margin for each in judged], [each.axial_slice for each in judged]
    return [
        replace(each, refined=refined)
        for each, refined in zip(judged, refiner(maps, margins, places, distance_mm), strict=True)
    ]


def _list_slices(study: VolumeStudy, judged: list[LabelledSlice]) -> tuple[SliceFinding, ...]:
    """List every axial slice in the order of the input's own axial axis."""
    grid = study.volume.grid
    said = {grid.input_index(each.axial_slice): each for each in judged}
    return tuple(
        SliceFinding(index, said[index].probability, said[index].label)
        if index in said
        else SliceFinding(index, None, None)
        for index in range(grid.shape[grid.axial_axis])
    )


def _raise_unless(refusal: Refusal | None, force: bool) -> None:
    if refusal is not None and not force:
        raise RefusedInput(refusal.code, refusal.message)


def _blank() -> UnusableImage:
    return UnusableImage(
        "blank_image",
        "The volume is blank: no axial slice holds more than air. "
        "Send a volume that shows the head.",
    )

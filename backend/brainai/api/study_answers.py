"""StudyPrediction -> what a client is told of it."""

import base64
from dataclasses import dataclass

from brainai import labels
from brainai.api.answers import ModelRef, name_model, rounded
from brainai.api.study_schemas import EMPTY, StudyPredictionSchema
from brainai.artefacts.nifti import mask_file
from brainai.imaging.study import SeriesChoice, VolumeStudy
from brainai.inference.findings import SliceFinding, StudyPrediction, VolumeLesion
from brainai.inference.gate import Unsure
from brainai.inference.spec import UncertainBand
from brainai.inference.withheld import Withheld
from brainai.labels import Label


@dataclass(frozen=True)
class VolumeSummary:
    """What the upload was taken for; shape and axes are those of the input's own array."""

    kind: str
    format: str
    shape: tuple[int, int, int]
    spacing_mm: tuple[float, float, float]
    orientation: str
    axial_axis: int
    sequence: labels.Sequence
    sequences_given: tuple[labels.Sequence, ...]
    series: SeriesChoice | None


@dataclass(frozen=True)
class SliceAnswer:
    """What is told of one axial slice; label "empty" where probability is None."""

    index: int
    probability: float | None
    label: str


@dataclass(frozen=True)
class StudyVerdict:
    """What is told of the study as a whole."""

    label: Label
    probability: float


@dataclass(frozen=True)
class StudyAnswer:
    """The answer for one volume; mask is a data URL or None."""

    id: str
    model: ModelRef
    input: VolumeSummary
    label: Label
    probability: float
    threshold: float
    study: StudyVerdict
    slice_threshold: float
    slice_uncertain_band: UncertainBand
    slices: tuple[SliceAnswer, ...]
    lesion: VolumeLesion | None
    uncertain: Unsure | None
    sequences_used: tuple[labels.Sequence, ...]
    outputs_withheld: tuple[Withheld, ...]
    mask: str | None
    warnings: tuple[str, ...]
    timings_ms: dict[str, float]
    research_use_only: bool = True


def study_answer(prediction: StudyPrediction, mask: bool) -> StudyAnswer:
    """Turn a prediction into its answer. mask: with the mask, where the model outlines."""
    decision = prediction.spec.study_decision
    outlines = prediction.spec.file.lesion is not None
    return StudyAnswer(
        id=prediction.id,
        model=name_model(prediction.spec),
        input=_summarise(prediction.study),
        label=prediction.label,
        probability=prediction.probability,
        threshold=prediction.threshold,
        study=StudyVerdict(prediction.label, prediction.probability),
        slice_threshold=decision.threshold,
        slice_uncertain_band=decision.uncertain_band,
        slices=tuple(_tell(each) for each in prediction.slices),
        lesion=prediction.lesion,
        uncertain=prediction.unsure,
        sequences_used=prediction.sequences_used,
        outputs_withheld=prediction.withheld,
        mask=_data_url(prediction) if mask and outlines else None,
        warnings=prediction.warnings,
        timings_ms=rounded(prediction.timings_ms),
    )


def dump_study(prediction: StudyPrediction, *, mask: bool = False) -> dict[str, object]:
    """Return the answer for a volume as it goes over the wire."""
    dumped: dict[str, object] = StudyPredictionSchema().dump(study_answer(prediction, mask))
    return dumped


def _summarise(study: VolumeStudy) -> VolumeSummary:
    grid = study.volume.grid
    given = {study.sequence, *study.others}
    return VolumeSummary(
        kind="volume",
        format=study.format,
        shape=grid.shape,
        spacing_mm=grid.spacing_mm,
        orientation=grid.orientation,
        axial_axis=grid.axial_axis,
        sequence=study.sequence,
        sequences_given=tuple(each for each in labels.Sequence if each in given),
        series=study.series,
    )


def _tell(finding: SliceFinding) -> SliceAnswer:
    return SliceAnswer(finding.index, finding.probability, finding.label or EMPTY)


def _data_url(prediction: StudyPrediction) -> str:
    data = mask_file(prediction.mask, prediction.study.volume.grid)
    return "data:application/gzip;base64," + base64.b64encode(data).decode("ascii")

"""Domain objects -> what a client is told of them; the schemas dump these."""

import time
from dataclasses import dataclass, replace

from brainai.api.images import to_black_and_white, to_data_url, to_grey
from brainai.inference.gate import Unsure
from brainai.inference.metrics import (
    Figure,
    Forerunner,
    Metrics,
    RefusalFigure,
    ReliabilityBin,
    StudyFigure,
)
from brainai.inference.outline import Lesion
from brainai.inference.predict import Prediction
from brainai.inference.spec import GateSpec, ModelSpec, UncertainBand
from brainai.inference.withheld import Withheld
from brainai.labels import Label, Sequence


@dataclass(frozen=True)
class ModelRef:
    """Which model answered. sha256: of its ONNX file."""

    name: str
    version: str
    sha256: str


@dataclass(frozen=True)
class InputSummary:
    """What the upload was taken for."""

    kind: str
    format: str
    width_px: int
    height_px: int
    sequence: Sequence
    spacing_mm: tuple[float, float] | None


@dataclass(frozen=True)
class Answer:
    """The answer for one slice; heatmap, mask and preview are data URLs or None."""

    id: str
    model: ModelRef
    input: InputSummary
    label: Label
    probability: float
    probabilities: dict[Label, float]
    threshold: float
    uncertain_band: UncertainBand
    uncertain: Unsure | None
    lesion: Lesion | None
    sequences_used: tuple[Sequence, ...]
    outputs_withheld: tuple[Withheld, ...]
    heatmap: str | None
    mask: str | None
    preview: str | None
    warnings: tuple[str, ...]
    timings_ms: dict[str, float]
    research_use_only: bool = True


@dataclass(frozen=True)
class ModelCard:
    """All that is told of a model."""

    name: str
    version: str
    sha256: str
    task: str
    sequences: list[Sequence]
    outputs: tuple[str, ...]
    architecture: str
    input_size_px: int
    threshold: float
    uncertain_band: UncertainBand
    level: float
    lesion_threshold: float | None
    gate: GateSpec | None
    temperature: float
    offset: float
    created: str
    licence: str
    protocol: str
    figures: list[Figure]
    reliability: list[ReliabilityBin]
    studies: list[StudyFigure]
    refusals: list[RefusalFigure]
    forerunner: Forerunner | None
    research_use_only: bool = True


def name_model(spec: ModelSpec) -> ModelRef:
    """Tell which model this is."""
    return ModelRef(spec.name, spec.version, spec.file.sha256)


def answer(prediction: Prediction) -> Answer:
    """Turn a prediction into its answer; encoding the images counts as explaining."""
    height, width = prediction.study.slice.pixels.shape
    decision = prediction.spec.decision
    probability = prediction.probability
    plain = Answer(
        id=prediction.id,
        model=name_model(prediction.spec),
        input=InputSummary(
            "slice",
            prediction.study.format,
            width,
            height,
            prediction.study.sequence,
            prediction.study.slice.spacing_mm,
        ),
        label=prediction.label,
        probability=probability,
        probabilities={Label.TUMOR: probability, Label.NO_TUMOR: round(1.0 - probability, 6)},
        threshold=decision.threshold,
        uncertain_band=decision.uncertain_band,
        uncertain=prediction.unsure,
        lesion=prediction.lesion,
        sequences_used=(prediction.study.sequence,),
        outputs_withheld=prediction.withheld,
        heatmap=None,
        mask=None,
        preview=None,
        warnings=prediction.warnings,
        timings_ms=rounded(prediction.timings_ms),
    )
    return plain if prediction.preview is None else _with_images(plain, prediction)


def _with_images(plain: Answer, prediction: Prediction) -> Answer:
    start = time.perf_counter()
    heatmap = None if prediction.heatmap is None else to_data_url(to_grey(prediction.heatmap))
    mask = None if prediction.mask is None else to_data_url(to_black_and_white(prediction.mask))
    preview = None if prediction.preview is None else to_data_url(prediction.preview)
    spent_ms = (time.perf_counter() - start) * 1000
    timings_ms = dict(plain.timings_ms)
    timings_ms["explain"] = timings_ms.get("explain", 0.0) + spent_ms
    timings_ms["total"] += spent_ms
    return replace(
        plain, heatmap=heatmap, mask=mask, preview=preview, timings_ms=rounded(timings_ms)
    )


def rounded(timings_ms: dict[str, float]) -> dict[str, float]:
    """Cut timings to microseconds: the clock tells no more."""
    return {name: round(ms, 3) for name, ms in timings_ms.items()}


def describe_model(spec: ModelSpec, metrics: Metrics | None) -> ModelCard:
    """Tell all of a model: model.json, and the figures of metrics.json where there are any."""
    return ModelCard(
        name=spec.name,
        version=spec.version,
        sha256=spec.file.sha256,
        task=spec.task.replace("_", " ") + (" and lesion outline" if spec.file.lesion else ""),
        sequences=spec.sequences,
        outputs=_outputs(spec),
        architecture=spec.training.architecture,
        input_size_px=spec.input.size_px,
        threshold=spec.decision.threshold,
        uncertain_band=spec.decision.uncertain_band,
        level=spec.decision.level,
        lesion_threshold=spec.decision.lesion_threshold if spec.file.lesion else None,
        gate=spec.gate,
        temperature=spec.decision.temperature,
        offset=spec.decision.offset,
        created=spec.training.created,
        licence=spec.licence,
        protocol=metrics.protocol if metrics else "",
        figures=metrics.figures if metrics else [],
        reliability=metrics.reliability if metrics else [],
        studies=metrics.studies if metrics else [],
        refusals=metrics.refusals if metrics else [],
        forerunner=metrics.forerunner if metrics else None,
    )


def _outputs(spec: ModelSpec) -> tuple[str, ...]:
    drawn = (("heatmap", spec.file.evidence), ("mask", spec.file.lesion))
    return ("label", "probability", *(name for name, given in drawn if given))

"""metrics.json, typed: the figures measured on the served ONNX file, written by evaluation."""

from pathlib import Path
from typing import Literal

import msgspec

from brainai.errors import ModelError
from brainai.inference.spec import ModelSpec

FORMAT = 1
"""The version of metrics.json that this code reads."""


class Interval(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A figure and its bootstrap interval, all in [0, 1]; no interval for a single patient."""

    value: float
    low: float | None
    high: float | None


class Figure(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one method reaches on one group of slices; null where it can't be measured."""

    source: str
    """Short name of the group, stable."""
    group: Literal["source", "site", "lesion_size", "edge", "look"] = "source"
    """What the slices of the group have in common; look: another preparation of a source."""
    title: str
    note: str
    method: Literal["model", "flair_threshold"]
    """flair_threshold: the baseline that calls a slice by its bright pixels alone."""
    patients: int
    slices: int
    tumor_slices: int
    auroc: Interval | None
    sensitivity: Interval | None
    specificity: Interval | None
    balanced_accuracy: Interval | None
    accuracy: Interval | None
    ece: float | None
    """Expected calibration error, [0, 1]."""
    uncertain_share: float | None
    """Share of slices whose probability is in the uncertain band, [0, 1]."""
    dice_mean: Interval | None = None
    """Dice of a patient's mask, all slices together, mean over patients with tumour."""
    dice_median: Interval | None = None
    """Its median over patients with tumour."""
    heatmap_hits: Interval | None = None
    """Share of tumour slices answered "tumor" whose heat map peaks inside of the true lesion."""
    flip_change: float | None = None
    """Mean absolute change of the probability when the slice is flipped left to right."""


class ReliabilityBin(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One bin of the reliability diagram: what was said, and what was so."""

    low: float
    high: float
    slices: int
    mean_probability: float
    tumor_share: float


class StudyFigure(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whole studies: a patient's slices judged together."""

    title: str
    note: str
    tumor_studies: int
    tumor_free_studies: int
    sensitivity: Interval | None
    """Share of the studies with tumour that were found."""
    false_alarms: Interval | None
    """Share of the tumour-free studies that were called tumour."""


class RefusalFigure(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How often the gate refused one kind of image that it was not fitted on."""

    title: str
    note: str
    should_refuse: bool
    images: int
    refused: float
    """Share that was refused, [0, 1]."""
    with_true_reason: float | None
    """Share that was refused with the code that is right for the kind; null for FLAIR."""
    refused_or_warned: float | None = None
    """Share that was refused, or answered with a warning that it may be no brain FLAIR; null for
    series."""


class Bootstrap(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the intervals were drawn: whole patients, with replacement."""

    resamples: int
    unit: Literal["patient"]
    level: float


class Forerunner(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The figures that an earlier tool of this kind published, to compare with."""

    balanced_accuracy: float
    accuracy: float
    sensitivity: float
    specificity: float
    note: str


class Metrics(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole of metrics.json."""

    format: int = FORMAT
    model: str
    version: str
    sha256: str
    """Of the ONNX file that was measured."""
    made_with: str
    threshold: float
    bootstrap: Bootstrap
    figures: list[Figure]
    forerunner: Forerunner | None = None
    protocol: str = ""
    """How patients were kept apart, in a sentence."""
    reliability: list[ReliabilityBin] = []
    studies: list[StudyFigure] = []
    refusals: list[RefusalFigure] = []


def load_metrics(folder: Path, spec: ModelSpec) -> Metrics | None:
    """Read ``metrics.json`` in a model folder; None where there is none.

    Raises ModelError where it is malformed, of another format, or of another ONNX file or version
    than ``spec`` names: figures of one model must not be shown for another. The version stands for
    the files of the gate and of the refinement, whose hashes metrics.json has not.
    """
    try:
        data = (folder / "metrics.json").read_bytes()
    except OSError:
        return None
    try:
        metrics = msgspec.json.decode(data, type=Metrics)
    except msgspec.DecodeError as error:
        raise ModelError(f"metrics.json is not valid: {error}") from error
    if metrics.format != FORMAT:
        raise ModelError(f"metrics.json has format {metrics.format}; this version reads {FORMAT}.")
    if metrics.sha256 != spec.file.sha256:
        raise ModelError("metrics.json was measured on another ONNX file than model.json names.")
    if (metrics.model, metrics.version) != (spec.name, spec.version):
        raise ModelError(
            f"metrics.json was measured on {metrics.model} {metrics.version}, and model.json is "
            f"of {spec.name} {spec.version}."
        )
    return metrics

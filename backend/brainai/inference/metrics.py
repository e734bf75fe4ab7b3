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
    """What one method reaches on one data source; null where it was not or can't be measured."""

    source: str
    """Short name of the data source, stable."""
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
    """Share of slices answered with "uncertain", [0, 1]."""


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


def load_metrics(folder: Path, spec: ModelSpec) -> Metrics | None:
    """Read ``metrics.json`` in a model folder; None where there is none.

    Raises ModelError where it is malformed, of another format, or of another ONNX file than the
    one that ``spec`` names: figures of one model must not be shown for another.
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
    return metrics

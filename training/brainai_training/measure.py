"""The served file over prepared slices: logits, and all figures of a group of slices."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from brainai.inference.calibrate import tumor_margin
from brainai.inference.metrics import Figure, Interval
from brainai.inference.runtime import Runtime
from brainai.inference.spec import FileSpec, InputSpec, UncertainBand
from brainai.labels import CLASSES
from brainai_training.metrics import (
    Bools,
    Floats,
    Metric,
    accuracy_at,
    auroc,
    balanced_accuracy_at,
    bootstrap_interval,
    expected_calibration_error,
    sensitivity_at,
    specificity_at,
)
from brainai_training.tensors import TensorStore

RESAMPLES, LEVEL = 2000, 0.95


@dataclass(frozen=True)
class Group:
    """Slices that are reported together. score: what is compared with a threshold."""

    source: str
    title: str
    note: str
    score: Floats
    tumor: Bools
    patients: Sequence[str]


@dataclass(frozen=True)
class Look:
    """One variant of the slices of one split, in the order of the manifest.

    rows: manifest rows. tensors: float32 [n, channels, S, S].
    """

    rows: NDArray[np.intp]
    tensors: NDArray[np.float32]
    tumor: Bools


def look_at(
    store: TensorStore,
    spec: InputSpec,
    split: str,
    stripped: bool = False,
    volume_stats: bool = False,
) -> Look:
    """Collect the slices of a split that are not blank, in one variant."""
    places = store.find(stripped, volume_stats)
    rows = np.array([r for r in sorted(places) if store.rows[r].split == split], dtype=np.intp)
    tensors = store.tensors[[places[int(row)] for row in rows]]
    tumor = np.array([store.rows[row].tumor for row in rows], dtype=bool)
    return Look(rows, np.repeat(tensors[:, None], spec.channels, axis=1), tumor)


def run_file(folder: Path, spec: FileSpec, tensors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Run the served file slice by slice, as ``/predict`` does; logits float32 [n, 2]."""
    runtime = Runtime(folder, spec)
    logits = [runtime.run(tensor[None])[0] for tensor in tensors]
    return np.concatenate(logits) if logits else np.zeros((0, 2), dtype=np.float32)


def margin_of(logits: NDArray[np.float32]) -> Floats:
    """Tumour logit minus no-tumour logit, in the one true order of labels."""
    return tumor_margin(logits, CLASSES)


def to_figure(
    group: Group,
    threshold: float,
    band: UncertainBand | None,
) -> Figure:
    """Compute every figure of a group; without a band it is the thresholding baseline."""

    def estimate(metric: Metric) -> Interval | None:
        value = metric(group.score, group.tumor)
        if value is None:
            return None
        interval = bootstrap_interval(
            metric, group.score, group.tumor, group.patients, RESAMPLES, LEVEL
        )
        low, high = interval or (None, None)
        return Interval(round(value, 4), _short(low), _short(high))

    calibrated = band is not None
    unsure = None
    if band is not None:
        unsure = float(((group.score >= band.low) & (group.score <= band.high)).mean())
    return Figure(
        source=group.source,
        title=group.title,
        note=group.note,
        method="model" if calibrated else "flair_threshold",
        patients=len(set(group.patients)),
        slices=len(group.score),
        tumor_slices=int(group.tumor.sum()),
        auroc=estimate(auroc),
        sensitivity=estimate(sensitivity_at(threshold)),
        specificity=estimate(specificity_at(threshold)),
        balanced_accuracy=estimate(balanced_accuracy_at(threshold)),
        accuracy=estimate(accuracy_at(threshold)),
        ece=_short(expected_calibration_error(group.score, group.tumor)) if calibrated else None,
        uncertain_share=_short(unsure),
    )


def _short(value: float | None) -> float | None:
    return value if value is None else round(value, 4)

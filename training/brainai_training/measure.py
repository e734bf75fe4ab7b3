"""Answers of a group of slices -> every figure of it, with intervals over patients."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec
import numpy as np

from brainai.inference.calibrate import calibrated
from brainai.inference.metrics import Figure, Interval, ReliabilityBin
from brainai.inference.spec import DecisionSpec
from brainai_training.answers import SliceAnswer
from brainai_training.decide import margins_of, patient_dice, tumors_of
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

RESAMPLES, LEVEL = 2000, 0.95
RELIABILITY_BINS = 15

GroupKind = Literal["source", "site", "lesion_size", "edge", "look"]


@dataclass(frozen=True)
class Judged:
    """Answers and what a decision made of each, in one order.

    probability: calibrated. called, unsure: bool [n]. lesion_threshold: of each answer's decision.
    """

    answers: list[SliceAnswer]
    probability: Floats
    called: Bools
    unsure: Bools
    flip_change: Floats
    lesion_threshold: list[float]

    def where(self, keep: Callable[[SliceAnswer], bool]) -> "Judged":
        """Take the answers that ``keep`` says yes to."""
        here = np.array([keep(answer) for answer in self.answers], dtype=bool)
        places = np.flatnonzero(here)
        return Judged(
            [self.answers[k] for k in places],
            self.probability[here],
            self.called[here],
            self.unsure[here],
            self.flip_change[here],
            [self.lesion_threshold[k] for k in places],
        )


@dataclass(frozen=True)
class Group:
    """Slices that are reported together."""

    kind: GroupKind
    source: str
    title: str
    note: str


def judge(answers: Sequence[SliceAnswer], decision: DecisionSpec) -> Judged:
    """Apply a decision that was chosen on other patients."""
    probability = calibrated(margins_of(answers), decision)
    flipped = np.array(
        [a.margin if a.flipped_margin is None else a.flipped_margin for a in answers]
    )
    band = decision.uncertain_band
    return Judged(
        list(answers),
        probability,
        probability >= decision.threshold,
        (probability >= band.low) & (probability <= band.high),
        np.abs(calibrated(flipped, decision) - probability),
        [decision.lesion_threshold] * len(answers),
    )


def join(parts: Sequence[Judged]) -> Judged:
    """Put answers of several folds together, each judged by its own decision."""
    return Judged(
        [answer for part in parts for answer in part.answers],
        np.concatenate([part.probability for part in parts]),
        np.concatenate([part.called for part in parts]),
        np.concatenate([part.unsure for part in parts]),
        np.concatenate([part.flip_change for part in parts]),
        [threshold for part in parts for threshold in part.lesion_threshold],
    )


def to_figure(group: Group, judged: Judged) -> Figure:
    """Compute every figure of a group of slices."""
    tumor = tumors_of(judged.answers)
    patients = [answer.patient for answer in judged.answers]
    plain = score_figure(group, judged.probability, judged.called, tumor, patients)
    hits = np.array([bool(a.peak_in_lesion) for a in judged.answers], dtype=bool)
    asked = np.array([a.peak_in_lesion is not None for a in judged.answers], dtype=bool)
    found = asked & judged.called
    flips = [
        change
        for change, answer in zip(judged.flip_change, judged.answers, strict=True)
        if answer.flipped_margin is not None
    ]
    dices = dices_of(judged)
    return Figure(
        **{name: getattr(plain, name) for name in plain.__struct_fields__}
        | {
            "method": "model",
            "ece": _short(expected_calibration_error(judged.probability, tumor)),
            "uncertain_share": _short(float(judged.unsure.mean())),
            "dice_mean": _over_patients(dices, lambda p, _: float(p.mean())),
            "dice_median": _over_patients(dices, lambda p, _: float(np.median(p))),
            "heatmap_hits": _interval(
                lambda p, _: float(p.mean()),
                hits[found].astype(np.float64),
                tumor[found],
                [name for name, here in zip(patients, found, strict=True) if here],
            ),
            "flip_change": _short(float(np.mean(flips))) if flips else None,
        }
    )


def score_figure(
    group: Group, score: Floats, called: Bools, tumor: Bools, patients: list[str]
) -> Figure:
    """Compute what any method has: a score, and whether it called the slice a tumour."""

    def estimate(metric: Metric, values: Floats) -> Interval | None:
        return _interval(metric, values, tumor, patients)

    yes = called.astype(np.float64)
    return Figure(
        source=group.source,
        group=group.kind,
        title=group.title,
        note=group.note,
        method="flair_threshold",
        patients=len(set(patients)),
        slices=len(score),
        tumor_slices=int(tumor.sum()),
        auroc=estimate(auroc, score),
        sensitivity=estimate(sensitivity_at(0.5), yes),
        specificity=estimate(specificity_at(0.5), yes),
        balanced_accuracy=estimate(balanced_accuracy_at(0.5), yes),
        accuracy=estimate(accuracy_at(0.5), yes),
        ece=None,
        uncertain_share=None,
    )


def dices_of(judged: Judged) -> dict[str, float]:
    """Dice of each patient with tumour, all slices together, of the masks that are served.

    Those are the masks at the decision's threshold, empty where the answer is "no_tumor".
    """
    dices: dict[str, float] = {}
    for threshold in sorted(set(judged.lesion_threshold)):
        here = [
            answer if outlined else _without_outline(answer)
            for answer, outlined, own in zip(
                judged.answers, judged.called | judged.unsure, judged.lesion_threshold, strict=True
            )
            if own == threshold
        ]
        dices |= patient_dice(here, threshold)
    return dices


def _without_outline(answer: SliceAnswer) -> SliceAnswer:
    if answer.said_px is None:
        return answer
    nothing = (0,) * len(answer.said_px)
    return msgspec.structs.replace(answer, said_px=nothing, both_px=nothing)


def reliability(judged: Judged) -> list[ReliabilityBin]:
    """Bin probabilities, equally wide; empty bins are left out."""
    tumor = tumors_of(judged.answers)
    bins = RELIABILITY_BINS
    place = np.clip((judged.probability * bins).astype(int), 0, bins - 1)
    return [
        ReliabilityBin(
            low=round(k / bins, 4),
            high=round((k + 1) / bins, 4),
            slices=int((place == k).sum()),
            mean_probability=round(float(judged.probability[place == k].mean()), 4),
            tumor_share=round(float(tumor[place == k].mean()), 4),
        )
        for k in range(bins)
        if (place == k).any()
    ]


def share_interval(hits: Bools, patients: list[str]) -> Interval | None:
    """Share of studies, with its interval over patients; None where there are none."""
    return _interval(lambda p, _: float(p.mean()), hits.astype(np.float64), hits, patients)


def _over_patients(values: dict[str, float], metric: Metric) -> Interval | None:
    numbers = np.array(list(values.values()), dtype=np.float64)
    return _interval(metric, numbers, numbers > 0, list(values))


def _interval(
    metric: Metric, values: Floats, tumor: Bools, patients: Sequence[str]
) -> Interval | None:
    value = metric(values, tumor) if len(values) else None
    if value is None:
        return None
    interval = bootstrap_interval(metric, values, tumor, patients, RESAMPLES, LEVEL)
    low, high = interval or (None, None)
    return Interval(round(value, 4), _short(low), _short(high))


def _short(value: float | None) -> float | None:
    return value if value is None else round(value, 4)

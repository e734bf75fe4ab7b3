"""Judged slices -> their labels among their neighbours; the study's, and why it is uncertain."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from brainai.inference.calibrate import calibrated, decide
from brainai.inference.gate import Unsure
from brainai.inference.judge import JudgedSlice
from brainai.inference.spec import DecisionSpec
from brainai.inference.studies import pool_margins, study_probability
from brainai.labels import Label, UncertainReason

NO_STUDY_DECISION = (
    "This model has no decision of its own for whole studies: the study's probability is that of "
    "its most suspicious neighbouring slices, at the threshold of a slice."
)

# A false alarm seldom lasts for so many slices in a row; a lesion does.
_NEIGHBOURS_THAT_SPEAK = 3
# Few lesions show in one slice alone.
_NEIGHBOURS_OF_A_LESION = 2
# Without a decision for studies: the most suspicious run of so many neighbours.
_PLAIN_NEIGHBOURS, _PLAIN_TOP = 3, 1


@dataclass(frozen=True)
class LabelledSlice(JudgedSlice):
    """With what is said of it."""

    probability: float
    label: Label


def label_slices(judged: Sequence[JudgedSlice], decision: DecisionSpec) -> list[LabelledSlice]:
    """Give slices probability and label, by what neighbours say where they are heard."""
    margins = [each.refined.margin if each.refined else each.margin for each in judged]
    probabilities = calibrated(np.array(margins), decision)
    return [
        LabelledSlice(**vars(each), probability=probability, label=decide(probability, decision))
        for each, probability in zip(judged, probabilities.round(6).tolist(), strict=True)
    ]


def judge_study(judged: Sequence[JudgedSlice], decision: DecisionSpec) -> tuple[float, float]:
    """Return P(tumour) of the study, in [0, 1], and the threshold that it is held against.

    judged: at least one, from the feet up. What each says by itself counts: a study's probability
    pools neighbours on its own (decision 004).
    """
    margins = np.array([each.margin for each in judged])
    if decision.study is None:
        pooled = pool_margins(margins, _PLAIN_NEIGHBOURS, _PLAIN_TOP)
        return round(float(calibrated(np.array([pooled]), decision)[0]), 6), decision.threshold
    return round(study_probability(margins, decision.study), 6), decision.study.threshold


def label_study(
    judged: Sequence[LabelledSlice], probability: float, threshold: float
) -> tuple[Label, Unsure | None]:
    """Name the study's label; with it, why it is "uncertain", else None."""
    label = Label.TUMOR if probability >= threshold else Label.NO_TUMOR
    unsure = _find_unsure(judged, label)
    return (Label.UNCERTAIN if unsure else label), unsure


def _find_unsure(judged: Sequence[LabelledSlice], label: Label) -> Unsure | None:
    asked = [each.far for each in judged if each.far is not None]
    far = sum(asked)
    if far > len(asked) / 2:
        return Unsure(
            UncertainReason.OUT_OF_DISTRIBUTION,
            f"{far} of {len(asked)} slices in the middle of the volume are unlike those that "
            "the model was trained on, so the study's probability may not hold.",
        )
    longest = _longest_run(judged)
    if label is Label.NO_TUMOR and longest >= _NEIGHBOURS_THAT_SPEAK:
        return Unsure(
            UncertainReason.SLICES_DISAGREE,
            f"The study as a whole stays under its threshold, yet {longest} neighbouring slices "
            "are called a tumour.",
        )
    if label is Label.TUMOR and longest < min(_NEIGHBOURS_OF_A_LESION, len(judged)):
        return Unsure(
            UncertainReason.SLICES_DISAGREE,
            "The study as a whole is over its threshold, yet no two "
            "neighbouring slices are called a tumour.",
        )
    return None


def _longest_run(judged: Sequence[LabelledSlice]) -> int:
    """Count the most slices in a row, without a gap, that are called a tumour."""
    longest, run, last = 0, 0, None
    for each in judged:
        if each.label is not Label.TUMOR:
            continue
        run = run + 1 if last is not None and each.axial_slice == last + 1 else 1
        longest, last = max(longest, run), each.axial_slice
    return longest

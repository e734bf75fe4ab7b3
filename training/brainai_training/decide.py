"""Answers on patients that were not trained on -> the decision: what is called what, from where."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from brainai.inference.calibrate import sigmoid
from brainai.inference.spec import DecisionSpec, StudyDecision, UncertainBand
from brainai.inference.studies import pool_margins, study_probability
from brainai_training.answers import ALONE, BY_VOLUME, LESION_THRESHOLDS, SliceAnswer
from brainai_training.metrics import (
    Bools,
    Floats,
    choose_threshold,
    conformal_band,
    dice,
    fit_calibration,
)

LEVEL = 0.9
NEIGHBOURS, TOP = 3, 5
# Both kinds of study weigh the same in the fit, so this is where they are as likely. Few studies
# lie near it: a threshold that is chosen by them hangs on two or three.
_STUDY_THRESHOLD = 0.5
# A slice this near to the tumour is no part of what is taken for a tumour-free study.
_CLEAR_SLICES = 3


def choose_decision(answers: Iterable[SliceAnswer], look: str = ALONE) -> DecisionSpec:
    """Choose calibration, threshold, band, mask threshold and the study's decision.

    answers: of patients that the weights were not trained on, the looks mixed. look: the one that
    it is for; of slices that are no part of a study, as ``/predict`` sees them alone. The study's
    decision is the same for each.
    """
    answers = list(answers)
    here = [answer for answer in answers if answer.look == look]
    margin, tumor = margins_of(here), tumors_of(here)
    patients = [answer.patient for answer in here]
    temperature, offset = (round(value, 4) for value in fit_calibration(margin, tumor))
    probability = sigmoid((margin - offset) / temperature)
    threshold = choose_threshold(probability, tumor)
    low, high = conformal_band(probability, tumor, patients, LEVEL, threshold)
    return DecisionSpec(
        temperature=temperature,
        offset=offset,
        threshold=threshold,
        uncertain_band=UncertainBand(round(low, 4), round(high, 4)),
        level=LEVEL,
        lesion_threshold=choose_lesion_threshold(here),
        study=choose_study_decision(as_studies(answers)),
    )


def margins_of(answers: Sequence[SliceAnswer]) -> Floats:
    """Tumour logit minus no-tumour logit, float64 [N]."""
    return np.array([answer.margin for answer in answers], dtype=np.float64)


def tumors_of(answers: Sequence[SliceAnswer]) -> Bools:
    """Truth, bool [N]."""
    return np.array([answer.tumor for answer in answers], dtype=bool)


def patient_dice(answers: Sequence[SliceAnswer], threshold: float) -> dict[str, float]:
    """Dice of each patient with tumour, all slices together, at one of LESION_THRESHOLDS."""
    place = LESION_THRESHOLDS.index(threshold)
    sums: dict[str, NDArray[np.int64]] = defaultdict(lambda: np.zeros(3, dtype=np.int64))
    for answer in answers:
        if answer.said_px is not None and answer.both_px is not None:
            sums[answer.patient] += (
                answer.said_px[place],
                answer.both_px[place],
                answer.lesion_px,
            )
    return {
        patient: dice(int(said), int(both), int(true))
        for patient, (said, both, true) in sums.items()
        if true
    }


def choose_lesion_threshold(answers: Sequence[SliceAnswer]) -> float:
    """Choose the threshold with the best mean Dice over patients."""

    def mean(threshold: float) -> float:
        values = patient_dice(answers, threshold).values()
        return float(np.mean(list(values))) if values else 0.0

    return max(LESION_THRESHOLDS, key=lambda t: (round(mean(t), 4), -abs(t - 0.5)))


def as_studies(answers: Iterable[SliceAnswer]) -> list[SliceAnswer]:
    """Take the answers that a study's own probability pools, as serving does.

    Those of slices normalised by their volume; where no source has volumes, of each alone. Their
    margins are what was said before neighbours were heard.
    """
    answers = list(answers)
    looks = {answer.look for answer in answers}
    look = BY_VOLUME if BY_VOLUME in looks else ALONE
    return [
        answer if answer.own_margin is None else replace(answer, margin=answer.own_margin)
        for answer in answers
        if answer.look == look
    ]


def studies_of(answers: Sequence[SliceAnswer]) -> dict[str, list[SliceAnswer]]:
    """Slices by patient and case, in their order: cases of two patients may share a name."""
    cases: dict[str, list[SliceAnswer]] = defaultdict(list)
    for answer in answers:
        cases[f"{answer.patient}:{answer.case}"].append(answer)
    return {name: sorted(each, key=lambda a: a.slice_index) for name, each in cases.items()}


def without_tumor(study: Sequence[SliceAnswer]) -> list[SliceAnswer]:
    """Take the longest run of slices clear of the tumour, which stands for a tumour-free study."""
    shown = [answer.slice_index for answer in study if answer.tumor]
    runs: list[list[SliceAnswer]] = [[]]
    for answer in study:
        if all(abs(answer.slice_index - index) >= _CLEAR_SLICES for index in shown):
            runs[-1].append(answer)
        elif runs[-1]:
            runs.append([])
    return max(runs, key=len)


def choose_study_decision(answers: Sequence[SliceAnswer]) -> StudyDecision | None:
    """Fit the study's probability; None where studies of one kind alone can be had.

    answers: as_studies of them. Tumour-free patients are few, so the tumour-free end of each head
    with a tumour counts, too.
    """
    pooled: list[float] = []
    tumor: list[bool] = []
    for study in studies_of(answers).values():
        free = without_tumor(study)
        has_tumor = len(free) < len(study)
        for part, truth in ((study, True), (free, False)) if has_tumor else ((study, False),):
            if part:
                pooled.append(pool_margins(margins_of(part), NEIGHBOURS, TOP))
                tumor.append(truth)
    if len(set(tumor)) < 2:
        return None
    truths = np.array(tumor)
    fitted = LogisticRegression(class_weight="balanced").fit(np.array(pooled)[:, None], truths)
    slope, intercept = float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
    return StudyDecision(
        neighbours=NEIGHBOURS,
        top=TOP,
        slope=round(slope, 4),
        intercept=round(intercept, 4),
        threshold=_STUDY_THRESHOLD,
    )


def is_called(study: Sequence[SliceAnswer], decision: StudyDecision) -> bool:
    """Tell whether a study's probability is over its threshold. study: slices in their order."""
    return study_probability(margins_of(study), decision) >= decision.threshold

from dataclasses import replace

import numpy as np
import pytest

from brainai.imaging.geometry import Crop, Squared
from brainai.inference.calibrate import calibrated
from brainai.inference.judge import JudgedSlice
from brainai.inference.outline import Change
from brainai.inference.refine import Refined
from brainai.inference.spec import DecisionSpec, StudyDecision, UncertainBand
from brainai.inference.study_label import (
    LabelledSlice,
    judge_study,
    label_slices,
    label_study,
)
from brainai.labels import Label, UncertainReason

SQUARE = Squared((64, 64), (64, 64), (1.0, 1.0))
T, N, U = Label.TUMOR, Label.NO_TUMOR, Label.UNCERTAIN
PLAIN = DecisionSpec(
    temperature=2.0, threshold=0.4, uncertain_band=UncertainBand(0.3, 0.4), level=0.9
)


def _slices(labels: list[Label], far: int | None = 0, first: int = 0) -> list[LabelledSlice]:
    """far: so many of the first are unlike those of training; None: nobody asked."""
    return [
        LabelledSlice(
            axial_slice=first + z,
            margin=float(z),
            far=None if far is None else z < far,
            refusal=None,
            maps=None,
            squared=SQUARE,
            refined=None,
            probability=0.5,
            label=label,
        )
        for z, label in enumerate(labels)
    ]


@pytest.mark.parametrize(
    ("labels", "probability", "label"),
    [
        ([N, T, T, N], 0.9, T),
        ([N, N, N, N], 0.1, N),
        ([T, T, N, T, T], 0.1, N),  # never three in a row
        ([N, T, T, T, N], 0.1, U),
        ([N, U, N, N], 0.9, U),
        ([N, T, U, T], 0.9, U),  # no two in a row
        ([T], 0.9, T),  # there is no other
        ([U], 0.9, U),
    ],
)
def test_a_study_is_called_unless_its_slices_disagree(
    labels: list[Label], probability: float, label: Label
) -> None:
    said, unsure = label_study(_slices(labels), probability, 0.5)
    assert said is label
    assert (unsure is None) == (label is not U)
    if unsure is not None:
        assert unsure.reason is UncertainReason.SLICES_DISAGREE


def test_a_gap_in_the_slices_breaks_a_run() -> None:
    parted = [*_slices([T, T]), *_slices([T, T], first=5)]
    assert label_study(parted, 0.1, 0.5) == (N, None)


def test_a_study_of_which_most_is_strange_is_uncertain_whatever_it_says() -> None:
    half, most = _slices([T, T, T, N], far=2), _slices([T, T, T, N], far=3)
    assert label_study(half, 0.9, 0.5) == (T, None)
    label, unsure = label_study(most, 0.9, 0.5)
    assert label is U
    assert unsure is not None
    assert unsure.reason is UncertainReason.OUT_OF_DISTRIBUTION
    assert "3 of 4" in unsure.detail


def test_slices_that_nobody_asked_the_gate_about_do_not_make_a_study_strange_or_less_so() -> None:
    unasked = _slices([T] * 5, far=None, first=4)
    assert label_study(unasked, 0.9, 0.5) == (T, None)
    assert label_study([*_slices([T] * 4, far=2), *unasked], 0.9, 0.5) == (T, None)
    label, unsure = label_study([*_slices([T] * 4, far=3), *unasked], 0.9, 0.5)
    assert label is U
    assert unsure is not None
    assert "3 of 4 slices in the middle" in unsure.detail


def test_a_model_with_a_study_decision_is_asked_by_it() -> None:
    study = StudyDecision(neighbours=1, top=1, slope=1.0, intercept=-3.0, threshold=0.29)
    decision = DecisionSpec(
        temperature=2.0,
        threshold=0.4,
        uncertain_band=UncertainBand(0.3, 0.4),
        level=0.9,
        study=study,
    )
    assert judge_study(_slices([N, N, N, T]), decision) == (0.5, 0.29)


def test_without_one_the_most_suspicious_neighbours_speak_at_the_threshold_of_a_slice() -> None:
    probability, threshold = judge_study(_slices([N, N, N, T]), PLAIN)
    assert probability == pytest.approx(float(calibrated(np.array([2.0]), PLAIN)[0]), abs=1e-6)
    assert threshold == PLAIN.threshold


def test_slices_get_the_label_of_their_calibrated_margins() -> None:
    judged = [
        JudgedSlice(z, margin, None, None, None, SQUARE, None)
        for z, margin in enumerate([-9.0, 4.0, -1.2])
    ]
    labelled = label_slices(judged, PLAIN)
    assert [each.label for each in labelled] == [N, T, U]
    assert [each.margin for each in labelled] == [each.margin for each in judged]
    own = calibrated(np.array([4.0]), PLAIN)[0]
    assert labelled[1].probability == pytest.approx(own, abs=1e-6)


def test_what_neighbours_say_is_the_slices_matter_and_not_the_studys() -> None:
    shape = (4, 4)
    frame = Crop(0, 0, 4, 4, *shape, 4)
    refined = Refined(4.0, Change(np.zeros(shape, np.float32), frame))
    plain = JudgedSlice(0, -9.0, None, None, None, SQUARE, None)
    heard = replace(plain, refined=refined)
    assert [each.label for each in label_slices([plain, heard], PLAIN)] == [N, T]
    one, other = (judge_study(label_slices([each], PLAIN), PLAIN) for each in (plain, heard))
    assert one == other

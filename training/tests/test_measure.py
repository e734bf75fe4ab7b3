import numpy as np
import pytest
from msgspec.structs import replace

from brainai.inference.calibrate import sigmoid
from brainai.inference.metrics import Interval
from brainai.inference.spec import DecisionSpec, UncertainBand
from brainai_training.answers import LESION_THRESHOLDS, SliceAnswer
from brainai_training.measure import (
    Group,
    Judged,
    dices_of,
    join,
    judge,
    reliability,
    score_figure,
    share_interval,
    to_figure,
)
from tests.making import answer, at_every_threshold

GROUP = Group("source", "s", "Some slices", "a note")
DECISION = DecisionSpec(
    temperature=1.0, threshold=0.5, uncertain_band=UncertainBand(0.45, 0.55), level=0.9
)


def _margin(probability: float) -> float:
    return float(np.log(probability / (1 - probability)))


def _said(patient: str, probability: float, tumor: bool, **changes: object) -> SliceAnswer:
    return answer(patient, 0, tumor, margin=_margin(probability), **changes)


FOUR = [
    _said("anna", 0.9, True),
    _said("anna", 0.8, False),
    _said("bert", 0.3, True),
    _said("bert", 0.1, False),
]


def _value(interval: Interval | None) -> float:
    assert interval is not None
    return interval.value


def test_a_figure_holds_known_values() -> None:
    band = UncertainBand(0.2, 0.85)
    figure = to_figure(GROUP, judge(FOUR, replace(DECISION, uncertain_band=band)))
    assert _value(figure.auroc) == 0.75
    assert _value(figure.sensitivity) == _value(figure.specificity) == 0.5
    assert _value(figure.balanced_accuracy) == _value(figure.accuracy) == 0.5
    assert (figure.patients, figure.slices, figure.tumor_slices) == (2, 4, 2)
    assert figure.uncertain_share == 0.5
    assert figure.ece == pytest.approx((0.1 + 0.8 + 0.7 + 0.1) / 4)
    assert (figure.source, figure.group, figure.method) == ("s", "source", "model")
    assert (figure.title, figure.note) == ("Some slices", "a note")


def test_the_threshold_and_the_temperature_of_the_decision_count() -> None:
    strict = judge(FOUR, replace(DECISION, threshold=0.85))
    assert strict.called.tolist() == [True, False, False, False]
    warm = judge(FOUR, replace(DECISION, temperature=2.0))
    expected = sigmoid(np.array([each.margin for each in FOUR]) / 2)
    assert warm.probability == pytest.approx(expected)


def test_a_probability_on_the_threshold_is_called_and_the_ends_of_the_band_are_in_it() -> None:
    half = judge([_said("anna", 0.5, True)], DECISION)
    assert half.called.tolist() == half.unsure.tolist() == [True]
    edges = judge(
        [_said("anna", 0.5, True)], replace(DECISION, uncertain_band=UncertainBand(0.5, 0.6))
    )
    assert edges.unsure.tolist() == [True]


def test_every_interval_lies_around_its_value() -> None:
    rng = np.random.default_rng(0)
    answers = []
    for k in range(60):
        tumor = bool(rng.random() < 0.5)
        p = float(np.clip(0.3 * tumor + 0.7 * rng.random(), 0.01, 0.99))
        answers.append(_said(f"p{k % 6}", p, tumor))
    figure = to_figure(GROUP, judge(answers, DECISION))
    for interval in (figure.auroc, figure.sensitivity, figure.specificity, figure.accuracy):
        assert interval is not None
        assert interval.low is not None
        assert interval.high is not None
        assert interval.low < interval.value < interval.high


def test_one_patient_has_figures_without_intervals() -> None:
    figure = to_figure(GROUP, judge(FOUR[:2], DECISION))
    assert figure.sensitivity == Interval(1.0, None, None)


def test_a_source_without_tumor_has_a_specificity_alone() -> None:
    healthy = [_said("anna", 0.9, False), _said("bert", 0.1, False)]
    figure = to_figure(GROUP, judge(healthy, DECISION))
    assert figure.auroc is figure.sensitivity is figure.balanced_accuracy is None
    assert figure.dice_mean is figure.dice_median is figure.heatmap_hits is None
    assert _value(figure.specificity) == 0.5


def test_the_baseline_is_neither_calibrated_nor_uncertain_and_outlines_nothing() -> None:
    score, called = np.array([0.02, 0.01]), np.array([True, False])
    figure = score_figure(GROUP, score, called, np.array([True, False]), ["anna", "bert"])
    assert figure.method == "flair_threshold"
    assert figure.ece is figure.uncertain_share is figure.flip_change is None
    assert figure.dice_mean is None
    assert _value(figure.auroc) == _value(figure.accuracy) == 1.0


def _outlined(patient: str, probability: float, said: int, lesion: int) -> SliceAnswer:
    both = min(said, lesion)
    return _said(
        patient,
        probability,
        lesion > 0,
        lesion_px=lesion,
        said_px=at_every_threshold(said),
        both_px=at_every_threshold(both),
    )


def test_mean_and_median_dice_are_over_patients() -> None:
    answers = [
        _outlined("anna", 0.9, 10, 10),
        _outlined("bert", 0.9, 5, 10),
        _outlined("carl", 0.9, 5, 10),
        _outlined("dora", 0.1, 0, 0),
    ]
    figure = to_figure(GROUP, judge(answers, DECISION))
    assert _value(figure.dice_mean) == pytest.approx((1 + 2 / 3 + 2 / 3) / 3, abs=1e-4)
    assert _value(figure.dice_median) == pytest.approx(2 / 3, abs=1e-4)


def test_no_outline_is_served_where_the_answer_is_no_tumor() -> None:
    """As serving does: an outline in a slice that is called tumour-free is not shown."""
    missed = [_outlined("anna", 0.9, 10, 10), _outlined("anna", 0.2, 10, 10)]
    assert dices_of(judge(missed, DECISION)) == pytest.approx({"anna": 20 / 30})
    spared = [_outlined("anna", 0.9, 10, 10), _outlined("anna", 0.2, 10, 0)]
    assert dices_of(judge(spared, DECISION)) == {"anna": 1.0}


def test_an_uncertain_slice_keeps_its_outline() -> None:
    unsure = [_outlined("anna", 0.48, 10, 10)]
    judged = judge(unsure, DECISION)
    assert not judged.called.any()
    assert dices_of(judged) == {"anna": 1.0}


def test_each_patient_is_outlined_at_the_threshold_of_its_own_fold() -> None:
    said = tuple(10 * (place + 1) for place in range(len(LESION_THRESHOLDS)))
    one, other = (
        _said(name, 0.9, True, lesion_px=10, said_px=said, both_px=at_every_threshold(10))
        for name in ("anna", "bert")
    )
    joined = join(
        [
            judge([one], replace(DECISION, lesion_threshold=LESION_THRESHOLDS[0])),
            judge([other], replace(DECISION, lesion_threshold=LESION_THRESHOLDS[1])),
        ]
    )
    assert dices_of(joined) == pytest.approx({"anna": 1.0, "bert": 20 / 30})


def test_joined_answers_keep_what_each_decision_made_of_them() -> None:
    strict = replace(DECISION, threshold=0.95, uncertain_band=UncertainBand(0.85, 0.95))
    joined = join([judge(FOUR[:2], strict), judge(FOUR[2:], DECISION)])
    assert joined.answers == FOUR
    assert joined.called.tolist() == [False] * 4
    assert joined.unsure.tolist() == [True, False, False, False]
    assert len(joined.probability) == len(joined.lesion_threshold) == len(joined.flip_change) == 4


def test_a_part_of_the_answers_keeps_their_judgement() -> None:
    judged = judge(FOUR, replace(DECISION, threshold=0.85))
    bert = judged.where(lambda each: each.patient == "bert")
    assert bert.answers == FOUR[2:]
    assert bert.probability.tolist() == judged.probability[2:].tolist()
    anna = judged.where(lambda each: each.patient == "anna")
    assert anna.called.tolist() == [True, False]
    assert judged.where(lambda _: False).answers == []


def test_peaks_count_in_slices_with_tumor_that_are_called_so() -> None:
    answers = [
        _said("anna", 0.9, True, peak_in_lesion=True),
        _said("bert", 0.9, True, peak_in_lesion=False),
        _said("carl", 0.1, True, peak_in_lesion=True),
        _said("dora", 0.9, False, peak_in_lesion=None),
    ]
    assert _value(to_figure(GROUP, judge(answers, DECISION)).heatmap_hits) == 0.5


def test_the_change_by_flipping_is_that_of_the_probability() -> None:
    answers = [
        _said("anna", 0.9, True, flipped_margin=_margin(0.7)),
        _said("bert", 0.2, False, flipped_margin=_margin(0.3)),
        _said("carl", 0.2, False),
    ]
    assert to_figure(GROUP, judge(answers, DECISION)).flip_change == pytest.approx(0.15, abs=1e-4)
    assert to_figure(GROUP, judge(FOUR, DECISION)).flip_change is None


def _judged(probability: list[float], tumor: list[bool]) -> Judged:
    pairs = zip(probability, tumor, strict=True)
    return judge([_said(f"p{k}", p, t) for k, (p, t) in enumerate(pairs)], DECISION)


def test_reliability_bins_say_what_was_said_and_what_was_so() -> None:
    bins = reliability(_judged([0.91, 0.92, 0.02, 0.999], [True, False, False, True]))
    assert [(each.slices, each.tumor_share) for each in bins] == [(1, 0.0), (2, 0.5), (1, 1.0)]
    assert [each.mean_probability for each in bins] == pytest.approx([0.02, 0.915, 0.999])
    assert all(each.low <= each.mean_probability <= each.high for each in bins)
    assert (bins[0].low, bins[-1].high) == (0.0, 1.0)


def test_the_bins_explain_the_calibration_error() -> None:
    rng = np.random.default_rng(1)
    probability = rng.uniform(0.01, 0.99, 300)
    judged = _judged(probability.tolist(), (rng.random(300) < probability**2).tolist())
    gaps = sum(
        each.slices / 300 * abs(each.mean_probability - each.tumor_share)
        for each in reliability(judged)
    )
    assert to_figure(GROUP, judged).ece == pytest.approx(gaps, abs=1e-3)


def test_shares_of_studies_have_intervals_over_patients() -> None:
    share = share_interval(np.array([True, True, False, True]), ["a", "b", "c", "d"])
    assert share is not None
    assert share.value == 0.75
    assert share.low is not None
    assert share.high is not None
    assert share.low < 0.75 < share.high
    assert share_interval(np.array([], dtype=bool), []) is None

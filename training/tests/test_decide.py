import numpy as np
import pytest
from msgspec.structs import replace

from brainai.inference.calibrate import calibrated, sigmoid
from brainai.inference.studies import study_probability
from brainai_training.answers import ALONE, BY_VOLUME, LESION_THRESHOLDS, STRIPPED, SliceAnswer
from brainai_training.decide import (
    LEVEL,
    as_studies,
    choose_decision,
    choose_lesion_threshold,
    choose_study_decision,
    is_called,
    margins_of,
    patient_dice,
    studies_of,
    without_tumor,
)
from brainai_training.metrics import balanced_accuracy_at
from tests.making import answer, at_every_threshold


def _outlined(patient: str, said: int, both: int, lesion: int, slice_index: int = 0) -> SliceAnswer:
    return answer(
        patient,
        slice_index,
        lesion > 0,
        lesion_px=lesion,
        said_px=at_every_threshold(said),
        both_px=at_every_threshold(both),
    )


def _study(patient: str, shown: str, margin: float = 2.0) -> list[SliceAnswer]:
    """Make up a study from a drawing: T a slice with tumour, a dot one without."""
    return [
        answer(patient, index, kind == "T", margin=margin if kind == "T" else -margin)
        for index, kind in enumerate(shown)
    ]


def _patients(count: int, seed: int, temperature: float = 1.0) -> list[SliceAnswer]:
    """Draw calibrated margins of patients, each with tumour in half of the slices or so."""
    rng = np.random.default_rng(seed)
    made = []
    for number in range(count):
        for index in range(40):
            margin = float(rng.normal(0, 3))
            tumor = bool(rng.random() < sigmoid(np.array([margin]))[0])
            made.append(answer(f"p{number}", index, tumor, margin=margin * temperature))
    return made


def test_dice_of_a_patient_is_that_of_all_its_slices_together() -> None:
    answers = [
        _outlined("anna", said=10, both=10, lesion=10, slice_index=0),
        _outlined("anna", said=90, both=0, lesion=90, slice_index=1),
        _outlined("bert", said=30, both=15, lesion=30),
    ]
    # Not the mean of 1 and 0 over anna's slices.
    assert patient_dice(answers, 0.5) == pytest.approx({"anna": 20 / 200, "bert": 0.5})


def test_what_is_outlined_in_a_slice_without_tumor_counts_against_its_patient() -> None:
    right = _outlined("anna", said=20, both=20, lesion=20, slice_index=0)
    false = _outlined("anna", said=20, both=0, lesion=0, slice_index=1)
    assert patient_dice([right, false], 0.5) == pytest.approx({"anna": 40 / 60})


def test_patients_without_tumor_and_slices_without_mask_have_no_dice() -> None:
    healthy = _outlined("bert", said=7, both=0, lesion=0)
    unknown = answer("carl", 0, True, lesion_px=-1)
    assert patient_dice([healthy, unknown], 0.5) == {}


def test_the_dice_is_that_of_the_threshold_asked_for() -> None:
    last = len(LESION_THRESHOLDS) - 1
    said = tuple(100 - 10 * place for place in range(last + 1))
    one = answer("anna", 0, True, lesion_px=50, said_px=said, both_px=at_every_threshold(50))
    assert patient_dice([one], LESION_THRESHOLDS[0])["anna"] == pytest.approx(100 / 150)
    assert patient_dice([one], LESION_THRESHOLDS[5])["anna"] == 1.0


def _sized(patient: str, said: tuple[int, ...], lesion: int) -> SliceAnswer:
    both = tuple(min(each, lesion) for each in said)
    return answer(patient, 0, True, lesion_px=lesion, said_px=said, both_px=both)


def test_the_mask_threshold_is_the_one_of_the_best_mean_over_patients() -> None:
    """One large lesion fits at the lowest threshold, two small ones at the fourth."""
    wide = tuple(max(0, 20 - 4 * place) for place in range(len(LESION_THRESHOLDS)))
    small = [_sized(name, wide, 8) for name in ("anna", "bert")]
    tall = tuple(1000 - 10 * place for place in range(len(LESION_THRESHOLDS)))
    large = _sized("carl", tall, 1000)
    assert choose_lesion_threshold([*small, large]) == LESION_THRESHOLDS[3]
    # Pixels together would have chosen the first: carl has sixty times as many.
    assert choose_lesion_threshold([large]) == LESION_THRESHOLDS[0]


def test_of_mask_thresholds_that_are_as_good_the_one_nearest_to_a_half_is_taken() -> None:
    assert choose_lesion_threshold([_outlined("anna", 10, 8, 10)]) == 0.5
    assert choose_lesion_threshold([answer("anna", 0, True)]) == 0.5


def test_studies_of_patients_whose_files_have_one_name_are_kept_apart() -> None:
    mixed = [*_study("anna", "TT")[::-1], *_study("bert", "...")]
    studies = studies_of(mixed)
    assert [len(study) for study in studies.values()] == [2, 3]
    for study in studies.values():
        assert len({each.patient for each in study}) == 1
        assert [each.slice_index for each in study] == list(range(len(study)))


def test_two_cases_of_a_patient_are_two_studies() -> None:
    later = [answer("anna", 0, False, case="follow-up.nii")]
    assert len(studies_of([*_study("anna", "TT"), *later])) == 2


@pytest.mark.parametrize(("shown", "expected"), [
    (".......", [0, 1, 2, 3, 4, 5, 6]),
    ("TTTTT", []),
    ("T......", [3, 4, 5, 6]),
    (".....T......", [8, 9, 10, 11]),
    ("......T...", [0, 1, 2, 3]),
    ("..T..T..", []),
])  # fmt: skip
def test_the_longest_run_clear_of_the_tumor_stands_for_a_healthy_study(
    shown: str, expected: list[int]
) -> None:
    assert [each.slice_index for each in without_tumor(_study("anna", shown))] == expected


def test_a_study_decision_calls_tumors_and_not_the_healthy() -> None:
    answers = [
        each
        for number in range(4)
        for each in (*_study(f"ill{number}", "...TTTTT......"), *_study(f"well{number}", "......"))
    ]
    chosen = choose_study_decision(answers)
    assert chosen is not None
    ill = margins_of(_study("new", "....TTTTTT.."))
    well = margins_of(_study("new", "........"))
    assert study_probability(ill, chosen) >= chosen.threshold
    assert study_probability(well, chosen) < chosen.threshold


def test_a_lone_false_alarm_does_not_make_a_study_of_a_tumor() -> None:
    answers = [
        each
        for number in range(4)
        for each in (*_study(f"ill{number}", "..TTTTTT...."), *_study(f"well{number}", "........"))
    ]
    chosen = choose_study_decision(answers)
    assert chosen is not None
    alarm = margins_of(_study("new", "..........."))
    alarm[5] = 2.0
    assert study_probability(alarm, chosen) < chosen.threshold


def test_the_healthy_end_of_a_head_with_tumor_counts_where_no_one_is_healthy() -> None:
    answers = [each for k in range(4) for each in _study(f"p{k}", "TTTTT........")]
    chosen = choose_study_decision(answers)
    assert chosen is not None
    assert study_probability(margins_of(_study("new", "........")), chosen) < chosen.threshold


@pytest.mark.parametrize("shown", ["TTTT", "......"])
def test_studies_of_one_kind_alone_decide_nothing(shown: str) -> None:
    answers = [each for k in range(4) for each in _study(f"p{k}", shown)]
    assert choose_study_decision(answers) is None


@pytest.mark.parametrize("temperature", [0.6, 1.0, 2.0])
def test_the_temperature_makes_the_margins_mean_what_they_say(temperature: float) -> None:
    chosen = choose_decision(_patients(40, 3, temperature))
    assert chosen.temperature == pytest.approx(temperature, rel=0.1)


def test_the_threshold_is_one_of_the_best_on_the_calibrated_probability() -> None:
    answers = _patients(20, 5, temperature=2.0)
    chosen = choose_decision(answers)
    probability = sigmoid(margins_of(answers) / chosen.temperature)
    tumor = np.array([each.tumor for each in answers])
    reached = balanced_accuracy_at(chosen.threshold)(probability, tumor)
    best = max(balanced_accuracy_at(t / 100)(probability, tumor) or 0 for t in range(2, 99))
    assert reached == pytest.approx(best, abs=0.005)


def test_the_band_covers_its_level_of_each_class_and_holds_the_threshold() -> None:
    chosen = choose_decision(_patients(40, 7))
    band = chosen.uncertain_band
    assert chosen.level == LEVEL
    assert 0 < band.low <= chosen.threshold <= band.high < 1
    fresh = _patients(40, 8)
    probability = calibrated(margins_of(fresh), chosen)
    tumor = np.array([each.tumor for each in fresh])
    assert (probability[tumor] >= band.low).mean() > LEVEL - 0.03
    assert (probability[~tumor] <= band.high).mean() > LEVEL - 0.03


def test_slices_as_predict_sees_them_decide_and_other_looks_do_not() -> None:
    answers = _patients(6, 2)
    others = [
        answer(each.patient, each.slice_index, not each.tumor, look=look, margin=-9 * each.margin)
        for each in answers
        for look in (STRIPPED, BY_VOLUME)
    ]
    assert {each.look for each in answers} == {ALONE}
    with_others, without = choose_decision([*answers, *others]), choose_decision(answers)
    assert replace(with_others, study=without.study) == without


def test_a_study_has_a_decision_by_what_its_slices_say_together() -> None:
    answers = _patients(6, 2)
    together = [replace(each, look=BY_VOLUME, margin=each.margin + 3) for each in answers]
    one, other = (choose_decision([*answers, *together], look) for look in (ALONE, BY_VOLUME))
    assert other.offset == pytest.approx(one.offset + 3, abs=0.01)
    assert one.study == other.study


def test_a_study_is_pooled_by_what_is_said_of_its_slices_before_neighbours_are_heard() -> None:
    alone = [
        each
        for number in range(4)
        for each in (*_study(f"ill{number}", "..TTTTTT...."), *_study(f"well{number}", "........"))
    ]
    heard = [
        replace(each, look=BY_VOLUME, margin=9.0, own_margin=each.margin - 3.0) for each in alone
    ]
    lower = choose_decision([*alone, *heard]).study
    assert lower == choose_study_decision(as_studies(heard))
    plain = choose_study_decision(as_studies(alone))
    assert plain is not None
    assert lower is not None
    # The margin that is called from lies lower by as much.
    assert lower.slope == pytest.approx(plain.slope, abs=0.01)
    assert -lower.intercept / lower.slope == pytest.approx(
        -plain.intercept / plain.slope - 3, abs=0.05
    )
    study = [each for each in as_studies(heard) if each.patient == "ill0"]
    assert is_called(study, lower)
    assert not is_called(study, plain)

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score

from brainai.inference.calibrate import sigmoid
from brainai_training.metrics import (
    Bools,
    Floats,
    accuracy_at,
    auroc,
    balanced_accuracy_at,
    batch_balanced_accuracy,
    batch_dice,
    bootstrap_interval,
    choose_threshold,
    conformal_band,
    dice,
    expected_calibration_error,
    fit_calibration,
    sensitivity_at,
    specificity_at,
)

P = np.array([0.1, 0.4, 0.35, 0.8])
Y = np.array([False, False, True, True])


def _drawn(count: int, seed: int) -> tuple[Floats, Bools]:
    """Margins of two overlapping classes, and the truth."""
    rng = np.random.default_rng(seed)
    tumor = rng.random(count) < 0.4
    return np.where(tumor, 1.5, -1.5) + rng.normal(0, 1.5, count), tumor


def test_auroc_is_the_share_of_pairs_in_the_right_order() -> None:
    assert auroc(P, Y) == pytest.approx(3 / 4)
    assert auroc(-P, Y) == pytest.approx(1 / 4)
    assert auroc(np.full(4, 0.5), Y) == pytest.approx(0.5)


def test_auroc_is_that_of_scikit_learn_with_ties_and_without() -> None:
    margin, tumor = _drawn(500, 4)
    for p in (sigmoid(margin), sigmoid(margin).round(1)):
        assert auroc(p, tumor) == pytest.approx(roc_auc_score(tumor, p), abs=1e-12)


def test_auroc_of_one_class_is_unknown() -> None:
    assert auroc(P, np.ones(4, dtype=bool)) is None
    assert auroc(P, np.zeros(4, dtype=bool)) is None


def test_a_probability_on_the_threshold_is_a_tumor() -> None:
    assert sensitivity_at(0.35)(P, Y) == 1.0
    assert sensitivity_at(0.36)(P, Y) == 0.5
    assert specificity_at(0.4)(P, Y) == 0.5
    assert specificity_at(0.41)(P, Y) == 1.0


def test_accuracy_counts_slices_and_balanced_accuracy_classes() -> None:
    p, y = np.array([0.9, 0.9, 0.9, 0.1, 0.9]), np.array([True, True, True, False, False])
    assert accuracy_at(0.5)(p, y) == pytest.approx(0.8)
    assert balanced_accuracy_at(0.5)(p, y) == pytest.approx(0.75)


def test_figures_that_need_an_absent_class_are_unknown() -> None:
    healthy = np.zeros(4, dtype=bool)
    assert sensitivity_at(0.5)(P, healthy) is None
    assert specificity_at(0.5)(P, ~healthy) is None
    assert balanced_accuracy_at(0.5)(P, healthy) is None


def test_balanced_accuracy_of_a_batch_is_the_mean_over_its_classes() -> None:
    logits = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    label = torch.tensor([0, 0, 0, 1])
    nothing = torch.zeros(4)
    assert batch_balanced_accuracy((nothing, logits), nothing, label) == pytest.approx(1 / 3)
    alone = batch_balanced_accuracy((nothing, logits[:3]), nothing, label[:3])
    assert alone == pytest.approx(2 / 3)


def test_dice_of_a_batch_counts_all_its_pixels_but_those_without_mask() -> None:
    lesion = torch.full((3, 1, 4, 4), -1.0)
    lesion[0, 0, :2] = 1.0  # 8 pixels said, of which 4 are true
    lesion[2] = 1.0  # said where nobody knows
    mask = torch.zeros(3, 4, 4, dtype=torch.long)
    mask[0, 1:3] = 1
    mask[2] = 255
    nothing = torch.zeros(3)
    assert batch_dice((lesion, nothing), mask, nothing) == pytest.approx(2 * 4 / (8 + 8))
    assert batch_dice((lesion[1:2], nothing), mask[1:2], nothing) == 1.0


def test_dice_of_two_masks() -> None:
    assert dice(said=10, both=5, true=10) == 0.5
    assert dice(said=10, both=0, true=0) == 0.0
    assert dice(said=0, both=0, true=0) == 1.0


def test_the_calibration_error_of_known_bins_is_known() -> None:
    # Said 0.9 of four slices, of which three are tumours: off by 0.15. Said 0.1 of one: by 0.1.
    p = np.array([0.9, 0.9, 0.9, 0.9, 0.1])
    y = np.array([True, True, True, False, False])
    assert expected_calibration_error(p, y) == pytest.approx(0.15 * 0.8 + 0.1 * 0.2)


def test_probabilities_that_come_true_have_no_calibration_error() -> None:
    assert expected_calibration_error(np.array([0.0, 1.0]), np.array([False, True])) == 0.0
    rng = np.random.default_rng(0)
    p = rng.random(100_000)
    assert expected_calibration_error(p, rng.random(100_000) < p) < 0.01


def test_the_bootstrap_draws_patients_and_not_slices() -> None:
    """Slices of a patient are alike, so many of them narrow no interval."""
    rng = np.random.default_rng(3)
    right = rng.random(12) < 0.6  # whether all of a patient's slices are right
    once = np.where(right, 0.9, 0.1)
    many = np.repeat(once, 50)
    truth = np.ones(12, dtype=bool)
    names = [f"p{k}" for k in range(12)]
    metric = sensitivity_at(0.5)
    narrow = bootstrap_interval(metric, once, truth, names)
    wide = bootstrap_interval(metric, many, np.repeat(truth, 50), np.repeat(names, 50).tolist())
    assert narrow is not None
    assert wide is not None
    assert wide == pytest.approx(narrow)
    assert wide[1] - wide[0] > 0.3
    loose = bootstrap_interval(
        metric, many, np.repeat(truth, 50), [str(k) for k in range(600)], resamples=500
    )
    assert loose is not None
    assert loose[1] - loose[0] < 0.12


def test_the_interval_holds_the_estimate_and_is_the_same_each_time() -> None:
    margin, tumor = _drawn(400, 1)
    names = [f"p{k // 20}" for k in range(400)]
    first = bootstrap_interval(auroc, margin, tumor, names, resamples=200)
    assert first == bootstrap_interval(auroc, margin, tumor, names, resamples=200)
    value = auroc(margin, tumor)
    assert first is not None
    assert value is not None
    assert first[0] < value < first[1]


def test_one_patient_has_no_interval() -> None:
    assert bootstrap_interval(auroc, P, Y, ["anna"] * 4) is None


def test_resamples_in_which_the_metric_is_unknown_do_not_count() -> None:
    drawn = bootstrap_interval(auroc, P, Y, ["a", "a", "b", "b"], resamples=50)
    assert drawn == (0.75, 0.75)
    healthy = np.zeros(4, dtype=bool)
    assert bootstrap_interval(auroc, P, healthy, ["a", "a", "b", "b"], resamples=50) is None


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
@pytest.mark.parametrize("offset", [-3.0, 0.0, 1.5])
def test_a_known_calibration_is_found_again(temperature: float, offset: float) -> None:
    rng = np.random.default_rng(5)
    true_margin = rng.normal(0, 2, 50_000)
    tumor = rng.random(50_000) < sigmoid(true_margin)
    found = fit_calibration(true_margin * temperature + offset, tumor)
    assert found == pytest.approx((temperature, offset), rel=0.05, abs=0.06)


def test_the_calibration_of_margins_beyond_any_float_is_found_without_overflow() -> None:
    margin = np.array([-4000.0, 4000.0, 3000.0, -3000.0])
    assert np.isfinite(fit_calibration(margin, np.array([False, True, False, True]))).all()


def test_the_threshold_is_the_middle_of_the_best() -> None:
    p, y = np.array([0.1, 0.2, 0.6, 0.9]), np.array([False, False, True, True])
    assert choose_threshold(p, y) == pytest.approx(0.4, abs=0.011)


def test_the_threshold_follows_the_classes() -> None:
    margin, tumor = _drawn(5000, 2)
    assert choose_threshold(sigmoid(margin), tumor) == pytest.approx(0.5, abs=0.1)
    assert choose_threshold(sigmoid(margin - 2), tumor) < 0.3


def _patients(count: int, slices: int, seed: int) -> tuple[Floats, Bools, list[str]]:
    """Probabilities of exchangeable patients: what is hard in one slice of a head is so in all."""
    rng = np.random.default_rng(seed)
    hardness = np.repeat(rng.normal(0, 1.5, count), slices)
    tumor = rng.random(count * slices) < 0.5
    margin = np.where(tumor, 1.5, -1.5) + hardness + rng.normal(0, 0.5, count * slices)
    return sigmoid(margin), tumor, np.repeat([f"p{k}" for k in range(count)], slices).tolist()


@pytest.mark.parametrize("level", [0.8, 0.9])
def test_the_conformal_band_covers_each_class_of_new_patients_at_its_level(level: float) -> None:
    low_misses, high_misses = [], []
    fresh, truth, _ = _patients(2000, 10, 999)
    for seed in range(60):
        p, y, names = _patients(30, 10, seed)
        low, high = conformal_band(p, y, names, level, 0.5)
        # A tumour is covered unless it is called tumour-free for sure, and the other way about.
        low_misses.append((fresh[truth] < low).mean())
        high_misses.append((fresh[~truth] > high).mean())
    assert 1 - np.mean(low_misses) >= level - 0.01
    assert 1 - np.mean(high_misses) >= level - 0.01


def test_a_patient_of_many_slices_counts_as_one() -> None:
    p, y, names = _patients(30, 10, 4)
    first = conformal_band(p, y, names, 0.9, 0.5)
    loud = [index for index, name in enumerate(names) if name == "p3"] * 50
    many = conformal_band(
        np.append(p, p[loud]), np.append(y, y[loud]), names + [names[k] for k in loud], 0.9, 0.5
    )
    assert many == pytest.approx(first)


def test_few_patients_widen_the_band_to_all_that_was_seen() -> None:
    p = np.array([0.2, 0.9, 0.8, 0.1, 0.7, 0.3])
    y = np.array([True, True, True, False, False, False])
    assert conformal_band(p, y, ["a", "b", "c"] * 2, 0.9, 0.5) == (0.2, 0.7)


def test_the_band_holds_the_threshold_even_when_the_classes_are_apart() -> None:
    p, y = np.array([0.1, 0.2, 0.8, 0.9]), np.array([False, False, True, True])
    low, high = conformal_band(p, y, ["a", "b", "a", "b"], 0.9, 0.95)
    assert low <= 0.95 <= high


def test_a_higher_level_widens_the_band() -> None:
    p, y, names = _patients(200, 5, 9)
    bands = [conformal_band(p, y, names, level, 0.5) for level in (0.8, 0.9, 0.95)]
    widths = [high - low for low, high in bands]
    assert widths == sorted(widths)
    assert widths[0] < widths[-1]

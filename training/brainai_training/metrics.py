"""Figures: with a 95 % interval by bootstrap over patients."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import rankdata
from torch import Tensor

from brainai.inference.calibrate import sigmoid

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Metric = Callable[[Floats, Bools], float | None]


def batch_balanced_accuracy(output: tuple[Tensor, Tensor], _mask: Tensor, label: Tensor) -> float:
    """Balanced accuracy of a batch at probability 0.5, for fastai's progress table.

    output: label logits [N, 2] second. label: [N] in {0, 1}.
    """
    guess = output[1].argmax(dim=1)
    shares = [float((guess[label == k] == k).float().mean()) for k in (0, 1) if (label == k).any()]
    return float(np.mean(shares))


def batch_dice(output: tuple[Tensor, Tensor], mask: Tensor, _label: Tensor) -> float:
    """Dice of all pixels of a batch at probability 0.5, for fastai's progress table.

    output: lesion logits [N, 1, H, W] first. mask: [N, H, W] in {0, 1, 255 = none}.
    """
    said, truth = (output[0][:, 0] > 0) & (mask != 255), mask == 1
    either = float(said.sum() + truth.sum())
    return 2 * float((said & truth).sum()) / either if either else 1.0


def auroc(probability: Floats, tumor: Bools) -> float | None:
    """Area under the ROC curve; None where there is one class only.

    By ranks (Mann and Whitney), ties counted half: the bootstrap asks for it thousands of times.
    """
    hits = int(tumor.sum())
    pairs = hits * (len(tumor) - hits)
    if not pairs:
        return None
    ranks = float(rankdata(probability)[tumor].sum())
    return (ranks - hits * (hits + 1) / 2) / pairs


def sensitivity_at(threshold: float) -> Metric:
    """Share of tumour slices at or over the threshold."""
    return lambda p, y: float((p[y] >= threshold).mean()) if y.any() else None


def specificity_at(threshold: float) -> Metric:
    """Share of tumour-free slices under the threshold."""
    return lambda p, y: float((p[~y] < threshold).mean()) if not y.all() else None


def accuracy_at(threshold: float) -> Metric:
    """Share of slices on the right side of the threshold."""
    return lambda p, y: float(((p >= threshold) == y).mean())


def balanced_accuracy_at(threshold: float) -> Metric:
    """Mean of sensitivity and specificity."""
    sensitivity, specificity = sensitivity_at(threshold), specificity_at(threshold)

    def metric(p: Floats, y: Bools) -> float | None:
        hit, reject = sensitivity(p, y), specificity(p, y)
        return None if hit is None or reject is None else (hit + reject) / 2

    return metric


def expected_calibration_error(probability: Floats, tumor: Bools, bins: int = 15) -> float:
    """ECE of P(tumour) over equally wide bins. Source: Guo 2017, arXiv 1706.04599."""
    place = np.clip((probability * bins).astype(int), 0, bins - 1)
    error = 0.0
    for index in np.unique(place):
        here = place == index
        gap = abs(float(probability[here].mean()) - float(tumor[here].mean()))
        error += gap * float(here.mean())
    return error


def bootstrap_interval(
    metric: Metric,
    probability: Floats,
    tumor: Bools,
    patients: Sequence[str],
    resamples: int = 2000,
    level: float = 0.95,
    seed: int = 0,
) -> tuple[float, float] | None:
    """Percentile interval over patients drawn with replacement; None for fewer than two."""
    names = np.asarray(patients)
    groups = [np.flatnonzero(names == name) for name in np.unique(names)]
    if len(groups) < 2:
        return None
    rng = np.random.default_rng(seed)
    values = []
    for _ in range(resamples):
        drawn = np.concatenate([groups[k] for k in rng.integers(0, len(groups), len(groups))])
        value = metric(probability[drawn], tumor[drawn])
        if value is not None:
            values.append(value)
    if not values:
        return None
    low, high = np.quantile(values, ((1 - level) / 2, (1 + level) / 2))
    return float(low), float(high)


def fit_calibration(margin: Floats, tumor: Bools) -> tuple[float, float]:
    """Temperature and offset that minimise the log loss of sigmoid((margin - offset) / T).

    A temperature from 1/20 to 20, and an offset within the margins.
    """

    def loss(x: Floats) -> float:
        p = np.clip(sigmoid((margin - x[1]) / np.exp(x[0])), 1e-9, 1 - 1e-9)
        return float(-np.where(tumor, np.log(p), np.log(1 - p)).mean())

    bounds = [(-3, 3), (float(margin.min()), float(margin.max()))]
    start = np.array([0.0, float(np.clip(0.0, *bounds[1]))])
    found = minimize(loss, start, bounds=bounds, method="L-BFGS-B").x
    return float(np.exp(found[0])), float(found[1])


def choose_threshold(probability: Floats, tumor: Bools) -> float:
    """Threshold with the best balanced accuracy: the middle of all that come within 0.002."""
    grid = np.arange(0.02, 0.981, 0.01)
    scores = np.array([balanced_accuracy_at(float(t))(probability, tumor) for t in grid], float)
    return round(float(np.median(grid[scores >= scores.max() - 0.002])), 2)


def conformal_band(
    probability: Floats, tumor: Bools, patients: Sequence[str], level: float, threshold: float
) -> tuple[float, float]:
    """Band of probabilities whose conformal set does not name one label alone.

    Class-conditional split conformal prediction: "tumor" is in the set from the (1 - level)
    quantile of the tumour slices up, "no_tumor" up to the level quantile of the others. Between
    the two quantiles both, or neither, are in the set. The threshold is put inside the band.
    Slices of a patient are near copies, so each patient counts once: its slices of a class share
    one weight, and a patient yet to come counts as one more at the far end.

    Source: Vovk 2012, arXiv 1209.2673 (class-conditional validity); Dunn 2023, arXiv 1809.07441
    (exchangeable groups: patients here).
    """
    names = np.asarray(patients)
    down = _patient_quantile(-probability[tumor], names[tumor], level)
    up = _patient_quantile(probability[~tumor], names[~tumor], level)
    return min(-down, up, threshold), max(-down, up, threshold)


def _patient_quantile(values: Floats, patients: NDArray[np.str_], level: float) -> float:
    """Least value that covers ``level`` of the patients' mass, one new patient counted in."""
    unique, place, count = np.unique(patients, return_inverse=True, return_counts=True)
    weight = 1.0 / (count[place] * (len(unique) + 1))
    order = np.argsort(values)
    covered = np.cumsum(weight[order])
    reached = int(np.searchsorted(covered, level - 1e-12))
    return float(values[order[min(reached, len(values) - 1)]])


def dice(said: int, both: int, true: int) -> float:
    """Dice of two masks from their pixel counts; 1 where both are empty."""
    return 2 * both / (said + true) if said + true else 1.0

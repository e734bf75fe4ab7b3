"""Figures: with a 95 % interval by bootstrap over patients."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.stats import rankdata
from torch import Tensor

from brainai.inference.calibrate import sigmoid

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Metric = Callable[[Floats, Bools], float | None]


def batch_balanced_accuracy(output: tuple[Tensor, Tensor], _mask: Tensor, label: Tensor) -> float:
    """Balanced accuracy of a batch at probability 0.5, for fastai's progress table.

    output: logits [N, 2] first. label: [N] in {0, 1}.
    """
    guess = output[0].argmax(dim=1)
    shares = [float((guess[label == k] == k).float().mean()) for k in (0, 1) if (label == k).any()]
    return float(np.mean(shares))


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


def fit_temperature(margin: Floats, tumor: Bools) -> float:
    """Temperature that minimises the log loss of sigmoid(margin / T)."""

    def loss(log_temperature: float) -> float:
        p = np.clip(sigmoid(margin / np.exp(log_temperature)), 1e-9, 1 - 1e-9)
        return float(-np.where(tumor, np.log(p), np.log(1 - p)).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


def choose_threshold(probability: Floats, tumor: Bools) -> float:
    """Threshold with the best balanced accuracy: the middle of all that come within 0.002."""
    grid = np.arange(0.02, 0.981, 0.01)
    scores = np.array([balanced_accuracy_at(float(t))(probability, tumor) for t in grid], float)
    return round(float(np.median(grid[scores >= scores.max() - 0.002])), 2)


def conformal_band(
    probability: Floats, tumor: Bools, level: float, threshold: float
) -> tuple[float, float]:
    """Band of probabilities whose conformal set does not name one label alone.

    Class-conditional split conformal prediction: "tumor" is in the set from the (1 - level)
    quantile of the tumour slices up, "no_tumor" up to the level quantile of the others. Between
    the two quantiles both, or neither, are in the set. The threshold is put inside the band.

    Source: Vovk 2012, arXiv 1209.2673 (class-conditional validity).
    """
    positive, negative = np.sort(probability[tumor]), np.sort(probability[~tumor])
    down = max(int(np.floor((1 - level) * (len(positive) + 1))) - 1, 0)
    up = min(int(np.ceil(level * (len(negative) + 1))) - 1, len(negative) - 1)
    edges = (float(positive[down]), float(negative[up]))
    return min(*edges, threshold), max(*edges, threshold)

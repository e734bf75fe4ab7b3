"""The baseline: call a slice "tumour" when enough of its tissue is bright on FLAIR."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brainai_training.looks import Look
from brainai_training.metrics import Floats, auroc, balanced_accuracy_at


@dataclass(frozen=True)
class FlairThreshold:
    """bright: deviations above the mean from which a pixel is bright. share: least bright share."""

    bright: float
    share: float

    def score(self, tensors: NDArray[np.float32]) -> Floats:
        """Share of bright pixels, float64 [N] of float32 [N, C, S, S]."""
        return np.asarray((tensors[:, 0] > self.bright).mean(axis=(1, 2)), dtype=np.float64)


def fit_baseline(train: Look) -> FlairThreshold:
    """Choose both numbers on training slices: brightness by AUROC, share by balanced accuracy."""
    candidates = [FlairThreshold(float(z), 0.0) for z in np.arange(0.5, 4.01, 0.25)]
    best = max(candidates, key=lambda c: auroc(c.score(train.tensors), train.tumor) or 0.0)
    score = best.score(train.tensors)
    shares = np.quantile(score, np.linspace(0.02, 0.98, 97))
    balanced = [balanced_accuracy_at(float(s))(score, train.tumor) or 0.0 for s in shares]
    return FlairThreshold(best.bright, float(shares[int(np.argmax(balanced))]))

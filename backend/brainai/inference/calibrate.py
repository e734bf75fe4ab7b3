"""logits -> probabilities -> label."""

import numpy as np
from numpy.typing import NDArray

from brainai.inference.spec import DecisionSpec, ModelSpec
from brainai.labels import Label


def tumor_margin(logits: NDArray[np.float32], labels: tuple[Label, Label]) -> NDArray[np.float64]:
    """Tumour logit minus no-tumour logit: float64 [N] of logits [N, 2]."""
    wide = logits.astype(np.float64)
    return np.asarray(wide[:, labels.index(Label.TUMOR)] - wide[:, labels.index(Label.NO_TUMOR)])


def calibrate(logits: NDArray[np.float32], spec: ModelSpec) -> NDArray[np.float64]:
    """P(tumour) in [0, 1], float64 [N], of logits [N, 2].

    Sources: temperature scaling, Guo 2017, arXiv 1706.04599; with an offset, Platt 1999.
    """
    return calibrated(tumor_margin(logits, spec.labels), spec.decision)


def calibrated(margin: NDArray[np.float64], decision: DecisionSpec) -> NDArray[np.float64]:
    """P(tumour) in [0, 1] of margins: sigmoid((margin - offset) / T)."""
    return sigmoid((margin - decision.offset) / decision.temperature)


def sigmoid(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 / (1 + exp(-x)), without overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * x)))


def decide(probability: float, decision: DecisionSpec) -> Label:
    """Name the label of a calibrated probability."""
    band = decision.uncertain_band
    if band.low <= probability <= band.high:
        return Label.UNCERTAIN
    return Label.TUMOR if probability >= decision.threshold else Label.NO_TUMOR

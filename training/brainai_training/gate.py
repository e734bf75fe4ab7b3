"""The learned part of the gate: tells FLAIR from all else, and how far off an image is."""

import warnings
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GroupKFold
from sklearn.neural_network import MLPClassifier
from torch import Tensor, nn

from brainai.inference.gate import gate_probabilities
from brainai.inference.spec import GateSpec

_DIRECTIONS = 48
_LEADING, _LEADING_OF, _HIDDEN = 512, 1500, 128
_PARTS = 3
# Of held-out FLAIR slices so many are refused as another sequence and as no brain MR, or unsure.
_WRONG, _OUTSIDE, _UNSURE = 0.006, 0.002, 0.01


class Gate(nn.Module):
    """Three logits in the order of GATE_KINDS, and a distance; buffers alone, so it is exported.

    forward: embedding float32 [N, D] -> logits [N, 3], distance [N]. The distance is that of
    Mahalanobis in the leading directions of the FLAIR slices, 1 at the 99th percentile of FLAIR
    slices held out. Source: Lee 2018, arXiv 1807.03888.
    """

    mean: Tensor
    deviation: Tensor
    hidden: Tensor
    hidden_bias: Tensor
    weight: Tensor
    bias: Tensor
    directions: Tensor
    centre: Tensor

    def __init__(self, arrays: dict[str, NDArray[np.float64]]) -> None:
        """Take the buffers by name.

        mean, deviation: [D]. hidden, hidden_bias: [H, D], [H]. weight, bias: [3, H], [3].
        directions, centre: [K, D], [K].
        """
        super().__init__()
        for name, values in arrays.items():
            self.register_buffer(name, torch.from_numpy(values.astype(np.float32)))

    def forward(self, embedding: Tensor) -> tuple[Tensor, Tensor]:
        """See the class."""
        z = (embedding - self.mean) / self.deviation
        apart = z @ self.directions.T - self.centre
        inner = (z @ self.hidden.T + self.hidden_bias).relu()
        return inner @ self.weight.T + self.bias, apart.square().mean(dim=1).sqrt()


@dataclass(frozen=True)
class Examples:
    """Embedded images: embedding float32 [n, D]; kind by place in GATE_KINDS; titles, groups [n].

    plain: bool [n], FLAIR as it is, not altered.
    """

    embedding: NDArray[np.float32]
    kind: NDArray[np.intp]
    titles: NDArray[np.str_]
    groups: NDArray[np.str_]
    plain: NDArray[np.bool_]


def fit_gate(examples: Examples) -> tuple[Gate, GateSpec]:
    """Fit on all examples; choose the limits on groups held out, by cross-validation in parts."""
    is_flair = examples.kind == 0
    shares = np.zeros((len(examples.kind), 3))
    distance = np.zeros(len(examples.kind))
    splits = GroupKFold(min(_PARTS, len(set(examples.groups[is_flair].tolist()))))
    for fitted, held in splits.split(examples.embedding, examples.kind, examples.groups):
        gate = Gate(_fit(_take(examples, fitted)))
        with torch.inference_mode():
            logits, apart = gate(torch.from_numpy(examples.embedding[held]))
        shares[held], distance[held] = gate_probabilities(logits.numpy()), apart.numpy()
    arrays = _fit(examples)
    unit = float(np.quantile(distance[is_flair & examples.plain], 0.99))
    arrays["directions"], arrays["centre"] = arrays["directions"] / unit, arrays["centre"] / unit
    far = distance[is_flair] / unit
    plain = is_flair & examples.plain
    return Gate(arrays), GateSpec(
        not_brain_mr=_limit(shares[plain, 2], _OUTSIDE),
        wrong_sequence=_limit(shares[plain, 1], _WRONG),
        refuse_distance=round(1.25 * float(far.max()), 3),
        unsure_distance=round(float(np.quantile(far, 1 - _UNSURE)), 3),
    )


def _limit(shares: NDArray[np.float64], refused: float) -> float:
    """Take a probability that the share ``refused`` of FLAIR slices reaches, at least 0.5."""
    return round(float(np.clip(np.quantile(shares, 1 - refused), 0.5, 0.999)), 4)


def _fit(examples: Examples) -> dict[str, NDArray[np.float64]]:
    embedding = examples.embedding.astype(np.float64)
    mean, deviation = embedding.mean(axis=0), embedding.std(axis=0) + 1e-3
    z = (embedding - mean) / deviation
    # In the leading directions alone: the rest is noise, and makes the fit fifty times longer.
    _, _, leading = np.linalg.svd(z[:: max(1, len(z) // _LEADING_OF)], full_matrices=False)
    leading = leading[:_LEADING]
    leading = leading / (z @ leading[0]).std()
    fitted = MLPClassifier((_HIDDEN,), alpha=0.3, max_iter=60, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it is meant to stop early
        fitted.fit(z @ leading.T, examples.kind)
    flair = z[(examples.kind == 0) & examples.plain]
    centre = flair.mean(axis=0)
    _, spread, directions = np.linalg.svd(flair - centre, full_matrices=False)
    count = min(_DIRECTIONS, len(spread) - 1)
    whitened = directions[:count] / (spread[:count, None] / np.sqrt(len(flair)))
    return {
        "mean": mean,
        "deviation": deviation,
        "hidden": fitted.coefs_[0].T @ leading,
        "hidden_bias": fitted.intercepts_[0],
        **_last_layer(fitted),
        "directions": whitened,
        "centre": whitened @ centre,
    }


def _last_layer(fitted: MLPClassifier) -> dict[str, NDArray[np.float64]]:
    """Return weight [3, H] and bias [3]; a kind that was not fitted on is never said."""
    weight, bias = np.zeros((3, _HIDDEN)), np.full(3, -20.0)
    last, last_bias = fitted.coefs_[1].T, fitted.intercepts_[1]
    if len(fitted.classes_) == 2:  # scikit-learn keeps one logit then, of the second class
        last, last_bias = np.stack([0 * last[0], last[0]]), np.array([0.0, last_bias[0]])
    weight[fitted.classes_], bias[fitted.classes_] = last, last_bias
    return {"weight": weight, "bias": bias}


def _take(examples: Examples, here: NDArray[np.intp]) -> Examples:
    return Examples(*(getattr(examples, name)[here] for name in examples.__dataclass_fields__))

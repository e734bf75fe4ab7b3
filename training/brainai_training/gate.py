"""The learned part of the gate: tells FLAIR from all else, and how far off an image is."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from torch import Tensor, nn

from brainai.inference.calibrate import sigmoid
from brainai.inference.gate import gate_probabilities
from brainai.inference.spec import GateSpec

_SORTS = 5
"""FLAIR with skull and without, other sequences with and without, no brain MR."""
_DIRECTIONS = 48
_LEADING, _LEADING_OF, _HIDDEN = 512, 1500, 128
# Of held-out FLAIR slices so many are refused as another sequence and as no brain MR, or unsure.
_WRONG, _OUTSIDE, _UNSURE = 0.005, 0.002, 0.01


class Gate(nn.Module):
    """Three logits in the order of GATE_KINDS, and a distance; buffers alone, so it is exported.

    forward: embedding float32 [N, D] -> logits [N, 3], distance [N]. Sequences are harder to tell
    apart without the skull, so an image that seems to have none must look more like another
    sequence to be called one: ``shift`` makes one limit fit both. The distance is that of
    Mahalanobis in the leading directions of the FLAIR slices, 1 at the 99th percentile of those
    that it was fitted on. Source: Lee 2018, arXiv 1807.03888.
    """

    mean: Tensor
    deviation: Tensor
    hidden: Tensor
    hidden_bias: Tensor
    weight: Tensor
    bias: Tensor
    directions: Tensor
    centre: Tensor
    shift: Tensor

    def __init__(self, arrays: dict[str, NDArray[np.float64]]) -> None:
        """Take the buffers by name.

        mean, deviation: [D]. hidden, hidden_bias: [H, D], [H]. weight, bias: [_SORTS, H],
        [_SORTS]. directions, centre: [K, D], [K]. shift: [], of the logit of another sequence.
        """
        super().__init__()
        for name, values in arrays.items():
            self.register_buffer(name, torch.from_numpy(values.astype(np.float32)))

    def forward(self, embedding: Tensor) -> tuple[Tensor, Tensor]:
        """See the class."""
        z = self._scale(embedding)
        apart = z @ self.directions.T - self.centre
        sorts = self._tell_sorts(z)
        flair, other = sorts[:, :2].logsumexp(dim=1), sorts[:, 2:4].logsumexp(dim=1)
        other = other + torch.where(_seem_bare(sorts), self.shift, 0.0)
        return torch.stack([flair, other, sorts[:, 4]], dim=1), apart.square().mean(dim=1).sqrt()

    def seem_bare(self, embedding: Tensor) -> Tensor:
        """Tell which images, float32 [N, D], seem to have no skull: bool [N]."""
        return _seem_bare(self._tell_sorts(self._scale(embedding)))

    def _scale(self, embedding: Tensor) -> Tensor:
        return (embedding - self.mean) / self.deviation

    def _tell_sorts(self, z: Tensor) -> Tensor:
        return (z @ self.hidden.T + self.hidden_bias).relu() @ self.weight.T + self.bias


def _seem_bare(sorts: Tensor) -> Tensor:
    return sorts[:, 1:4:2].logsumexp(dim=1) > sorts[:, 0:4:2].logsumexp(dim=1)


@dataclass(frozen=True)
class Examples:
    """Embedded images: embedding float32 [n, D]; kind by place in GATE_KINDS [n].

    plain: bool [n], FLAIR as it is, not altered. bare: bool [n], a head without its skull.
    """

    embedding: NDArray[np.float32]
    kind: NDArray[np.intp]
    plain: NDArray[np.bool_]
    bare: NDArray[np.bool_]

    @property
    def sort(self) -> NDArray[np.intp]:
        """Place of each image in what the network tells apart, of _SORTS."""
        return np.where(self.kind == 2, 4, 2 * self.kind + self.bare)


@dataclass(frozen=True)
class Said:
    """What a gate without ``shift`` says of n FLAIR slices that it was not fitted on.

    logits: float64 [n, 3]. distance: float64 [n]. plain: bool [n], as they are, not altered.
    bare: bool [n], the skull seems to be absent.
    """

    logits: NDArray[np.float64]
    distance: NDArray[np.float64]
    plain: NDArray[np.bool_]
    bare: NDArray[np.bool_]


def fit_gate(examples: Examples) -> Gate:
    """Fit on all examples."""
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
        fitted.fit(z @ leading.T, examples.sort)
    flair = z[(examples.kind == 0) & examples.plain]
    centre = flair.mean(axis=0)
    _, spread, directions = np.linalg.svd(flair - centre, full_matrices=False)
    count = min(_DIRECTIONS, len(spread) - 1)
    whitened = directions[:count] / (spread[:count, None] / np.sqrt(len(flair)))
    apart = np.sqrt(np.square((flair - centre) @ whitened.T).mean(axis=1))
    whitened = whitened / np.quantile(apart, 0.99)
    return Gate(
        {
            "mean": mean,
            "deviation": deviation,
            "hidden": fitted.coefs_[0].T @ leading,
            "hidden_bias": fitted.intercepts_[0],
            **_last_layer(fitted),
            "directions": whitened,
            "centre": whitened @ centre,
            "shift": np.zeros(()),
        }
    )


def ask_gate(gate: Gate, examples: Examples) -> Said:
    """Ask a gate that is just fitted about the FLAIR slices of other examples."""
    flair = examples.kind == 0
    embedding = torch.from_numpy(examples.embedding[flair])
    with torch.inference_mode():
        logits, distance = (part.numpy().astype(np.float64) for part in gate(embedding))
        bare = gate.seem_bare(embedding).numpy()
    return Said(logits, distance, examples.plain[flair], bare)


def choose_limits(parts: Sequence[Said]) -> tuple[GateSpec, float]:
    """Choose from where on an image is refused, and the gate's ``shift``.

    parts: what gates said of FLAIR slices that the gate in question is not measured on.
    """
    logits, distance, plain, bare = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in Said.__dataclass_fields__
    )
    limit, limit_bare = _limits(logits[plain], bare[plain])
    shift = limit - limit_bare
    logits[bare, 1] += shift
    outside = gate_probabilities(logits[plain])[:, 2]
    return GateSpec(
        not_brain_mr=_bounded(float(np.quantile(outside, 1 - _OUTSIDE))),
        wrong_sequence=_bounded(float(sigmoid(np.array(limit)))),
        refuse_distance=round(1.25 * float(distance.max()), 3),
        unsure_distance=round(float(np.quantile(distance, 1 - _UNSURE)), 3),
    ), shift


def _limits(logits: NDArray[np.float64], bare: NDArray[np.bool_]) -> tuple[float, float]:
    """Return the logits of "another sequence" that the share _WRONG of FLAIR slices reaches.

    logits: [n, 3]. bare: [n]. First that of slices with their skull, then of those without; at
    least 0 each; where there are none of a sort, the other's counts.
    """
    against = logits[:, 1] - np.logaddexp(logits[:, 0], logits[:, 2])
    found = [
        max(0.0, float(np.quantile(against[here], 1 - _WRONG))) if here.any() else None
        for here in (~bare, bare)
    ]
    whole, without = (mine if mine is not None else other for mine, other in (found, found[::-1]))
    return whole or 0.0, without or 0.0


def _bounded(probability: float) -> float:
    return round(float(np.clip(probability, 0.5, 0.999)), 4)


def _last_layer(fitted: MLPClassifier) -> dict[str, NDArray[np.float64]]:
    """Return weight [_SORTS, H] and bias [_SORTS]; a sort that was not fitted on is never said."""
    weight, bias = np.zeros((_SORTS, _HIDDEN)), np.full(_SORTS, -20.0)
    last, last_bias = fitted.coefs_[1].T, fitted.intercepts_[1]
    if len(fitted.classes_) == 2:  # scikit-learn keeps one logit then, of the second class
        last, last_bias = np.stack([0 * last[0], last[0]]), np.array([0.0, last_bias[0]])
    weight[fitted.classes_], bias[fitted.classes_] = last, last_bias
    return {"weight": weight, "bias": bias}

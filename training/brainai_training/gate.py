"""The learned part of the gate: tells FLAIR from all else, and how far off an image is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.linalg import block_diag
from torch import Tensor, nn

from brainai.inference.calibrate import sigmoid
from brainai.inference.gate import gate_probabilities
from brainai.inference.spec import GateSpec
from brainai_training.gate_fit import Recipe, fit_network
from brainai_training.gate_maps import MapNetwork, fit_maps

_SORTS = 4
"""Of brain MR: FLAIR with skull and without, other sequences with and without."""
_DIRECTIONS = 48
_LEADING, _LEADING_OF, _HIDDEN = 512, 1500, 512
# The mean of so many small networks on features; how each is fitted.
_NETWORKS, _DROPOUT = 2, 0.3
_RECIPE = Recipe(batch=256, epochs=30, least_steps=400, rate=2e-3, decay=0.01)
# Of held-out FLAIR slices so many are refused as another sequence and as no brain MR, or unsure.
_WRONG, _OUTSIDE, _UNSURE = 0.004, 0.002, 0.01


class Gate(nn.Module):
    """Three logits in the order of GATE_KINDS, and a distance.

    forward: features float32 [N, D], maps float32 [N, M, H, W], as the stem makes them -> logits
    [N, 3], distance [N]. By the features small networks tell brain MR from all else, and others the
    sequences of brain MR; by the maps a convolutional one tells both; what the two kinds say is
    averaged. Sequences are harder to tell apart without the
    skull, so an image that seems to have none must look more like another
    sequence to be called one: ``shift`` makes one limit fit both. The distance is that of
    Mahalanobis in the leading directions of the FLAIR slices, 1 at the 99th percentile of those
    that it was fitted on. Source: Lee 2018, arXiv 1807.03888.
    """

    mean: Tensor
    deviation: Tensor
    leading: Tensor
    hidden: Tensor
    hidden_bias: Tensor
    weight: Tensor
    bias: Tensor
    directions: Tensor
    centre: Tensor
    shift: Tensor

    def __init__(self, arrays: dict[str, NDArray[np.float64]], by_maps: MapNetwork) -> None:
        """Take the network on maps, of one label more than _SORTS, and the buffers by name.

        mean, deviation: [D]. leading: [L, D]. hidden, hidden_bias: [H, L], [H]. weight, bias:
        [_SORTS + 1, H], [_SORTS + 1], the logit of no brain MR last. directions, centre: [K, D],
        [K]. shift: [], of the logit of another sequence.
        """
        super().__init__()
        self.by_maps = by_maps
        for name, values in arrays.items():
            self.register_buffer(name, torch.from_numpy(values.astype(np.float32)))

    def forward(self, features: Tensor, maps: Tensor) -> tuple[Tensor, Tensor]:
        """See the class."""
        z = self._scale(features)
        apart = z @ self.directions.T - self.centre
        sorts, outside = self._tell(z, maps)
        flair, other = sorts[:, :2].logsumexp(dim=1), sorts[:, 2:].logsumexp(dim=1)
        other = other + torch.where(_seem_bare(sorts), self.shift, 0.0)
        return torch.stack([flair, other, outside], dim=1), apart.square().mean(dim=1).sqrt()

    def seem_bare(self, features: Tensor, maps: Tensor) -> Tensor:
        """Tell which images seem to have no skull, bool [N]. features, maps: as forward takes."""
        return _seem_bare(self._tell(self._scale(features), maps)[0])

    def _scale(self, features: Tensor) -> Tensor:
        return (features - self.mean) / self.deviation

    def _tell(self, z: Tensor, maps: Tensor) -> tuple[Tensor, Tensor]:
        """Return the log probability of each sort of brain MR, and the logit of no brain MR."""
        inside = (z @ self.leading.T @ self.hidden.T + self.hidden_bias).relu()
        said = inside @ self.weight.T + self.bias
        told = self.by_maps(maps)
        sorts = said[:, :_SORTS].log_softmax(dim=1) + told[:, :_SORTS].log_softmax(dim=1)
        outside = said[:, _SORTS] + told[:, _SORTS] - told[:, :_SORTS].logsumexp(dim=1)
        return (sorts / 2).log_softmax(dim=1), outside / 2


def _seem_bare(sorts: Tensor) -> Tensor:
    return sorts[:, 1::2].logsumexp(dim=1) > sorts[:, 0::2].logsumexp(dim=1)


@dataclass(frozen=True)
class Examples:
    """n images as the stem sees them: features float32 [n, D], maps float16 [m, M, H, W].

    at: place of each image in maps [n], which holds others, too. kind: by place in GATE_KINDS [n].
    plain: bool [n], FLAIR as it is, not altered. bare: bool [n], a head without its skull.
    """

    features: NDArray[np.float32]
    maps: NDArray[np.float16]
    at: NDArray[np.intp]
    kind: NDArray[np.intp]
    plain: NDArray[np.bool_]
    bare: NDArray[np.bool_]

    @property
    def sort(self) -> NDArray[np.intp]:
        """Place of each image of brain MR in _SORTS."""
        return 2 * self.kind + self.bare


@dataclass(frozen=True)
class MadeExamples:
    """n images of brain MR that were made anew: by their features alone, as in Examples."""

    features: NDArray[np.float32]
    kind: NDArray[np.intp]
    bare: NDArray[np.bool_]


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


def fit_gate(examples: Examples, made: MadeExamples) -> Gate:
    """Fit on all examples. By those that were made, sequences alone are told apart."""
    features = examples.features.astype(np.float64)
    mean, deviation = features.mean(axis=0), features.std(axis=0) + 1e-3
    z = (features - mean) / deviation
    # In the leading directions alone: the rest is noise, and makes the fit fifty times longer.
    _, _, leading = np.linalg.svd(z[:: max(1, len(z) // _LEADING_OF)], full_matrices=False)
    leading = leading[:_LEADING]
    leading = leading / (z @ leading[0]).std()
    inside = torch.from_numpy((z @ leading.T).astype(np.float32))
    brain = examples.kind < 2
    anew = torch.from_numpy(((made.features - mean) / deviation @ leading.T).astype(np.float32))
    sorts = np.concatenate([examples.sort[brain], 2 * made.kind + made.bare])
    sequence = _fit(torch.cat([inside[brain], anew]), sorts, _SORTS)
    outside = _fit(inside, (~brain).astype(np.intp), 2)
    against = outside.weight[1:] - outside.weight[:1]
    flair = z[(examples.kind == 0) & examples.plain]
    centre = flair.mean(axis=0)
    _, spread, directions = np.linalg.svd(flair - centre, full_matrices=False)
    count = min(_DIRECTIONS, len(spread) - 1)
    whitened = directions[:count] / (spread[:count, None] / np.sqrt(len(flair)))
    apart = np.sqrt(np.square((flair - centre) @ whitened.T).mean(axis=1))
    whitened = whitened / np.quantile(apart, 0.99)
    label = np.where(brain, examples.sort, _SORTS)
    return Gate(
        {
            "mean": mean,
            "deviation": deviation,
            "leading": leading,
            "hidden": np.concatenate([sequence.hidden, outside.hidden]),
            "hidden_bias": np.concatenate([sequence.hidden_bias, outside.hidden_bias]),
            "weight": block_diag(sequence.weight, against),
            "bias": np.append(sequence.bias, outside.bias[1] - outside.bias[0]),
            "directions": whitened,
            "centre": whitened @ centre,
            "shift": np.zeros(()),
        },
        fit_maps(examples.maps, examples.at, label, _SORTS + 1, seed=0),
    )


@dataclass(frozen=True)
class _Fitted:
    """Small networks, asked as one: hidden [H, L] and weight [count, H], with their biases."""

    hidden: NDArray[np.float64]
    hidden_bias: NDArray[np.float64]
    weight: NDArray[np.float64]
    bias: NDArray[np.float64]


def _fit(inside: Tensor, label: NDArray[np.intp], count: int) -> _Fitted:
    """Fit networks that tell ``count`` labels [n] apart by ``inside``, float32 [n, L].

    Their logits' mean is what one network says that has the hidden layers of all.
    """
    with torch.random.fork_rng(devices=[]):
        fitted = [_fit_one(inside, torch.from_numpy(label), count, k) for k in range(_NETWORKS)]
    parts = [[p.detach().double().numpy() for p in network.parameters()] for network in fitted]
    hidden, hidden_bias, weight, bias = zip(*parts, strict=True)
    return _Fitted(
        np.concatenate(hidden),
        np.concatenate(hidden_bias),
        np.concatenate(weight, axis=1) / _NETWORKS,
        np.mean(bias, axis=0),
    )


def _fit_one(inside: Tensor, label: Tensor, count: int, seed: int) -> nn.Module:
    torch.manual_seed(seed)
    network = nn.Sequential(
        nn.Linear(inside.shape[1], _HIDDEN),
        nn.ReLU(),
        nn.Dropout(_DROPOUT),
        nn.Linear(_HIDDEN, count),
    )
    fit_network(network, lambda batch: inside[batch], label, _RECIPE)
    return network


def ask_gate(gate: Gate, examples: Examples) -> Said:
    """Ask a gate that is just fitted about the FLAIR slices of other examples."""
    flair = examples.kind == 0
    said = [
        _ask(gate, examples.features[part], examples.maps[examples.at[part]])
        for part in np.array_split(np.flatnonzero(flair), max(1, flair.sum() // _RECIPE.batch))
    ]
    logits, distance, bare = (np.concatenate(parts) for parts in zip(*said, strict=True))
    return Said(logits, distance, examples.plain[flair], bare)


def _ask(
    gate: Gate, features: NDArray[np.float32], maps: NDArray[np.float16]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Return logits [n, 3], distance [n], and which seem to have no skull [n]."""
    seen = torch.from_numpy(features), torch.from_numpy(maps).float()
    with torch.inference_mode():
        logits, distance = (part.numpy().astype(np.float64) for part in gate(*seen))
        return logits, distance, gate.seem_bare(*seen).numpy()


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

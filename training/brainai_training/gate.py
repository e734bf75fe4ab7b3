"""The learned gate: tells FLAIR slices of a brain from all else, and how far off a slice is."""

import warnings
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage
from segmentation_models_pytorch import Unet
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GroupKFold
from sklearn.neural_network import MLPClassifier
from torch import Tensor, nn

from brainai.errors import UnusableImage
from brainai.imaging.study import Facts, Study
from brainai.inference.gate import check_outputs, check_study, gate_probabilities
from brainai.inference.metrics import RefusalFigure
from brainai.inference.preprocess import to_tensor
from brainai.inference.runtime import Runtime
from brainai.inference.spec import GATE_KINDS, GateSpec, InputSpec, ModelSpec
from brainai_training.config import Config
from brainai_training.outsiders import (
    MEDICAL,
    PICTURES,
    Outsider,
    altered_heads,
    drawings,
    other_sequences,
    pictures,
)
from brainai_training.tensors import TensorStore

FLAIR = GATE_KINDS[0]

# There is one patient with a T2, and the DICOM files are few: they are to measure with.
_HELD_OUT_KINDS = ("T2, no skull", MEDICAL)
_STEP = 4
_DRAWN_TO_FIT, _DRAWN_TO_MEASURE = 60, 40
_DIRECTIONS = 48
_LEADING, _LEADING_OF, _HIDDEN = 256, 1500, 64
_BATCH = 32
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


@dataclass(frozen=True)
class _Prepared:
    tensor: NDArray[np.float32]
    kind: int
    title: str
    group: str
    plain: bool


def make_gate(
    network: Unet,
    store: TensorStore,
    config: Config,
    data: Path,
    folds: set[int],
    *,
    to_measure: bool,
) -> tuple[Gate, GateSpec]:
    """Fit a gate on the patients of ``folds`` and on pictures that the libraries carry.

    to_measure: leave out what ``refusals_of`` measures it on.
    """
    patients = {row.patient for row in store.rows if row.fold in folds}
    images = [
        *_flair(store, folds, altered=True),
        *(
            each
            for each in _outsiders(data, config, patients)
            if not (to_measure and _is_held_out(each.title, each.group))
        ),
    ]
    return fit_gate(_embed_all(network, images, config.train.bfloat16))


def _is_held_out(title: str, group: str) -> bool:
    """Whether a gate that is to be measured is not fitted on an image, whatever its patient."""
    return title in _HELD_OUT_KINDS or (title == PICTURES and zlib.crc32(group.encode()) % 2 == 0)


def fit_gate(examples: Examples) -> tuple[Gate, GateSpec]:
    """Fit on all examples; choose the limits on groups held out, by five-fold cross-validation."""
    is_flair = examples.kind == 0
    shares = np.zeros((len(examples.kind), 3))
    distance = np.zeros(len(examples.kind))
    splits = GroupKFold(min(5, len(set(examples.groups[is_flair].tolist()))))
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


def _outsiders(data: Path, config: Config, patients: set[str]) -> Iterator[_Prepared]:
    for images in (
        other_sequences(data, config, patients),
        altered_heads(data, config, patients),
    ):
        yield from _prepare_all(images, config.input)
    yield from _without_heads(config.input)


@cache
def _without_heads(spec: InputSpec) -> tuple[_Prepared, ...]:
    """Prepare pictures and drawings: the same for every gate, and slow to draw."""
    return tuple(_prepare_all((*pictures(), *drawings(_DRAWN_TO_FIT, seed=1)), spec))


def _prepare_all(images: Iterable[Outsider], spec: InputSpec) -> Iterator[_Prepared]:
    for outsider in images:
        prepared = _prepare(outsider, spec)
        if prepared is not None:
            yield prepared


def _prepare(outsider: Outsider, spec: InputSpec) -> _Prepared | None:
    try:
        tensor = to_tensor(outsider.image, spec).tensor
    except UnusableImage:  # serving refuses it before any gate
        return None
    kind = GATE_KINDS.index(outsider.code)
    return _Prepared(tensor, kind, outsider.title, outsider.group, plain=False)


def _flair(store: TensorStore, folds: set[int], altered: bool) -> Iterator[_Prepared]:
    """Yield FLAIR slices as the store has them, and altered in ways that leave them FLAIR."""
    rng = np.random.default_rng(4)
    for stripped in (False, True):
        places = store.find(stripped, volume_stats=False)
        rows = [row for row in sorted(places) if store.rows[row].fold in folds]
        for row in rows[:: _STEP * (1 + stripped)]:
            tensor = np.array(store.tensors[places[row]])
            patient = store.rows[row].patient
            yield _Prepared(tensor[None], 0, FLAIR, patient, plain=True)
            if altered:
                changed = _alter(tensor, rng)
                yield _Prepared(changed[None], 0, FLAIR, patient, plain=False)


def _alter(tensor: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Turn, blur, darken, cut or shift a slice [S, S]: it stays brain FLAIR."""
    air = float(tensor.min())
    how = int(rng.integers(5))
    if how == 0:
        made = np.rot90(tensor, int(rng.integers(1, 4)))
    elif how == 1:
        factor = rng.uniform(0.3, 0.6)
        small = ndimage.zoom(tensor, factor, order=1)
        made = ndimage.zoom(small, tensor.shape[0] / small.shape[0], order=1)
        made = made[: tensor.shape[0], : tensor.shape[1]]
    elif how == 2:  # the window of a screenshot
        made = np.clip(tensor, air, rng.uniform(1.2, 2.5))
    elif how == 3:
        shift = rng.integers(-tensor.shape[0] // 6, tensor.shape[0] // 6 + 1, 2)
        made = ndimage.shift(tensor, shift, order=0, cval=air)
    else:
        grain = rng.normal(0, 0.1, tensor.shape).astype(np.float32)
        made = air + (tensor - air) * rng.uniform(0.8, 1.25) + grain
    return np.ascontiguousarray(np.clip(made, air, 5), dtype=np.float32)


def embed(features: list[Tensor]) -> Tensor:
    """Return what the gate judges by: means of the last three stages, [N, 512 + 1024 + 2048]."""
    return torch.cat([stage.mean(dim=(2, 3)) for stage in features[3:6]], dim=1)


def _embed_all(network: Unet, images: list[_Prepared], bfloat16: bool) -> Examples:
    network = network.eval().to(memory_format=torch.channels_last)
    parts = []
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=bfloat16):
        for start in range(0, len(images), _BATCH):
            batch = torch.from_numpy(
                np.stack([each.tensor for each in images[start : start + _BATCH]])
            )
            features = network.encoder(batch.to(memory_format=torch.channels_last))
            parts.append(embed([stage.float() for stage in features]).numpy())
    return Examples(
        np.concatenate(parts),
        np.array([each.kind for each in images], dtype=np.intp),
        np.array([each.title for each in images]),
        np.array([each.group for each in images]),
        np.array([each.plain for each in images]),
    )


def refusals_of(
    folder: Path,
    spec: ModelSpec,
    store: TensorStore,
    config: Config,
    data: Path,
    folds: set[int],
) -> list[RefusalFigure]:
    """Count what the model in ``folder`` refuses of the patients of ``folds``, and of outsiders.

    Cheap checks and gate together, as serving does. The gate must have been fitted ``to_measure``,
    on the patients of other folds.
    """
    if spec.gate is None:
        return []
    patients = {row.patient for row in store.rows if row.fold in folds}
    runtime = Runtime(folder, spec.file)
    said: dict[tuple[str, str], list[str | None]] = defaultdict(list)
    for each in _flair(store, folds, altered=True):
        title = "FLAIR of patients held out" if each.plain else "the same, altered"
        said[FLAIR, title].append(_refuse(runtime, spec.gate, each.tensor))
    for outsider in (
        *other_sequences(data, config, {row.patient for row in store.rows}),
        *pictures(),
        *altered_heads(data, config, patients),
        *drawings(_DRAWN_TO_MEASURE, seed=2),
    ):
        new = outsider.group in patients or outsider.group.startswith(outsider.title)
        if new or _is_held_out(outsider.title, outsider.group):
            said[outsider.code, outsider.title].append(_judge(runtime, spec, outsider))
    return [_figure(code, title, answers) for (code, title), answers in said.items()]


def _judge(runtime: Runtime, spec: ModelSpec, outsider: Outsider) -> str | None:
    try:
        tensor = to_tensor(outsider.image, spec.input).tensor
    except UnusableImage as error:
        return error.code
    refusal = check_study(Study("png", outsider.image))
    if refusal is not None or spec.gate is None:
        return None if refusal is None else refusal.code
    return _refuse(runtime, spec.gate, tensor)


def _refuse(runtime: Runtime, gate: GateSpec, tensor: NDArray[np.float32]) -> str | None:
    refusal = check_outputs(runtime.run(tensor[None]), gate, Facts())
    return None if refusal is None else refusal.code


def _figure(code: str, title: str, answers: list[str | None]) -> RefusalFigure:
    refused = [answer for answer in answers if answer is not None]
    wanted = code != FLAIR
    return RefusalFigure(
        title=title,
        note="",
        should_refuse=wanted,
        images=len(answers),
        refused=round(len(refused) / len(answers), 4),
        with_true_reason=(
            round(sum(answer == code for answer in answers) / len(answers), 4) if wanted else None
        ),
    )

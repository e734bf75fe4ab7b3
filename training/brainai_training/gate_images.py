"""What the gate learns from and is measured on: FLAIR slices, other sequences, all else."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from brainai.errors import UnusableImage
from brainai.imaging.study import Study
from brainai.inference.gate import check_study
from brainai.inference.preprocess import to_tensor
from brainai.inference.spec import GATE_KINDS, InputSpec
from brainai_training.config import CONFIGS, Config, load_config
from brainai_training.contrasts import made_anew
from brainai_training.outsiders import (
    WRONG_SEQUENCE,
    Outsider,
    altered_heads,
    drawings,
    other_sequences,
    pictures,
)
from brainai_training.packages import package_images
from brainai_training.tensors import TensorStore

FLAIR, ALTERED, STRIPPED = "FLAIR", "the same, altered", "the same, skull removed"
MADE = "made anew"
_DRAWN = 120
"""Drawings of each kind."""


@dataclass(frozen=True)
class GateImages:
    """Images on their way into the gate, n of them.

    tensors: float32 [n, S, S], as serving makes them. kind: by place in GATE_KINDS. title: what
    they are reported under. group: the patient, or the picture that they were made from. fold: the
    fold of the group. early: the code with which serving refuses before any network, or "".
    plain: FLAIR, not altered: the limits are chosen on these. bare: a head without its skull.
    """

    tensors: NDArray[np.float32]
    kind: NDArray[np.intp]
    title: NDArray[np.str_]
    group: NDArray[np.str_]
    fold: NDArray[np.intp]
    early: NDArray[np.str_]
    plain: NDArray[np.bool_]
    bare: NDArray[np.bool_]

    def where(self, here: NDArray[np.bool_]) -> "GateImages":
        """Take some of them."""
        return GateImages(*(getattr(self, name)[here] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class _Image:
    tensor: NDArray[np.float32]
    kind: int
    title: str
    group: str
    early: str = ""
    bare: bool = False


def gather_images(store: TensorStore, config: Config, data: Path, work: Path) -> GateImages:
    """Collect all of them: the patients' in the folds of the split, others by their group.

    work: where the packages that carry some of them are kept.

    Raises DataError where a package can't be had.
    """
    fold_of = {row.patient: row.fold for row in store.rows}
    # A gate of another configuration is asked about all that it was made to refuse.
    gated = config if config.gate_of is None else load_config(CONFIGS / f"{config.gate_of}.toml")
    images = [
        *_flair(store, {s.name for s in config.sources if s.layout == "brats"}),
        *_outsiders(other_sequences(data, config, set(fold_of)), config.input),
        *_outsiders(altered_heads(data, config, set(fold_of)), config.input),
        *_without_heads(config.input),
        *_outsiders(package_images(gated.packages, work / "packages"), config.input),
    ]
    return _together(images, fold_of, config.split.folds)


def gather_made(store: TensorStore, config: Config, data: Path) -> GateImages:
    """Collect what is made anew of the patients' slices, in their folds. It may be none."""
    fold_of = {row.patient: row.fold for row in store.rows}
    wrong = GATE_KINDS.index(WRONG_SEQUENCE)
    images = []
    for made in made_anew(data, config, set(fold_of)):
        try:
            tensor = to_tensor(made.image, config.input).tensor[0]
        except UnusableImage:
            continue
        kind = 0 if made.flair else wrong
        images.append(_Image(tensor, kind, MADE, made.patient, bare=made.bare))
    return _together(images, fold_of, config.split.folds)


def _together(images: list[_Image], fold_of: dict[str, int], folds: int) -> GateImages:
    return GateImages(
        np.array([each.tensor for each in images], dtype=np.float32),
        np.array([each.kind for each in images], dtype=np.intp),
        np.array([each.title for each in images], dtype=np.str_),
        np.array([each.group for each in images], dtype=np.str_),
        np.array(
            [fold_of.get(each.group, zlib.crc32(each.group.encode()) % folds) for each in images],
            dtype=np.intp,
        ),
        np.array([each.early for each in images], dtype=np.str_),
        np.array([each.title in (FLAIR, STRIPPED) for each in images], dtype=np.bool_),
        np.array([each.bare for each in images], dtype=np.bool_),
    )


def double(images: GateImages) -> GateImages:
    """Say all of images that are followed by a changed copy of each, but without their tensors.

    They are some GB, and what the stem saw in them stands for them.
    """
    twice = {
        name: np.tile(getattr(images, name), 2)
        for name in ("kind", "title", "group", "fold", "early", "bare")
    }
    plain = np.concatenate([images.plain, np.zeros_like(images.plain)])
    return GateImages(np.empty((0, 0, 0), dtype=np.float32), **twice, plain=plain)


def _flair(store: TensorStore, bare_sources: set[str]) -> Iterator[_Image]:
    """Yield each FLAIR slice as it is and without skull, and half of them altered."""
    rng = np.random.default_rng(4)
    for stripped in (False, True):
        places = store.find(stripped, volume_stats=False)
        for row in sorted(places):
            tensor, patient = np.array(store.tensors[places[row]]), store.rows[row].patient
            bare = stripped or store.rows[row].source in bare_sources
            yield _Image(tensor, 0, STRIPPED if stripped else FLAIR, patient, bare=bare)
            if not stripped and row % 2 == 0:
                yield _Image(_alter(tensor, rng), 0, ALTERED, patient, bare=bare)


@cache
def _without_heads(spec: InputSpec) -> tuple[_Image, ...]:
    """Prepare pictures and drawings: the same for every gate, and slow to draw."""
    return tuple(_outsiders((*pictures(), *drawings(_DRAWN, seed=1)), spec))


def _outsiders(images: Iterable[Outsider], spec: InputSpec) -> Iterator[_Image]:
    for outsider in images:
        try:
            tensor = to_tensor(outsider.image, spec).tensor[0]
        except UnusableImage:  # serving refuses it as blank or too small
            continue
        refusal = check_study(Study("png", outsider.image))
        early = "" if refusal is None else refusal.code
        kind = GATE_KINDS.index(outsider.code)
        yield _Image(tensor, kind, outsider.title, outsider.group, early, outsider.bare)


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

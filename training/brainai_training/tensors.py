"""Every slice through the serving path once, kept as arrays that training reads."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from brainai.errors import UnusableImage
from brainai.imaging.intensity import IntensityStats, measure_intensity
from brainai.imaging.study import Slice
from brainai.inference.preprocess import to_tensor
from brainai.inference.spec import InputSpec, ModelSpec
from brainai_training.config import Config
from brainai_training.datasets.case import Case, Stack
from brainai_training.errors import DataError
from brainai_training.manifest import (
    Row,
    check_apart,
    deal_patients,
    describe,
    find_cases,
    hash_rows,
    load_manifest,
    save_manifest,
)
from brainai_training.skull import strip_skull


class Variant(msgspec.Struct, frozen=True):
    """One way to see a slice. row: its place in the manifest."""

    row: int
    stripped: bool
    volume_stats: bool
    has_mask: bool


@dataclass(frozen=True)
class TensorStore:
    """All variants of all slices.

    tensors: float32 [M, size_px, size_px], as the network sees them (before channels repeat).
    masks: bool [M, size_px, size_px], all False where there is none. variants: M of them.
    """

    rows: list[Row]
    variants: list[Variant]
    tensors: NDArray[np.float32]
    masks: NDArray[np.bool_]

    def find(self, stripped: bool, volume_stats: bool) -> dict[int, int]:
        """Map a manifest row to its variant's place in ``tensors``."""
        return {
            variant.row: place
            for place, variant in enumerate(self.variants)
            if variant.stripped == stripped and variant.volume_stats == volume_stats
        }


def prepare(root: Path, config: Config, cache: Path) -> TensorStore:
    """Read all data and prepare every variant, or take them from ``cache``.

    Raises DataError where the data can't be trusted: see ``check_apart``.
    """
    split = config.split
    key = hashlib.sha256(
        msgspec.json.encode(
            (config.sources, config.input, split.seed, split.folds, str(root.resolve()))
        )
    ).hexdigest()[:16]
    folder = cache / key
    if not (folder / "done").exists():
        folder.mkdir(parents=True, exist_ok=True)
        _build(root, config, folder)
        (folder / "done").touch()
    return _open(folder, config.input.size_px)


def _build(root: Path, config: Config, folder: Path) -> None:
    cases = find_cases(root, config.sources)
    folds = deal_patients(cases, config.split)
    rows: list[Row] = []
    variants: list[Variant] = []
    with (folder / "tensors.f32").open("wb") as tensors, (folder / "masks.u8").open("wb") as masks:
        for case in tqdm(cases, desc="preparing", unit="case", disable=None):
            stack = case.load()
            first = len(rows)
            rows += describe(case, stack, folds[case.patient])
            for variant, tensor, mask in _variants(case, stack, config.input, first):
                variants.append(variant)
                tensors.write(tensor.tobytes())
                masks.write(mask.tobytes())
    check_apart(rows)
    save_manifest(rows, folder / "manifest.jsonl")
    (folder / "variants.json").write_bytes(msgspec.json.encode(variants))


def _open(folder: Path, size_px: int) -> TensorStore:
    rows = load_manifest(folder / "manifest.jsonl")
    variants = msgspec.json.decode((folder / "variants.json").read_bytes(), type=list[Variant])
    shape = (len(variants), size_px, size_px)
    tensors = np.memmap(folder / "tensors.f32", dtype=np.float32, mode="r", shape=shape)
    masks = np.memmap(folder / "masks.u8", dtype=np.bool_, mode="r", shape=shape)
    return TensorStore(rows, variants, tensors, masks)


def _variants(
    case: Case, stack: Stack, spec: InputSpec, first_row: int
) -> Iterator[tuple[Variant, NDArray[np.float32], NDArray[np.bool_]]]:
    looks: list[tuple[bool, list[Slice | None]]] = [(False, list(stack.slices))]
    if case.has_skull:
        pairs = zip(stack.slices, stack.masks, strict=True)
        looks.append((True, [strip_skull(image, mask) for image, mask in pairs]))
    for stripped, slices in looks:
        shared = volume_stats(slices) if stack.is_volume else None
        for index, image in enumerate(slices):
            if image is None:
                continue
            mask = stack.masks[index]
            for stats in [None] if shared is None else [None, shared]:
                try:
                    tensor, cropped = prepare_slice(image, mask, spec, stats)
                except UnusableImage:  # blank: serving refuses it, so training never sees it
                    continue
                variant = Variant(first_row + index, stripped, stats is not None, mask is not None)
                yield variant, tensor, cropped


def prepare_slice(
    image: Slice,
    mask: NDArray[np.bool_] | None,
    spec: InputSpec,
    stats: IntensityStats | None,
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return the served tensor float32 [S, S] and the mask bool [S, S] on its grid."""
    prepared = to_tensor(image, spec, stats)
    if mask is None:
        return prepared.tensor[0], np.zeros(prepared.tensor.shape[1:], dtype=bool)
    return prepared.tensor[0], prepared.crop.apply(mask.astype(np.float32), fill=0.0) > 0.5


def volume_stats(slices: list[Slice | None]) -> IntensityStats | None:
    """Measure all slices of a volume together; None where there is none, or all are blank."""
    pixels = [image.pixels.ravel() for image in slices if image is not None]
    return measure_intensity(np.concatenate(pixels)) if pixels else None


def data_hashes(store: TensorStore) -> tuple[str, str]:
    """Return sha256 of the data and of the split, as model.json holds them."""
    return hash_rows(store.rows)


def check_split(spec: ModelSpec, store: TensorStore) -> None:
    """Raise DataError where the data's folds are not those that the model was trained with."""
    _, split = data_hashes(store)
    if split != spec.training.split_sha256:
        raise DataError(
            "The folds of this data are not those that the model was trained with, so patients "
            "held out may have been trained on. Train a model on this data, or use its own data."
        )

"""Every slice through the serving path once, kept as arrays that training reads."""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from brainai.inference.preprocess import Prepared
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
from brainai_training.views import find_views

Arrays = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]]


class Variant(msgspec.Struct, frozen=True):
    """One way to see a slice. row: its place in the manifest."""

    row: int
    stripped: bool
    volume_stats: bool
    has_mask: bool


@dataclass(frozen=True)
class TensorStore:
    """All variants of all slices.

    tensors: float32 [M, size_px, size_px], FLAIR as the network sees it (before channels repeat).
    beside: float32 [M, sequences, size_px, size_px], those that the input names beside FLAIR.
    masks: bool [M, size_px, size_px], all False where there is none. variants: M of them.
    """

    rows: list[Row]
    variants: list[Variant]
    tensors: NDArray[np.float32]
    beside: NDArray[np.float32]
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

    What was prepared is taken as long as every file has the size and the time of its last change
    that it had then, and its patients are those that are found today.

    Raises DataError where the data can't be trusted (see ``check_apart``), or has no slice to use.
    """
    # How often a slice is shown, or which folds are held out, does not change how it is prepared.
    sources = [msgspec.structs.replace(source, repeat=1) for source in config.sources]
    split = msgspec.structs.replace(config.split, measured=None)
    key = hashlib.sha256(
        msgspec.json.encode((sources, config.input, split, _list_files(root, config)))
    ).hexdigest()[:16]
    folder = cache / key
    if not (folder / "done").exists() or not _has_patients(folder, root, config):
        folder.mkdir(parents=True, exist_ok=True)
        _build(root, config, folder)
        (folder / "done").touch()
    return _open(folder, config.input)


def _has_patients(folder: Path, root: Path, config: Config) -> bool:
    """Whether what was prepared, maybe by an earlier version, has the patients that are found."""
    found = {(case.patient, case.name) for case in find_cases(root, config.sources)}
    return found == {(row.patient, row.case) for row in load_manifest(folder / "manifest.jsonl")}


def _list_files(root: Path, config: Config) -> list[tuple[str, int, int]]:
    """List the sources' files: path, size in bytes, time of the last change in nanoseconds."""
    listed = set()
    for source in config.sources:
        for folder, _, names in os.walk(root / source.folder, followlinks=True):
            for path in (Path(folder, name) for name in names):
                facts = path.stat()
                listed.add((_as_text(path.resolve()), facts.st_size, facts.st_mtime_ns))
    return sorted(listed)


def _as_text(path: Path) -> str:
    try:
        path.as_posix().encode()
    except UnicodeEncodeError as error:
        raise DataError(f"{str(path)!a} has a name that is not UTF-8. Rename it.") from error
    return str(path)


def _build(root: Path, config: Config, folder: Path) -> None:
    cases = find_cases(root, config.sources)
    folds = deal_patients(cases, config.split)
    rows: list[Row] = []
    variants: list[Variant] = []
    with contextlib.ExitStack() as opened:
        names = ("tensors.f32", "beside.f32", "masks.u8")
        files = [opened.enter_context((folder / name).open("wb")) for name in names]
        for case in tqdm(cases, desc="preparing", unit="case", disable=None):
            stack = case.load()
            first = len(rows)
            rows += describe(case, stack, folds[case.patient])
            for variant, arrays in _variants(case, stack, config.input, first):
                variants.append(variant)
                for file, array in zip(files, arrays, strict=True):
                    file.write(array.tobytes())
    check_apart(rows)
    if not variants:
        named = ", ".join(str(root / source.folder) for source in config.sources)
        raise DataError(f"No slice of {named} can be used: all are blank, too small or too narrow.")
    save_manifest(rows, folder / "manifest.jsonl")
    (folder / "variants.json").write_bytes(msgspec.json.encode(variants))


def _open(folder: Path, spec: InputSpec) -> TensorStore:
    rows = load_manifest(folder / "manifest.jsonl")
    variants = msgspec.json.decode((folder / "variants.json").read_bytes(), type=list[Variant])
    side = spec.size_px
    shape = (len(variants), side, side)
    tensors = np.memmap(folder / "tensors.f32", dtype=np.float32, mode="r", shape=shape)
    masks = np.memmap(folder / "masks.u8", dtype=np.bool_, mode="r", shape=shape)
    beside = _map_beside(folder, (len(variants), len(spec.beside), side, side))
    return TensorStore(rows, variants, tensors, beside, masks)


def _map_beside(folder: Path, shape: tuple[int, int, int, int]) -> NDArray[np.float32]:
    if shape[1] == 0:  # a file without bytes can't be mapped
        return np.zeros(shape, dtype=np.float32)
    return np.memmap(folder / "beside.f32", dtype=np.float32, mode="r", shape=shape)


def _variants(
    case: Case, stack: Stack, spec: InputSpec, first_row: int
) -> Iterator[tuple[Variant, Arrays]]:
    """Yield each variant of a case's slices and what is kept of it: see TensorStore."""
    for view in find_views(case, stack):
        for index, mask in enumerate(stack.masks):
            prepared = view.prepare(index, spec)
            if prepared is None:
                continue
            variant = Variant(first_row + index, view.stripped, view.by_volume, mask is not None)
            yield variant, to_arrays(prepared, mask, spec)


def to_arrays(prepared: Prepared, mask: NDArray[np.bool_] | None, spec: InputSpec) -> Arrays:
    """Return FLAIR float32 [S, S], what is beside it [sequences, S, S], and mask bool [S, S]."""
    tensor = prepared.tensor
    if mask is None:
        on_grid = np.zeros(tensor.shape[1:], dtype=bool)
    else:
        on_grid = prepared.crop.apply(mask.astype(np.float32), fill=0.0) > 0.5
    return tensor[0], tensor[spec.channels :], on_grid


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

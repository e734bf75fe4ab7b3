"""Prepared slices of some folds in one variant, and what a served file says of them."""

from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from brainai.inference.calibrate import tumor_margin
from brainai.inference.runtime import Runtime
from brainai.inference.spec import FileSpec, InputSpec
from brainai.labels import CLASSES
from brainai_training.metrics import Bools, Floats
from brainai_training.tensors import TensorStore


@dataclass(frozen=True)
class Look:
    """One variant of slices, in the order of the manifest.

    rows: manifest rows. tensors: float32 [n, depth, S, S]. masks: bool [n, S, S].
    patients: str [n].
    """

    rows: NDArray[np.intp]
    tensors: NDArray[np.float32]
    masks: Bools
    tumor: Bools
    patients: NDArray[np.str_]


def look_at(
    store: TensorStore,
    spec: InputSpec,
    folds: Container[int],
    stripped: bool = False,
    volume_stats: bool = False,
) -> Look:
    """Collect the slices of some folds that are not blank, in one variant."""
    places = store.find(stripped, volume_stats)
    rows = np.array([r for r in sorted(places) if store.rows[r].fold in folds], dtype=np.intp)
    at = [places[int(row)] for row in rows]
    return Look(
        rows,
        np.concatenate(
            [np.repeat(store.tensors[at][:, None], spec.channels, axis=1), store.beside[at]], axis=1
        ),
        store.masks[at],
        np.array([store.rows[row].tumor for row in rows], dtype=bool),
        np.array([store.rows[row].patient for row in rows], dtype=str),
    )


def run_file(
    folder: Path, spec: FileSpec, tensors: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Run a file slice by slice, as ``/predict`` does: logits [n, 2], lesion logits [n, S, S]."""
    runtime = Runtime(folder, spec)
    logits = np.zeros((len(tensors), 2), dtype=np.float32)
    lesion = np.zeros((len(tensors), *tensors.shape[2:]), dtype=np.float32)
    for place, tensor in enumerate(tensors):
        outputs = runtime.run(tensor[None])
        logits[place] = outputs.logits[0]
        if outputs.lesion is not None:
            lesion[place] = outputs.lesion[0]
    return logits, lesion


def margin_of(logits: NDArray[np.float32]) -> Floats:
    """Tumour logit minus no-tumour logit, in the one true order of labels."""
    return tumor_margin(logits, CLASSES)

"""What a study's slices say one by one -> what they say together, through a small network."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import openvino as ov
from numpy.typing import NDArray

from brainai.errors import ModelError
from brainai.imaging.geometry import Crop, around_crops
from brainai.inference.outline import Change
from brainai.inference.preprocess import Prepared
from brainai.inference.runtime import Outputs, engine_config
from brainai.inference.spec import RefineSpec

# The network's inputs and outputs by name, as brainai_training.refine_net exports them.
LESION, FLAIR, MARGIN = "lesion", "flair", "margin"
CHANGE, REFINED = "change", "refined"

# Where there is no slice, or nothing of one: sure that there is no lesion.
_NO_LESION, _NO_TUMOR = -16.0, -8.0
# More slices than these go through in pieces, each with so many neighbours that no slice of it
# hears that it is one.
_MOST_SLICES, _NEIGHBOURS = 64, 8

Float = NDArray[np.float32]


@dataclass(frozen=True)
class SliceMaps:
    """One slice as the model saw it, and what it drew: flair and lesion logits, [S, S]."""

    flair: NDArray[np.float16]
    lesion: NDArray[np.float16]
    crop: Crop


def slice_maps(prepared: Prepared, outputs: Outputs) -> SliceMaps | None:
    """Keep what is needed of a slice, half as wide; None where the model outlines nothing."""
    if outputs.lesion is None:
        return None
    flair, lesion = prepared.tensor[0].astype(np.float16), outputs.lesion[0].astype(np.float16)
    return SliceMaps(flair, lesion, prepared.crop)


@dataclass(frozen=True)
class Layers:
    """The slices of a study on one grid, from the lowest to the highest, gaps filled with air.

    flair: float32 [Z, R, R], 0 in air. lesion: logits [Z, R, R]. margin: [Z].
    """

    flair: Float
    lesion: Float
    margin: Float
    frame: Crop

    def __getitem__(self, which: slice) -> "Layers":
        """Take some of them."""
        return Layers(self.flair[which], self.lesion[which], self.margin[which], self.frame)


@dataclass(frozen=True)
class Refined:
    """What is said of one slice among its neighbours."""

    margin: float
    change: Change


def lay_out(
    maps: Sequence[SliceMaps], margins: Sequence[float], places: Sequence[int], side_px: int
) -> Layers:
    """Lay slices (at least one) on one grid. places: along their axis, rising."""
    frame = around_crops([each.crop for each in maps], side_px)
    count = places[-1] - places[0] + 1
    flair = np.zeros((count, side_px, side_px), dtype=np.float32)
    lesion = np.full_like(flair, _NO_LESION)
    margin = np.full(count, _NO_TUMOR, dtype=np.float32)
    air = min(float(each.flair.min()) for each in maps)
    for each, said, place in zip(maps, margins, places, strict=True):
        here = place - places[0]
        flair[here] = each.crop.carry(each.flair.astype(np.float32), frame, air) - air
        lesion[here] = each.crop.carry(each.lesion.astype(np.float32), frame, _NO_LESION)
        margin[here] = said
    return Layers(flair, lesion, margin, frame)


def find_step(distance_mm: float | None, slice_mm: float) -> int:
    """Every how many slices are about ``slice_mm`` apart; 1 where the distance is unknown."""
    return 1 if distance_mm is None else max(1, round(slice_mm / distance_mm))


class Refiner:
    """The compiled network. May be shared between threads: one piece of a study at a time."""

    def __init__(self, folder: Path, spec: RefineSpec, threads: int = 0) -> None:
        """Load it. Raises ModelError where the engine can't."""
        config = engine_config("float32", threads)
        try:
            compiled = ov.Core().compile_model(str(folder / spec.name), "CPU", config)
            self._ports = (compiled.output(CHANGE), compiled.output(REFINED))
        except RuntimeError as error:
            raise ModelError("The engine can't load an ONNX file that model.json names.") from error
        self._request = compiled.create_infer_request()
        self._lock = threading.Lock()
        self._spec = spec

    def __call__(
        self,
        maps: Sequence[SliceMaps],
        margins: Sequence[float],
        places: Sequence[int],
        distance_mm: float | None,
    ) -> list[Refined]:
        """Refine what is said of a study's slices.

        places: of the slices along their axis, rising. distance_mm: of neighbouring places.
        """
        if not maps:
            return []
        layers = lay_out(maps, margins, places, self._spec.side_px)
        step = find_step(distance_mm, self._spec.slice_mm)
        change, margin = np.zeros_like(layers.lesion), np.zeros_like(layers.margin)
        for start in range(min(step, len(margin))):
            change[start::step], margin[start::step] = self._run(layers[start::step])
        heard = [place - places[0] for place in places]
        return [Refined(float(margin[at]), Change(change[at], layers.frame)) for at in heard]

    def _run(self, layers: Layers) -> tuple[Float, Float]:
        changes, margins = [], []
        for start in range(0, len(layers.margin), _MOST_SLICES):
            first = max(0, start - _NEIGHBOURS)
            piece = layers[first : start + _MOST_SLICES + _NEIGHBOURS]
            own = slice(start - first, start - first + _MOST_SLICES)
            change, margin = self._infer(piece)
            changes.append(change[own])
            margins.append(margin[own])
        return np.concatenate(changes), np.concatenate(margins)

    def _infer(self, layers: Layers) -> tuple[Float, Float]:
        given = {LESION: layers.lesion, FLAIR: layers.flair, MARGIN: layers.margin}
        with self._lock:
            self._request.infer({name: np.ascontiguousarray(each) for name, each in given.items()})
            change, margin = (
                np.array(self._request.get_tensor(port).data, dtype=np.float32)
                for port in self._ports
            )
        return change, margin

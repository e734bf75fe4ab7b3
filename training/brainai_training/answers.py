"""What a served model folder says of every slice of some patients, kept as JSON lines."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from brainai.imaging.intensity import foreground_mask
from brainai.imaging.study import Slice
from brainai.inference.calibrate import tumor_margin
from brainai.inference.explain import to_heatmap
from brainai.inference.gate import gate_probabilities
from brainai.inference.outline import Change, lesion_probability
from brainai.inference.preprocess import Prepared
from brainai.inference.refine import Refiner, slice_maps
from brainai.inference.runtime import Outputs, Runtime
from brainai.inference.spec import ModelSpec
from brainai_training.datasets.case import Case, Stack
from brainai_training.views import View, find_views

LESION_THRESHOLDS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7)
"""Thresholds at which the mask is measured, to choose one of them."""

ALONE, STRIPPED, BY_VOLUME, FLAIR_ALONE = "alone", "stripped", "by_volume", "flair_alone"
"""The looks: as ``/predict`` sees it; the skull removed; as in a study: normalised by the slice's
volume and, where the model refines, among its neighbours; and, of a model that reads other
sequences too, as the first without them."""


class SliceAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What was said of one slice, and what is true.

    own_margin: what was said of the slice itself, where the margin is what its neighbours made of
    it; else None. lesion_px: of the true mask, -1 where there is none. said_px, both_px: pixels of
    the said mask, and of those the ones in the true mask, at each of LESION_THRESHOLDS, on the
    input's own grid.
    gate: the probabilities of GATE_KINDS. distance_mm: of the case's neighbouring slices.
    """

    look: str
    patient: str
    site: str
    source: str
    case: str
    slice_index: int
    tumor: bool
    at_edge: bool
    lesion_px: int
    tissue_px: int
    margin: float
    own_margin: float | None = None
    said_px: tuple[int, ...] | None = None
    both_px: tuple[int, ...] | None = None
    peak_in_lesion: bool | None = None
    flipped_margin: float | None = None
    gate: tuple[float, float, float] | None = None
    distance: float | None = None
    distance_mm: float | None = None


def ask(folder: Path, spec: ModelSpec, cases: Iterable[Case]) -> list[SliceAnswer]:
    """Ask the model in ``folder`` about every slice of ``cases``, in every look, one by one."""
    runtime = Runtime(folder, spec.file)
    refiner = Refiner(folder, spec.refine) if spec.refine else None
    answers: list[SliceAnswer] = []
    for case in tqdm(list(cases), desc="measuring", unit="case", disable=None):
        stack = case.load()
        for look, view in _looks(find_views(case, stack), spec):
            said = _run(runtime, spec, view, mirrored=look == ALONE)
            if look == BY_VOLUME and refiner is not None:
                said = _refine(refiner, said, stack.distance_mm)
            answers += [_answer(case, stack, look, each) for each in said]
    return answers


def save_answers(answers: list[SliceAnswer], path: Path) -> None:
    """Write JSON lines."""
    path.write_bytes(msgspec.json.Encoder().encode_lines(answers))


def load_answers(path: Path) -> list[SliceAnswer]:
    """Read what save_answers wrote."""
    return msgspec.json.Decoder(SliceAnswer).decode_lines(path.read_bytes())


def _looks(views: Iterable[View], spec: ModelSpec) -> Iterator[tuple[str, View]]:
    names = {(False, False): ALONE, (True, False): STRIPPED, (False, True): BY_VOLUME}
    for view in views:
        look = names.get((view.stripped, view.by_volume))
        if look is not None:
            yield look, view
        if look == ALONE and spec.input.beside:
            yield FLAIR_ALONE, view.flair_alone()


@dataclass(frozen=True)
class _Said:
    """One slice, and what the model said of it."""

    index: int
    image: Slice
    prepared: Prepared
    outputs: Outputs
    margin: float
    flipped_margin: float | None
    own_margin: float | None = None
    change: Change | None = None


def _run(runtime: Runtime, spec: ModelSpec, view: View, *, mirrored: bool) -> list[_Said]:
    said = []
    for index, image in enumerate(view.slices):
        prepared = view.prepare(index, spec.input)
        if image is None or prepared is None:
            continue
        outputs = runtime.run(prepared.tensor[None])
        margin, flipped = float(tumor_margin(outputs.logits, spec.labels)[0]), None
        if mirrored:
            mirror = np.ascontiguousarray(prepared.tensor[None, :, :, ::-1])
            flipped = float(tumor_margin(runtime.run(mirror).logits, spec.labels)[0])
        said.append(_Said(index, image, prepared, outputs, margin, flipped))
    return said


def _refine(refiner: Refiner, said: list[_Said], distance_mm: float | None) -> list[_Said]:
    maps = [maps for each in said if (maps := slice_maps(each.prepared, each.outputs)) is not None]
    margins, places = [each.margin for each in said], [each.index for each in said]
    return [
        replace(each, margin=refined.margin, own_margin=each.margin, change=refined.change)
        for each, refined in zip(said, refiner(maps, margins, places, distance_mm), strict=True)
    ]


def _answer(case: Case, stack: Stack, look: str, slice_: _Said) -> SliceAnswer:
    index, outputs, prepared = slice_.index, slice_.outputs, slice_.prepared
    truth = stack.masks[index]
    said, both = _count(slice_, truth)
    return SliceAnswer(
        look=look,
        patient=case.patient,
        site=case.site,
        source=case.source,
        case=case.name,
        slice_index=index,
        tumor=stack.has_tumor[index],
        at_edge=_at_edge(stack.has_tumor, index),
        lesion_px=-1 if truth is None else int(truth.sum()),
        tissue_px=int(foreground_mask(slice_.image.pixels, prepared.stats).sum()),
        margin=slice_.margin,
        own_margin=slice_.own_margin,
        said_px=said,
        both_px=both,
        peak_in_lesion=_peak_in(outputs, prepared, truth),
        flipped_margin=slice_.flipped_margin,
        gate=_gate(outputs),
        distance=None if outputs.distance is None else float(outputs.distance[0]),
        distance_mm=stack.distance_mm,
    )


def _at_edge(has_tumor: tuple[bool, ...], index: int) -> bool:
    """Whether the slice above or below is of the other class."""
    around = has_tumor[max(index - 1, 0) : index + 2]
    return len(set(around)) > 1


def _count(
    slice_: _Said, truth: NDArray[np.bool_] | None
) -> tuple[tuple[int, ...] | None, tuple[int, ...] | None]:
    if slice_.outputs.lesion is None or truth is None:
        return None, None
    share = lesion_probability(slice_.outputs.lesion[0], slice_.prepared.crop, slice_.change)
    said = [share >= t for t in LESION_THRESHOLDS]
    return (
        tuple(int(mask.sum()) for mask in said),
        tuple(int((mask & truth).sum()) for mask in said),
    )


def _peak_in(outputs: Outputs, prepared: Prepared, truth: NDArray[np.bool_] | None) -> bool | None:
    if outputs.evidence is None or truth is None or not truth.any():
        return None
    heat = to_heatmap(outputs.evidence[0], prepared.crop, 1.0)
    return bool(truth.flat[int(heat.argmax())]) if heat.any() else False


def _gate(outputs: Outputs) -> tuple[float, float, float] | None:
    if outputs.gate is None:
        return None
    flair, other, outside = gate_probabilities(outputs.gate)[0].tolist()
    return flair, other, outside

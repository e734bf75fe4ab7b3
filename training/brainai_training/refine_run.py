"""The networks that let slices hear each other: gathered for, trained for each fold, shipped."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from brainai.inference.calibrate import tumor_margin
from brainai.inference.refine import Layers, SliceMaps, find_step, lay_out, slice_maps
from brainai.inference.runtime import Runtime
from brainai.inference.spec import DecisionSpec, ModelSpec, RefineSpec, load_spec
from brainai_training.config import Config, RefineConfig
from brainai_training.datasets.case import Case, Stack
from brainai_training.learner import has_bfloat16
from brainai_training.refine_net import StudyMaps, export_refine, fit_refine
from brainai_training.views import View, find_views

REFINE_NAME = "refine.onnx"

_Way = list[tuple[SliceMaps, float]]


def gather_maps(folder: Path, config: RefineConfig, cases: Iterable[Case]) -> list[StudyMaps]:
    """Ask the model in ``folder`` about whole studies that it was not trained on.

    Each with its skull and, where it has one, without.
    """
    spec = load_spec(folder)
    runtime = Runtime(folder, spec.file)
    return [
        maps
        for case in tqdm(list(cases), desc="gathering", unit="case", disable=None)
        for maps in _gather(runtime, spec, config, case)
    ]


def _gather(
    runtime: Runtime, spec: ModelSpec, config: RefineConfig, case: Case
) -> Iterator[StudyMaps]:
    stack = case.load()
    for view in find_views(case, stack):
        if not view.by_volume:
            continue
        places, asked = _ask(runtime, spec, view)
        if not places:
            continue
        ways = [
            lay_out([maps for maps, _ in way], [said for _, said in way], places, config.side_px)
            for way in asked
        ]
        tumor = np.array(stack.has_tumor[places[0] : places[-1] + 1])
        yield StudyMaps(
            source=case.source,
            patient=case.patient,
            flair=ways[0].flair.astype(np.float16),
            lesion=np.stack([way.lesion for way in ways]).astype(np.float16),
            margin=np.stack([way.margin for way in ways]),
            truth=_truth(stack, ways[0], places),
            tumor=tumor,
            step=find_step(stack.distance_mm, config.slice_mm),
        )


def _ask(runtime: Runtime, spec: ModelSpec, view: View) -> tuple[list[int], tuple[_Way, _Way]]:
    """Return the places of the slices that can be seen; what is said of each, and of its mirror."""
    places: list[int] = []
    ways: tuple[_Way, _Way] = ([], [])
    for index in range(len(view.slices)):
        prepared = view.prepare(index, spec.input)
        if prepared is None:
            continue
        places.append(index)
        for way, turn in zip(ways, (1, -1), strict=True):
            outputs = runtime.run(np.ascontiguousarray(prepared.tensor[None, :, :, ::turn]))
            maps = slice_maps(prepared, outputs)
            if maps is None:
                raise AssertionError("our own models outline lesions")
            margin = float(tumor_margin(outputs.logits, spec.labels)[0])
            way.append((replace(maps, lesion=maps.lesion[:, ::turn]), margin))
    return places, ways


def _truth(stack: Stack, layers: Layers, places: list[int]) -> NDArray[np.float16]:
    """Return the share of each cell that is lesion; 0 where the source has no masks."""
    truth = np.zeros_like(layers.flair)
    for place in places:
        mask = stack.masks[place]
        if mask is not None:
            truth[place - places[0]] = layers.frame.apply(mask.astype(np.float32), 0.0)
    return truth.astype(np.float16)


def write_refine(studies: list[StudyMaps], config: Config, folder: Path) -> None:
    """Train a network on studies and write it into a model folder."""
    if config.refine is None:
        raise AssertionError("asked for by the configuration")
    repeat = {source.name: source.repeat for source in config.sources}
    bfloat16 = config.train.bfloat16 and has_bfloat16()
    network = fit_refine(studies, config.refine, repeat, bfloat16=bfloat16)
    export_refine(network, config.refine.side_px, folder / REFINE_NAME)


def describe_refine(config: RefineConfig, decision: DecisionSpec, folder: Path) -> RefineSpec:
    """Name the network that lies in a model folder."""
    digest = hashlib.sha256((folder / REFINE_NAME).read_bytes()).hexdigest()
    return RefineSpec(
        name=REFINE_NAME,
        sha256=digest,
        side_px=config.side_px,
        slice_mm=config.slice_mm,
        decision=decision,
    )

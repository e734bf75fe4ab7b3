"""A model folder small enough to be made in every test run: it calls bright cells tumour."""

import hashlib
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from brainai.inference.metrics import Bootstrap, Figure, Forerunner, Interval, Metrics
from brainai.inference.runtime import Runtime
from brainai.inference.spec import (
    DecisionSpec,
    FileSpec,
    GateSpec,
    InputSpec,
    ModelSpec,
    RefineSpec,
    TrainingRecord,
    UncertainBand,
)
from brainai.labels import Label, Sequence

SIZE_PX = 64
CELL_PX = 8

DISTANCE = 0.5
OPEN_GATE = GateSpec(not_brain_mr=0.9, wrong_sequence=0.9, refuse_distance=2.0, unsure_distance=1.0)
"""Lets everything pass."""


def write_tiny_model(
    folder: Path,
    *,
    with_evidence: bool = True,
    with_lesion: bool = True,
    gate: GateSpec | None = OPEN_GATE,
    beside: tuple[Sequence, ...] = (),
    gate_shares: tuple[float, float, float] = (0.7, 0.2, 0.1),
) -> ModelSpec:
    """Write model.onnx, model.json, golden.npz and metrics.json into ``folder``.

    beside: sequences that it reads beside FLAIR, and adds to it.
    Whatever it sees, its gate says ``gate_shares`` and DISTANCE: the limits of ``gate`` decide.
    """
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save_model(_graph(1 + len(beside), gate_shares), folder / "model.onnx")
    digest = hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()
    spec = ModelSpec(
        format=1,
        name="tiny",
        version="0.1.0",
        labels=(Label.NO_TUMOR, Label.TUMOR),
        sequences=[Sequence.FLAIR, *beside],
        licence="Apache-2.0",
        input=InputSpec(size_px=SIZE_PX, beside=beside),
        decision=DecisionSpec(
            temperature=1.5,
            threshold=0.5,
            uncertain_band=UncertainBand(0.4, 0.6),
            level=0.9,
        ),
        gate=gate,
        file=FileSpec(
            sha256=digest,
            precision="float32",
            golden_tolerance=1e-3,
            evidence="evidence" if with_evidence else None,
            lesion="lesion" if with_lesion else None,
            gate="gate" if gate else None,
            distance="distance" if gate else None,
        ),
        training=TrainingRecord(
            created="2026-01-31",
            architecture="mean brightness",
            sources=["phantoms"],
            data_sha256=None,
            split_sha256=None,
            versions={},
        ),
    )
    write_json(folder / "model.json", spec)
    write_json(folder / "metrics.json", tiny_metrics(digest))
    shape = (2, 1 + len(beside), SIZE_PX, SIZE_PX)
    tensor = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    logits = Runtime(folder, spec.file).run(tensor).logits
    np.savez(folder / "golden.npz", tensor=tensor, logits=logits)
    return spec


def write_tiny_refine(folder: Path, spec: ModelSpec, gain: float = 0.5) -> ModelSpec:
    """Write a network that adds, ``gain`` times, what the slices above and below say; name it."""
    onnx.save_model(_refine_graph(gain), folder / "refine.onnx")
    digest = hashlib.sha256((folder / "refine.onnx").read_bytes()).hexdigest()
    refine = RefineSpec(
        name="refine.onnx", sha256=digest, side_px=16, slice_mm=3.0, decision=spec.decision
    )
    refining = msgspec.structs.replace(spec, refine=refine)
    write_json(folder / "model.json", refining)
    return refining


def write_json(path: Path, value: msgspec.Struct) -> None:
    """Write a struct as the export and the evaluation do."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(value), indent=2))


def tiny_metrics(sha256: str) -> Metrics:
    """Figures of no measurement, in the right shape."""
    interval = Interval(0.9, 0.85, 0.95)
    figure = Figure(
        source="phantoms",
        title="Phantoms",
        note="Drawn, not measured.",
        method="model",
        patients=10,
        slices=100,
        tumor_slices=40,
        auroc=interval,
        sensitivity=interval,
        specificity=interval,
        balanced_accuracy=interval,
        accuracy=None,
        ece=0.02,
        uncertain_share=None,
    )
    return Metrics(
        model="tiny",
        version="0.1.0",
        sha256=sha256,
        made_with="tests",
        threshold=0.5,
        bootstrap=Bootstrap(resamples=10, unit="patient", level=0.95),
        figures=[figure],
        forerunner=Forerunner(
            balanced_accuracy=0.8, accuracy=0.8, sensitivity=0.7, specificity=0.9, note="Older."
        ),
    )


def _graph(depth: int, gate_shares: tuple[float, float, float]) -> onnx.ModelProto:
    """Channels added -> cells' mean brightness -> evidence [N, 8, 8] -> logits [N, 2].

    Bright pixels -> lesion.
    """
    nodes = [
        helper.make_node("ReduceSum", ["tensor", "channel"], ["added"]),
        helper.make_node(
            "AveragePool", ["added"], ["pooled"], kernel_shape=[CELL_PX] * 2, strides=[CELL_PX] * 2
        ),
        helper.make_node("Squeeze", ["pooled", "channel"], ["cells"]),
        helper.make_node("Mul", ["cells", "gain"], ["raised"]),
        helper.make_node("Sub", ["raised", "offset"], ["evidence"]),
        helper.make_node("ReduceMean", ["evidence", "grid"], ["margin"], keepdims=0),
        helper.make_node("Unsqueeze", ["margin", "channel"], ["column"]),
        helper.make_node("Mul", ["column", "signs"], ["logits"]),
        helper.make_node("Squeeze", ["added", "channel"], ["pixels"]),
        helper.make_node("Sub", ["pixels", "bright"], ["lesion"]),
        helper.make_node("Mul", ["column", "nothing"], ["empty"]),
        helper.make_node("Add", ["empty", "shares"], ["gate"]),
        helper.make_node("Mul", ["margin", "zero"], ["none"]),
        helper.make_node("Add", ["none", "far"], ["distance"]),
    ]
    constants: dict[str, NDArray[Any]] = {
        "channel": np.array([1], np.int64),
        "grid": np.array([1, 2], np.int64),
        "gain": np.array(2.0, np.float32),
        "offset": np.array(0.5, np.float32),
        "signs": np.array([[-0.5, 0.5]], np.float32),
        "bright": np.array(1.5, np.float32),
        "nothing": np.zeros((1, 3), np.float32),
        "shares": np.log(np.array([gate_shares], np.float32)),
        "zero": np.array(0.0, np.float32),
        "far": np.array(DISTANCE, np.float32),
    }
    outputs: dict[str, list[str | int]] = {
        "logits": ["N", 2],
        "evidence": ["N", 8, 8],
        "lesion": ["N", SIZE_PX, SIZE_PX],
        "gate": ["N", 3],
        "distance": ["N"],
    }
    shape: list[str | int] = ["N", depth, SIZE_PX, SIZE_PX]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("tensor", TensorProto.FLOAT, shape)],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, dims)
            for name, dims in outputs.items()
        ],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)


def _refine_graph(gain: float) -> onnx.ModelProto:
    """Sum both neighbours of each cell and of each margin, along the slices."""
    nodes = []
    for name, made in (("lesion", "change"), ("margin", "heard")):
        for side in ("above", "below"):
            nodes += [
                helper.make_node(
                    "Slice",
                    [name, *(f"{side}.{end}" for end in ("from", "to"))],
                    [f"{side}.{name}"],
                ),
                helper.make_node(
                    "Pad", [f"{side}.{name}", f"{side}.{name}.pads"], [f"{side}.{name}.moved"]
                ),
            ]
        nodes += [
            helper.make_node(
                "Add", [f"above.{name}.moved", f"below.{name}.moved"], [f"{name}.both"]
            ),
            helper.make_node("Mul", [f"{name}.both", "gain"], [made]),
        ]
    nodes += [
        helper.make_node("ReduceMean", ["flair", "cells"], ["grey"], keepdims=0),
        helper.make_node("Mul", ["grey", "nothing"], ["unseen"]),
        helper.make_node("Add", ["margin", "heard"], ["louder"]),
        helper.make_node("Add", ["louder", "unseen"], ["refined"]),
    ]
    constants: dict[str, NDArray[Any]] = {
        "gain": np.array(gain, np.float32),
        "nothing": np.array(0.0, np.float32),
        "cells": np.array([1, 2], np.int64),
        "above.from": np.array([1], np.int64),
        "above.to": np.array([2**31], np.int64),
        "below.from": np.array([0], np.int64),
        "below.to": np.array([-1], np.int64),
        "above.lesion.pads": np.array([0, 0, 0, 1, 0, 0], np.int64),
        "below.lesion.pads": np.array([1, 0, 0, 0, 0, 0], np.int64),
        "above.margin.pads": np.array([0, 1], np.int64),
        "below.margin.pads": np.array([1, 0], np.int64),
    }
    shape: dict[str, list[str | int]] = {
        "lesion": ["Z", 16, 16],
        "flair": ["Z", 16, 16],
        "margin": ["Z"],
        "change": ["Z", 16, 16],
        "refined": ["Z"],
    }
    given = [helper.make_tensor_value_info(n, TensorProto.FLOAT, d) for n, d in shape.items()]
    graph = helper.make_graph(
        nodes,
        "tiny",
        given[:3],
        given[3:],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)

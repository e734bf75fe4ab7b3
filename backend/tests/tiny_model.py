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
    InputSpec,
    ModelSpec,
    TrainingRecord,
    UncertainBand,
)
from brainai.labels import Label, Sequence

SIZE_PX = 64
CELL_PX = 8


def write_tiny_model(folder: Path, *, with_evidence: bool = True) -> ModelSpec:
    """Write model.onnx, model.json, golden.npz and metrics.json into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save_model(_graph(with_evidence), folder / "model.onnx")
    digest = hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()
    spec = ModelSpec(
        format=1,
        name="tiny",
        version="0.1.0",
        labels=(Label.NO_TUMOR, Label.TUMOR),
        sequences=[Sequence.FLAIR],
        licence="Apache-2.0",
        input=InputSpec(size_px=SIZE_PX),
        decision=DecisionSpec(
            temperature=1.5,
            threshold=0.5,
            uncertain_band=UncertainBand(0.4, 0.6),
            level=0.9,
        ),
        file=FileSpec(
            sha256=digest,
            precision="float32",
            golden_tolerance=1e-3,
            evidence="evidence" if with_evidence else None,
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
    tensor = np.random.default_rng(0).normal(size=(2, 1, SIZE_PX, SIZE_PX)).astype(np.float32)
    logits, _ = Runtime(folder, spec.file).run(tensor)
    np.savez(folder / "golden.npz", tensor=tensor, logits=logits)
    return spec


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


def _graph(with_evidence: bool) -> onnx.ModelProto:
    """Cells' mean brightness -> evidence [N, 8, 8] -> logits [N, 2]; its head is linear."""
    nodes = [
        helper.make_node(
            "AveragePool", ["tensor"], ["pooled"], kernel_shape=[CELL_PX] * 2, strides=[CELL_PX] * 2
        ),
        helper.make_node("Squeeze", ["pooled", "channel"], ["cells"]),
        helper.make_node("Mul", ["cells", "gain"], ["raised"]),
        helper.make_node("Sub", ["raised", "offset"], ["evidence"]),
        helper.make_node("ReduceMean", ["evidence", "grid"], ["margin"], keepdims=0),
        helper.make_node("Unsqueeze", ["margin", "channel"], ["column"]),
        helper.make_node("Mul", ["column", "signs"], ["logits"]),
    ]
    constants: dict[str, NDArray[Any]] = {
        "channel": np.array([1], np.int64),
        "grid": np.array([1, 2], np.int64),
        "gain": np.array(2.0, np.float32),
        "offset": np.array(0.5, np.float32),
        "signs": np.array([[-0.5, 0.5]], np.float32),
    }
    evidence = helper.make_tensor_value_info("evidence", TensorProto.FLOAT, ["N", 8, 8])
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", 2])
    shape: list[str | int] = ["N", 1, SIZE_PX, SIZE_PX]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("tensor", TensorProto.FLOAT, shape)],
        [logits, evidence] if with_evidence else [logits],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)

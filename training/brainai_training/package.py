"""A trained network -> a model folder that serving reads."""

import hashlib
import shutil
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import fastai
import msgspec
import numpy as np
import onnx
import torch
import torchvision
from numpy.typing import NDArray

from brainai.imaging.phantom import draw_phantom
from brainai.imaging.study import Slice
from brainai.inference.preprocess import to_tensor
from brainai.inference.runtime import Runtime
from brainai.inference.spec import (
    FORMAT,
    DecisionSpec,
    FileSpec,
    GateFile,
    GateSpec,
    InputSpec,
    ModelSpec,
    Precision,
    TrainingRecord,
)
from brainai.labels import CLASSES, Sequence
from brainai_training.config import Config
from brainai_training.engines import file_spec
from brainai_training.export import (
    FLOAT_NAME,
    INT8_NAME,
    Served,
    export_float,
    halve,
    quantise,
)
from brainai_training.gate_stem import DISTANCE, GATE
from brainai_training.looks import look_at
from brainai_training.manifest import has_outlines
from brainai_training.tensors import TensorStore, data_hashes

_CALIBRATION_SLICES = 300


def export_both(
    network: Served, store: TensorStore, config: Config, held_out: int | None, run: Path
) -> None:
    """Write the float32 file and the int8 file, calibrated on training slices, into ``run``.

    Both keep their large weights as float16, so that either is small enough to be shipped.
    """
    shape = (config.input.depth, config.input.size_px, config.input.size_px)
    export_float(network, shape, run / FLOAT_NAME, network.outputs)
    slices = _calibration_slices(store, config, held_out)
    quantise(run / FLOAT_NAME, run / INT8_NAME, slices)
    halve(run / FLOAT_NAME, run / FLOAT_NAME)


def write_folder(
    run: Path,
    store: TensorStore,
    config: Config,
    *,
    precision: Precision,
    decision: DecisionSpec,
    gate: tuple[GateSpec, GateFile] | None,
    out: Path,
) -> ModelSpec:
    """Write model.onnx (from what export_both left in ``run``), model.json and golden.npz.

    gate: its limits and its file, which lies in ``out`` already (gate_run.ship_gate).
    """
    out.mkdir(parents=True, exist_ok=True)
    source = INT8_NAME if precision == "int8" else FLOAT_NAME
    shutil.copyfile(run / source, out / "model.onnx")
    plain = file_spec("model.onnx", precision, outlines=has_outlines(store.rows))
    spec = ModelSpec(
        format=FORMAT,
        name=config.name,
        version=config.version,
        labels=CLASSES,
        sequences=[Sequence.FLAIR, *config.input.beside],
        licence=config.licence,
        input=config.input,
        decision=decision,
        file=describe_file(out, config.input, plain),
        training=_record(store, config),
    )
    if gate is not None:
        spec = with_gate(spec, *gate)
    write_spec(spec, out)
    return spec


def with_gate(spec: ModelSpec, limits: GateSpec, file: GateFile) -> ModelSpec:
    """Return ``spec`` with a gate in a file of its own."""
    named = msgspec.structs.replace(spec.file, gate=GATE, distance=DISTANCE, gate_file=file)
    return msgspec.structs.replace(spec, gate=limits, file=named)


def describe_file(folder: Path, spec: InputSpec, plain: FileSpec) -> FileSpec:
    """Write golden.npz (phantoms and their logits); return ``plain`` with hash and tolerance.

    The tolerance is for other processors: twice what the engine's float32 and bfloat16 runs of the
    file differ by, and no less than 0.05; for int8, where kernels round differently, 0.3, which
    moves a probability by at most 0.08.
    """
    tensors = golden_tensors(spec)
    exact = msgspec.structs.replace(plain, precision="float32")
    logits = Runtime(folder, plain).run(tensors).logits
    other = Runtime(folder, exact).run(tensors).logits
    np.savez(folder / "golden.npz", tensor=tensors, logits=logits)
    digest = hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()
    least = 0.3 if plain.precision == "int8" else 0.05
    tolerance = max(least, 2 * float(np.abs(logits - other).max()))
    return msgspec.structs.replace(plain, sha256=digest, golden_tolerance=round(tolerance, 3))


def golden_tensors(spec: InputSpec) -> NDArray[np.float32]:
    """Two phantoms, with and without a lesion, prepared: float32 [2, C, S, S]."""
    slices = [Slice(draw_phantom(7, t).pixels.astype(np.float32)) for t in (True, False)]
    return np.stack([to_tensor(image, spec).tensor for image in slices])


def write_spec(spec: ModelSpec, folder: Path) -> None:
    """Write model.json."""
    encoded = msgspec.json.format(msgspec.json.encode(spec), indent=2)
    (folder / "model.json").write_bytes(encoded + b"\n")


def _record(store: TensorStore, config: Config) -> TrainingRecord:
    data_sha256, split_sha256 = data_hashes(store)
    return TrainingRecord(
        created=datetime.now(UTC).date().isoformat(),
        architecture="ResNet-50 with a U-Net decoder",
        sources=[source.title for source in config.sources],
        data_sha256=data_sha256,
        split_sha256=split_sha256,
        versions=_versions(),
    )


def _calibration_slices(
    store: TensorStore, config: Config, held_out: int | None
) -> list[NDArray[np.float32]]:
    """Training slices, evenly spread over the manifest, so every source is among them."""
    folds = set(range(config.split.folds)) - {held_out}
    look = look_at(store, config.input, folds)
    count = min(_CALIBRATION_SLICES, len(look.rows))
    places = np.linspace(0, len(look.rows) - 1, count).astype(int)
    return [look.tensors[place][None] for place in places]


def _versions() -> dict[str, str]:
    return {
        "fastai": fastai.__version__,
        "torch": str(torch.__version__),
        "torchvision": str(torchvision.__version__),
        "segmentation-models-pytorch": version("segmentation-models-pytorch"),
        "onnx": onnx.__version__,
        "nncf": version("nncf"),
        "openvino": version("openvino"),
    }

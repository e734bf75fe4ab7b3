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
from brainai.inference.calibrate import sigmoid
from brainai.inference.preprocess import to_tensor
from brainai.inference.runtime import Runtime
from brainai.inference.spec import (
    FORMAT,
    DecisionSpec,
    FileSpec,
    InputSpec,
    ModelSpec,
    TrainingRecord,
    UncertainBand,
)
from brainai.labels import CLASSES, Sequence
from brainai_training.config import Config
from brainai_training.engines import Precision, choose, compare, file_spec, to_markdown
from brainai_training.export import (
    EVIDENCE,
    FLOAT_NAME,
    INT8_NAME,
    LOGITS,
    Served,
    export_float,
    quantise,
)
from brainai_training.measure import Look, look_at, margin_of, run_file
from brainai_training.metrics import choose_threshold, conformal_band, fit_temperature
from brainai_training.tensors import TensorStore, data_hashes

CONFORMAL_LEVEL = 0.9
_CALIBRATION_SLICES = 300


def package(network: Served, store: TensorStore, config: Config, run: Path, out: Path) -> ModelSpec:
    """Export, quantise, choose the engine, calibrate on validation patients, write the folder.

    Leaves in ``run`` both ONNX files and engines.md; in ``out`` model.onnx, model.json and
    golden.npz.
    """
    out.mkdir(parents=True, exist_ok=True)
    shape = (config.input.channels, config.input.size_px, config.input.size_px)
    export_float(network, shape, run / FLOAT_NAME, [LOGITS, EVIDENCE])
    quantise(run / FLOAT_NAME, run / INT8_NAME, _calibration_slices(store, config.input))

    validation = look_at(store, config.input, "validation")
    candidates = compare(run, network, validation)
    chosen = choose(candidates)
    (run / "engines.md").write_text(to_markdown(candidates, chosen))

    shutil.copy(run / chosen.file, out / "model.onnx")
    decision = calibrate_on(validation, out, file_spec("model.onnx", chosen.precision))
    spec = ModelSpec(
        format=FORMAT,
        name=config.name,
        version=config.version,
        labels=CLASSES,
        sequences=[Sequence.FLAIR],
        licence=config.licence,
        input=config.input,
        decision=decision,
        file=describe_file(out, config.input, chosen.precision, EVIDENCE),
        training=_record(store, config),
    )
    write_spec(spec, out)
    return spec


def calibrate_on(validation: Look, folder: Path, file: FileSpec) -> DecisionSpec:
    """Choose temperature, threshold and uncertain band on validation slices."""
    margin = margin_of(run_file(folder, file, validation.tensors))
    temperature = round(fit_temperature(margin, validation.tumor), 4)
    probability = sigmoid(margin / temperature)
    threshold = choose_threshold(probability, validation.tumor)
    band = conformal_band(probability, validation.tumor, CONFORMAL_LEVEL, threshold)
    return DecisionSpec(
        temperature=temperature,
        threshold=threshold,
        uncertain_band=UncertainBand(round(band[0], 4), round(band[1], 4)),
        level=CONFORMAL_LEVEL,
    )


def describe_file(
    folder: Path, spec: InputSpec, precision: Precision, evidence: str | None
) -> FileSpec:
    """Write golden.npz (phantoms and their logits); describe model.onnx.

    The tolerance is for other processors: twice what the engine's float32 and bfloat16 runs of the
    file differ by, and no less than 0.05; for int8, where kernels round differently, 0.3, which
    moves a probability by at most 0.08.
    """
    tensors = golden_tensors(spec)
    plain = msgspec.structs.replace(file_spec("model.onnx", precision), evidence=evidence)
    exact = msgspec.structs.replace(plain, precision="float32")
    logits, _ = Runtime(folder, plain).run(tensors)
    other, _ = Runtime(folder, exact).run(tensors)
    np.savez(folder / "golden.npz", tensor=tensors, logits=logits)
    digest = hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()
    least = 0.3 if precision == "int8" else 0.05
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
        architecture="ResNet-50",
        sources=[source.title for source in config.sources],
        data_sha256=data_sha256,
        split_sha256=split_sha256,
        versions=_versions(),
    )


def _calibration_slices(store: TensorStore, spec: InputSpec) -> list[NDArray[np.float32]]:
    """Training slices, evenly spread over the manifest, so every source is among them."""
    look = look_at(store, spec, "train")
    count = min(_CALIBRATION_SLICES, len(look.rows))
    places = np.linspace(0, len(look.rows) - 1, count).astype(int)
    return [look.tensors[place][None] for place in places]


def _versions() -> dict[str, str]:
    return {
        "fastai": fastai.__version__,
        "torch": str(torch.__version__),
        "torchvision": str(torchvision.__version__),
        "onnx": onnx.__version__,
        "nncf": version("nncf"),
        "openvino": version("openvino"),
    }

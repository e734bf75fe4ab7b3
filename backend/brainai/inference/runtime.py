"""tensor -> Outputs: one compiled engine, shared by the server's threads."""

import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import openvino as ov
from numpy.typing import NDArray

from brainai.errors import ModelError
from brainai.inference.spec import FileSpec, Precision

ENGINE = f"OpenVINO {ov.__version__.split('-')[0]}"

# The few float layers of an int8 file stay float32: with bfloat16 some shapes have no kernel.
_HINTS = {"float32": "f32", "bfloat16": "bf16", "int8": "f32"}

_NAMES = ("logits", "evidence", "lesion", "gate", "distance")
_GATE_NAMES = ("gate", "distance")


@dataclass(frozen=True)
class Outputs:
    """What the network says of a batch of N slices, all float32; None where it has no such output.

    logits: [N, 2], in the order of the spec's labels.
    evidence: class activation [N, h, w], tumour logit minus no-tumour logit of each cell; its mean
    over the cells is that of the label head.
    lesion: logits [N, S, S] of "this pixel is lesion", on the grid of the network's input.
    gate: logits [N, 3], in the order of GATE_KINDS.
    distance: [N], from the FLAIR slices of training, 0 or more.
    """

    logits: NDArray[np.float32]
    evidence: NDArray[np.float32] | None = None
    lesion: NDArray[np.float32] | None = None
    gate: NDArray[np.float32] | None = None
    distance: NDArray[np.float32] | None = None


def engine_config(precision: Precision, threads: int = 0) -> dict[str, object]:
    """Return the engine's settings for a file of a precision."""
    config: dict[str, object] = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": _HINTS[precision],
    }
    return {**config, "INFERENCE_NUM_THREADS": threads} if threads else config


@dataclass(frozen=True)
class Part:
    """One compiled ONNX file.

    ports: its outputs by the names of Outputs' fields. channels: it reads so many of the tensor's,
    the first ones (a gate reads FLAIR alone); None: all of them.
    """

    compiled: ov.CompiledModel
    ports: dict[str, ov.ConstOutput]
    channels: int | None


def compile_parts(
    folder: Path, spec: FileSpec, config: dict[str, object], names: tuple[str, ...] = _NAMES
) -> list[Part]:
    """Compile the files of a model: its own first, then the gate's where that is apart.

    names: the outputs that are wanted, of those that the model has.

    Raises ModelError where the engine can't load a file, or where an output is not in it.
    """
    apart = _GATE_NAMES if spec.gate_file else ()
    files = [(spec.name, [name for name in names if name not in apart])]
    if spec.gate_file:
        files.append((spec.gate_file.name, [name for name in names if name in apart]))
    parts = []
    try:
        for file, wanted in files:
            compiled = ov.Core().compile_model(str(folder / file), "CPU", config)
            given = {name: getattr(spec, name) for name in wanted}
            ports = {name: compiled.output(port) for name, port in given.items() if port}
            own = file == spec.name
            channels = None if own else compiled.input(0).partial_shape[1].get_length()
            parts.append(Part(compiled, ports, channels))
    except RuntimeError as error:
        raise ModelError("The engine can't load an ONNX file that model.json names.") from error
    return parts


def begin(parts: list[Part]) -> list[ov.InferRequest]:
    """Make a request for each part; only one thread at a time may use them."""
    return [part.compiled.create_infer_request() for part in parts]


def infer(
    parts: list[Part],
    requests: list[ov.InferRequest],
    tensor: NDArray[np.float32],
    gated: bool = True,
) -> Outputs:
    """Run a batch float32 [N, C, S, S] through every part that says something that is wanted.

    gated: gate and distance are wanted; else they are None, and a file of their own does not run.
    """
    said: dict[str, NDArray[np.float32]] = {}
    for part, request in zip(parts, requests, strict=True):
        names = [name for name in part.ports if gated or name not in _GATE_NAMES]
        if not names:
            continue
        read = np.ascontiguousarray(tensor[:, : part.channels])
        request.infer([read], share_inputs=True)
        for name in names:
            said[name] = np.array(request.get_tensor(part.ports[name]).data, dtype=np.float32)
    return Outputs(**said)


class Runtime:
    """A compiled model. ``run`` may be called from any thread.

    folder: the model folder. threads: processor threads of one run, 0 for the engine's own choice.
    """

    def __init__(self, folder: Path, spec: FileSpec, threads: int = 0) -> None:
        self._parts = compile_parts(folder, spec, engine_config(spec.precision, threads))
        self._local = threading.local()

    def run(self, tensor: NDArray[np.float32]) -> Outputs:
        """Run a batch float32 [N, C, S, S]."""
        requests = getattr(self._local, "requests", None)
        if requests is None:
            requests = self._local.requests = begin(self._parts)
        return infer(self._parts, requests, tensor)

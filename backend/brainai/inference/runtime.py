"""tensor -> Outputs: one compiled engine, shared by the server's threads."""

import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import openvino as ov
from numpy.typing import NDArray

from brainai.errors import ModelError
from brainai.inference.spec import FileSpec

ENGINE = f"OpenVINO {ov.__version__.split('-')[0]}"

# The few float layers of an int8 file stay float32: with bfloat16 some shapes have no kernel.
_HINTS = {"float32": "f32", "bfloat16": "bf16", "int8": "f32"}

_NAMES = ("logits", "evidence", "lesion", "gate", "distance")


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


def engine_config(spec: FileSpec, threads: int = 0) -> dict[str, object]:
    """Return the engine's settings for a file."""
    config: dict[str, object] = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": _HINTS[spec.precision],
    }
    return {**config, "INFERENCE_NUM_THREADS": threads} if threads else config


class Runtime:
    """A compiled ONNX file. ``run`` may be called from any thread.

    folder: the model folder. threads: processor threads of one run, 0 for the engine's own choice.
    """

    def __init__(self, folder: Path, spec: FileSpec, threads: int = 0) -> None:
        config = engine_config(spec, threads)
        named = {name: getattr(spec, name) for name in _NAMES}
        try:
            self._compiled = ov.Core().compile_model(str(folder / spec.name), "CPU", config)
            self._ports = {
                name: self._compiled.output(given) for name, given in named.items() if given
            }
        except RuntimeError as error:
            raise ModelError(
                "The engine can't load the ONNX file that model.json names."
            ) from error
        self._local = threading.local()

    def run(self, tensor: NDArray[np.float32]) -> Outputs:
        """Run a batch float32 [N, C, S, S]."""
        request = getattr(self._local, "request", None)
        if request is None:
            request = self._local.request = self._compiled.create_infer_request()
        request.infer([tensor], share_inputs=True)
        return Outputs(
            **{
                name: np.array(request.get_tensor(port).data, dtype=np.float32)
                for name, port in self._ports.items()
            }
        )

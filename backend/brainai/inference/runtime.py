"""tensor -> logits: one compiled engine, shared by the server's threads."""

import threading
from pathlib import Path

import numpy as np
import openvino as ov
from numpy.typing import NDArray

from brainai.errors import ModelError
from brainai.inference.spec import FileSpec

ENGINE = f"OpenVINO {ov.__version__.split('-')[0]}"

# The few float layers of an int8 file stay float32: with bfloat16 some shapes have no kernel.
_HINTS = {"float32": "f32", "bfloat16": "bf16", "int8": "f32"}


class Runtime:
    """A compiled ONNX file. ``run`` may be called from any thread.

    folder: the model folder. threads: processor threads of one run, 0 for the engine's own choice.
    """

    def __init__(self, folder: Path, spec: FileSpec, threads: int = 0) -> None:
        core = ov.Core()
        config: dict[str, object] = {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": _HINTS[spec.precision],
        }
        if threads:
            config["INFERENCE_NUM_THREADS"] = threads
        try:
            self._compiled = core.compile_model(str(folder / spec.name), "CPU", config)
            self._logits = self._compiled.output(spec.logits)
            self._evidence = self._compiled.output(spec.evidence) if spec.evidence else None
        except RuntimeError as error:
            raise ModelError(
                "The engine can't load the ONNX file that model.json names."
            ) from error
        self._local = threading.local()

    def run(
        self, tensor: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
        """Run a batch float32 [N, C, H, W].

        Returns logits float32 [N, 2] and the class activation [N, h, w] (tumour logit minus
        no-tumour logit of each cell; its mean over the cells is that of the slice), or None.
        """
        request = getattr(self._local, "request", None)
        if request is None:
            request = self._local.request = self._compiled.create_infer_request()
        request.infer([tensor], share_inputs=True)
        logits = np.array(request.get_tensor(self._logits).data, dtype=np.float32)
        if self._evidence is None:
            return logits, None
        return logits, np.array(request.get_tensor(self._evidence).data, dtype=np.float32)

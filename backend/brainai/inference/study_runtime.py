"""tensor -> Outputs, for the many slices of a study: as many at once as the engine has streams."""

import queue
from pathlib import Path

import numpy as np
import openvino as ov
from numpy.typing import NDArray

from brainai.errors import ModelError
from brainai.inference.runtime import Outputs, engine_config
from brainai.inference.spec import FileSpec

# What is said of a whole study needs no heat map, so no evidence.
_NAMES = ("logits", "lesion", "gate", "distance")


class StudyRuntime:
    """A compiled ONNX file for throughput; ``workers`` threads at once keep it busy.

    Runtime answers one slice as fast as it can, with all processors on each layer in turn. A study
    has slices enough for each processor to run one of its own, which takes a third less time
    (docs/performance.md).
    """

    def __init__(self, folder: Path, spec: FileSpec, threads: int = 0) -> None:
        config = {**engine_config(spec, threads), "PERFORMANCE_HINT": "THROUGHPUT"}
        try:
            compiled = ov.Core().compile_model(str(folder / spec.name), "CPU", config)
            self._ports = {
                name: compiled.output(given) for name in _NAMES if (given := getattr(spec, name))
            }
        except RuntimeError as error:
            raise ModelError(
                "The engine can't load the ONNX file that model.json names."
            ) from error
        self.workers = int(compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS"))
        # Studies that are judged at the same time share these, and so one bound of memory.
        self._idle: queue.SimpleQueue[ov.InferRequest] = queue.SimpleQueue()
        for _ in range(self.workers):
            self._idle.put(compiled.create_infer_request())

    def run(self, tensor: NDArray[np.float32]) -> Outputs:
        """Run a batch float32 [N, C, S, S]; waits while all streams are busy."""
        request = self._idle.get()
        try:
            request.infer([tensor], share_inputs=True)
            return Outputs(
                **{
                    name: np.array(request.get_tensor(port).data, dtype=np.float32)
                    for name, port in self._ports.items()
                }
            )
        finally:
            self._idle.put(request)

"""tensor -> Outputs, for the many slices of a study: as many at once as the engine has streams."""

import queue
from pathlib import Path

import numpy as np
import openvino as ov
from numpy.typing import NDArray

from brainai.inference.runtime import Outputs, begin, compile_parts, engine_config, infer
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
        config = {**engine_config(spec.precision, threads), "PERFORMANCE_HINT": "THROUGHPUT"}
        self._parts = compile_parts(folder, spec, config, _NAMES)
        wanted = self._parts[0].compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS")
        self.workers = int(wanted)
        # Studies that are judged at the same time share these, and so one bound of memory.
        self._idle: queue.SimpleQueue[list[ov.InferRequest]] = queue.SimpleQueue()
        sides = list(self._parts[0].compiled.input(0).partial_shape)[1:]
        blank = np.zeros([1, *(side.get_length() for side in sides)], dtype=np.float32)
        for _ in range(self.workers):
            requests = begin(self._parts)
            # Lays out the request's memory. And OpenVINO's Python binding hangs now and then where
            # several threads make the first tensor of a process at the same moment.
            infer(self._parts, requests, blank)
            self._idle.put(requests)

    def run(self, tensor: NDArray[np.float32], *, gated: bool) -> Outputs:
        """Run a batch float32 [N, C, S, S]; waits while all streams are busy.

        gated: with gate and distance, which take three tenths more time where they have a file
        of their own; else they are None.
        """
        requests = self._idle.get()
        try:
            return infer(self._parts, requests, tensor, gated)
        finally:
            self._idle.put(requests)

"""Trained network -> ONNX: float32, and int8 calibrated on real slices."""

import contextlib
import io
import logging
from collections.abc import Iterable
from pathlib import Path

import nncf
import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

INPUT, LOGITS, EVIDENCE = "slice", "logits", "evidence"
FLOAT_NAME, INT8_NAME = "model.float32.onnx", "model.int8.onnx"


class Served(nn.Module):
    """Body and head as they are served: logits, and the class activation they are the mean of."""

    def __init__(self, body: nn.Module, linear: nn.Linear) -> None:
        """Take the trained body and the head's one linear layer."""
        super().__init__()
        self.body, self.linear = body, linear

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """float32 [N, 1, H, W] -> logits [N, 2], evidence [N, h, w] (tumour minus no tumour)."""
        features = self.body(x)
        logits = self.linear(features.mean(dim=(2, 3)))
        weight = (self.linear.weight[1] - self.linear.weight[0])[None, :, None, None]
        bias = (self.linear.bias[1] - self.linear.bias[0])[None]
        return logits, functional.conv2d(features, weight, bias)[:, 0]


def export_float(
    model: nn.Module, shape: tuple[int, int, int], path: Path, names: list[str]
) -> None:
    """Write ``model`` as one ONNX file with a free batch axis; input float32 [N, *shape]."""
    model = model.cpu().float().eval().to(memory_format=torch.contiguous_format)
    program = torch.onnx.export(
        model,
        (torch.zeros(2, *shape),),
        dynamo=True,
        input_names=[INPUT],
        output_names=names,
        dynamic_shapes=({0: torch.export.Dim("batch")},),
        verbose=False,
    )
    if program is None:  # the older exporter alone returns nothing
        raise TypeError("torch.onnx.export returned no program")
    program.save(str(path), external_data=False)


def quantise(source: Path, target: Path, slices: Iterable[NDArray[np.float32]]) -> None:
    """Write an int8 (QDQ) version of an ONNX file.

    slices: real inputs float32 [1, C, H, W] to calibrate with. Two places stay in float: the first
    convolution, whose rounding all layers inherit, and what follows the body (global pooling, the
    linear layer, the class activation), which costs nothing and decides the probability.
    """
    model = onnx.load(source)
    dataset = nncf.Dataset(list(slices), lambda x: {INPUT: x})
    # nncf sets its own level when it is imported, and draws bars even into a file.
    nncf.set_log_level(logging.ERROR)
    with contextlib.redirect_stdout(io.StringIO()):
        result = nncf.quantize(
            model,
            dataset,
            preset=nncf.QuantizationPreset.MIXED,
            target_device=nncf.TargetDevice.CPU,
            subset_size=300,
            ignored_scope=nncf.IgnoredScope(names=_sensitive(model), validate=False),
        )
    onnx.save(result, target)


def _sensitive(model: onnx.ModelProto) -> list[str]:
    """Name the first convolution and all layers after the last ReLU (docs/decisions/003)."""
    nodes = list(model.graph.node)
    first = next(node.name for node in nodes if node.op_type == "Conv")
    last_relu = max(i for i, node in enumerate(nodes) if node.op_type == "Relu")
    return [first, *(node.name for node in nodes[last_relu + 1 :])]

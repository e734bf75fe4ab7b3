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
from nncf.quantization.range_estimator import RangeEstimatorParametersSet
from numpy.typing import NDArray
from segmentation_models_pytorch import Unet
from torch import Tensor, nn
from torch.nn import functional

from brainai_training.decoder import ServedDecoder, strided_head
from brainai_training.equalise import equalise

INPUT = "slice"
LOGITS, EVIDENCE, LESION = "logits", "evidence", "lesion"
FLOAT_NAME, INT8_NAME = "model.float32.onnx", "model.int8.onnx"

# The strongest spot of the lesion map is its highest mean over a square of so many px: about the
# 40 pixels that are the least lesion worth a name, and no lone pixel.
_SPOT_PX = 6

OUTPUTS = [LOGITS, EVIDENCE, LESION]
"""Names of what Served.forward returns where masks have taught it to outline."""

# So many of the decoder's blocks, the finest, have most of its pixels.
_FINE_BLOCKS = 2

# Weights of this size and more are kept as float16 in the float file that people download.
_LARGE_BYTES = 4096


class Served(nn.Module):
    """Body and heads as they are served.

    forward: float32 [N, 1, S, S] -> logits [N, 2], whose margin is the label head's plus the
    strongest spot of the lesion map; evidence [N, h, w], the class activation of the label head
    (tumour minus no tumour); lesion [N, S, S], the logit of each pixel. Of a network that no mask
    has taught to outline, the label head alone is served: logits and evidence.
    """

    def __init__(self, network: Unet, *, outlines: bool = True) -> None:
        """Take the trained network. outlines: whether masks have taught it."""
        super().__init__()
        self.outlines = outlines
        self.body, self.lesion_head = network.encoder, strided_head(network.segmentation_head[0])
        self.linear = next(m for m in network.classification_head if isinstance(m, nn.Linear))
        self.decoder = ServedDecoder(network.decoder, self.linear.in_features)

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """See the class."""
        features = self.body(x)
        deepest = features[-1]
        weight = (self.linear.weight[1] - self.linear.weight[0])[None, :, None, None]
        bias = (self.linear.bias[1] - self.linear.bias[0])[None]
        evidence = functional.conv2d(deepest, weight, bias)[:, 0]
        margin = evidence.mean(dim=(1, 2))
        if not self.outlines:
            return torch.stack((-margin / 2, margin / 2), dim=1), evidence
        lesion = self.lesion_head(self.decoder(features))
        margin = margin + strongest_spot(lesion)
        logits = torch.stack((-margin / 2, margin / 2), dim=1)
        return logits, evidence, lesion[:, 0]

    @property
    def outputs(self) -> list[str]:
        """Names of what forward returns."""
        return OUTPUTS if self.outlines else [LOGITS, EVIDENCE]


def strongest_spot(lesion: Tensor) -> Tensor:
    """Return the highest mean logit of a small square, [N], of lesion logits [N, 1, S, S]."""
    return functional.avg_pool2d(lesion, _SPOT_PX, stride=_SPOT_PX // 2).amax(dim=(1, 2, 3))


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
    write_program(program, path)


def write_program(program: torch.onnx.ONNXProgram | None, path: Path) -> None:
    """Write what torch.onnx.export has made as one file, without its notes.

    They say which lines of which files a layer is from, with their paths on this machine.
    """
    if program is None:  # the older exporter alone returns nothing
        raise TypeError("torch.onnx.export returned no program")
    program.save(str(path), external_data=False)
    model = onnx.load(path)
    for part in (model, model.graph, *model.graph.node, *model.graph.value_info):
        part.ClearField("metadata_props")
    onnx.save(model, path)


def quantise(source: Path, target: Path, slices: Iterable[NDArray[np.float32]]) -> None:
    """Write an int8 (QDQ) version of an ONNX file.

    slices: real inputs float32 [1, C, H, W] to calibrate with. First each map's channels are
    brought closer together (brainai_training.equalise). Three places stay in float: the first
    convolution, whose rounding all layers inherit; the last layers before each output, which cost
    next to nothing and decide what is said; and of the decoder, whose rounding moves the outline,
    all but what reads the body's maps and the second convolution of the two finest
    blocks. Their weights are kept as float16.
    """
    slices = list(slices)
    model = equalise(onnx.load(source), slices)
    dataset = nncf.Dataset(slices, lambda x: {INPUT: x})
    # nncf sets its own level when it is imported, and draws bars even into a file.
    nncf.set_log_level(logging.ERROR)
    with contextlib.redirect_stdout(io.StringIO()):
        result = nncf.quantize(
            model,
            dataset,
            preset=nncf.QuantizationPreset.MIXED,
            target_device=nncf.TargetDevice.CPU,
            subset_size=300,
            advanced_parameters=nncf.AdvancedQuantizationParameters(
                # Lesions are bright and few: the mean of the slices' highest values cuts them off.
                activations_range_estimator_params=RangeEstimatorParametersSet.MINMAX,
            ),
            ignored_scope=nncf.IgnoredScope(names=_sensitive(model), validate=False),
        )
    onnx.save(result, target)
    halve(target, target)


def _sensitive(model: onnx.ModelProto) -> list[str]:
    """Name what stays in float. See docs/decisions/003."""
    first = next(node.name for node in model.graph.node if node.op_type == "Conv")
    tails = set().union(*(_before(model, out.name, "Relu") for out in model.graph.output))
    body = _before(model, EVIDENCE)
    decoder = _before(model, LESION) - body
    # The body's maps, as they are or doubled.
    maps = {
        name
        for node in model.graph.node
        if node.name in body or node.op_type == "Resize"
        for name in node.output
    }
    readers = {node.name for node in model.graph.node if maps.intersection(node.input)}
    # From the coarsest grid to the finest: the second convolution of each block.
    own = decoder - readers - tails
    seconds = [n.name for n in model.graph.node if n.name in own and n.op_type == "Conv"]
    return sorted({first} | tails | (own - set(seconds[-_FINE_BLOCKS:])))


def _before(model: onnx.ModelProto, output: str, end: str = "") -> set[str]:
    """Name the layers that an output comes from, back to those of type ``end``."""
    makers = {name: node for node in model.graph.node for name in node.output}
    names: set[str] = set()
    waiting = [output]
    while waiting:
        node = makers.get(waiting.pop())
        if node is not None and node.op_type != end and node.name not in names:
            names.add(node.name)
            waiting += node.input
    return names


def halve(source: Path, target: Path) -> None:
    """Write an ONNX file with its large weights kept as float16; it still computes in float32."""
    model = onnx.load(source)
    casts = []
    for weight in model.graph.initializer:
        if weight.data_type == onnx.TensorProto.FLOAT and len(weight.raw_data) > _LARGE_BYTES:
            name, values = weight.name, onnx.numpy_helper.to_array(weight)
            weight.CopyFrom(onnx.numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
            casts.append(
                onnx.helper.make_node(
                    "Cast", [f"{name}.half"], [name], f"{name}.cast", to=onnx.TensorProto.FLOAT
                )
            )
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.save(model, target)

"""An ONNX network whose channels lie closer together, for int8; it says the same in float."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import numpy_helper

# What says the same of a map that is scaled, channel by channel, scaled alike.
_KEEPING = {"Relu", "MaxPool", "Add", "Resize"}
# What makes and reads maps; and which axis of its weights runs over the channels that it reads.
_READ_AXIS = {"Conv": 1, "ConvTranspose": 0}

# How much of the evening out falls to the maps; the rest falls to the weights that read them.
_SHARE = 0.7
_LEAST, _MOST = 1e-3, 1e3
_TINY = 1e-9

Array = NDArray[np.float32]


@dataclass
class _Group:
    """Maps that can only be scaled together: the layers that make them and that read them."""

    makers: list[onnx.NodeProto] = field(default_factory=list)
    readers: list[onnx.NodeProto] = field(default_factory=list)
    closed: bool = True
    """Convolutions alone make and read them, so weights can take up what a scale changes."""


def equalise(model: onnx.ModelProto, slices: Iterable[Array]) -> onnx.ModelProto:
    """Return the network with each map's channels scaled, and the weights that read them back.

    int8 has one scale for a map, so beside a channel of high values the others have few levels
    (Nagel et al., Data-free quantization through weight equalization, 2019; by how high the values
    are, Xiao et al., SmoothQuant, 2023). slices: real inputs, float32 [1, C, H, W] each. The
    network's convolutions have no groups, and each has weights of its own.
    """
    changed = onnx.ModelProto()
    changed.CopyFrom(model)
    weights = {each.name: each for each in changed.graph.initializer}
    groups = [each for each in _groups(changed.graph) if each.closed]
    highest = _highest(model, {node.input[0] for each in groups for node in each.readers}, slices)
    for group in groups:
        top = np.max([highest[node.input[0]] for node in group.readers], axis=0)
        read = np.max([_read(weights[n.input[1]], n.op_type) for n in group.readers], axis=0)
        scale = _scale(top, read)
        for node in group.makers:
            _multiply(weights[node.input[1]], np.reciprocal(scale), 1 - _READ_AXIS[node.op_type])
            for bias in node.input[2:]:
                _multiply(weights[bias], np.reciprocal(scale), 0)
        for node in group.readers:
            _multiply(weights[node.input[1]], scale, _READ_AXIS[node.op_type])
    return changed


def _groups(graph: onnx.GraphProto) -> list[_Group]:
    """Collect the maps that are scaled together; those that nothing reads or makes are left out."""
    known = {each.name for each in graph.initializer}
    fixed = {each.name for each in (*graph.input, *graph.output)}
    first = _together(graph)
    groups: dict[str, _Group] = {}

    def group_of(name: str) -> _Group:
        group = groups.setdefault(first.get(name, name), _Group())
        group.closed &= name not in known | fixed
        return group

    for node in graph.node:
        if node.op_type in _KEEPING:
            for name in (*_maps_of(node), node.output[0]):
                group_of(name)
        elif node.op_type in _READ_AXIS and set(node.input[1:]) <= known:
            group_of(node.input[0]).readers.append(node)
            group_of(node.output[0]).makers.append(node)
        else:
            for name in {*node.input, *node.output} - known:
                group_of(name).closed = False
    return [each for each in groups.values() if each.makers and each.readers]


def _together(graph: onnx.GraphProto) -> dict[str, str]:
    """Name for each map one and the same of those that it can only be scaled with."""
    first: dict[str, str] = {}

    def find(name: str) -> str:
        while first.setdefault(name, name) != name:
            name = first[name]
        return name

    for node in graph.node:
        if node.op_type in _KEEPING:
            for name in _maps_of(node):
                first[find(name)] = find(node.output[0])
    return {name: find(name) for name in list(first)}


def _maps_of(node: onnx.NodeProto) -> list[str]:
    """Return a layer's inputs that are maps: Resize has others, which say how."""
    return list(node.input if node.op_type == "Add" else node.input[:1])


def _highest(model: onnx.ModelProto, maps: set[str], slices: Iterable[Array]) -> dict[str, Array]:
    """Run the slices; return the highest value of each map's channels, [C], 0 or more."""
    asked = onnx.ModelProto()
    asked.CopyFrom(model)
    axes = numpy_helper.from_array(np.array([0, 2, 3]), "highest.axes")
    asked.graph.initializer.append(axes)
    names = sorted(maps)
    del asked.graph.output[:]
    for name in names:
        top = f"{name}.highest"
        node = onnx.helper.make_node("ReduceMax", [name, axes.name], [top], keepdims=0)
        asked.graph.node.append(node)
        asked.graph.output.append(onnx.helper.make_empty_tensor_value_info(top))
    session = onnxruntime.InferenceSession(
        asked.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    entry = model.graph.input[0].name
    highest: dict[str, Array] = {}
    for tensor in slices:
        for name, top in zip(names, session.run(None, {entry: tensor}), strict=True):
            highest[name] = np.maximum(highest.get(name, np.float32(0)), top)
    return highest


def _read(weight: onnx.TensorProto, kind: str) -> Array:
    """Return how strongly a convolution reads each channel, [C]: its highest weight.

    As a share of the highest one of that output: each output's weights have an int8 scale of their
    own.
    """
    values = np.abs(numpy_helper.to_array(weight))
    read = _READ_AXIS[kind]
    most = values.max(axis=(read, 2, 3), keepdims=True)
    shares: Array = (values / np.maximum(most, _TINY)).max(axis=(1 - read, 2, 3))
    return shares


def _scale(top: Array, read: Array) -> Array:
    """Return what each channel is divided by; 1 where it says nothing or nothing reads it."""
    scale = np.ones_like(top)
    live = (top > 0) & (read > 0)
    if live.any():
        wanted = top[live] ** _SHARE / read[live] ** (1 - _SHARE)
        scale[live] = wanted / np.exp(np.log(wanted).mean())
    return scale.clip(_LEAST, _MOST)


def _multiply(weight: onnx.TensorProto, scale: Array, axis: int) -> None:
    values = numpy_helper.to_array(weight)
    scaled = values * np.expand_dims(scale, [a for a in range(values.ndim) if a != axis])
    weight.CopyFrom(numpy_helper.from_array(scaled.astype(np.float32), weight.name))

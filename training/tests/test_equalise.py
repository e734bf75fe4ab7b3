from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from brainai.inference.runtime import Runtime
from brainai_training import export
from brainai_training.engines import file_spec
from brainai_training.equalise import equalise
from brainai_training.export import FLOAT_NAME, INPUT, INT8_NAME, OUTPUTS, export_float, quantise
from brainai_training.looks import look_at
from brainai_training.tensors import TensorStore
from tests.making import SMOKE
from tests.tiny_net import tiny_net

Tensors = NDArray[np.float32]
SHAPE = (1, 64, 64)


@pytest.fixture(scope="module")
def slices(store: TensorStore) -> list[Tensors]:
    return [tensor[None] for tensor in look_at(store, SMOKE.input, {0}).tensors[:8]]


class Residual(nn.Module):
    """Two blocks that add to one map, read by both of its outputs; a channel that says nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(1, 6, 3, stride=2, padding=1)
        self.inner = nn.ModuleList(nn.Conv2d(6, 5, 1) for _ in range(2))
        self.outer = nn.ModuleList(nn.Conv2d(5, 6, 3, padding=1) for _ in range(2))
        self.head = nn.Conv2d(6, 2, 1)
        self.out = nn.Conv2d(2, 1, 1)
        with torch.no_grad():
            for maker in (self.stem, *self.outer):
                maker.weight[0], maker.bias[0] = 0, -1

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        stream = torch.relu(self.stem(x))
        for inner, outer in zip(self.inner, self.outer, strict=True):
            stream = torch.relu(stream + outer(torch.relu(inner(stream))))
        head = self.head(stream)
        return head, self.out(torch.relu(head)).mean(dim=(1, 2, 3))


def _loud(network: export.Served) -> export.Served:
    """Make one channel of the first map, and of one within the body, 300 times as high."""
    body = network.body
    with torch.no_grad():
        for maker, reader in ((body.layer1, body.layer2[0]), (body.layer2, body.layer3[0])):
            maker[1].weight[0] *= 300
            maker[1].bias[0] *= 300
            reader.weight[:, 0] /= 300
    return network


def _run(model: onnx.ModelProto, slices: list[Tensors]) -> list[Tensors]:
    session = onnxruntime.InferenceSession(model.SerializeToString())
    return list(session.run(None, {INPUT: np.concatenate(slices)}))


def _same(model: onnx.ModelProto, slices: list[Tensors]) -> onnx.ModelProto:
    changed = equalise(model, slices)
    for one, other in zip(_run(model, slices), _run(changed, slices), strict=True):
        assert np.allclose(one, other, atol=1e-4 * max(1.0, float(np.abs(one).max())))
    return changed


def _weights(model: onnx.ModelProto) -> dict[str, Tensors]:
    return {each.name: onnx.numpy_helper.to_array(each) for each in model.graph.initializer}


def test_a_network_says_the_same_with_other_weights(tmp_path: Path, slices: list[Tensors]) -> None:
    export_float(tiny_net(), SHAPE, tmp_path / FLOAT_NAME, OUTPUTS)
    model = onnx.load(tmp_path / FLOAT_NAME)
    before, after = _weights(model), _weights(_same(model, slices))
    changed = {name for name in before if not np.array_equal(before[name], after[name])}
    kernels = {name for name, values in before.items() if values.ndim == 4}
    assert kernels <= changed


def test_what_is_added_to_one_map_is_scaled_alike(tmp_path: Path, slices: list[Tensors]) -> None:
    torch.manual_seed(5)
    export_float(Residual(), SHAPE, tmp_path / "m.onnx", ["head", "mean"])
    model = onnx.load(tmp_path / "m.onnx")
    before, after = _weights(model), _weights(_same(model, slices))
    names = ["stem.weight", "outer.0.weight", "outer.1.weight"]
    scales = [(before[name][1:] / after[name][1:]).mean(axis=(2, 3)) for name in names]
    assert scales[0].std() > 0.01
    # The stem's, one for each channel; those of the others hold the scale of what they read, too.
    for scale in scales[1:]:
        ratio = scale / scales[0]
        assert np.allclose(ratio, ratio[:1], rtol=1e-3)
    # The head is an output, read besides: it stays what it is, and so do its readers' weights.
    assert np.array_equal(before["out.weight"], after["out.weight"])
    # The silent channel is left alone.
    assert before["stem.bias"][0] == after["stem.bias"][0]
    assert not np.array_equal(before["stem.bias"][1:], after["stem.bias"][1:])


def test_a_map_with_loud_channels_loses_less_to_int8(
    tmp_path: Path, slices: list[Tensors], monkeypatch: pytest.MonkeyPatch
) -> None:
    export_float(_loud(tiny_net()), SHAPE, tmp_path / FLOAT_NAME, OUTPUTS)
    exact = Runtime(tmp_path, file_spec(FLOAT_NAME, "float32")).run(np.concatenate(slices)).logits

    def lost() -> float:
        quantise(tmp_path / FLOAT_NAME, tmp_path / INT8_NAME, slices)
        spec = file_spec(INT8_NAME, "int8")
        said = Runtime(tmp_path, spec).run(np.concatenate(slices)).logits
        return float(np.abs(said - exact).mean())

    with_it = lost()
    monkeypatch.setattr(export, "equalise", lambda model, _: model)
    assert with_it < 0.5 * lost()

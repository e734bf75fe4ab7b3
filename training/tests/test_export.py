from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from brainai.inference.runtime import Runtime
from brainai.inference.spec import Precision
from brainai_training.engines import file_spec
from brainai_training.export import (
    FLOAT_NAME,
    INPUT,
    INT8_NAME,
    OUTPUTS,
    Served,
    export_float,
    quantise,
    strongest_spot,
)
from brainai_training.looks import look_at, run_file
from brainai_training.package import export_both
from brainai_training.tensors import TensorStore
from tests.making import SMOKE
from tests.tiny_net import tiny_net, tiny_unet

Tensors = NDArray[np.float32]


@pytest.fixture(scope="module")
def slices(store: TensorStore) -> Tensors:
    return look_at(store, SMOKE.input, {0}).tensors


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The float file of the tiny network before its large weights are halved."""
    folder = tmp_path_factory.mktemp("whole")
    export_float(tiny_net(), (1, 64, 64), folder / FLOAT_NAME, OUTPUTS)
    return folder


def _torch(network: nn.Module, slices: Tensors) -> list[Tensors]:
    with torch.inference_mode():
        return [part.numpy() for part in network(torch.from_numpy(slices))]


def test_the_exported_file_answers_as_torch_does(whole: Path, slices: Tensors) -> None:
    session = onnxruntime.InferenceSession(whole / FLOAT_NAME)
    answers = session.run(OUTPUTS, {INPUT: slices})
    for expected, answer in zip(_torch(tiny_net(), slices), answers, strict=True):
        assert answer.dtype == np.float32
        assert np.allclose(answer, expected, atol=1e-4)


@pytest.mark.parametrize("name", [FLOAT_NAME, INT8_NAME])
def test_a_file_holds_no_path_of_the_machine_that_made_it(exported: Path, name: str) -> None:
    written = (exported / name).read_bytes()
    assert b".py" not in written
    assert str(Path(__file__).parents[2]).encode() not in written


def test_the_mean_of_the_class_activation_is_the_margin_of_the_label_head(
    whole: Path, slices: Tensors
) -> None:
    _, label = _torch(tiny_unet().eval(), slices)
    evidence = Runtime(whole, file_spec(FLOAT_NAME, "float32")).run(slices).evidence
    assert evidence is not None
    assert np.allclose(evidence.mean(axis=(1, 2)), label[:, 1] - label[:, 0], atol=1e-4)


def test_the_logits_are_of_both_heads(slices: Tensors) -> None:
    lesion, label = (torch.from_numpy(part) for part in _torch(tiny_unet().eval(), slices))
    logits, *_ = _torch(tiny_net(), slices)
    expected = label[:, 1] - label[:, 0] + strongest_spot(lesion)
    assert np.allclose(logits[:, 1] - logits[:, 0], expected, atol=1e-4)
    assert np.allclose(logits.sum(axis=1), 0, atol=1e-5)


@pytest.mark.parametrize("file", [FLOAT_NAME, INT8_NAME])
def test_without_masks_the_label_head_alone_is_served(
    store: TensorStore, slices: Tensors, tmp_path: Path, file: str
) -> None:
    """What nothing has taught to outline says nothing of where, nor has it a say in whether."""
    export_both(Served(tiny_unet().eval(), outlines=False), store, SMOKE, None, tmp_path)
    assert [node.name for node in onnx.load(tmp_path / file).graph.output] == ["logits", "evidence"]
    precision: Precision = "int8" if file == INT8_NAME else "float32"
    outputs = Runtime(tmp_path, file_spec(file, precision, outlines=False)).run(slices)
    _, label = _torch(tiny_unet().eval(), slices)
    expected = label[:, 1] - label[:, 0]
    margin = outputs.logits[:, 1] - outputs.logits[:, 0]
    assert outputs.lesion is None
    assert np.abs(margin - expected).mean() < 0.1 * np.ptp(expected)


def test_the_strongest_spot_is_wider_than_a_pixel() -> None:
    lesion = torch.zeros(3, 1, 24, 24)
    lesion[1, 0, 10, 10] = 36.0
    lesion[2, 0, 6:12, 9:15] = 5.0
    assert strongest_spot(lesion).tolist() == pytest.approx([0.0, 1.0, 5.0])


def test_the_batch_axis_is_free(exported: Path, slices: Tensors) -> None:
    spec = file_spec(FLOAT_NAME, "float32")
    together = Runtime(exported, spec).run(slices)
    logits, lesion = run_file(exported, spec, slices)
    assert together.lesion is not None
    assert np.allclose(together.logits, logits, atol=1e-4)
    assert np.allclose(together.lesion, lesion, atol=1e-4)


def test_one_file_holds_the_whole_model(exported: Path) -> None:
    assert {path.name for path in exported.glob("*.onnx*")} == {FLOAT_NAME, INT8_NAME}
    model = onnx.load(exported / FLOAT_NAME)
    assert [node.name for node in model.graph.input] == [INPUT]
    assert [node.name for node in model.graph.output] == OUTPUTS


def test_the_quantised_file_is_close_to_the_float_one(exported: Path, slices: Tensors) -> None:
    exact = run_file(exported, file_spec(FLOAT_NAME, "float32"), slices)
    rounded = run_file(exported, file_spec(INT8_NAME, "int8"), slices)
    for one, other in zip(exact, rounded, strict=True):
        assert not np.array_equal(one, other)
        assert np.abs(one - other).mean() < 0.1 * np.ptp(one)


def test_the_body_and_what_reads_its_maps_are_quantised(exported: Path) -> None:
    """What is left in float: the first layer, most of what reads the decoder's maps, the last."""
    graph = onnx.load(exported / INT8_NAME).graph
    made_by = {name: node for node in graph.node for name in node.output}

    def quantised(node: onnx.NodeProto) -> bool:
        sources = [made_by[name] for name in node.input if name in made_by]
        return any(source.op_type == "DequantizeLinear" for source in sources)

    found = [quantised(node) for node in graph.node if node.op_type == "Conv"]
    doubled = [quantised(node) for node in graph.node if node.op_type == "ConvTranspose"]
    # Of the body, of the decoder's five blocks, and one each before the lesion and the evidence.
    assert (len(found), len(doubled)) == (5 + 10 + 2, 4)
    # Four of the body, what reads its five maps, and the last of the two finest blocks.
    assert (sum(found), sum(doubled)) == (4 + 5 + 2, 0)
    assert not found[0]


def test_quantising_writes_nothing_to_the_screen(
    whole: Path, tmp_path: Path, slices: Tensors, capsys: pytest.CaptureFixture[str]
) -> None:
    quantise(whole / FLOAT_NAME, tmp_path / INT8_NAME, [t[None] for t in slices[:4]])
    assert capsys.readouterr().out == ""


def test_a_halved_file_answers_almost_the_same(
    whole: Path, exported: Path, slices: Tensors
) -> None:
    spec = file_spec(FLOAT_NAME, "float32")
    exact, half = (Runtime(folder, spec).run(slices) for folder in (whole, exported))
    for name in OUTPUTS:
        one, other = getattr(exact, name), getattr(half, name)
        assert np.abs(one - other).max() < 1e-2
    session = onnxruntime.InferenceSession(exported / FLOAT_NAME)
    (logits,) = session.run([OUTPUTS[0]], {INPUT: slices})
    assert np.abs(logits - exact.logits).max() < 1e-2


def test_halving_halves_the_large_weights_and_leaves_the_small_ones(
    whole: Path, exported: Path
) -> None:
    exact, half = (onnx.load(folder / FLOAT_NAME).graph for folder in (whole, exported))

    def weights(graph: onnx.GraphProto, kind: int) -> list[int]:
        return [len(w.raw_data) for w in graph.initializer if w.data_type == kind]

    large = [size for size in weights(exact, onnx.TensorProto.FLOAT) if size > 4096]
    assert large
    assert sorted(weights(half, onnx.TensorProto.FLOAT16)) == sorted(size // 2 for size in large)
    assert max(weights(half, onnx.TensorProto.FLOAT)) <= 4096
    saved = (whole / FLOAT_NAME).stat().st_size - (exported / FLOAT_NAME).stat().st_size
    assert saved > 0.8 * sum(large) / 2

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from brainai.inference.runtime import Runtime
from brainai_training.engines import file_spec
from brainai_training.export import EVIDENCE, FLOAT_NAME, INPUT, INT8_NAME, LOGITS, quantise
from brainai_training.measure import look_at, run_file
from brainai_training.tensors import TensorStore
from tests.making import SMOKE
from tests.tiny_net import tiny_net, write_tiny_folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, store: TensorStore) -> Path:
    """model.float32.onnx and model.int8.onnx of the tiny network."""
    made = tmp_path_factory.mktemp("export")
    write_tiny_folder(made)
    (made / "model.onnx").rename(made / FLOAT_NAME)
    slices = [t[None] for t in look_at(store, SMOKE.input, "train").tensors]
    quantise(made / FLOAT_NAME, made / INT8_NAME, slices)
    return made


@pytest.fixture(scope="module")
def slices(store: TensorStore) -> np.ndarray:
    return look_at(store, SMOKE.input, "test").tensors


def test_the_exported_file_answers_as_torch_does(folder: Path, slices: np.ndarray) -> None:
    with torch.inference_mode():
        expected, evidence = (part.numpy() for part in tiny_net()(torch.from_numpy(slices)))
    session = onnxruntime.InferenceSession(folder / FLOAT_NAME)
    logits, cells = session.run([LOGITS, EVIDENCE], {INPUT: slices})
    assert np.allclose(logits, expected, atol=1e-5)
    assert np.allclose(cells, evidence, atol=1e-5)


def test_the_mean_of_the_class_activation_is_the_difference_of_the_logits(
    folder: Path, slices: np.ndarray
) -> None:
    with torch.inference_mode():
        logits, evidence = tiny_net()(torch.from_numpy(slices))
    assert torch.allclose(evidence.mean(dim=(1, 2)), logits[:, 1] - logits[:, 0], atol=1e-4)

    served, cells = Runtime(folder, file_spec(FLOAT_NAME, "float32")).run(slices)
    assert cells is not None
    assert np.allclose(cells.mean(axis=(1, 2)), served[:, 1] - served[:, 0], atol=1e-4)


def test_the_batch_axis_is_free(folder: Path, slices: np.ndarray) -> None:
    spec = file_spec(FLOAT_NAME, "float32")
    together, _ = Runtime(folder, spec).run(slices)
    assert np.allclose(together, run_file(folder, spec, slices), atol=1e-5)


def test_one_file_holds_the_whole_model(folder: Path) -> None:
    assert {path.name for path in folder.glob("*.onnx*")} == {FLOAT_NAME, INT8_NAME}
    model = onnx.load(folder / FLOAT_NAME)
    assert [node.name for node in model.graph.input] == [INPUT]
    assert {node.name for node in model.graph.output} == {LOGITS, EVIDENCE}


def test_the_quantised_file_is_close_to_the_float_one(folder: Path, slices: np.ndarray) -> None:
    exact = run_file(folder, file_spec(FLOAT_NAME, "float32"), slices)
    rounded = run_file(folder, file_spec(INT8_NAME, "int8"), slices)
    assert not np.array_equal(exact, rounded)
    assert np.abs(exact - rounded).max() < 0.05


def test_convolutions_of_the_body_are_quantised_and_the_head_is_not(folder: Path) -> None:
    graph = onnx.load(folder / INT8_NAME).graph
    made_by = {name: node for node in graph.node for name in node.output}

    def quantised(node: onnx.NodeProto) -> bool:
        sources = [made_by[name] for name in node.input if name in made_by]
        return any(source.op_type == "DequantizeLinear" for source in sources)

    convolutions = [node for node in graph.node if node.op_type == "Conv"]
    # nncf itself leaves a first convolution of one channel in float.
    assert [quantised(node) for node in convolutions] == [False, True, False]
    tail = [node for node in graph.node if node.op_type in {"Gemm", "ReduceMean", "Gather"}]
    assert len(tail) == 3
    assert not any(quantised(node) for node in tail)


def test_quantising_writes_nothing_to_the_screen(
    folder: Path, tmp_path: Path, slices: np.ndarray, capsys: pytest.CaptureFixture[str]
) -> None:
    quantise(folder / FLOAT_NAME, tmp_path / INT8_NAME, [t[None] for t in slices])
    assert capsys.readouterr().out == ""

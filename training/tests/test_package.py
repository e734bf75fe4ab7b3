from pathlib import Path

import msgspec
import numpy as np
import pytest

from brainai.inference.predict import Predictor
from brainai.inference.preprocess import to_tensor
from brainai.inference.runtime import Runtime
from brainai.inference.spec import ModelSpec, load_spec
from brainai.labels import CLASSES
from brainai_training.engines import file_spec
from brainai_training.export import FLOAT_NAME, INT8_NAME
from brainai_training.measure import look_at
from brainai_training.package import calibrate_on, golden_tensors, package, write_spec
from brainai_training.tensors import TensorStore, data_hashes
from tests.making import SMOKE, slice_of
from tests.tiny_net import tiny_net, write_tiny_folder


@pytest.fixture(scope="module")
def packed(
    tmp_path_factory: pytest.TempPathFactory, store: TensorStore
) -> tuple[ModelSpec, Path, Path]:
    run, out = tmp_path_factory.mktemp("run"), tmp_path_factory.mktemp("models") / "deep" / "tiny"
    return package(tiny_net(), store, SMOKE, run, out), run, out


def test_the_folder_holds_what_serving_reads(packed: tuple[ModelSpec, Path, Path]) -> None:
    spec, run, out = packed
    assert {path.name for path in out.iterdir()} == {"model.onnx", "model.json", "golden.npz"}
    assert {FLOAT_NAME, INT8_NAME, "engines.md"} <= {path.name for path in run.iterdir()}
    assert load_spec(out) == spec


def test_serving_reproduces_the_golden_logits(packed: tuple[ModelSpec, Path, Path]) -> None:
    predictor = Predictor(packed[2], 1 << 20, threads=1)
    predictor.check_golden()
    assert predictor.ready


def test_the_file_is_the_one_that_was_chosen(packed: tuple[ModelSpec, Path, Path]) -> None:
    spec, run, out = packed
    chosen = INT8_NAME if spec.file.precision == "int8" else FLOAT_NAME
    assert (out / "model.onnx").read_bytes() == (run / chosen).read_bytes()
    marked = [line for line in (run / "engines.md").read_text().splitlines() if "| yes |" in line]
    assert len(marked) == 1
    assert f"| {spec.file.precision} |" in marked[0]


def test_model_json_says_where_the_weights_come_from(
    packed: tuple[ModelSpec, Path, Path], store: TensorStore
) -> None:
    spec = packed[0]
    assert (spec.name, spec.version, spec.licence) == (SMOKE.name, SMOKE.version, SMOKE.licence)
    assert spec.input == SMOKE.input
    assert spec.labels == CLASSES
    assert (spec.training.data_sha256, spec.training.split_sha256) == data_hashes(store)
    assert spec.training.sources == ["Phantoms"]
    assert {"fastai", "torch", "torchvision", "nncf", "openvino"} <= set(spec.training.versions)


def test_the_tolerance_follows_the_precision(packed: tuple[ModelSpec, Path, Path]) -> None:
    file = packed[0].file
    assert file.golden_tolerance >= (0.3 if file.precision == "int8" else 0.05)


def test_the_decision_is_chosen_on_the_slices_that_it_is_given(
    tmp_path: Path, store: TensorStore
) -> None:
    write_tiny_folder(tmp_path)
    look = look_at(store, SMOKE.input, "validation")
    decision = calibrate_on(look, tmp_path, file_spec("model.onnx", "float32"))
    assert decision.temperature > 0
    assert 0 < decision.threshold < 1
    band = decision.uncertain_band
    assert band.low <= decision.threshold <= band.high
    assert decision.level == 0.9


def test_golden_slices_are_phantoms_prepared_as_serving_does() -> None:
    tensors = golden_tensors(SMOKE.input)
    assert tensors.shape == (2, 1, 64, 64)
    expected = to_tensor(slice_of(7, True, 256), SMOKE.input).tensor
    assert np.array_equal(tensors[0], expected)


def test_golden_logits_are_those_of_the_file(tmp_path: Path) -> None:
    spec = write_tiny_folder(tmp_path)
    with np.load(tmp_path / "golden.npz") as golden:
        tensor, logits = golden["tensor"], golden["logits"]
    again, _ = Runtime(tmp_path, spec.file).run(tensor)
    assert np.array_equal(again, logits)


def test_model_json_comes_back_as_it_was_written(tmp_path: Path) -> None:
    spec = write_tiny_folder(tmp_path)
    named = msgspec.structs.replace(spec, name="other")
    write_spec(named, tmp_path)
    assert load_spec(tmp_path) == named
    assert (tmp_path / "model.json").read_bytes().endswith(b"}\n")

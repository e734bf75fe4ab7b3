from pathlib import Path

import msgspec
import numpy as np
import pytest

from brainai.inference.predict import Predictor
from brainai.inference.preprocess import to_tensor
from brainai.inference.runtime import Runtime
from brainai.inference.spec import DecisionSpec, ModelSpec, Precision, UncertainBand, load_spec
from brainai.labels import CLASSES
from brainai_training import package
from brainai_training.export import FLOAT_NAME, INT8_NAME
from brainai_training.package import export_both, golden_tensors, write_folder, write_spec
from brainai_training.tensors import TensorStore, data_hashes
from tests.making import SMOKE, slice_of
from tests.tiny_net import OPEN_GATE, tiny_net, write_tiny_folder

DECISION = DecisionSpec(
    temperature=1.2, threshold=0.4, uncertain_band=UncertainBand(0.3, 0.5), level=0.9
)


def _pack(exported: Path, store: TensorStore, precision: Precision, out: Path) -> ModelSpec:
    return write_folder(
        exported, store, SMOKE, precision=precision, decision=DECISION, gate=None, out=out
    )


@pytest.fixture(scope="module")
def packed(
    exported: Path, store: TensorStore, tmp_path_factory: pytest.TempPathFactory
) -> tuple[ModelSpec, Path]:
    out = tmp_path_factory.mktemp("models") / "deep" / "tiny"
    return _pack(exported, store, "float32", out), out


def test_the_folder_holds_what_serving_reads(packed: tuple[ModelSpec, Path]) -> None:
    spec, out = packed
    assert {path.name for path in out.iterdir()} == {"model.onnx", "model.json", "golden.npz"}
    assert load_spec(out) == spec
    assert spec.decision == DECISION


def test_serving_reproduces_the_golden_logits(packed: tuple[ModelSpec, Path]) -> None:
    predictor = Predictor(packed[1], 1 << 20, threads=1)
    predictor.check_golden()
    assert predictor.ready


@pytest.mark.parametrize(("precision", "file", "least"), [
    ("float32", FLOAT_NAME, 0.05), ("bfloat16", FLOAT_NAME, 0.05), ("int8", INT8_NAME, 0.3),
])  # fmt: skip
def test_file_and_tolerance_are_those_of_the_precision(
    exported: Path,
    store: TensorStore,
    tmp_path: Path,
    precision: Precision,
    file: str,
    least: float,
) -> None:
    spec = _pack(exported, store, precision, tmp_path)
    assert (tmp_path / "model.onnx").read_bytes() == (exported / file).read_bytes()
    assert spec.file.precision == precision
    assert spec.file.golden_tolerance >= least


def test_outputs_are_named_as_the_file_has_them(packed: tuple[ModelSpec, Path]) -> None:
    file = packed[0].file
    assert (file.evidence, file.lesion) == ("evidence", "lesion")
    assert (packed[0].gate, file.gate, file.distance) == (None, None, None)


def test_a_gate_is_named_where_there_is_one(tmp_path: Path) -> None:
    spec = write_tiny_folder(tmp_path, gate=True)
    assert load_spec(tmp_path) == spec
    assert (spec.gate, spec.file.gate, spec.file.distance) == (OPEN_GATE, "gate", "distance")


@pytest.mark.parametrize(("held_out", "folds"), [(0, {1}), (1, {0}), (None, {0, 1})])
def test_int8_is_calibrated_on_patients_trained_on_alone(
    store: TensorStore, monkeypatch: pytest.MonkeyPatch, held_out: int | None, folds: set[int]
) -> None:
    seen: list[np.ndarray] = []

    def remember(source: Path, target: Path, slices: list[np.ndarray]) -> None:
        seen.extend(slices)

    monkeypatch.setattr(package, "quantise", remember)
    monkeypatch.setattr(package, "export_float", lambda *_: None)
    monkeypatch.setattr(package, "halve", lambda *_: None)
    export_both(tiny_net(), store, SMOKE, held_out, Path())
    places = store.find(stripped=False, volume_stats=False)
    allowed = {
        store.tensors[place].tobytes()
        for row, place in places.items()
        if store.rows[row].fold in folds
    }
    assert {tensor[0, 0].tobytes() for tensor in seen} == allowed
    assert seen[0].shape == (1, 1, 64, 64)


def test_model_json_says_where_the_weights_come_from(
    packed: tuple[ModelSpec, Path], store: TensorStore
) -> None:
    spec = packed[0]
    assert (spec.name, spec.version, spec.licence) == (SMOKE.name, SMOKE.version, SMOKE.licence)
    assert spec.input == SMOKE.input
    assert spec.labels == CLASSES
    assert (spec.training.data_sha256, spec.training.split_sha256) == data_hashes(store)
    assert spec.training.sources == ["Phantoms"]
    assert {"fastai", "torch", "torchvision", "nncf", "openvino"} <= set(spec.training.versions)


def test_golden_slices_are_phantoms_prepared_as_serving_does() -> None:
    tensors = golden_tensors(SMOKE.input)
    assert tensors.shape == (2, 1, 64, 64)
    expected = to_tensor(slice_of(7, True, 256), SMOKE.input).tensor
    assert np.array_equal(tensors[0], expected)


def test_golden_logits_are_those_of_the_file(tmp_path: Path) -> None:
    spec = write_tiny_folder(tmp_path)
    with np.load(tmp_path / "golden.npz") as golden:
        tensor, logits = golden["tensor"], golden["logits"]
    again = Runtime(tmp_path, spec.file).run(tensor).logits
    assert np.array_equal(again, logits)


def test_model_json_comes_back_as_it_was_written(tmp_path: Path) -> None:
    spec = write_tiny_folder(tmp_path)
    named = msgspec.structs.replace(spec, name="other")
    write_spec(named, tmp_path)
    assert load_spec(tmp_path) == named
    assert (tmp_path / "model.json").read_bytes().endswith(b"}\n")

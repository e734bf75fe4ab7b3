from pathlib import Path

import numpy as np
import pytest

from brainai.inference.runtime import ENGINE
from brainai_training.engines import (
    ALLOWED_LOSS,
    Candidate,
    Precision,
    choose,
    compare,
    file_spec,
    to_markdown,
)
from brainai_training.export import FLOAT_NAME, INT8_NAME, quantise
from brainai_training.measure import look_at
from brainai_training.tensors import TensorStore
from tests.making import SMOKE
from tests.tiny_net import tiny_net, write_tiny_folder


def _served(precision: Precision, ms: float, balanced: float) -> Candidate:
    file = INT8_NAME if precision == "int8" else FLOAT_NAME
    return Candidate(ENGINE, precision, file, 10.0, ms, balanced, 0.9)


FLOAT = _served("float32", 10.0, 0.900)
TORCH = Candidate("torch", "float32", FLOAT_NAME, 10.0, 1.0, None, None)


def test_the_fastest_that_is_as_right_as_float32_is_chosen() -> None:
    fast = _served("int8", 3.0, 0.899)
    assert choose([TORCH, FLOAT, _served("bfloat16", 6.0, 0.901), fast]) == fast


def test_a_fast_one_that_loses_too_much_is_not_chosen() -> None:
    half = _served("bfloat16", 6.0, 0.900 - ALLOWED_LOSS)
    assert choose([FLOAT, half, _served("int8", 3.0, 0.9 - ALLOWED_LOSS - 1e-6)]) == half


def test_float32_is_chosen_where_it_is_the_fastest() -> None:
    assert choose([FLOAT, _served("int8", 12.0, 0.95)]) == FLOAT


def test_an_engine_that_does_not_serve_is_timed_and_never_chosen() -> None:
    assert choose([TORCH, FLOAT]) == FLOAT


def test_the_table_marks_what_is_shipped_and_has_every_candidate() -> None:
    fast = _served("int8", 5.0, 0.9)
    table = to_markdown([TORCH, FLOAT, fast], fast).splitlines()
    assert len(table) == 5
    assert table[2].startswith("| torch | float32 | 1.0 | 0.10 |")
    assert table[4] == f"| {ENGINE} | int8 | 5.0 | 0.50 | 10.0 | 0.9000 | 0.9000 | yes |"
    assert [line.endswith("| yes |") for line in table[2:]] == [False, False, True]
    assert len({line.count("|") for line in table}) == 1


def test_a_file_is_described_with_the_outputs_that_export_names() -> None:
    spec = file_spec("model.onnx", "bfloat16")
    assert (spec.name, spec.precision) == ("model.onnx", "bfloat16")
    assert (spec.logits, spec.evidence) == ("logits", "evidence")


@pytest.fixture(scope="module")
def candidates(tmp_path_factory: pytest.TempPathFactory, store: TensorStore) -> list[Candidate]:
    folder: Path = tmp_path_factory.mktemp("engines")
    write_tiny_folder(folder)
    (folder / "model.onnx").rename(folder / FLOAT_NAME)
    slices = [t[None] for t in look_at(store, SMOKE.input, "train").tensors]
    quantise(folder / FLOAT_NAME, folder / INT8_NAME, slices)
    return compare(folder, tiny_net(), look_at(store, SMOKE.input, "validation"))


def test_every_way_to_run_the_model_is_timed(candidates: list[Candidate]) -> None:
    ways = [(c.engine, c.precision) for c in candidates]
    assert ways == [
        ("torch", "float32"),
        ("ONNX Runtime", "float32"),
        (ENGINE, "float32"),
        (ENGINE, "bfloat16"),
        (ENGINE, "int8"),
    ]
    assert all(c.ms > 0 and c.size_mb > 0 for c in candidates)


def test_only_what_serves_is_measured(candidates: list[Candidate]) -> None:
    assert [c.balanced_accuracy is None for c in candidates] == [True, True, False, False, False]
    measured = [c.balanced_accuracy for c in candidates if c.balanced_accuracy is not None]
    assert all(0.4 <= value <= 1.0 for value in measured)
    assert np.ptp([c.auroc for c in candidates[2:]]) < 0.2

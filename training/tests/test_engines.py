from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from brainai.inference.runtime import ENGINE
from brainai.inference.spec import Precision
from brainai_training import engines
from brainai_training.engines import (
    ALLOWED_DICE_LOSS,
    ALLOWED_LOSS,
    Candidate,
    best_dice,
    choose,
    compare,
    file_spec,
    to_markdown,
)
from brainai_training.export import FLOAT_NAME, INT8_NAME
from brainai_training.looks import Look, look_at
from brainai_training.tensors import TensorStore
from tests.making import SMOKE
from tests.tiny_net import tiny_net


def _served(
    precision: Precision, ms: float, balanced: float, overlap: float | None = 0.8
) -> Candidate:
    file = INT8_NAME if precision == "int8" else FLOAT_NAME
    return Candidate(ENGINE, precision, file, 10.0, ms, balanced, 0.9, overlap)


FLOAT = _served("float32", 10.0, 0.900)
TORCH = Candidate("torch", "float32", FLOAT_NAME, 10.0, 1.0, None, None, None)


def test_the_fastest_that_is_as_right_as_float32_is_chosen() -> None:
    fast = _served("int8", 3.0, 0.899)
    assert choose([TORCH, FLOAT, _served("bfloat16", 6.0, 0.901), fast]) == fast


def test_a_fast_one_that_loses_too_much_is_not_chosen() -> None:
    half = _served("bfloat16", 6.0, 0.900 - ALLOWED_LOSS)
    assert choose([FLOAT, half, _served("int8", 3.0, 0.9 - ALLOWED_LOSS - 1e-6)]) == half


def test_a_fast_one_whose_masks_lose_too_much_is_not_chosen() -> None:
    close = _served("bfloat16", 6.0, 0.900, 0.8 - ALLOWED_DICE_LOSS)
    far = _served("int8", 3.0, 0.900, 0.8 - ALLOWED_DICE_LOSS - 1e-6)
    assert choose([FLOAT, close, far]) == close


def test_without_masks_the_balanced_accuracy_alone_decides() -> None:
    plain, fast = _served("float32", 10.0, 0.9, None), _served("int8", 3.0, 0.9, None)
    assert choose([plain, fast]) == fast


def test_float32_is_chosen_where_it_is_the_fastest_of_its_size() -> None:
    assert choose([FLOAT, _served("int8", 12.0, 0.95)]) == FLOAT


def test_a_small_file_is_chosen_before_a_fast_one() -> None:
    small = replace(_served("int8", 12.0, 0.9), size_mb=3.0)
    assert choose([FLOAT, _served("bfloat16", 6.0, 0.9), small]) == small


def test_an_engine_that_does_not_serve_is_timed_and_never_chosen() -> None:
    assert choose([TORCH, FLOAT]) == FLOAT


def test_the_table_marks_what_is_shipped_and_has_every_candidate() -> None:
    fast = _served("int8", 5.0, 0.9)
    table = to_markdown([TORCH, FLOAT, fast], fast).splitlines()
    assert len(table) == 5
    assert table[2].startswith("| torch | float32 | 1.0 | 0.10 |")
    assert table[4] == f"| {ENGINE} | int8 | 5.0 | 0.50 | 10.0 | 0.9000 | 0.9000 | 0.8000 | yes |"
    assert [line.endswith("| yes |") for line in table[2:]] == [False, False, True]
    assert len({line.count("|") for line in table}) == 1


def test_a_file_is_described_with_the_outputs_that_export_names() -> None:
    spec = file_spec("model.onnx", "bfloat16")
    assert (spec.name, spec.precision) == ("model.onnx", "bfloat16")
    assert (spec.logits, spec.evidence, spec.lesion) == ("logits", "evidence", "lesion")
    assert (spec.gate, spec.distance) == (None, None)
    assert spec.gate_file is None


@pytest.fixture(scope="module")
def candidates(exported: Path, store: TensorStore) -> list[Candidate]:
    return compare(exported, tiny_net(), look_at(store, SMOKE.input, {0}))


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
    assert [c.dice is None for c in candidates] == [True, True, False, False, False]
    assert all(0 <= c.dice <= 1 for c in candidates if c.dice is not None)


def test_no_masks_have_no_dice(exported: Path, store: TensorStore) -> None:
    look = look_at(store, SMOKE.input, {0})
    bare = replace(look, masks=np.zeros_like(look.masks))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "_ROUNDS", 1)
        patch.setattr(engines, "_WARM", 0)
        made = compare(exported, tiny_net(), bare)
    assert {c.dice for c in made} == {None}


def test_a_file_that_says_the_same_less_loudly_loses_no_dice() -> None:
    """A threshold that is chosen later makes up for it; a mask in the wrong place it does not."""
    masks = np.zeros((2, 16, 16), dtype=bool)
    masks[:, 4:10, 4:10] = True
    look = Look(
        np.arange(2),
        np.zeros((2, 1, 16, 16), dtype=np.float32),
        masks,
        np.ones(2, dtype=bool),
        np.array(["anna", "bert"]),
    )
    loud = np.where(masks, 2.0, -2.0).astype(np.float32)
    assert best_dice(look, loud) == 1.0
    assert best_dice(look, loud * 0.4 - 0.4) == 1.0
    assert best_dice(look, loud * 0.4 + 1.0) == 1.0
    assert best_dice(look, np.roll(loud, 3, axis=1)) == pytest.approx(0.5)
    assert best_dice(replace(look, masks=~masks & masks), loud) is None

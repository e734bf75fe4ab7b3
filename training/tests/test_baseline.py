import numpy as np
import pytest
from numpy.typing import NDArray

from brainai_training.baseline import FlairThreshold, fit_baseline
from brainai_training.looks import Look, look_at
from brainai_training.metrics import balanced_accuracy_at
from brainai_training.tensors import TensorStore
from tests.making import SMOKE


def _look(tensors: NDArray[np.float32], tumor: NDArray[np.bool_]) -> Look:
    masks = np.zeros((len(tensors), *tensors.shape[2:]), dtype=bool)
    return Look(np.arange(len(tensors)), tensors, masks, tumor, np.full(len(tensors), "anna"))


def test_the_baseline_answers_with_the_share_of_bright_pixels() -> None:
    tensors = np.zeros((2, 1, 10, 10), dtype=np.float32)
    tensors[1, 0, :2, :5] = 3.0
    assert FlairThreshold(bright=2.0, share=0.0).score(tensors).tolist() == [0.0, 0.1]
    assert FlairThreshold(bright=3.0, share=0.0).score(tensors).tolist() == [0.0, 0.0]


def test_both_numbers_are_found_where_they_tell_the_classes_apart() -> None:
    rng = np.random.default_rng(0)
    tensors = rng.normal(0, 0.6, (40, 1, 16, 16)).astype(np.float32)
    tumor = np.arange(40) % 2 == 0
    tensors[tumor, :, 4:8, 4:8] = 2.6
    tensors[~tumor, :, 4:5, 4:6] = 2.6  # a vessel is bright and small
    fitted = fit_baseline(_look(tensors, tumor))
    assert 1.0 <= fitted.bright < 2.6
    assert 2 / 256 < fitted.share <= 40 / 256
    assert balanced_accuracy_at(fitted.share)(fitted.score(tensors), tumor) == 1.0


def test_phantoms_are_told_apart_better_than_by_chance(store: TensorStore) -> None:
    fitted = fit_baseline(look_at(store, SMOKE.input, {0}))
    test = look_at(store, SMOKE.input, {1})
    balanced = balanced_accuracy_at(fitted.share)(fitted.score(test.tensors), test.tumor)
    assert balanced is not None
    assert balanced > 0.7


def test_training_slices_of_one_class_give_some_threshold() -> None:
    look = _look(np.ones((3, 1, 8, 8), dtype=np.float32), np.ones(3, dtype=bool))
    assert fit_baseline(look).share == pytest.approx(1.0)

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from brainai.inference.calibrate import calibrate
from brainai.inference.predict import Predictor
from brainai.inference.preprocess import to_tensor
from brainai.inference.spec import UncertainBand
from brainai_training.engines import file_spec
from brainai_training.measure import Group, look_at, margin_of, run_file, to_figure
from brainai_training.tensors import TensorStore
from tests.making import SMOKE, png, slice_of
from tests.tiny_net import write_tiny_folder


def _group(score: list[float], tumor: list[bool], patients: list[str]) -> Group:
    return Group("s", "Some slices", "a note", np.array(score), np.array(tumor), patients)


def test_a_look_holds_one_variant_of_one_split_in_the_order_of_the_manifest(
    store: TensorStore,
) -> None:
    look = look_at(store, SMOKE.input, "test")
    assert look.tensors.shape == (12, 1, 64, 64)
    assert (np.diff(look.rows) > 0).all()
    assert all(store.rows[row].split == "test" for row in look.rows)
    assert look.tumor.tolist() == [store.rows[row].tumor for row in look.rows]
    place = store.find(stripped=False, volume_stats=False)[int(look.rows[3])]
    assert np.array_equal(look.tensors[3, 0], store.tensors[place])


def test_looks_at_other_variants_hold_other_tensors(store: TensorStore) -> None:
    alone = look_at(store, SMOKE.input, "test")
    by_volume = look_at(store, SMOKE.input, "test", volume_stats=True)
    assert np.array_equal(alone.rows, by_volume.rows)
    assert not np.array_equal(alone.tensors, by_volume.tensors)
    stripped = look_at(store, SMOKE.input, "test", stripped=True)
    assert set(stripped.rows) <= set(alone.rows)


def test_grey_is_repeated_for_a_network_with_three_channels(store: TensorStore) -> None:
    look = look_at(store, replace(SMOKE.input, channels=3), "test")
    assert look.tensors.shape == (12, 3, 64, 64)


def test_the_margin_is_tumor_minus_no_tumor() -> None:
    assert margin_of(np.array([[1.0, 3.5]], dtype=np.float32)).tolist() == [2.5]


def test_the_file_gives_the_logits_of_predict_slice_by_slice(tmp_path: Path) -> None:
    spec = write_tiny_folder(tmp_path)
    pictures = [slice_of(seed, seed == 2) for seed in (1, 2)]
    predictor = Predictor(tmp_path, 1 << 20, threads=1)
    predicted = [predictor.predict(png(p.pixels.astype(np.uint8))).probability for p in pictures]
    tensors = np.stack([to_tensor(picture, spec.input).tensor for picture in pictures])
    measured = calibrate(run_file(tmp_path, spec.file, tensors), spec)
    assert measured == pytest.approx(predicted, abs=1e-6)


def test_no_slices_have_no_logits(tmp_path: Path) -> None:
    write_tiny_folder(tmp_path)
    nothing = np.zeros((0, 1, 64, 64), dtype=np.float32)
    assert run_file(tmp_path, file_spec("model.onnx", "float32"), nothing).shape == (0, 2)


def test_a_figure_holds_known_values() -> None:
    group = _group([0.9, 0.8, 0.3, 0.1], [True, False, True, False], ["a", "a", "b", "b"])
    figure = to_figure(group, 0.5, UncertainBand(0.2, 0.85))
    assert figure.auroc is not None
    assert figure.auroc.value == 0.75
    assert figure.sensitivity is not None
    assert figure.sensitivity.value == 0.5
    assert figure.specificity is not None
    assert figure.specificity.value == 0.5
    assert (figure.patients, figure.slices, figure.tumor_slices) == (2, 4, 2)
    assert figure.uncertain_share == 0.5
    assert figure.ece is not None
    assert (figure.method, figure.title, figure.note) == ("model", "Some slices", "a note")


def test_every_interval_lies_around_its_value() -> None:
    rng = np.random.default_rng(0)
    tumor = rng.random(60) < 0.5
    score = np.clip(tumor * 0.3 + rng.random(60) * 0.7, 0, 1)
    group = Group("s", "", "", score, tumor, [f"p{k % 6}" for k in range(60)])
    figure = to_figure(group, 0.5, UncertainBand(0.4, 0.6))
    for interval in (figure.auroc, figure.sensitivity, figure.specificity, figure.accuracy):
        assert interval is not None
        assert interval.low is not None
        assert interval.high is not None
        assert interval.low <= interval.value <= interval.high


def test_one_patient_has_figures_without_intervals() -> None:
    figure = to_figure(_group([0.9, 0.1], [True, False], ["a", "a"]), 0.5, None)
    assert figure.sensitivity is not None
    assert (figure.sensitivity.value, figure.sensitivity.low) == (1.0, None)


def test_a_source_without_tumor_has_a_specificity_alone() -> None:
    figure = to_figure(_group([0.9, 0.1], [False, False], ["a", "b"]), 0.5, UncertainBand(0, 0))
    assert figure.auroc is figure.sensitivity is figure.balanced_accuracy is None
    assert figure.specificity is not None
    assert figure.specificity.value == 0.5


def test_the_baseline_is_neither_calibrated_nor_uncertain() -> None:
    figure = to_figure(_group([0.02, 0.01], [True, False], ["a", "b"]), 0.015, None)
    assert (figure.method, figure.ece, figure.uncertain_share) == ("flair_threshold", None, None)

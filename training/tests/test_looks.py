import dataclasses
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from brainai.inference.calibrate import calibrate
from brainai.inference.predict import Predictor
from brainai.inference.preprocess import to_tensor
from brainai.labels import Sequence
from brainai_training.engines import file_spec
from brainai_training.looks import look_at, margin_of, run_file
from brainai_training.tensors import TensorStore
from tests.making import SMOKE, png, slice_of
from tests.tiny_net import write_tiny_folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("looks")
    write_tiny_folder(made)
    return made


def test_a_look_holds_one_variant_of_some_folds_in_the_order_of_the_manifest(
    store: TensorStore,
) -> None:
    look = look_at(store, SMOKE.input, {1})
    assert look.tensors.shape == (24, 1, 64, 64)
    assert (np.diff(look.rows) > 0).all()
    rows = [store.rows[row] for row in look.rows]
    assert {row.fold for row in rows} == {1}
    assert look.tumor.tolist() == [row.tumor for row in rows]
    assert look.patients.tolist() == [row.patient for row in rows]
    place = store.find(stripped=False, volume_stats=False)[int(look.rows[3])]
    assert np.array_equal(look.tensors[3, 0], store.tensors[place])
    assert np.array_equal(look.masks[3], store.masks[place])


def test_all_folds_together_are_all_slices(store: TensorStore) -> None:
    assert look_at(store, SMOKE.input, {0, 1}).rows.tolist() == list(range(48))
    assert len(look_at(store, SMOKE.input, {7}).rows) == 0


def test_looks_at_other_variants_hold_other_tensors(store: TensorStore) -> None:
    alone = look_at(store, SMOKE.input, {0})
    by_volume = look_at(store, SMOKE.input, {0}, volume_stats=True)
    assert np.array_equal(alone.rows, by_volume.rows)
    assert not np.array_equal(alone.tensors, by_volume.tensors)
    stripped = look_at(store, SMOKE.input, {0}, stripped=True)
    assert set(stripped.rows) <= set(alone.rows)


def test_grey_is_repeated_for_a_network_with_three_channels(store: TensorStore) -> None:
    look = look_at(store, replace(SMOKE.input, channels=3), {0})
    assert look.tensors.shape == (24, 3, 64, 64)
    assert np.array_equal(look.tensors[:, 0], look.tensors[:, 2])


def test_sequences_beside_flair_follow_its_channels(store: TensorStore) -> None:
    seen = dataclasses.replace(store, beside=np.stack([store.tensors + 9, store.tensors * 0], 1))
    spec = replace(SMOKE.input, beside=(Sequence.T1C, Sequence.T2))
    look, plain = look_at(seen, spec, {0}), look_at(store, SMOKE.input, {0})
    assert look.tensors.shape == (24, 3, 64, 64)
    assert np.array_equal(look.tensors[:, :1], plain.tensors)
    assert np.array_equal(look.tensors[:, 1:2], plain.tensors + 9)
    assert not look.tensors[:, 2].any()


def test_the_margin_is_tumor_minus_no_tumor() -> None:
    assert margin_of(np.array([[1.0, 3.5]], dtype=np.float32)).tolist() == [2.5]


def test_the_file_gives_the_logits_of_predict_slice_by_slice(folder: Path) -> None:
    predictor = Predictor(folder, 1 << 20, threads=1)
    spec = predictor.spec
    pictures = [slice_of(seed, seed == 2) for seed in (1, 2)]
    predicted = [predictor.predict(png(p.pixels.astype(np.uint8))).probability for p in pictures]
    tensors = np.stack([to_tensor(picture, spec.input).tensor for picture in pictures])
    logits, _ = run_file(folder, spec.file, tensors)
    assert calibrate(logits, spec) == pytest.approx(predicted, abs=1e-5)


def test_the_lesion_map_comes_on_the_grid_of_the_network(folder: Path) -> None:
    tensors = np.random.default_rng(0).normal(size=(2, 1, 64, 64)).astype(np.float32)
    _, lesion = run_file(folder, file_spec("model.onnx", "float32"), tensors)
    assert np.allclose(lesion, 4 * (tensors[:, 0] - 1.5), atol=1e-4)


def test_no_slices_have_no_logits(folder: Path) -> None:
    nothing = np.zeros((0, 1, 64, 64), dtype=np.float32)
    logits, lesion = run_file(folder, file_spec("model.onnx", "float32"), nothing)
    assert (logits.shape, lesion.shape) == ((0, 2), (0, 64, 64))

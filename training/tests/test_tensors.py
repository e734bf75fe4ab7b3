from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from brainai.imaging.intensity import measure_intensity
from brainai.imaging.sniff import read_study
from brainai.imaging.study import Slice
from brainai.inference.preprocess import to_tensor
from brainai.inference.spec import InputSpec
from brainai_training.config import Config
from brainai_training.errors import DataError
from brainai_training.phantoms import write_phantom_patients
from brainai_training.tensors import (
    TensorStore,
    check_split,
    data_hashes,
    prepare,
    prepare_slice,
    volume_stats,
)
from tests.making import SMOKE, config_with, phantom, slice_of
from tests.measured import with_split
from tests.tiny_net import write_tiny_folder


def test_a_training_tensor_equals_what_serving_makes_of_the_same_file(
    phantom_data: Path, store: TensorStore
) -> None:
    places = store.find(stripped=False, volume_stats=False)
    for row, place in places.items():
        described = store.rows[row]
        name = f"{described.case}_{described.slice_index + 1}.png"
        data = (phantom_data / "phantoms" / described.case / name).read_bytes()
        served = to_tensor(read_study(data, 1 << 24).slice, SMOKE.input).tensor
        assert np.array_equal(store.tensors[place][None], served)
    assert len(places) == 48


@pytest.mark.parametrize("crop", ["foreground", "pad", "squish"])
def test_the_tensor_is_the_served_one_for_each_crop(crop: str) -> None:
    spec = InputSpec(size_px=48, crop=crop)  # type: ignore[arg-type]
    image = Slice(slice_of(4, True).pixels[:, 8:80])
    tensor, _ = prepare_slice(image, None, spec, None)
    assert np.array_equal(tensor, to_tensor(image, spec).tensor[0])


def test_the_mask_lies_on_the_grid_of_its_tensor(store: TensorStore) -> None:
    for row, place in store.find(stripped=False, volume_stats=False).items():
        mask = store.masks[place]
        assert mask.any() == store.rows[row].tumor
        if mask.any():
            # A phantom's lesion is the brightest thing inside of the skull.
            assert store.tensors[place][mask].mean() > store.tensors[place][~mask].mean() + 1


def test_a_mask_that_fills_the_crop_of_its_slice_fills_the_tensor() -> None:
    image = slice_of(3, False)
    _, mask = prepare_slice(image, np.ones(image.pixels.shape, dtype=bool), SMOKE.input, None)
    assert mask.mean() > 0.9


def test_each_slice_has_a_variant_by_slice_by_volume_and_without_skull(store: TensorStore) -> None:
    for by_volume in (False, True):
        assert len(store.find(False, by_volume)) == 48
        # The brain of a phantom is found in nearly all slices.
        assert len(store.find(True, by_volume)) >= 40
    assert len(store.variants) == len(store.tensors) == len(store.masks)
    assert store.tensors.dtype == np.float32
    assert store.tensors.shape[1:] == (64, 64)


def test_statistics_of_the_volume_are_used_where_asked(
    phantom_data: Path, store: TensorStore
) -> None:
    folder = phantom_data / "phantoms" / store.rows[0].case
    files = [folder / f"{folder.name}_{k}.png" for k in range(1, 7)]
    slices = [read_study(path.read_bytes(), 1 << 24).slice for path in files]
    stats = measure_intensity(np.concatenate([image.pixels.ravel() for image in slices]))
    expected = to_tensor(slices[0], SMOKE.input, stats).tensor[0]
    assert np.array_equal(store.tensors[store.find(False, True)[0]], expected)


def test_what_is_prepared_once_is_taken_from_the_cache(tmp_path: Path) -> None:
    write_phantom_patients(tmp_path / "phantoms", patients=3, slices=2, size_px=48)
    first = prepare(tmp_path, SMOKE, tmp_path / "cache")
    for path in (tmp_path / "phantoms").rglob("*.png"):
        path.unlink()
    again = prepare(tmp_path, SMOKE, tmp_path / "cache")
    assert again.rows == first.rows
    assert np.array_equal(again.tensors, first.tensors)


def test_another_input_is_prepared_anew(tmp_path: Path) -> None:
    write_phantom_patients(tmp_path / "phantoms", patients=3, slices=2, size_px=48)
    prepare(tmp_path, SMOKE, tmp_path / "cache")
    other = config_with(input=InputSpec(size_px=32))
    assert prepare(tmp_path, other, tmp_path / "cache").tensors.shape[1:] == (32, 32)


def test_preparing_that_was_cut_short_begins_anew(tmp_path: Path) -> None:
    write_phantom_patients(tmp_path / "phantoms", patients=3, slices=2, size_px=48)
    first = prepare(tmp_path, SMOKE, tmp_path / "cache")
    (folder,) = (tmp_path / "cache").iterdir()
    (folder / "done").unlink()
    (folder / "tensors.f32").write_bytes(b"half")
    again = prepare(tmp_path, SMOKE, tmp_path / "cache")
    assert np.array_equal(again.tensors, first.tensors)


def test_a_blank_slice_has_a_row_and_no_variant(tmp_path: Path) -> None:
    write_phantom_patients(tmp_path / "phantoms", patients=3, slices=2, size_px=48)
    for path in (tmp_path / "phantoms" / "phantom00").glob("phantom00_1*.png"):
        Image.new("RGB", (48, 48)).save(path)
    made = prepare(tmp_path, SMOKE, tmp_path / "cache")
    assert len(made.rows) == 6
    assert 0 not in made.find(False, False)
    assert 1 in made.find(False, False)


def _twins(tmp_path: Path, config: Config) -> TensorStore:
    write_phantom_patients(tmp_path / "phantoms", patients=3, slices=2, size_px=48)
    drawn = Image.fromarray(phantom(5, False, 48).pixels).convert("RGB")
    for patient in ("phantom00", "phantom01", "phantom02"):
        drawn.save(tmp_path / "phantoms" / patient / f"{patient}_1.png")
    return prepare(tmp_path, config, tmp_path / "cache")


def test_a_slice_copied_between_patients_of_two_folds_stops_the_preparing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="Identical slices in two folds: phantom0"):
        _twins(tmp_path, SMOKE)


def test_the_hashes_are_those_of_the_rows(store: TensorStore) -> None:
    data, split = data_hashes(store)
    assert len(data) == len(split) == 64
    assert data != split


def test_a_model_of_the_same_folds_is_let_through(store: TensorStore, tmp_path: Path) -> None:
    check_split(write_tiny_folder(tmp_path, split_sha256=data_hashes(store)[1]), store)


def test_a_model_of_other_folds_is_refused_with_what_to_do(
    store: TensorStore, tmp_path: Path
) -> None:
    spec = with_split(write_tiny_folder(tmp_path), "0" * 64)
    with pytest.raises(DataError, match=r"may have been trained on\. Train a model on this data"):
        check_split(spec, store)


def test_a_volume_is_measured_as_a_whole_but_for_slices_that_are_absent() -> None:
    one, other = slice_of(1, False), slice_of(2, True)
    together = measure_intensity(np.concatenate([one.pixels.ravel(), other.pixels.ravel()]))
    assert volume_stats([one, None, other]) == together
    assert volume_stats([None, None]) is None
    assert volume_stats([Slice(np.zeros((40, 40), dtype=np.float32))]) is None

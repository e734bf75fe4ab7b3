import shutil
from dataclasses import replace as replace_case
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PIL import Image

from brainai.imaging.intensity import measure_intensity
from brainai.imaging.sniff import read_study
from brainai.inference.preprocess import Beside, to_tensor
from brainai.inference.spec import InputSpec
from brainai.labels import Sequence
from brainai_training import tensors
from brainai_training.config import Config
from brainai_training.datasets.case import Case
from brainai_training.errors import DataError
from brainai_training.manifest import find_cases
from brainai_training.phantoms import write_phantom_patients
from brainai_training.tensors import (
    TensorStore,
    check_split,
    data_hashes,
    prepare,
    to_arrays,
)
from tests.making import SMOKE, config_with, phantom, slice_of, write_kaggle_slice
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


@pytest.mark.parametrize("channels", [1, 3])
def test_flair_is_kept_once_and_what_is_beside_it_apart(channels: int) -> None:
    spec = InputSpec(size_px=48, channels=channels, beside=(Sequence.T1C, Sequence.T2))
    beside = {Sequence.T1C: Beside(slice_of(5, True))}
    prepared = to_tensor(slice_of(4, True), spec, beside=beside)
    flair, further, mask = to_arrays(prepared, None, spec)
    assert np.array_equal(flair, to_tensor(slice_of(4, True), InputSpec(size_px=48)).tensor[0])
    assert np.array_equal(further, prepared.tensor[channels:])
    assert further[0].any()
    assert not further[1].any()
    assert not mask.any()


def test_the_sequences_of_a_source_are_kept_where_the_input_names_them(tmp_path: Path) -> None:
    for patient, seed in (("a", 3), ("b", 20), ("c", 40)):
        for z in (1, 2):
            drawn = phantom(seed + z, z == 1)
            after = None if patient == "a" else phantom(seed + z + 9, False).pixels
            write_kaggle_slice(
                tmp_path / "phantoms" / patient, f"{patient}_{z}", drawn, after=after
            )
    spec = InputSpec(size_px=48, beside=(Sequence.T1C, Sequence.T2))
    made = prepare(tmp_path, config_with(input=spec), tmp_path / "cache")
    assert made.beside.shape == (len(made.variants), 2, 48, 48)
    for variant, (after, t2) in zip(made.variants, made.beside, strict=True):
        assert after.any() == (made.rows[variant.row].patient != "a")
        assert not t2.any()
    again = prepare(tmp_path, config_with(input=spec), tmp_path / "cache")
    assert np.array_equal(again.beside, made.beside)


def test_the_mask_lies_on_the_grid_of_its_tensor(store: TensorStore) -> None:
    for row, place in store.find(stripped=False, volume_stats=False).items():
        mask = store.masks[place]
        assert mask.any() == store.rows[row].tumor
        if mask.any():
            # A phantom's lesion is the brightest thing inside of the skull.
            assert store.tensors[place][mask].mean() > store.tensors[place][~mask].mean() + 1


def test_a_mask_that_fills_the_crop_of_its_slice_fills_the_tensor() -> None:
    image = slice_of(3, False)
    prepared = to_tensor(image, SMOKE.input)
    whole = np.ones(image.pixels.shape, dtype=bool)
    _, _, mask = to_arrays(prepared, whole, SMOKE.input)
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


def test_what_is_prepared_once_is_taken_from_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_phantom_patients(tmp_path / "phantoms", patients=3, slices=2, size_px=48)
    first = prepare(tmp_path, SMOKE, tmp_path / "cache")
    monkeypatch.setattr(tensors, "_build", lambda *_: pytest.fail("it reads the data again"))
    # To be shown more often is no reason to be prepared again.
    more = config_with(sources=[replace(source, repeat=3) for source in SMOKE.sources])
    again = prepare(tmp_path, more, tmp_path / "cache")
    assert again.rows == first.rows
    assert np.array_equal(again.tensors, first.tensors)


def test_data_that_has_changed_is_prepared_anew(tmp_path: Path) -> None:
    folder = tmp_path / "phantoms"
    write_phantom_patients(folder, patients=3, slices=2, size_px=48)
    first = prepare(tmp_path, SMOKE, tmp_path / "cache")
    write_phantom_patients(tmp_path / "more" / "phantoms", patients=4, slices=2, size_px=48)
    shutil.move(tmp_path / "more" / "phantoms" / "phantom03", folder)
    more = prepare(tmp_path, SMOKE, tmp_path / "cache")
    assert {row.patient for row in more.rows} - {row.patient for row in first.rows} == {"phantom03"}
    slice_ = next((folder / "phantom00").glob("phantom00_1*.png"))
    Image.new("RGB", (48, 48)).save(slice_)
    assert len(prepare(tmp_path, SMOKE, tmp_path / "cache").variants) < len(more.variants)


def test_what_was_prepared_for_other_patients_of_the_same_files_is_prepared_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_phantom_patients(tmp_path / "phantoms", patients=3, slices=2, size_px=48)

    def each_in_two(*given: object) -> list[Case]:
        """Find cases as a version did that took two studies of a patient for two patients."""
        cases = find_cases(*given)  # type: ignore[arg-type]
        return [replace_case(case, patient=f"{case.patient}-1") for case in cases]

    with monkeypatch.context() as patch:
        patch.setattr(tensors, "find_cases", each_in_two)
        prepare(tmp_path, SMOKE, tmp_path / "cache")
    made = prepare(tmp_path, SMOKE, tmp_path / "cache")
    assert {row.patient for row in made.rows} == {"phantom00", "phantom01", "phantom02"}


def test_data_without_a_slice_to_use_is_named(tmp_path: Path) -> None:
    write_phantom_patients(tmp_path / "phantoms", patients=3, slices=2, size_px=24)
    with pytest.raises(DataError, match=r"No slice of .*phantoms can be used: all are blank"):
        prepare(tmp_path, SMOKE, tmp_path / "cache")


def test_a_name_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    write_phantom_patients(tmp_path / "phantoms", patients=3, slices=2, size_px=48)
    folder = tmp_path / "phantoms" / "phantom01"
    folder.rename(folder.with_name("M\udcfcller"))  # as an archive from elsewhere is unpacked
    with pytest.raises(DataError, match=r"M\\udcfcller.* is not UTF-8\. Rename it"):
        prepare(tmp_path, SMOKE, tmp_path / "cache")


def test_a_name_in_any_script_is_one(tmp_path: Path) -> None:
    write_phantom_patients(tmp_path / "phantoms", patients=3, slices=2, size_px=48)
    folder = tmp_path / "phantoms" / "phantom01"
    folder.rename(folder.with_name("Müller 山田"))
    made = prepare(tmp_path, SMOKE, tmp_path / "cache")
    assert "Müller 山田" in {row.patient for row in made.rows}


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

import dataclasses

import numpy as np
import pytest
import torch
from msgspec.structs import replace

from brainai_training.batches import SliceDataset, make_dataloaders, make_plain_loader
from brainai_training.config import TrainConfig
from brainai_training.learner import NO_MASK
from brainai_training.tensors import TensorStore
from tests.making import SMOKE, config_with


def _rows(store: TensorStore, fold: int) -> list[int]:
    return [place for place, row in enumerate(store.rows) if row.fold == fold]


def test_an_item_is_a_slice_its_mask_and_its_label(store: TensorStore) -> None:
    rows = _rows(store, 1)
    dataset = SliceDataset(store, rows, None)
    assert len(dataset) == len(rows) == 24
    places = store.find(stripped=False, volume_stats=False)
    for index, row in enumerate(rows):
        image, mask, label = dataset[index]
        assert np.array_equal(image.numpy()[0], store.tensors[places[row]])
        assert np.array_equal(mask.numpy(), store.masks[places[row]])
        assert int(label) == store.rows[row].tumor


def test_a_slice_without_mask_says_so_in_each_pixel(store: TensorStore) -> None:
    bare = [replace(variant, has_mask=False) for variant in store.variants]
    dataset = SliceDataset(dataclasses.replace(store, variants=bare), [0], None)
    assert (dataset[0][1] == NO_MASK).all()


def test_training_sees_each_variant_and_validation_one(store: TensorStore) -> None:
    torch.manual_seed(0)
    row = [0]
    often = TrainConfig(stripped=0.5, volume_stats=0.5)
    training, validation = SliceDataset(store, row, often), SliceDataset(store, row, None)
    looks = {training[0][0].numpy().tobytes() for _ in range(60)}
    assert len(looks) == 4
    assert len({validation[0][0].numpy().tobytes() for _ in range(20)}) == 1


@pytest.mark.parametrize(("stripped", "volume"), [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)])
def test_shares_choose_the_variant(store: TensorStore, stripped: float, volume: float) -> None:
    dataset = SliceDataset(store, [0], TrainConfig(stripped=stripped, volume_stats=volume))
    expected = store.tensors[store.find(stripped == 1, volume == 1)[0]]
    assert np.array_equal(dataset[0][0].numpy()[0], expected)


def test_a_slice_that_was_not_stripped_is_shown_whole(store: TensorStore) -> None:
    kept = [place for place, variant in enumerate(store.variants) if not variant.stripped]
    whole = _only(store, kept)
    dataset = SliceDataset(whole, [0], TrainConfig(stripped=1.0, volume_stats=0.0))
    assert np.array_equal(dataset[0][0].numpy()[0], whole.tensors[0])


def test_a_blank_slice_is_in_no_batch(store: TensorStore) -> None:
    seen = [place for place, variant in enumerate(store.variants) if variant.row != 1]
    assert len(SliceDataset(_only(store, seen), [0, 1, 2], None)) == 2


def _only(store: TensorStore, places: list[int]) -> TensorStore:
    return TensorStore(
        store.rows,
        [store.variants[place] for place in places],
        store.tensors[places],
        store.beside[places],
        store.masks[places],
    )


def _beside(store: TensorStore) -> TensorStore:
    """The store with two sequences beside FLAIR, of which no pixel is 0."""
    return dataclasses.replace(store, beside=np.stack([store.tensors + 9, store.tensors + 18], 1))


def test_sequences_beside_flair_are_further_channels(store: TensorStore) -> None:
    image, _, _ = SliceDataset(_beside(store), [0], None)[0]
    flair = store.tensors[store.find(stripped=False, volume_stats=False)[0]]
    assert np.array_equal(image.numpy(), np.stack([flair, flair + 9, flair + 18]))


def test_training_leaves_out_each_sequence_beside_flair_by_itself(store: TensorStore) -> None:
    torch.manual_seed(0)
    choice = TrainConfig(stripped=0, volume_stats=0, sequence_dropout=0.5)
    dataset = SliceDataset(_beside(store), [0], choice)
    given = {tuple(dataset[0][0].any(dim=2).any(dim=1).tolist()) for _ in range(60)}
    assert given == {(True, a, b) for a in (False, True) for b in (False, True)}
    never = SliceDataset(_beside(store), [0], replace(choice, sequence_dropout=0.0))
    assert all(never[0][0].all() for _ in range(20))


def test_the_empty_copy_that_is_exported_holds_no_slices(store: TensorStore) -> None:
    empty = SliceDataset(store, _rows(store, 0), None).new_empty()
    assert len(empty) == 0
    assert empty._store.tensors.size == 0


@pytest.mark.parametrize("held_out", [0, 1])
def test_a_patient_held_out_is_never_trained_on(store: TensorStore, held_out: int) -> None:
    loaders = make_dataloaders(store, SMOKE, held_out)
    trained, seen = (
        {store.rows[row].patient for row in loader.dataset._rows}
        for loader in (loaders.train, loaders.valid)
    )
    assert len(trained) == len(seen) == 4
    assert not trained & seen
    assert loaders.train.dataset._rows == _rows(store, 1 - held_out)
    assert loaders.valid.dataset._rows == _rows(store, held_out)


def test_nobody_held_out_trains_on_everybody(store: TensorStore) -> None:
    loaders = make_dataloaders(store, SMOKE, None)
    assert loaders.train.dataset._rows == list(range(48))


@pytest.mark.parametrize("size_px", [32, 48])
def test_batches_are_shrunk_where_a_stage_asks_for_it(store: TensorStore, size_px: int) -> None:
    loaders = make_dataloaders(store, SMOKE, 0, size_px)
    for loader in (loaders.train, loaders.valid):
        image, mask, _ = next(iter(loader))
        assert image.shape == (8, 1, size_px, size_px)
        assert mask.shape == (8, size_px, size_px)
        assert mask.any()


def test_training_is_shuffled_and_augmented_and_validation_is_neither(store: TensorStore) -> None:
    torch.manual_seed(0)
    loaders = make_dataloaders(store, SMOKE, 1)
    places = store.find(stripped=False, volume_stats=False)
    expected = store.tensors[[places[row] for row in _rows(store, 1)]]
    images = torch.cat([batch[0] for batch in loaders.valid]).numpy()
    # fastai samples validation slices, too, on a grid that moves nothing: to within rounding.
    assert np.allclose(images[:, 0], expected, atol=1e-3)
    first = next(iter(loaders.train))
    assert first[0].shape == (8, 1, 64, 64)
    known = {tensor.tobytes() for tensor in store.tensors}
    assert not any(image.numpy()[0].tobytes() in known for image in first[0])


def test_a_source_is_repeated_in_training_as_often_as_configured(store: TensorStore) -> None:
    config = config_with(sources=[replace(SMOKE.sources[0], repeat=3)])
    loaders = make_dataloaders(store, config, 0)
    assert len(loaders.train.dataset) == 3 * 24
    assert len(loaders.valid.dataset) == 24


def test_plain_batches_are_what_is_trained_on_shuffled_and_as_it_is(store: TensorStore) -> None:
    torch.manual_seed(0)
    config = config_with(sources=[replace(SMOKE.sources[0], repeat=2)])
    loader = make_plain_loader(store, config, 1)
    assert len(loader.dataset) == 2 * 24
    assert isinstance(loader.dataset, SliceDataset)
    rows = set(_rows(store, 0))
    known = {
        store.tensors[place].tobytes(): variant.row
        for place, variant in enumerate(store.variants)
        if variant.row in rows
    }
    seen = [known[image.numpy()[0].tobytes()] for batch in loader for image in batch[0]]
    assert set(seen) == rows
    assert seen != sorted(seen)


def test_intensities_change_in_training_and_stay_in_validation(store: TensorStore) -> None:
    torch.manual_seed(0)
    loaders = make_dataloaders(store, SMOKE, 0)
    # Geometry alone keeps the darkest value of a slice, which is air at its border.
    known = {round(float(tensor.min()), 3) for tensor in store.tensors}
    seen = [round(float(image.min()), 3) for _ in range(4) for b in loaders.train for image in b[0]]
    assert np.mean([low in known for low in seen]) < 0.6
    same = [round(float(image.min()), 3) for batch in loaders.valid for image in batch[0]]
    assert np.mean([low in known for low in same]) > 0.9

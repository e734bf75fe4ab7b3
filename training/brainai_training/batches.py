"""Prepared slices -> fastai DataLoaders."""

import numpy as np
import torch
from fastai.basics import TensorCategory
from fastai.data.core import DataLoaders, TfmdDL
from fastai.torch_core import default_device
from fastai.vision.core import TensorImage, TensorMask
from numpy.typing import NDArray

from brainai_training.augment import batch_transforms
from brainai_training.config import Config, TrainConfig
from brainai_training.learner import NO_MASK
from brainai_training.tensors import TensorStore

Item = tuple[TensorImage, TensorMask, TensorCategory]


class SliceDataset:
    """Slices as the network sees them: image [1 + beside, S, S], mask [S, S] (255: none), label.

    For training each look at a slice picks one of its variants and may leave out sequences beside
    FLAIR; validation sees each slice alone, unstripped, as ``/predict`` does.
    """

    n_inp = 1

    def __init__(self, store: TensorStore, rows: list[int], choice: TrainConfig | None) -> None:
        """Serve ``rows`` of the manifest; ``choice`` holds the shares of variants, for training."""
        self._store, self._choice = store, choice
        # fastai's loader reads it here, before each epoch, to tell the transforms that augment
        # from the rest: 0 is training. Without it validation would be augmented, too.
        self.split_idx = 0 if choice else 1
        self._looks = {
            (stripped, volume): store.find(stripped, volume)
            for stripped in (False, True)
            for volume in (False, True)
        }
        self._rows = [row for row in rows if row in self._looks[False, False]]

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int) -> Item:
        row = self._rows[index]
        place = self._place(row)
        store = self._store
        layers = np.concatenate([store.tensors[place][None], store.beside[place]])
        image = TensorImage(torch.from_numpy(self._drop(layers)))
        mask = torch.from_numpy(np.array(store.masks[place], dtype=np.int64))
        if not store.variants[place].has_mask:
            mask.fill_(NO_MASK)
        return image, TensorMask(mask), TensorCategory(int(store.rows[row].tumor))

    def new_empty(self) -> "SliceDataset":
        """Return an empty set, for fastai's export: a pickle must not hold slices."""
        nothing = np.zeros((0, 1, 1))
        empty = TensorStore(
            [],
            [],
            nothing.astype(np.float32),
            nothing[None].astype(np.float32),
            nothing.astype(bool),
        )
        return SliceDataset(empty, [], None)

    def _drop(self, layers: NDArray[np.float32]) -> NDArray[np.float32]:
        """Leave out sequences beside FLAIR, each by chance: set the layer to 0."""
        if self._choice is not None:
            for layer in layers[1:]:
                if torch.rand(()) < self._choice.sequence_dropout:
                    layer.fill(0)
        return layers

    def _place(self, row: int) -> int:
        if self._choice is None:
            return self._looks[False, False][row]
        stripped = bool(torch.rand(()) < self._choice.stripped)
        volume = bool(torch.rand(()) < self._choice.volume_stats)
        for look in ((stripped, volume), (False, volume)):
            if row in self._looks[look]:
                return self._looks[look][row]
        return self._looks[False, False][row]


def make_dataloaders(
    store: TensorStore, config: Config, held_out: int | None, size_px: int | None = None
) -> DataLoaders:
    """Build batches to train on (augmented, shuffled, sources repeated) and to look at.

    held_out: the fold that is looked at and not trained on; None trains on every patient, so that
    what is looked at was trained on. size_px: side to shrink the slices to.
    """
    rows = _rows_to_train_on(store, config, held_out)
    others = [place for place, row in enumerate(store.rows) if held_out in (None, row.fold)]
    loaders = [
        _loader(SliceDataset(store, rows, config.train), config, size_px),
        _loader(SliceDataset(store, others, None), config, size_px),
    ]
    return DataLoaders(*loaders, device=default_device())


def make_plain_loader(store: TensorStore, config: Config, held_out: int | None) -> TfmdDL:
    """Build batches of what is trained on, shuffled, as serving sees it: nothing is augmented."""
    dataset = SliceDataset(store, _rows_to_train_on(store, config, held_out), config.train)
    size = config.train.batch_size
    return TfmdDL(
        dataset,
        bs=size,
        shuffle=True,
        drop_last=len(dataset) > size,
        num_workers=0,
        device=default_device(),
    )


def _rows_to_train_on(store: TensorStore, config: Config, held_out: int | None) -> list[int]:
    """Places in the manifest, those of a source that is repeated as often as it is."""
    repeat = {source.name: source.repeat for source in config.sources}
    return [
        place
        for place, row in enumerate(store.rows)
        if row.fold != held_out
        for _ in range(repeat[row.source])
    ]


def _loader(dataset: SliceDataset, config: Config, size_px: int | None) -> TfmdDL:
    training = dataset.split_idx == 0
    size = config.train.batch_size
    return TfmdDL(
        dataset,
        bs=size,
        shuffle=training,
        drop_last=training and len(dataset) > size,
        num_workers=0,
        after_batch=batch_transforms(config.input.clip, config.train.intensity, size_px),
    )

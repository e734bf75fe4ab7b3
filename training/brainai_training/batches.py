"""Prepared slices -> fastai DataLoaders."""

import numpy as np
import torch
from fastai.basics import TensorCategory
from fastai.data.core import DataLoaders, TfmdDL
from fastai.torch_core import default_device
from fastai.vision.core import TensorImage, TensorMask

from brainai_training.augment import batch_transforms
from brainai_training.config import Config, TrainConfig
from brainai_training.manifest import rows_where
from brainai_training.tensors import TensorStore

NO_MASK = 255

Item = tuple[TensorImage, TensorMask, TensorCategory]


class SliceDataset:
    """Slices as the network sees them: image [1, S, S], mask [S, S] (255: none), label.

    For training each look at a slice picks one of its variants; validation sees each slice alone,
    unstripped, as ``/predict`` does.
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
        image = TensorImage(torch.from_numpy(np.array(store.tensors[place]))[None])
        mask = torch.from_numpy(np.array(store.masks[place], dtype=np.int64))
        if not store.variants[place].has_mask:
            mask.fill_(NO_MASK)
        return image, TensorMask(mask), TensorCategory(int(store.rows[row].tumor))

    def new_empty(self) -> "SliceDataset":
        """Return an empty set, for fastai's export: a pickle must not hold slices."""
        nothing = np.zeros((0, 1, 1))
        empty = TensorStore([], [], nothing.astype(np.float32), nothing.astype(bool))
        return SliceDataset(empty, [], None)

    def _place(self, row: int) -> int:
        if self._choice is None:
            return self._looks[False, False][row]
        stripped = bool(torch.rand(()) < self._choice.stripped)
        volume = bool(torch.rand(()) < self._choice.volume_stats)
        for look in ((stripped, volume), (False, volume)):
            if row in self._looks[look]:
                return self._looks[look][row]
        return self._looks[False, False][row]


def make_dataloaders(store: TensorStore, config: Config) -> DataLoaders:
    """Build training (augmented, shuffled, sources repeated) and validation batches."""
    repeat = {source.name: source.repeat for source in config.sources}
    train_rows = [
        int(row)
        for row in rows_where(store.rows, "train")
        for _ in range(repeat[store.rows[row].source])
    ]
    validation_rows = [int(row) for row in rows_where(store.rows, "validation")]
    train = SliceDataset(store, train_rows, config.train)
    validation = SliceDataset(store, validation_rows, None)
    size, device = config.train.batch_size, default_device()
    loaders = [
        _loader(train, size, config, shuffle=True),
        _loader(validation, size * 2, config, shuffle=False),
    ]
    return DataLoaders(*loaders, device=device)


def _loader(dataset: SliceDataset, size: int, config: Config, shuffle: bool) -> TfmdDL:
    return TfmdDL(
        dataset,
        bs=size,
        shuffle=shuffle,
        drop_last=shuffle and len(dataset) > size,
        num_workers=0,
        after_batch=batch_transforms(config.input.clip, config.train.intensity),
    )

"""The experiment, as a TOML file: unknown keys fail, and a copy lies beside every result."""

from pathlib import Path
from typing import Literal

import msgspec

from brainai.inference.spec import InputSpec
from brainai_training.errors import ConfigError


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One folder of data."""

    name: str
    folder: str
    """Relative to the data root."""
    layout: Literal["kaggle_3m", "brats", "tumor_free", "class_folders"]
    title: str
    note: str = ""
    only: Literal["train", "validation", "test"] | None = None
    """Put every patient of this source into one split."""
    repeat: int = 1
    """How often each training slice is shown in an epoch."""


class SplitConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Shares of the patients of each source and site."""

    seed: int = 2013
    validation: float = 0.14
    test: float = 0.18


class Stage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One call of fit_one_cycle. lr: the highest rate; lr_body: that of the earliest layers."""

    epochs: int
    lr: float
    lr_body: float | None = None


class TrainConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The recipe's numbers."""

    seed: int = 42
    batch_size: int = 32
    bfloat16: bool = True
    frozen: Stage = Stage(1, 2e-3)
    unfrozen: Stage = Stage(8, 1e-3, 5e-5)
    weight_decay: float = 0.02
    label_smoothing: float = 0.02
    dropout: float = 0.3
    cell_loss: float = 0.5
    """Weight of the loss that says, cell by cell, where the lesion is."""
    volume_stats: float = 0.4
    """Share of training slices normalised by their volume rather than by themselves."""
    stripped: float = 0.35
    """Share of training slices with the skull removed, where that worked."""
    intensity: float = 0.0
    """Share of training batches whose intensities are changed: gain, gamma, bias field, noise."""
    pretrained: bool = True


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All of an experiment."""

    name: str
    version: str
    licence: str
    sources: list[Source]
    input: InputSpec
    split: SplitConfig = SplitConfig()
    train: TrainConfig = TrainConfig()


def load_config(path: Path) -> Config:
    """Read a TOML configuration. Raises ConfigError, which names the key that is wrong."""
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Config)
    except (OSError, msgspec.DecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error

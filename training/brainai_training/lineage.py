"""Which network begins with which other one, and with which its weights are averaged."""

from pathlib import Path

from fastai.learner import Learner
from fastai.torch_core import set_seed
from msgspec.structs import replace
from segmentation_models_pytorch import Unet

from brainai_training.batches import make_plain_loader
from brainai_training.config import CONFIGS, Config, load_config
from brainai_training.errors import writing
from brainai_training.learner import average, settle
from brainai_training.tensors import prepare
from brainai_training.train import Start, train


def fold_folder(work: Path, config: Config, fold: int | None) -> Path:
    """Name the folder of a fold's run, or of the run on everybody."""
    return work / config.name / ("final" if fold is None else f"fold{fold}")


def make_network(
    config: Config, fold: int | None, data: Path, weights: Path | None, work: Path
) -> Unet:
    """Train a network and those that it comes from; return it as it is to be served.

    fold: the one that is held out; None: nobody is. Leaves export.pkl in its folder.
    """
    learner = train_network(config, fold, data, weights, work)
    if config.mean_with is not None:
        other = _other(config.mean_with.config, config)
        second = train_network(other, fold, data, weights, work).model
        average(learner.model, second, config.mean_with.share)
    store = prepare(data, config, work / "cache")
    set_seed(config.train.seed, reproducible=True)
    batches = make_plain_loader(store, config, fold)
    settle(learner.model, batches, bfloat16=config.train.bfloat16)
    with writing(learner.path / "export.pkl"):
        learner.export("export.pkl")
    return learner.model.cpu()


def train_network(
    config: Config, fold: int | None, data: Path, weights: Path | None, work: Path
) -> Learner:
    """Train with a fold held out or, without one, on everybody; first what that begins with.

    Everybody's begins, where the configuration says so ("continued"), with the last fold's weights.
    """
    start = None
    if fold is None and config.train.continued is not None:
        last = fold_folder(work, config, config.split.held_out[-1])
        start = Start(last, config.train.continued)
    elif config.start is not None:
        first = _other(config.start, config)
        train_network(first, fold, data, weights, work)
        start = Start(fold_folder(work, first, fold), config.train.unfrozen)
    store = prepare(data, config, work / "cache")
    return train(store, config, fold, weights, fold_folder(work, config, fold), start)


def _other(name: str, config: Config) -> Config:
    """Read another configuration, for the sources and the folds of this one."""
    other = load_config(CONFIGS / f"{name}.toml")
    repeat = {source.name: source.repeat for source in other.sources}
    sources = [replace(each, repeat=repeat.get(each.name, each.repeat)) for each in config.sources]
    return replace(other, sources=sources, split=config.split)

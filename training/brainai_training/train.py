"""The recipe: ImageNet ResNet-50, head first with the body frozen, then all of it."""

from pathlib import Path

import fastai.callback.schedule  # noqa: F401 - adds lr_find and fit_one_cycle to Learner
import matplotlib as mpl
import msgspec
from fastai.callback.core import Callback
from fastai.learner import Learner
from fastai.torch_core import set_seed
from matplotlib import pyplot as plt

from brainai_training.batches import make_dataloaders
from brainai_training.config import Config, Stage
from brainai_training.errors import DataError
from brainai_training.learner import make_learner
from brainai_training.manifest import check_classes
from brainai_training.progress import show_progress
from brainai_training.tensors import TensorStore


class Progress(msgspec.Struct):
    """How far a run has come: epochs done of each stage."""

    frozen: int = 0
    unfrozen: int = 0


def train(store: TensorStore, config: Config, weights: Path | None, run: Path) -> Learner:
    """Train, or go on where a run in the folder ``run`` stopped; return the learner.

    Leaves there: lr_find.png, models/checkpoint.pth and progress.json (after each epoch),
    history.csv, export.pkl.

    Raises DataError where training or validation slices show one class only, where the start
    weights do not fit, or where the run in ``run`` is of another configuration.
    """
    check_classes(store.rows)
    run.mkdir(parents=True, exist_ok=True)
    progress = _go_on(run, config)
    set_seed(config.train.seed + progress.frozen + progress.unfrozen, reproducible=True)

    learner = make_learner(make_dataloaders(store, config), config.train, weights, run)
    show_progress(learner)
    recipe = config.train

    # 1. The head alone: the body stays what ImageNet taught it (batch norm adapts).
    learner.freeze()
    if not (run / "lr_find.png").exists():
        _find_rate(learner, run / "lr_find.png")
    if progress.frozen < recipe.frozen.epochs:
        _fit(learner, "frozen", recipe.frozen, progress, run)
    elif progress.frozen or progress.unfrozen:
        learner.load("checkpoint", with_opt=False, weights_only=False)

    # 2. All of it: small steps in the early layers, larger ones towards the head.
    learner.unfreeze()
    learner.create_opt()
    if progress.unfrozen < recipe.unfrozen.epochs:
        _fit(learner, "unfrozen", recipe.unfrozen, progress, run)

    learner.export("export.pkl")
    return learner


def _find_rate(learner: Learner, drawing: Path) -> None:
    mpl.use("Agg")
    learner.lr_find(num_it=60)
    plt.savefig(drawing, dpi=110)
    plt.close("all")


def _fit(learner: Learner, stage: str, plan: Stage, progress: Progress, run: Path) -> None:
    done = getattr(progress, stage)
    if done:
        learner.load("checkpoint", with_opt=True, weights_only=False)
    lr = slice(plan.lr_body, plan.lr) if plan.lr_body else plan.lr
    records = [Checkpoint(stage, progress, run), History(done, run)]
    learner.fit_one_cycle(plan.epochs, lr, start_epoch=done, cbs=records)


def _go_on(run: Path, config: Config) -> Progress:
    """Read how far a run has come; note whose run it is where it is new."""
    path, owner = run / "progress.json", run / "config.json"
    encoded = msgspec.json.encode(config)
    if not path.exists():
        owner.write_bytes(encoded)
        return Progress()
    if owner.exists() and owner.read_bytes() != encoded:
        raise DataError(
            f"{run} holds a run of another configuration. Remove it to begin anew, or give this "
            "configuration another name."
        )
    return msgspec.json.decode(path.read_bytes(), type=Progress)


class Checkpoint(Callback):
    """Save weights, optimiser and progress after each epoch."""

    order = 80

    def __init__(self, stage: str, progress: Progress, run: Path) -> None:
        """Count the epochs of ``stage``."""
        self.stage, self.progress, self.run = stage, progress, run
        self.done: int = getattr(progress, stage)

    def after_epoch(self) -> None:
        """Write the checkpoint first, then the record that it is there."""
        if self.epoch < self.done:  # fastai comes here for the epochs that it skips, too
            return
        self.learn.save("checkpoint", with_opt=True)
        setattr(self.progress, self.stage, self.epoch + 1)
        (self.run / "progress.json").write_bytes(msgspec.json.encode(self.progress))


class History(Callback):
    """Append each epoch's losses and metric to history.csv."""

    order = 81

    def __init__(self, done: int, run: Path) -> None:
        """Write into the folder ``run``; the first ``done`` epochs are there already."""
        self.done, self.run = done, run

    def after_epoch(self) -> None:
        """Write one line, with a header where the file is new."""
        if self.epoch < self.done:
            return
        path = self.run / "history.csv"
        # The recorder's first entry is the epoch, its last the time, as text.
        names, values = self.recorder.metric_names[1:-1], self.recorder.log[1:-1]
        if not path.exists():
            path.write_text(",".join(names) + "\n")
        with path.open("a") as lines:
            lines.write(",".join(f"{value:.5f}" for value in values) + "\n")

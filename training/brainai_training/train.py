"""The recipe: ImageNet ResNet-50, heads first with the body frozen, then all of it."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError

import fastai.callback.schedule  # noqa: F401 - adds lr_find and fit_one_cycle to Learner
import matplotlib as mpl
import msgspec
from fastai.callback.core import Callback, CancelValidException
from fastai.learner import Learner
from fastai.torch_core import set_seed
from matplotlib import pyplot as plt

from brainai_training.batches import make_dataloaders
from brainai_training.config import Config, Stage
from brainai_training.errors import DataError, writing
from brainai_training.learner import load_checkpoint, load_mean, make_learner
from brainai_training.manifest import check_classes
from brainai_training.progress import show_progress
from brainai_training.tensors import TensorStore, data_hashes

CHECKPOINT = "checkpoint"
"""Name of the file, in a run's folder models/, that holds its weights."""


@dataclass(frozen=True)
class Start:
    """A finished run to begin with, instead of ImageNet and the frozen stage.

    run: its folder; of sequences beside FLAIR it may know more. stages: what is trained from there.
    """

    run: Path
    stages: tuple[Stage, ...]


class Progress(msgspec.Struct):
    """How far a run has come: epochs done of each stage, all its runs, the frozen one first."""

    epochs: list[int]


def train(
    store: TensorStore,
    config: Config,
    held_out: int | None,
    weights: Path | None,
    run: Path,
    start: Start | None = None,
) -> Learner:
    """Train on all folds but ``held_out``, or go on where a run in ``run`` stopped.

    Leaves there: lr_find.png, models/checkpoint.pth and progress.json (after each epoch),
    history.csv, export.pkl.

    Raises DataError where a fold shows one class only, where the start weights do not fit, where
    the run in ``run`` is of another configuration or of other data, or where what it left is
    damaged or can't be written.
    """
    check_classes(store.rows, config.split.folds)
    run.mkdir(parents=True, exist_ok=True)
    recipe = config.train
    stages = recipe.unfrozen if start is None else start.stages
    progress = _go_on(run, config, store, 1 + len(stages))
    set_seed(recipe.seed + sum(progress.epochs), reproducible=True)
    dls = make_dataloaders(store, config, held_out, recipe.frozen.size_px)
    learner = make_learner(dls, recipe, weights, run, config.input.depth)
    show_progress(learner)
    if held_out is None:
        learner.add_cb(SkipValidation())

    # 1. The heads alone: the body stays what ImageNet taught it (batch norm adapts).
    if start is None:
        learner.freeze()
        if not (run / "lr_find.png").exists():
            _find_rate(learner, run / "lr_find.png")
        _fit(learner, 0, recipe.frozen, progress, run)
    else:
        shutil.copyfile(start.run / "lr_find.png", run / "lr_find.png")
        load_checkpoint(learner.model, start.run / "models" / f"{CHECKPOINT}.pth")

    # 2. All of it: small steps in the early layers, larger ones towards the heads.
    learner.unfreeze()
    for place, stage in enumerate(stages, start=1):
        learner.dls = make_dataloaders(store, config, held_out, stage.size_px)
        learner.create_opt()
        _fit(learner, place, stage, progress, run)

    if held_out is None:
        learner.remove_cb(SkipValidation)
    with writing(run / "export.pkl"):
        learner.export("export.pkl")
    return learner


def _save(learner: Learner, file: str, *, with_opt: bool) -> None:
    """Save weights; under their name lie whole files alone, whenever somebody pulls the plug."""
    folder = learner.path / learner.model_dir
    with writing(folder / f"{file}.pth"):
        learner.save(f"{file}.part", with_opt=with_opt)
    (folder / f"{file}.part.pth").replace(folder / f"{file}.pth")


def _load(learner: Learner, file: str, *, with_opt: bool) -> None:
    try:
        learner.load(file, with_opt=with_opt, weights_only=False)
    except (EOFError, RuntimeError, UnpicklingError) as error:
        path = learner.path / learner.model_dir / f"{file}.pth"
        raise DataError(_damaged(path, learner.path)) from error


def _damaged(path: Path, run: Path) -> str:
    return f"{path} is damaged, so this run can't go on. Remove {run} to begin it anew."


def _find_rate(learner: Learner, drawing: Path) -> None:
    mpl.use("Agg")
    learner.lr_find(num_it=60)
    plt.savefig(drawing, dpi=110)
    plt.close("all")


def _fit(learner: Learner, place: int, stage: Stage, progress: Progress, run: Path) -> None:
    done, total = progress.epochs[place], stage.epochs * stage.runs
    # The last of the finished stages is the one to go on from.
    if done == total and (not done or any(progress.epochs[place + 1 :])):
        return
    start = f"start{place}"
    names = [f"run{place}-{number}" for number in range(stage.runs)]
    if stage.runs == 1:
        names = [CHECKPOINT]
    elif not done:
        _save(learner, start, with_opt=False)
    for number, name in enumerate(names):
        before = number * stage.epochs
        begun = min(max(done - before, 0), stage.epochs)
        if begun == stage.epochs:
            continue
        if begun:
            _load(learner, name, with_opt=True)
        elif number:
            _load(learner, start, with_opt=False)
            learner.create_opt()
        lr = slice(stage.lr_body, stage.lr) if stage.lr_body else stage.lr
        checkpoint = Checkpoint(name, place, before, begun, progress, run)
        records = [checkpoint, History(begun, run)]
        learner.fit_one_cycle(stage.epochs, lr, start_epoch=begun, cbs=records)
    if stage.runs > 1:
        load_mean(learner.model, [run / "models" / f"{name}.pth" for name in (start, *names)])
        _save(learner, CHECKPOINT, with_opt=False)
    elif done == total:
        _load(learner, CHECKPOINT, with_opt=False)


def _go_on(run: Path, config: Config, store: TensorStore, stages: int) -> Progress:
    """Read how far a run has come; note whose run it is where it is new."""
    path, owner = run / "progress.json", run / "config.json"
    # How many folds are held out does not change what is trained with one of them held out; nor
    # does the network that refines what this one says, what the gate learns from, or the version
    # that it is shipped as.
    split = msgspec.structs.replace(config.split, measured=None)
    trained = msgspec.structs.replace(config, split=split, refine=None, packages=(), version="")
    # On other data a network may have seen the patients that it is to be measured on.
    encoded = msgspec.json.encode({"configuration": trained, "data": data_hashes(store)})
    if not path.exists():
        owner.write_bytes(encoded)
        return Progress([0] * stages)
    if owner.exists() and owner.read_bytes() != encoded:
        raise DataError(
            f"{run} holds a run of another configuration, or of other data. Remove it to begin "
            "anew, or give this configuration another name."
        )
    try:
        return msgspec.json.decode(path.read_bytes(), type=Progress)
    except msgspec.DecodeError as error:
        raise DataError(_damaged(path, run)) from error


class SkipValidation(Callback):
    """Leave validation out: no fold is held out."""

    def before_validate(self) -> None:
        """Stop before the first batch."""
        raise CancelValidException


class Checkpoint(Callback):
    """Save weights, optimiser and progress after each epoch."""

    order = 80

    def __init__(
        self, file: str, place: int, before: int, begun: int, progress: Progress, run: Path
    ) -> None:
        """Count epochs of the stage at ``place``: ``before`` by other runs, ``begun`` by this.

        file: its name, without the suffix.
        """
        self.file, self.place, self.before, self.begun = file, place, before, begun
        self.progress, self.run = progress, run

    def after_epoch(self) -> None:
        """Write the checkpoint first, then the record that it is there."""
        if self.epoch < self.begun:  # fastai comes here for the epochs that it skips, too
            return
        _save(self.learn, self.file, with_opt=True)
        self.progress.epochs[self.place] = self.before + self.epoch + 1
        part = self.run / "progress.part"
        part.write_bytes(msgspec.json.encode(self.progress))
        part.replace(self.run / "progress.json")


class History(Callback):
    """Append each epoch's losses and metrics to history.csv; empty where nothing was held out."""

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
        names, values = self.recorder.metric_names[1:-1], list(self.recorder.log[1:-1])
        # Where nothing was validated the recorder leaves those columns out.
        values += [None] * (len(names) - len(values))
        if not path.exists():
            path.write_text(",".join(names) + "\n")
        with path.open("a") as lines:
            lines.write(",".join("" if v is None else f"{v:.5f}" for v in values) + "\n")

from pathlib import Path

import msgspec
import pytest
import torch
from fastai.learner import Learner
from msgspec.structs import replace
from PIL import Image

from brainai_training import train as recipe
from brainai_training.config import Config, Stage
from brainai_training.errors import DataError
from brainai_training.tensors import TensorStore
from brainai_training.train import Checkpoint, Progress, train
from tests.making import SMOKE


class Stopped(Exception):
    """Somebody has switched the machine off."""


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run whose learning rate was looked for already: it takes the longest."""
    (tmp_path / "lr_find.png").touch()
    return tmp_path


def _with(frozen: int, unfrozen: int) -> Config:
    # The smoke run has tried bfloat16, which processors without it take their time over.
    stages = replace(
        SMOKE.train,
        frozen=Stage(frozen, 2e-3),
        unfrozen=Stage(unfrozen, 1e-3, 1e-4),
        bfloat16=False,
    )
    return replace(SMOKE, train=stages)


def _stop_after(epochs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop training after so many epochs of any stage."""
    seen: list[int] = []
    after_epoch = recipe.History.after_epoch

    def stop(history: recipe.History) -> None:
        after_epoch(history)
        seen.append(1)
        if len(seen) == epochs:
            raise Stopped("power")  # fastai wants to quote a reason

    monkeypatch.setattr(recipe.History, "after_epoch", stop)


def _history(run: Path) -> list[str]:
    return (run / "history.csv").read_text().splitlines()


def _progress(run: Path) -> Progress:
    return msgspec.json.decode((run / "progress.json").read_bytes(), type=Progress)


def _weight(learner: Learner) -> torch.Tensor:
    return learner.model[1].linear.weight.detach().clone()


def test_a_run_leaves_what_it_says(store: TensorStore, run: Path) -> None:
    learner = train(store, _with(1, 1), None, run)
    assert _progress(run) == Progress(frozen=1, unfrozen=1)
    header, *epochs = _history(run)
    assert header == "train_loss,valid_loss,batch_balanced_accuracy"
    assert [line.count(",") for line in epochs] == [2, 2]
    assert (run / "models" / "checkpoint.pth").exists()
    assert (run / "export.pkl").exists()
    assert all(p.isfinite().all() for p in learner.model.parameters())


def test_a_run_stopped_in_the_middle_goes_on_and_ends(
    store: TensorStore, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        _stop_after(3, patch)  # the head's one epoch, two of three of all
        with pytest.raises(Stopped):
            train(store, _with(1, 3), None, run)
    assert _progress(run) == Progress(frozen=1, unfrozen=2)
    stamp = (run / "models" / "checkpoint.pth").stat().st_mtime_ns

    kept: list[Progress] = []
    save = Checkpoint.after_epoch

    def save_and_look(checkpoint: Checkpoint) -> None:
        save(checkpoint)
        kept.append(_progress(run))

    monkeypatch.setattr(Checkpoint, "after_epoch", save_and_look)
    train(store, _with(1, 3), None, run)
    # Epochs that are skipped neither go back in the record nor fill the history with blanks.
    assert kept[:2] == [Progress(1, 2), Progress(1, 2)]
    assert _progress(run) == Progress(frozen=1, unfrozen=3)
    assert len(_history(run)) == 1 + 4
    assert all(line.count(",") == 2 for line in _history(run))
    assert (run / "models" / "checkpoint.pth").stat().st_mtime_ns > stamp


def test_a_run_stopped_between_the_stages_keeps_the_head_that_it_trained(
    store: TensorStore, run: Path
) -> None:
    trained = _weight(train(store, _with(1, 0), None, run))
    again = _weight(train(store, _with(1, 0), None, run))
    assert torch.equal(trained, again)
    assert _progress(run) == Progress(frozen=1, unfrozen=0)


def test_a_run_that_has_ended_is_taken_as_it_is(store: TensorStore, run: Path) -> None:
    trained = _weight(train(store, _with(0, 1), None, run))
    assert torch.equal(trained, _weight(train(store, _with(0, 1), None, run)))
    assert len(_history(run)) == 2


def test_a_run_of_another_configuration_is_not_gone_on_with(store: TensorStore, run: Path) -> None:
    train(store, _with(0, 1), None, run)
    with pytest.raises(DataError, match="another configuration"):
        train(store, _with(0, 2), None, run)


def test_validation_without_tumor_is_refused_before_hours_are_spent(
    store: TensorStore, run: Path
) -> None:
    healthy = [replace(row, tumor=row.tumor and row.split != "validation") for row in store.rows]
    bare = TensorStore(healthy, store.variants, store.tensors, store.masks)
    with pytest.raises(DataError, match="validation patients"):
        train(bare, SMOKE, None, run)
    assert not (run / "progress.json").exists()


def test_the_search_for_a_learning_rate_is_drawn(trained_run: Path) -> None:
    with Image.open(trained_run / "lr_find.png") as drawn:
        assert drawn.width > 300

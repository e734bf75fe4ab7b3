import sys

import pytest
from fastai.callback.progress import ProgressCallback
from fastai.learner import Learner

from brainai_training.batches import make_dataloaders
from brainai_training.learner import TwoHeadLoss
from brainai_training.progress import show_progress
from brainai_training.tensors import TensorStore
from brainai_training.train import SkipValidation
from tests.making import SMOKE
from tests.tiny_net import tiny_unet


@pytest.fixture
def learner(store: TensorStore) -> Learner:
    loss = TwoHeadLoss(0.0, 1.0, 1.0)
    return Learner(make_dataloaders(store, SMOKE, 0), tiny_unet(), loss_func=loss)


def test_a_pipe_gets_one_line_an_epoch(
    learner: Learner, capsys: pytest.CaptureFixture[str]
) -> None:
    show_progress(learner)
    learner.fit(2, 1e-3)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("epoch 0, train_loss ")
    assert ", valid_loss " in lines[1]


def test_an_epoch_that_is_skipped_gets_no_line(
    learner: Learner, capsys: pytest.CaptureFixture[str]
) -> None:
    show_progress(learner)
    learner.fit(2, 1e-3, start_epoch=1)
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("epoch 1,")


def test_an_epoch_without_validation_has_its_training_loss_and_its_time(
    learner: Learner, capsys: pytest.CaptureFixture[str]
) -> None:
    show_progress(learner)
    learner.fit(1, 1e-3, cbs=SkipValidation())
    (line,) = capsys.readouterr().out.splitlines()
    names = [cell.split()[0] for cell in line.split(", ")]
    assert names == ["epoch", "train_loss", "time"]


def test_a_terminal_keeps_its_bars(learner: Learner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    show_progress(learner)
    assert any(isinstance(callback, ProgressCallback) for callback in learner.cbs)

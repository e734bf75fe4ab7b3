import dataclasses
from pathlib import Path

import msgspec
import pytest
import torch
from fastai.learner import Learner
from msgspec.structs import replace
from PIL import Image
from torch import nn

from brainai_training import learner as learners
from brainai_training import train as recipe
from brainai_training.config import Config, Stage, TrainConfig
from brainai_training.errors import DataError
from brainai_training.tensors import TensorStore
from brainai_training.train import Checkpoint, Progress, Start, train
from tests.making import SMOKE
from tests.tiny_net import TinyUnet, tiny_unet


class Stopped(Exception):
    """Somebody has switched the machine off."""


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The smoke run has trained the network that is shipped."""

    def make(config: TrainConfig, channels: int) -> TinyUnet:
        assert channels == SMOKE.input.depth
        return tiny_unet()

    monkeypatch.setattr(learners, "make_network", make)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run whose learning rate was looked for already: it takes the longest."""
    (tmp_path / "lr_find.png").touch()
    return tmp_path


def _with(frozen: int, *unfrozen: int) -> Config:
    # The smoke run has tried bfloat16, which processors without it take their time over.
    stages = replace(
        SMOKE.train,
        frozen=Stage(frozen, 2e-3, size_px=32),
        unfrozen=tuple(Stage(epochs, 1e-3, 1e-4) for epochs in unfrozen),
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


def _progress(run: Path) -> list[int]:
    return msgspec.json.decode((run / "progress.json").read_bytes(), type=Progress).epochs


def _weight(learner: Learner) -> torch.Tensor:
    return learner.model.classification_head[3].weight.detach().clone()


def test_a_run_leaves_what_it_says(store: TensorStore, run: Path) -> None:
    learner = train(store, _with(1, 1), 0, None, run)
    assert _progress(run) == [1, 1]
    header, *epochs = _history(run)
    assert header == "train_loss,valid_loss,batch_balanced_accuracy,batch_dice"
    assert [line.count(",") for line in epochs] == [3, 3]
    assert all(all(line.split(",")) for line in epochs)
    assert (run / "models" / "checkpoint.pth").exists()
    assert (run / "export.pkl").exists()
    assert all(p.isfinite().all() for p in learner.model.parameters())


def test_with_nobody_held_out_nothing_is_validated(store: TensorStore, run: Path) -> None:
    train(store, _with(1, 1), None, None, run)
    _, *epochs = _history(run)
    assert [line.split(",")[1:] for line in epochs] == [["", "", ""]] * 2
    assert all(float(line.split(",")[0]) > 0 for line in epochs)


def _convolutions(network: nn.Module) -> dict[str, torch.Tensor]:
    body = network.encoder
    assert isinstance(body, nn.Module)
    return {
        name: module.weight.detach().clone()
        for name, module in body.named_modules()
        if isinstance(module, nn.Conv2d)
    }


def test_the_frozen_stage_trains_the_heads_and_no_convolution_of_the_body(
    store: TensorStore, run: Path
) -> None:
    before = tiny_unet()
    after = train(store, _with(1), 0, None, run).model
    for name, weight in _convolutions(before).items():
        assert torch.equal(weight, _convolutions(after)[name])
    one, other = before.state_dict(), after.state_dict()
    for name in ("segmentation_head.0.weight", "classification_head.3.weight"):
        assert not torch.equal(one[name], other[name])


def test_the_other_stages_train_all_of_the_body(store: TensorStore, run: Path) -> None:
    before = _convolutions(tiny_unet())
    after = _convolutions(train(store, _with(0, 1), 0, None, run).model)
    assert not any(torch.equal(before[name], after[name]) for name in before)


def test_each_stage_sees_slices_of_its_size(
    store: TensorStore, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    forward = TinyUnet.forward

    def look(network: TinyUnet, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        seen.append(x.shape[-1])
        return forward(network, x)

    monkeypatch.setattr(TinyUnet, "forward", look)
    train(store, _with(1, 1), None, None, run)
    assert list(dict.fromkeys(seen)) == [32, 64]
    assert seen == sorted(seen)


def test_a_run_stopped_in_the_middle_goes_on_and_ends(
    store: TensorStore, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        _stop_after(4, patch)  # the heads' one epoch, the first stage's one, two of three
        with pytest.raises(Stopped):
            train(store, _with(1, 1, 3), 0, None, run)
    assert _progress(run) == [1, 1, 2]
    stamp = (run / "models" / "checkpoint.pth").stat().st_mtime_ns

    kept: list[list[int]] = []
    save = Checkpoint.after_epoch

    def save_and_look(checkpoint: Checkpoint) -> None:
        save(checkpoint)
        kept.append(_progress(run))

    monkeypatch.setattr(Checkpoint, "after_epoch", save_and_look)
    train(store, _with(1, 1, 3), 0, None, run)
    # Epochs that are skipped neither go back in the record nor fill the history with blanks.
    assert kept == [[1, 1, 2], [1, 1, 2], [1, 1, 3]]
    assert len(_history(run)) == 1 + 5
    assert all(line.count(",") == 3 for line in _history(run))
    assert (run / "models" / "checkpoint.pth").stat().st_mtime_ns > stamp


def _thrice(epochs: int) -> Config:
    config = _with(1, 1)
    stage = replace(config.train.unfrozen[0], epochs=epochs, runs=3)
    return replace(config, train=replace(config.train, unfrozen=(stage,)))


def _saved(run: Path, name: str) -> torch.Tensor:
    saved = torch.load(run / "models" / f"{name}.pth", weights_only=False)
    weight = saved.get("model", saved)["classification_head.3.weight"]
    assert isinstance(weight, torch.Tensor)
    return weight


def _watch(monkeypatch: pytest.MonkeyPatch) -> list[torch.Tensor]:
    """Return the weights that each stage and run from now on begins with, as they begin."""
    begun: list[torch.Tensor] = []
    fit = Learner.fit_one_cycle

    def fit_and_look(learner: Learner, *given: object, **named: object) -> None:
        begun.append(_weight(learner))
        fit(learner, *given, **named)

    monkeypatch.setattr(Learner, "fit_one_cycle", fit_and_look)
    return begun


def test_runs_begin_with_the_same_weights_and_the_mean_of_all_goes_on(
    store: TensorStore, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = _watch(monkeypatch)
    trained = _weight(train(store, _thrice(1), 0, None, run))
    _, first, *others = begun  # the heads' own stage comes first
    assert len(others) == 2
    assert all(torch.equal(first, other) for other in others)
    ends = [_saved(run, f"run1-{number}") for number in range(3)]
    assert not torch.equal(ends[0], ends[1])
    assert torch.allclose(trained, torch.stack([first, *ends]).mean(0))
    assert torch.equal(trained, _saved(run, "checkpoint"))
    assert _progress(run) == [1, 3]
    assert torch.equal(trained, _weight(train(store, _thrice(1), 0, None, run)))


@pytest.mark.parametrize("done", [3, 4, 7])
def test_runs_that_were_stopped_go_on(
    store: TensorStore, run: Path, monkeypatch: pytest.MonkeyPatch, done: int
) -> None:
    with monkeypatch.context() as patch:
        _stop_after(done, patch)
        with pytest.raises(Stopped):
            train(store, _thrice(2), 0, None, run)
    assert _progress(run) == [1, done - 1]
    trained = _weight(train(store, _thrice(2), 0, None, run))
    assert _progress(run) == [1, 6]
    weights = [_saved(run, name) for name in ("start1", "run1-0", "run1-1", "run1-2")]
    assert torch.allclose(trained, torch.stack(weights).mean(0))
    assert len(_history(run)) == 1 + 7


@pytest.mark.parametrize("done", [1, 2])
def test_a_run_stopped_between_two_stages_goes_on_from_the_weights_of_the_first(
    store: TensorStore, run: Path, monkeypatch: pytest.MonkeyPatch, done: int
) -> None:
    with monkeypatch.context() as patch:
        _stop_after(done, patch)
        with pytest.raises(Stopped):
            train(store, _with(1, 1, 1), 0, None, run)
    assert _progress(run) == [1, int(done == 2), 0]
    checkpoint = _saved(run, "checkpoint")
    begun = _watch(monkeypatch)
    train(store, _with(1, 1, 1), 0, None, run)
    assert len(begun) == 3 - done
    assert torch.equal(begun[0], checkpoint)
    assert _progress(run) == [1, 1, 1]


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_run_that_is_killed_while_it_saves_goes_on_from_the_epoch_before(
    store: TensorStore, run: Path, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    save = torch.save

    def save_a_part(state: dict[str, object], path: Path, *, pickle_protocol: int) -> None:
        save(state, path, pickle_protocol=pickle_protocol)
        if _made(run):
            path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
            raise Stopped("power")

    with monkeypatch.context() as patch:
        patch.setattr(torch, "save", save_a_part)
        with pytest.raises(Stopped):
            train(store, _with(1, 1), 0, None, run)
    assert _progress(run) == [1, 0]
    train(store, _with(1, 1), 0, None, run)
    assert _progress(run) == [1, 1]


def _made(run: Path) -> bool:
    """Whether a run has come to its first epoch's end."""
    return (run / "progress.json").exists()


def test_a_full_disk_is_said(
    store: TensorStore, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def save(state: object, path: Path, **given: object) -> None:
        raise RuntimeError("[enforce fail at inline_container.cc:671] . unexpected pos 704 vs 598")

    monkeypatch.setattr(torch, "save", save)
    with pytest.raises(DataError, match=r"checkpoint\.pth can't be written; the disk may be full"):
        train(store, _with(1), 0, None, run)


@pytest.mark.parametrize("name", ["progress.json", "models/checkpoint.pth"])
@pytest.mark.parametrize("size", [0, 5])
def test_what_a_run_has_left_damaged_is_named(
    store: TensorStore, run: Path, name: str, size: int
) -> None:
    train(store, _with(1), 0, None, run)
    (run / name).write_bytes((run / name).read_bytes()[:size])
    with pytest.raises(DataError, match=rf"{name} is damaged.* Remove {run}"):
        train(store, _with(1), 0, None, run)


def test_a_run_that_has_ended_is_taken_as_it_is(store: TensorStore, run: Path) -> None:
    trained = _weight(train(store, _with(1, 1), 0, None, run))
    assert torch.equal(trained, _weight(train(store, _with(1, 1), 0, None, run)))
    assert len(_history(run)) == 3


def test_a_run_may_leave_a_stage_out(store: TensorStore, run: Path) -> None:
    trained = _weight(train(store, _with(0, 1), 0, None, run))
    assert torch.equal(trained, _weight(train(store, _with(0, 1), 0, None, run)))
    assert _progress(run) == [0, 1]


def test_a_run_of_another_configuration_is_not_gone_on_with(store: TensorStore, run: Path) -> None:
    train(store, _with(1), 0, None, run)
    with pytest.raises(DataError, match=r"another configuration, or of other data\. Rem"):
        train(store, _with(2), 0, None, run)


def test_a_run_of_other_data_is_not_gone_on_with(store: TensorStore, run: Path) -> None:
    train(store, _with(1), 0, None, run)
    dealt_anew = [replace(row, fold=1 - row.fold) for row in store.rows]
    other = dataclasses.replace(store, rows=dealt_anew)
    with pytest.raises(DataError, match="or of other data"):
        train(other, _with(1), 0, None, run)


def test_a_run_is_gone_on_with_when_more_folds_are_measured(store: TensorStore, run: Path) -> None:
    config = _with(1)
    one = replace(config, split=replace(config.split, measured=1))
    trained = _weight(train(store, one, 0, None, run))
    assert torch.equal(trained, _weight(train(store, config, 0, None, run)))


def test_a_run_is_that_of_the_next_version_as_well(store: TensorStore, run: Path) -> None:
    trained = _weight(train(store, _with(1), 0, None, run))
    bumped = replace(_with(1), version="9.0.0")
    assert torch.equal(trained, _weight(train(store, bumped, 0, None, run)))


def test_a_fold_without_tumor_is_refused_before_hours_are_spent(
    store: TensorStore, run: Path
) -> None:
    healthy = [replace(row, tumor=row.tumor and row.fold != 1) for row in store.rows]
    bare = dataclasses.replace(store, rows=healthy)
    with pytest.raises(DataError, match="patients of fold 1"):
        train(bare, SMOKE, 0, None, run)
    assert not (run / "progress.json").exists()


def test_a_finished_run_is_trained_on_by_stages_of_its_own(
    store: TensorStore, run: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    config = _with(1, 1)
    # A rate of next to nothing: what comes out is what went in.
    still = Stage(1, 1e-12, 1e-12)
    finished = _weight(train(store, config, 0, None, run))
    further = tmp_path_factory.mktemp("further")
    learner = train(store, config, None, None, further, Start(run, (still,)))
    assert torch.allclose(_weight(learner), finished, atol=1e-6)
    assert _progress(further) == [0, 1]
    same = train(store, config, None, None, tmp_path_factory.mktemp("same"), Start(run, ()))
    assert torch.equal(_weight(same), finished)
    assert (further / "lr_find.png").read_bytes() == (run / "lr_find.png").read_bytes()


def test_a_run_begins_with_the_sequences_that_it_has_of_one_that_knew_more(tmp_path: Path) -> None:
    more, network = tiny_unet(3), tiny_unet(4)
    flair = more.encoder.conv1.weight.detach()
    state = more.state_dict()
    state["encoder.conv1.weight"] = torch.cat([flair, flair + 1, flair + 2], dim=1)
    torch.save({"model": state, "opt": None}, tmp_path / "checkpoint.pth")
    learners.load_checkpoint(network, tmp_path / "checkpoint.pth")
    assert torch.equal(network.encoder.conv1.weight, flair)
    last = [net.segmentation_head[0].weight for net in (network, more)]
    assert torch.equal(*last)


def test_the_search_for_a_learning_rate_is_drawn(trained_run: Path) -> None:
    with Image.open(trained_run / "lr_find.png") as drawn:
        assert drawn.width > 300

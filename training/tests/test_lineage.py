from dataclasses import dataclass, field
from pathlib import Path

import pytest
import torch
from fastai.data.core import TfmdDL
from msgspec.structs import replace
from torch import nn

from brainai_training import lineage
from brainai_training.config import Config, Mean, SplitConfig, Stage
from brainai_training.learner import average
from brainai_training.lineage import fold_folder, make_network, train_network
from brainai_training.tensors import TensorStore
from brainai_training.train import Start
from tests.making import SMOKE, config_with
from tests.tiny_net import tiny_unet


def test_each_run_has_a_folder_of_its_own() -> None:
    folders = {fold_folder(Path("work"), SMOKE, fold) for fold in (0, 1, None)}
    other = config_with(name="other")
    folders |= {fold_folder(Path("work"), other, fold) for fold in (0, 1, None)}
    assert len(folders) == 6


@dataclass
class Begun:
    """Configurations that are known; what would be trained, whose, and with which beginning."""

    known: dict[str, Config] = field(default_factory=dict)
    configs: list[Config] = field(default_factory=list)
    runs: list[tuple[str, int | None, Start | None]] = field(default_factory=list)


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> Begun:
    trained = Begun()

    def note(
        _: TensorStore, config: Config, fold: int | None, weights: object, run: Path, start: Start
    ) -> str:
        trained.configs.append(config)
        trained.runs.append((config.name, fold, start))
        return str(run)

    monkeypatch.setattr(lineage, "train", note)
    monkeypatch.setattr(lineage, "load_config", lambda path: trained.known[path.stem])
    return trained


def test_a_network_that_another_begins_with_is_trained_first(
    begun: Begun, phantom_data: Path, tmp_path: Path
) -> None:
    begun.known["first"] = config_with(name="first")
    config = config_with(name="second", start="first")
    train_network(config, 1, phantom_data, None, tmp_path)
    start = Start(tmp_path / "first" / "fold1", SMOKE.train.unfrozen)
    assert begun.runs == [("first", 1, None), ("second", 1, start)]


def test_everybody_is_trained_on_from_the_last_fold_where_the_recipe_says_so(
    begun: Begun, phantom_data: Path, tmp_path: Path
) -> None:
    further = (Stage(1, 1e-3),)
    recipe = replace(SMOKE.train, continued=further)
    config = config_with(name="second", start="first", train=recipe)
    train_network(config, None, phantom_data, None, tmp_path)
    assert begun.runs == [("second", None, Start(tmp_path / "second" / "fold1", further))]


def test_what_it_begins_with_is_trained_on_its_own_sources_and_folds(
    begun: Begun, phantom_data: Path, tmp_path: Path
) -> None:
    elsewhere = [replace(source, folder="nowhere", repeat=2) for source in SMOKE.sources]
    split = SplitConfig(seed=7)
    begun.known["first"] = config_with(name="first", sources=elsewhere, split=split)
    train_network(config_with(name="second", start="first"), 1, phantom_data, None, tmp_path)
    (first, _) = begun.configs
    assert first.split == SMOKE.split
    assert first.sources == [replace(source, repeat=2) for source in SMOKE.sources]


def test_the_mean_of_two_networks_takes_what_the_second_does_not_know_as_nothing() -> None:
    one, other = tiny_unet(3), tiny_unet(4)
    flair = one.encoder.conv1.weight.detach().clone()
    one.encoder.conv1 = nn.Conv2d(2, 8, 3, stride=2, padding=1)
    beside = one.encoder.conv1.weight.detach()[:, 1:].clone()
    with torch.no_grad():
        one.encoder.conv1.weight[:, :1] = flair
    last = one.segmentation_head[0].weight.detach().clone()
    average(one, other, 0.25)
    mean = one.encoder.conv1.weight
    assert torch.allclose(mean[:, :1], 0.75 * flair + 0.25 * other.encoder.conv1.weight)
    assert torch.allclose(mean[:, 1:], 0.75 * beside)
    expected = 0.75 * last + 0.25 * other.segmentation_head[0].weight
    assert torch.allclose(one.segmentation_head[0].weight, expected)


def test_what_is_served_is_the_mean_with_the_other_network_of_the_same_fold_and_settled(
    phantom_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, int | None]] = []
    exported: list[str] = []

    class Trained:
        path = tmp_path

        def __init__(self, name: str) -> None:
            self.model = tiny_unet(3 if name == "first" else 4)

        def export(self, name: str) -> None:
            exported.append(name)

    def note(config: Config, fold: int | None, *_: object) -> Trained:
        asked.append((config.name, fold))
        return Trained(config.name)

    settled: list[set[int]] = []

    def keep(_: nn.Module, batches: TfmdDL, *, bfloat16: bool) -> None:
        assert bfloat16 is SMOKE.train.bfloat16
        store, rows = batches.dataset._store, batches.dataset._rows
        settled.append({store.rows[row].fold for row in rows})

    monkeypatch.setattr(lineage, "train_network", note)
    monkeypatch.setattr(lineage, "settle", keep)
    monkeypatch.setattr(lineage, "load_config", lambda _: config_with(name="second"))
    config = config_with(name="first", mean_with=Mean("second", 0.75))
    network = make_network(config, 1, phantom_data, None, tmp_path)
    assert asked == [("first", 1), ("second", 1)]
    both = [tiny_unet(seed).encoder.conv1.weight for seed in (3, 4)]
    assert torch.allclose(network.encoder.conv1.weight, 0.25 * both[0] + 0.75 * both[1])
    assert exported == ["export.pkl"]
    assert settled == [{0}]

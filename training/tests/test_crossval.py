import dataclasses
import re
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from brainai.inference.spec import load_spec
from brainai_training.answers import BY_VOLUME, load_answers
from brainai_training.config import Config, SplitConfig
from brainai_training.crossval import ask_folds, cross_validate, refine_folds
from brainai_training.decide import choose_decision
from brainai_training.errors import DataError
from brainai_training.lineage import fold_folder
from brainai_training.tensors import TensorStore, data_hashes, prepare
from brainai_training.train import Progress
from tests.conftest import Trained
from tests.making import SMOKE, config_with, phantom, png, source
from tests.measured import Measured
from tests.tiny_net import write_tiny_folder


def test_asking_without_a_fold_says_what_to_run(measured: Measured, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"fold0/model is not there.*brainai-train train"):
        ask_folds(measured.data, measured.store, measured.config, tmp_path)


def _run(trained: Trained, fold: int | None) -> Path:
    return fold_folder(trained.work, SMOKE, fold)


@pytest.mark.parametrize("fold", [0, 1])
def test_each_model_answers_for_the_patients_that_it_was_not_trained_on(
    trained: Trained, store: TensorStore, fold: int
) -> None:
    answers = load_answers(_run(trained, fold) / "answers.jsonl")
    held_out = {row.patient for row in store.rows if row.fold == fold}
    assert {each.patient for each in answers} == held_out
    assert len(held_out) == 4
    spec = load_spec(_run(trained, fold) / "model")
    assert spec.training.split_sha256 == data_hashes(store)[1]


@pytest.mark.parametrize("fold", [0, 1, None])
def test_each_run_has_ended(trained: Trained, fold: int | None) -> None:
    encoded = (_run(trained, fold) / "progress.json").read_bytes()
    assert msgspec.json.decode(encoded, type=Progress) == Progress([1, 1])
    _, *epochs = (_run(trained, fold) / "history.csv").read_text().splitlines()
    assert len(epochs) == 2
    # With nobody held out, there is nobody to validate on.
    assert [bool(line.split(",")[1]) for line in epochs] == [fold is not None] * 2


def test_the_models_of_the_folds_are_three_networks(trained: Trained) -> None:
    files = {(_run(trained, fold) / "model.float32.onnx").read_bytes() for fold in (0, 1, None)}
    assert len(files) == 3


def test_the_shipped_model_has_a_gate_and_those_of_the_folds_need_none(trained: Trained) -> None:
    assert [load_spec(_run(trained, fold) / "model").gate for fold in (0, 1)] == [None, None]
    shipped = load_spec(trained.out)
    assert shipped.gate is not None
    assert shipped.file.gate_file is not None


def test_the_shipped_decision_is_that_of_all_patients_held_out(trained: Trained) -> None:
    answers = [
        each
        for fold in range(SMOKE.split.folds)
        for each in load_answers(_run(trained, fold) / "answers.jsonl")
    ]
    spec = load_spec(trained.out)
    assert spec.decision == choose_decision(answers)
    in_study = choose_decision(answers, BY_VOLUME)
    assert spec.study_decision == replace(in_study, study=spec.decision.study)


def test_what_refines_the_folds_differs_as_each_was_trained_without_its_own_patients(
    trained: Trained,
) -> None:
    folders = [_run(trained, 0) / "model", _run(trained, 1) / "model", trained.out]
    assert len({(folder / "refine.onnx").read_bytes() for folder in folders}) == 3
    for folder in folders:
        refine = load_spec(folder).refine
        assert refine is not None
        assert refine.side_px == 32


@pytest.mark.parametrize(
    "config",
    [config_with(refine=None), config_with(split=replace(SMOKE.split, measured=1))],
    ids=["not wanted", "one fold alone is held out"],
)
def test_without_other_folds_held_out_nothing_refines(
    trained: Trained, phantom_data: Path, store: TensorStore, config: Config
) -> None:
    assert refine_folds(phantom_data, store, config, trained.work) == []


def test_pictures_are_no_studies_so_nothing_refines_what_is_said_of_them(tmp_path: Path) -> None:
    for seed in range(8):
        folder = tmp_path / "web" / ("yes" if seed % 2 else "no")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{seed}.png").write_bytes(png(phantom(seed, seed % 2 == 1).pixels))
    config = config_with(sources=[source("web", layout="class_folders")])
    store = prepare(tmp_path, config, tmp_path / "cache")
    for fold in config.split.held_out:
        write_tiny_folder(fold_folder(tmp_path, config, fold) / "model")
    assert refine_folds(tmp_path, store, config, tmp_path) == []


def test_all_models_run_in_the_precision_that_the_table_marks(trained: Trained) -> None:
    table = (trained.work / "smoke" / "engines.md").read_text().splitlines()
    (marked,) = [line for line in table if line.endswith("| yes |")]
    found = re.search(r"\| (float32|bfloat16|int8) \|", marked)
    assert found is not None
    folders = [_run(trained, 0) / "model", _run(trained, 1) / "model", trained.out]
    assert {load_spec(folder).file.precision for folder in folders} == {found[1]}


def test_the_float_file_beside_the_shipped_one_is_the_exported_one_with_halved_weights(
    trained: Trained,
) -> None:
    exported = (_run(trained, None) / "model.float32.onnx").read_bytes()
    assert (trained.out / "model.float32.onnx").read_bytes() == exported
    # ResNet-50 alone has 25 million weights, of 4 bytes each before they are halved.
    assert 40_000_000 < len(exported) < 60_000_000


def test_folds_of_another_split_are_not_asked(
    trained: Trained, phantom_data: Path, store: TensorStore
) -> None:
    """The same patients dealt out in another way: one held out now was trained on then."""
    dealt = dataclasses.replace(store, rows=[replace(row, fold=1 - row.fold) for row in store.rows])
    with pytest.raises(DataError, match="may have been trained on"):
        ask_folds(phantom_data, dealt, SMOKE, trained.work)


def test_only_so_many_folds_are_held_out_as_are_measured() -> None:
    assert list(SplitConfig(folds=3).held_out) == [0, 1, 2]
    assert list(SplitConfig(folds=3, measured=1).held_out) == [0]
    assert list(SplitConfig(folds=3, measured=9).held_out) == [0, 1, 2]


def test_folds_that_are_not_measured_are_not_asked(
    trained: Trained, phantom_data: Path, store: TensorStore
) -> None:
    config = config_with(split=replace(SMOKE.split, measured=1))
    answers = ask_folds(phantom_data, store, config, trained.work)
    held_out = {row.patient for row in store.rows if row.fold == 0}
    assert {each.patient for each in answers} == held_out


def test_without_a_fold_held_out_nothing_can_be_decided(
    phantom_data: Path, store: TensorStore, tmp_path: Path
) -> None:
    config = config_with(split=replace(SMOKE.split, measured=0))
    with pytest.raises(DataError, match=r"split\.measured is 0"):
        cross_validate(phantom_data, store, config, None, tmp_path)

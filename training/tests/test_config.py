from pathlib import Path

import pytest

from brainai_training.config import Stage, load_config
from brainai_training.errors import ConfigError
from tests.making import CONFIGS


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.toml")), ids=lambda path: path.stem)
def test_shipped_configurations_load_and_are_named_as_their_file(path: Path) -> None:
    config = load_config(path)
    assert config.name == path.stem
    assert config.sources
    assert config.split.folds >= 2


def _changed(tmp_path: Path, old: str, new: str) -> Path:
    path = tmp_path / "changed.toml"
    text = (CONFIGS / "smoke.toml").read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return path


@pytest.mark.parametrize("table", ["[input]", "[split]", "[train]"])
def test_an_unknown_key_fails_and_is_named(tmp_path: Path, table: str) -> None:
    path = _changed(tmp_path, table, f"{table}\nlearning_speed = 1")
    with pytest.raises(ConfigError, match="learning_speed"):
        load_config(path)


def test_a_key_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="layout"):
        load_config(_changed(tmp_path, 'layout = "kaggle_3m"', ""))


def test_an_unknown_layout_fails(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"kaggle_4m.*layout"):
        load_config(_changed(tmp_path, "kaggle_3m", "kaggle_4m"))


def test_a_value_of_the_wrong_type_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="batch_size"):
        load_config(_changed(tmp_path, "batch_size = 8", 'batch_size = "8"'))


def test_what_is_no_toml_is_refused_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_text("name = ")
    with pytest.raises(ConfigError, match=r"broken\.toml"):
        load_config(path)


def test_a_configuration_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent\.toml"):
        load_config(tmp_path / "absent.toml")


def test_a_stage_is_written_as_one_line_of_toml() -> None:
    config = load_config(CONFIGS / "smoke.toml")
    assert config.train.unfrozen == (Stage(epochs=1, lr=1e-3, lr_body=1e-4),)


def test_a_stage_may_shrink_its_slices(tmp_path: Path) -> None:
    path = _changed(
        tmp_path, "{ epochs = 1, lr = 2e-3 }", "{ epochs = 1, lr = 2e-3, size_px = 32 }"
    )
    train = load_config(path).train
    assert (train.frozen.size_px, train.unfrozen[0].size_px) == (32, None)


def test_without_a_split_patients_are_dealt_into_three_folds(tmp_path: Path) -> None:
    assert load_config(_changed(tmp_path, "[split]\nfolds = 2", "")).split.folds == 3

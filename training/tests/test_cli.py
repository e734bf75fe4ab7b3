from pathlib import Path

import pytest

from brainai_training import commands
from brainai_training.cli import main
from brainai_training.phantoms import write_phantom_patients
from tests.making import CONFIGS
from tests.measured import Measured


def _fails(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    """Run a command that fails; return what it says, which is one line."""
    assert main([str(argument) for argument in arguments]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert line.startswith("brainai-train: ")
    return line


def test_training_without_data_says_what_is_needed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert "--data is needed" in _fails(capsys, "train", "--out", tmp_path / "out")


def test_data_that_is_not_there_is_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    line = _fails(
        capsys, "train", "--config", CONFIGS / "smoke.toml", "--data", tmp_path / "nowhere",
        "--work", tmp_path / "work", "--out", tmp_path / "out",
    )  # fmt: skip
    assert "nowhere/phantoms is not there" in line


def test_a_wrong_configuration_is_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    config = tmp_path / "wrong.toml"
    config.write_text((CONFIGS / "smoke.toml").read_text() + "speed = 3\n")
    line = _fails(
        capsys, "train", "--config", config, "--data", tmp_path, "--out", tmp_path / "out"
    )
    assert "wrong.toml" in line
    assert "speed" in line


def test_a_folder_without_model_is_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert "model.json" in _fails(capsys, "evaluate", tmp_path, "--data", tmp_path)


def test_a_work_folder_without_models_of_the_folds_is_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, measured: Measured
) -> None:
    line = _fails(
        capsys, "evaluate", measured.folder, "--data", measured.data, "--work", tmp_path / "work"
    )
    assert "fold0/model is not there" in line
    assert "run it first" in line


def test_a_pickle_without_trust_is_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    line = _fails(capsys, "convert", tmp_path / "export.pkl", "--out", tmp_path / "out")
    assert "--trust-pickle" in line


def test_a_folder_that_can_not_be_written_is_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, phantom_data: Path
) -> None:
    (tmp_path / "work").write_text("a file, where a folder is to be")
    _fails(
        capsys, "train", "--config", CONFIGS / "smoke.toml", "--data", phantom_data,
        "--work", tmp_path / "work", "--out", tmp_path / "out",
    )  # fmt: skip


def test_a_run_that_somebody_stops_leaves_no_trace(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def stop(options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "train", stop)
    assert main(["train", "--smoke", "--out", str(tmp_path / "out")]) == 130
    assert capsys.readouterr().err == ""


def test_too_few_patients_are_one_line_before_anything_is_fitted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(commands, "make_gates", lambda *_: pytest.fail("it fits"))
    write_phantom_patients(tmp_path / "phantoms", patients=1, slices=2, size_px=48)
    line = _fails(
        capsys, "train", "--config", CONFIGS / "smoke.toml", "--data", tmp_path,
        "--work", tmp_path / "work", "--out", tmp_path / "out",
    )  # fmt: skip
    assert "The patients of fold 1 need slices with tumour" in line


def test_a_model_folder_that_can_not_be_written_is_one_line_before_anything_is_fitted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    phantom_data: Path,
) -> None:  # fmt: skip
    monkeypatch.setattr(commands, "make_gates", lambda *_: pytest.fail("it fits"))
    (tmp_path / "out").write_text("a file, where a folder is to be")
    _fails(
        capsys, "train", "--config", CONFIGS / "smoke.toml", "--data", phantom_data,
        "--work", tmp_path / "work", "--out", tmp_path / "out",
    )  # fmt: skip


@pytest.mark.parametrize("arguments", [[], ["predict"], ["train"], ["evaluate", "folder"]])
def test_a_command_line_that_is_incomplete_shows_how_it_goes(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    assert "usage: brainai-train" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["train", "evaluate", "convert"])
def test_each_command_has_help(capsys: pytest.CaptureFixture[str], command: str) -> None:
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])
    assert left.value.code == 0
    assert command in capsys.readouterr().out

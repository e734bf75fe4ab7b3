from pathlib import Path

import pytest

from brainai.cli import main


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["{tmp}/absent", "--out", "{tmp}/t.parquet"], "no folder that can be read"),
        (["{tmp}", "--out", "{tmp}/t.parquet", "--workers", "0"], "--workers is 0"),
    ],
)
def test_a_wrong_argument_is_one_clear_line(
    arguments: list[str],
    said: str,
    tmp_path: Path,
    tiny_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("BRAINAI_MODEL_DIR", str(tiny_folder))
    assert main(["batch", *(each.format(tmp=tmp_path) for each in arguments)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [[], ["DIR"], ["DIR", "--out", "t", "--engine", "spark"]])
def test_wrong_usage_ends_with_status_two(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["batch", *arguments])
    assert caught.value.code == 2
    assert "usage: brainai batch" in capsys.readouterr().err

"""brainai worker as it is started."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from brainai.cli import main

START_S = 120


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly_and_the_log_is_json(
    job_environ: dict[str, str], tmp_path: Path, number: signal.Signals
) -> None:
    state = {"BRAINAI_STATE_DIR": str(tmp_path), "BRAINAI_LOG_LEVEL": "info"}
    code = "import sys; from brainai.cli import main; sys.exit(main(['worker']))"
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, **job_environ, **state},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    first = json.loads(process.stderr.readline())
    process.send_signal(number)
    out, err = process.communicate(timeout=START_S)
    assert (first["event"], first["model"]) == ("working", "tiny")
    assert (process.returncode, out, err) == (0, "", "")


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("BRAINAI_MODEL_DIR", "/nowhere", "no model.json"),
        ("BRAINAI_FILES_URL", "nonsense://x", "BRAINAI_FILES_URL"),
        ("BRAINAI_DATABASE_URL", "mysql://db/jobs", "BRAINAI_DATABASE_URL"),
        ("BRAINAI_DATABASE_URL", "postgresql://u:secret@127.0.0.1:1/x", "BRAINAI_DATABASE_URL"),
        ("BRAINAI_STATE_DIR", "/proc/brainai", "BRAINAI_STATE_DIR"),
        ("BRAINAI_DATABASE_URL", "postgresql://u:secret@host:port/x", "BRAINAI_DATABASE_URL"),
        ("BRAINAI_QUEUE_URL", "redis://:secret@host:port/0", "BRAINAI_QUEUE_URL"),
    ],
)
def test_what_it_can_not_work_with_is_one_clear_line(
    job_environ: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    variable: str,
    value: str,
    said: str,
) -> None:
    chosen = {**job_environ, "BRAINAI_STATE_DIR": str(tmp_path), variable: value}
    for name, text in chosen.items():
        monkeypatch.setenv(name, text)
    assert main(["worker"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("brainai: ")
    assert said in err
    assert "secret" not in err
    assert err.count("\n") == 1

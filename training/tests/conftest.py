import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from brainai_training.package import export_both
from brainai_training.phantoms import write_phantom_patients
from brainai_training.tensors import TensorStore, prepare
from tests.making import CONFIGS, SMOKE
from tests.measured import Measured, measure_tiny
from tests.tiny_net import tiny_net


@pytest.fixture(scope="session")
def phantom_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data root with eight phantom patients; no test writes into it."""
    root = tmp_path_factory.mktemp("data")
    write_phantom_patients(root / "phantoms", patients=8)
    return root


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def store(phantom_data: Path, cache: Path) -> TensorStore:
    """The phantoms, prepared for the smoke configuration."""
    return prepare(phantom_data, SMOKE, cache)


@pytest.fixture(scope="session")
def exported(store: TensorStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both files of the tiny network, the first fold held out; no test writes into it."""
    run = tmp_path_factory.mktemp("exported")
    export_both(tiny_net(), store, SMOKE, 0, run)
    return run


@pytest.fixture(scope="session")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Measured:
    """A model folder and its figures; no test writes into it."""
    return measure_tiny(tmp_path_factory.mktemp("measured"))


@dataclass(frozen=True)
class Trained:
    """What `brainai-train train` left on phantoms, and what it said meanwhile."""

    work: Path
    out: Path
    stdout: str
    stderr: str


@pytest.fixture(scope="session")
def trained(phantom_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """The whole way in a process of its own: eight phantoms, one epoch a stage, export, figures."""
    root = tmp_path_factory.mktemp("trained")
    config = CONFIGS / "smoke.toml"
    command = [sys.executable, "-m", "brainai_training.cli", "train", "--config", str(config),
               "--data", str(phantom_data), "--work", str(root / "work"),
               "--out", str(root / "model")]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Trained(root / "work", root / "model", done.stdout, done.stderr)


@pytest.fixture(scope="session")
def trained_run(trained: Trained) -> Path:
    """The run on all patients, after those of the folds."""
    return trained.work / "smoke" / "final"

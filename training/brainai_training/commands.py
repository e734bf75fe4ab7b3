"""What each command of brainai-train does, from its parsed options."""

import argparse
import shutil
import tempfile
from pathlib import Path

from brainai_training.config import load_config
from brainai_training.convert import convert as convert_pickle
from brainai_training.crossval import cross_validate, fold_folder, train_final
from brainai_training.errors import DataError
from brainai_training.evaluate import evaluate as evaluate_folder
from brainai_training.phantoms import write_phantom_patients
from brainai_training.report import write_gallery, write_report
from brainai_training.tensors import prepare

SMOKE_CONFIG = Path(__file__).resolve().parent.parent / "configs" / "smoke.toml"


def train(options: argparse.Namespace) -> None:
    """Train, package and measure. Raises DataError, ConfigError, BrainAIError."""
    if options.smoke:
        with tempfile.TemporaryDirectory() as scratch:
            data, work = Path(scratch) / "data", Path(scratch) / "work"
            write_phantom_patients(data / "phantoms", patients=8)
            _train_on(SMOKE_CONFIG, data, work, None, options.out)
    elif options.data is None:
        raise DataError("--data is needed: the folder that holds the configuration's sources.")
    else:
        _train_on(options.config, options.data, options.work, options.weights, options.out)


def evaluate(options: argparse.Namespace) -> None:
    """Measure a model folder; print its card. Raises DataError, ConfigError, BrainAIError."""
    _measure(options.folder, options.data, options.work)


def convert(options: argparse.Namespace) -> None:
    """Convert a pickle. Raises DataError, BrainAIError."""
    spec = convert_pickle(options.pickle, options.out, options.name, options.trust_pickle)
    print(f"Wrote {spec.name}: labels {', '.join(spec.labels)}, {spec.input.size_px} px.")


def _train_on(toml: Path, data: Path, work: Path, weights: Path | None, out: Path) -> None:
    config = load_config(toml)
    store = prepare(data, config, work / "cache")
    crossed = cross_validate(data, store, config, weights, work)
    out.mkdir(parents=True, exist_ok=True)
    train_final(data, store, config, weights, work, crossed, out)
    # The experiment lies beside its weights, byte by byte as it was given.
    shutil.copyfile(toml, out / "config.toml")
    (out / "figures").mkdir(exist_ok=True)
    run = fold_folder(work, config, None)
    shutil.copyfile(run / "lr_find.png", out / "figures" / "lr_find.png")
    shutil.copyfile(run / "export.pkl", out / "export.pkl")
    print((run.parent / "engines.md").read_text())
    _measure(out, data, work)


def _measure(folder: Path, data: Path, work: Path) -> None:
    measured = evaluate_folder(folder, data, work)
    write_report(folder, measured)
    write_gallery(folder, measured)
    print((folder / "card.md").read_text())

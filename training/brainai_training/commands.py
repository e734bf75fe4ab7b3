"""What each command of brainai-train does, from its parsed options."""

import argparse
import shutil
import tempfile
from pathlib import Path

from msgspec.structs import replace

from brainai.inference.metrics import load_metrics
from brainai.inference.spec import load_spec
from brainai_training.card import to_card
from brainai_training.config import CONFIGS, load_config
from brainai_training.convert import convert as convert_pickle
from brainai_training.crossval import cross_validate, train_final
from brainai_training.errors import DataError
from brainai_training.evaluate import check_others, write_metrics
from brainai_training.evaluate import evaluate as evaluate_folder
from brainai_training.gate_run import make_gates, measure_gates, ship_gate
from brainai_training.lineage import fold_folder
from brainai_training.manifest import check_classes
from brainai_training.package import with_gate, write_spec
from brainai_training.phantoms import write_phantom_patients
from brainai_training.report import write_gallery, write_report
from brainai_training.tensors import check_split, prepare

SMOKE_CONFIG = CONFIGS / "smoke.toml"


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


def gate(options: argparse.Namespace) -> None:
    """Give a model folder a new gate, and measure it. Raises DataError, ConfigError, BrainAIError.

    The rest of the model and of its figures stays as it is.
    """
    folder: Path = options.folder
    config, spec = load_config(folder / "config.toml"), load_spec(folder)
    metrics = load_metrics(folder, spec)
    if metrics is None:
        raise DataError(f"{folder} has no metrics.json: train the model first.")
    store = prepare(options.data, config, options.work / "cache")
    check_split(spec, store)
    make_gates(store, config, options.data, options.weights, options.work)
    refusals = measure_gates(store, config, options.data, options.work)
    gated = with_gate(spec, *ship_gate(config, options.work, folder))
    spec = replace(gated, version=config.version)
    metrics = replace(metrics, version=config.version, refusals=refusals)
    write_spec(spec, folder)
    write_metrics(metrics, folder)
    (folder / "card.md").write_text(to_card(spec, metrics, store.rows))


def convert(options: argparse.Namespace) -> None:
    """Convert a pickle. Raises DataError, BrainAIError."""
    spec = convert_pickle(options.pickle, options.out, options.name, options.trust_pickle)
    print(f"Wrote {spec.name}: labels {', '.join(spec.labels)}, {spec.input.size_px} px.")


def _train_on(toml: Path, data: Path, work: Path, weights: Path | None, out: Path) -> None:
    config = load_config(toml)
    # The experiment lies beside its weights, byte by byte as it was given; maybe it did already.
    given = toml.read_bytes()
    out.mkdir(parents=True, exist_ok=True)
    store = prepare(data, config, work / "cache")
    check_classes(store.rows, config.split.folds)
    check_others(store, config.split)
    make_gates(store, config, data, weights, work)
    crossed = cross_validate(data, store, config, weights, work)
    train_final(data, store, config, weights, work, crossed, out)
    (out / "config.toml").write_bytes(given)
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

"""Measure a model folder on its test patients, through the file that is served."""

from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from brainai.inference.calibrate import calibrate
from brainai.inference.metrics import Bootstrap, Figure, Forerunner, Metrics
from brainai.inference.spec import ModelSpec, load_spec
from brainai_training.baseline import FlairThreshold, fit_baseline
from brainai_training.config import Config, load_config
from brainai_training.errors import DataError
from brainai_training.measure import LEVEL, RESAMPLES, Group, Look, look_at, run_file, to_figure
from brainai_training.metrics import Bools, Floats
from brainai_training.tensors import TensorStore, data_hashes, prepare

FORERUNNER = Forerunner(
    accuracy=0.883,
    sensitivity=0.948,
    specificity=0.698,
    balanced_accuracy=0.823,
    note="BRATS 2013 slices; patients may have leaked between its splits",
)
ALL = "all"


@dataclass(frozen=True)
class Answers:
    """What a model said of one look at the test slices, in the order of the look."""

    look: Look
    probability: Floats

    @property
    def tumor(self) -> Bools:
        """Truth, bool [n]."""
        return self.look.tumor


def evaluate(
    folder: Path, data: Path, cache: Path
) -> tuple[ModelSpec, Metrics, Answers, TensorStore]:
    """Measure the model in ``folder`` on ``data``; write metrics.json; return what was measured.

    The folder's config.toml names the sources and the split. Raises DataError where the split is
    not the one that the model was trained with: a test patient might then be a training one.
    """
    spec = load_spec(folder)
    config = load_config(folder / "config.toml")
    store = prepare(data, config, cache)
    check_split(spec, store)

    alone = answer(folder, spec, look_at(store, spec.input, "test"))
    baseline = fit_baseline(look_at(store, spec.input, "train"))
    figures = _figures(config, spec, store, alone, baseline)
    for stripped, volume_stats, key, note in (
        (True, False, "skull removed", "the same slices with the skull removed"),
        (False, True, "by volume", "normalised by the volume instead of the slice alone"),
    ):
        look = look_at(store, spec.input, "test", stripped, volume_stats)
        other = answer(folder, spec, look)
        figures += _by_source(config, spec, store, other, key, note)
    metrics = Metrics(
        format=1,
        model=spec.name,
        version=spec.version,
        sha256=spec.file.sha256,
        made_with=f"brainai-train evaluate models/{spec.name} --data DATA",
        threshold=spec.decision.threshold,
        bootstrap=Bootstrap(resamples=RESAMPLES, unit="patient", level=LEVEL),
        figures=figures,
        forerunner=FORERUNNER,
    )
    encoded = msgspec.json.format(msgspec.json.encode(metrics), indent=2)
    (folder / "metrics.json").write_bytes(encoded + b"\n")
    return spec, metrics, alone, store


def check_split(spec: ModelSpec, store: TensorStore) -> None:
    """Raise DataError where the data's split is not the model's own."""
    _, split = data_hashes(store)
    if split != spec.training.split_sha256:
        raise DataError(
            "The split of this data is not the one that the model was trained with, so its test "
            "patients may have been trained on. Train a model on this data, or use its own data."
        )


def answer(folder: Path, spec: ModelSpec, look: Look) -> Answers:
    """Ask the served file about every slice of a look."""
    return Answers(look, calibrate(run_file(folder, spec.file, look.tensors), spec))


def _figures(
    config: Config,
    spec: ModelSpec,
    store: TensorStore,
    alone: Answers,
    baseline: FlairThreshold,
) -> list[Figure]:
    band, threshold = spec.decision.uncertain_band, spec.decision.threshold
    bright = baseline.score(alone.look.tensors)
    figures = []
    for name, title, note in [
        (ALL, "All test patients", "every source together"),
        *((s.name, s.title, s.note) for s in config.sources),
    ]:
        here = _in_source(store, alone.look, None if name == ALL else name)
        if not here.any():
            continue
        model = _group(name, title, note, store, alone.look, alone.probability, here)
        figures.append(to_figure(model, threshold, band))
        thresholded = _group(name, title, note, store, alone.look, bright, here)
        figures.append(to_figure(thresholded, baseline.share, None))
    return figures


def _by_source(
    config: Config, spec: ModelSpec, store: TensorStore, answers: Answers, key: str, note: str
) -> list[Figure]:
    """Figures of another look, for the sources that have it."""
    figures = []
    for source in config.sources:
        here = _in_source(store, answers.look, source.name)
        if here.any():
            name = f"{source.name} {key}".replace(" ", "_")
            title = f"{source.title}, {key}"
            group = _group(name, title, note, store, answers.look, answers.probability, here)
            figures.append(to_figure(group, spec.decision.threshold, spec.decision.uncertain_band))
    return figures


def _in_source(store: TensorStore, look: Look, source: str | None) -> Bools:
    return np.array([source in (None, store.rows[row].source) for row in look.rows], dtype=bool)


def _group(
    name: str,
    title: str,
    note: str,
    store: TensorStore,
    look: Look,
    score: Floats,
    here: Bools,
) -> Group:
    patients = [store.rows[row].patient for row in look.rows[here]]
    return Group(name, title, note, score[here], look.tumor[here], patients)

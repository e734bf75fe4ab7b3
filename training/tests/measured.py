"""A model folder and its folds' models, measured on phantoms of two sites and on healthy ones."""

from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import pytest

from brainai.inference.metrics import Metrics, RefusalFigure
from brainai.inference.spec import ModelSpec
from brainai_training import evaluate as evaluation
from brainai_training import measure
from brainai_training.config import Config, load_config
from brainai_training.evaluate import Evaluation, evaluate
from brainai_training.lineage import fold_folder
from brainai_training.measure import Judged
from brainai_training.tensors import TensorStore, data_hashes, prepare
from tests.making import phantom, write_kaggle_slice, write_nifti
from tests.tiny_net import write_tiny_folder

CONFIG = """
name = "tiny"
version = "0.0.1"
licence = "Apache-2.0"

[[sources]]
name = "tcga"
folder = "tcga"
layout = "kaggle_3m"
title = "Drawn heads"
note = "of two sites"

[[sources]]
name = "healthy"
folder = "healthy"
layout = "tumor_free"
title = "Drawn volumes"

[input]
size_px = 64

[split]
folds = 2
"""

PATIENTS = ("CS_4941", "CS_4942", "CS_4943", "DU_5871", "DU_5872", "DU_5873")
TUMOR_SLICES, SLICES, FREE_SLICES = 4, 8, 4

REFUSALS = [
    RefusalFigure(
        title="noise", note="drawn", should_refuse=True, images=20, refused=0.95,
        with_true_reason=0.9, refused_or_warned=0.975,
    ),
    RefusalFigure(
        title="FLAIR of patients held out", note="", should_refuse=False, images=30, refused=0.0,
        with_true_reason=None,
    ),
]  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """A folder, where it comes from, and what evaluation returned of it."""

    folder: Path
    data: Path
    work: Path
    evaluation: Evaluation

    @property
    def config(self) -> Config:
        return self.evaluation.config

    @property
    def spec(self) -> ModelSpec:
        return self.evaluation.spec

    @property
    def metrics(self) -> Metrics:
        return self.evaluation.metrics

    @property
    def judged(self) -> Judged:
        return self.evaluation.judged

    @property
    def store(self) -> TensorStore:
        return self.evaluation.store


def measure_tiny(root: Path) -> Measured:
    """Write data, a model folder and the models of two folds, and evaluate them."""
    folder, data, work = root / "tiny", root / "data", root / "work"
    _write_data(data)
    folder.mkdir()
    (folder / "config.toml").write_text(CONFIG)
    config = load_config(folder / "config.toml")
    store = prepare(data, config, work / "cache")
    _, split = data_hashes(store)
    write_tiny_folder(folder, split_sha256=split)
    for fold in range(config.split.folds):
        write_tiny_folder(fold_folder(work, config, fold) / "model", split_sha256=split)

    def measure_gates(*_: object) -> list[RefusalFigure]:
        return REFUSALS

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measure, "RESAMPLES", 40)
        patch.setattr(evaluation, "RESAMPLES", 40)
        patch.setattr(evaluation, "measure_gates", measure_gates)
        measured = evaluate(folder, data, work)
    return Measured(folder, data, work, measured)


def with_split(spec: ModelSpec, split_sha256: str) -> ModelSpec:
    """Return ``spec`` as that of a model that was trained with another split."""
    training = msgspec.structs.replace(spec.training, split_sha256=split_sha256)
    return msgspec.structs.replace(spec, training=training)


def _write_data(data: Path) -> None:
    for number, patient in enumerate(PATIENTS):
        folder = data / "tcga" / f"TCGA_{patient}_19960909"
        for index in range(SLICES):
            drawn = phantom(100 * number + index, index < TUMOR_SLICES)
            write_kaggle_slice(folder, f"{folder.name}_{index + 1}", drawn)
    for number in range(4):
        heads = [phantom(5000 + 10 * number + z, False, 64).pixels for z in range(FREE_SLICES)]
        # A slice is shown from the front back and from the patient's right: undo that.
        voxels = np.stack([d.T[::-1, ::-1].astype(np.float32) for d in heads], axis=2)
        # All of one name, as in real data.
        write_nifti(data / "healthy" / f"patient{number}" / "study_FLAIR.nii", voxels)

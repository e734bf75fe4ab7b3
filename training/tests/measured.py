"""A model folder of the tiny network, measured on the phantoms."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from brainai.inference.metrics import Metrics
from brainai.inference.spec import ModelSpec
from brainai_training.evaluate import Answers, evaluate
from brainai_training.package import write_spec
from brainai_training.tensors import TensorStore, data_hashes
from tests.making import CONFIGS
from tests.tiny_net import write_tiny_folder


@dataclass(frozen=True)
class Measured:
    """A folder and what evaluation returned of it."""

    folder: Path
    spec: ModelSpec
    metrics: Metrics
    answers: Answers
    store: TensorStore


def measure_tiny(folder: Path, data: Path, cache: Path, store: TensorStore) -> Measured:
    """Write a folder whose split is that of ``store``, and evaluate it."""
    spec = write_tiny_folder(folder)
    _, split = data_hashes(store)
    training = msgspec.structs.replace(spec.training, split_sha256=split)
    write_spec(msgspec.structs.replace(spec, training=training), folder)
    (folder / "config.toml").write_bytes((CONFIGS / "smoke.toml").read_bytes())
    return Measured(folder, *evaluate(folder, data, cache))

"""A network of the served shape, small enough to be exported and quantised in a test."""

from pathlib import Path

import torch
from torch import nn

from brainai.inference.spec import DecisionSpec, ModelSpec, TrainingRecord, UncertainBand
from brainai.labels import CLASSES, Sequence
from brainai_training.export import EVIDENCE, LOGITS, Served, export_float
from brainai_training.package import describe_file, write_spec
from tests.making import SMOKE


def tiny_net() -> Served:
    """Build body and head for float32 [N, 1, 64, 64]; the same weights each time."""
    with torch.random.fork_rng():
        torch.manual_seed(11)
        body = nn.Sequential(
            nn.Conv2d(1, 8, 5, stride=4, padding=2),
            nn.ReLU(),
            nn.Conv2d(8, 16, 3, stride=2, padding=1),
            nn.ReLU(),
        )
        return Served(body, nn.Linear(16, 2)).eval()


def write_tiny_folder(folder: Path) -> ModelSpec:
    """Write a model folder of ``tiny_net`` for the smoke configuration's input."""
    folder.mkdir(parents=True, exist_ok=True)
    size = SMOKE.input.size_px
    export_float(tiny_net(), (1, size, size), folder / "model.onnx", [LOGITS, EVIDENCE])
    spec = ModelSpec(
        format=1,
        name="tiny",
        version="0.0.1",
        labels=CLASSES,
        sequences=[Sequence.FLAIR],
        licence="Apache-2.0",
        input=SMOKE.input,
        decision=DecisionSpec(
            temperature=1.5, threshold=0.5, uncertain_band=UncertainBand(0.45, 0.55), level=0.9
        ),
        file=describe_file(folder, SMOKE.input, "float32", EVIDENCE),
        training=TrainingRecord(
            created="2026-01-31",
            architecture="two convolutions",
            sources=["Phantoms"],
            data_sha256="d" * 64,
            split_sha256="e" * 64,
            versions={"torch": "0"},
        ),
    )
    write_spec(spec, folder)
    return spec

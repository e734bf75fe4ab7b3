"""Networks of the served shape, small enough to be exported and quantised in a test."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from msgspec.structs import replace
from segmentation_models_pytorch.base import ClassificationHead, SegmentationHead
from segmentation_models_pytorch.decoders.unet.decoder import UnetDecoder
from torch import Tensor, nn
from torch.nn import functional

from brainai.inference.spec import (
    DecisionSpec,
    FileSpec,
    GateSpec,
    InputSpec,
    ModelSpec,
    TrainingRecord,
    UncertainBand,
)
from brainai.labels import CLASSES, Sequence
from brainai_training.engines import file_spec
from brainai_training.export import Served, export_float, strongest_spot
from brainai_training.package import describe_file, write_spec
from tests.making import SMOKE

CHANNELS = (1, 8, 8, 16, 16, 32)
OPEN_GATE = GateSpec(
    not_brain_mr=0.999, wrong_sequence=0.999, refuse_distance=99.0, unsure_distance=99.0
)
"""Lets everything pass."""


def _stage(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, 3, stride=2, padding=1), nn.BatchNorm2d(after), nn.ReLU()
    )


class TinyBody(nn.Module):
    """Five halvings, under the names that ResNet gives its stages."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(CHANNELS[0], CHANNELS[1], 3, stride=2, padding=1)
        self.bn1, self.relu = nn.BatchNorm2d(CHANNELS[1]), nn.ReLU()
        self.layer1 = _stage(CHANNELS[1], CHANNELS[2])
        self.layer2 = _stage(CHANNELS[2], CHANNELS[3])
        self.layer3 = _stage(CHANNELS[3], CHANNELS[4])
        self.layer4 = _stage(CHANNELS[4], CHANNELS[5])

    def forward(self, x: Tensor) -> list[Tensor]:
        features = [x, self.relu(self.bn1(self.conv1(x)))]
        for stage in (self.layer1, self.layer2, self.layer3, self.layer4):
            features.append(stage(features[-1]))
        return features


class TinyUnet(nn.Module):
    """What segmentation_models_pytorch's Unet is made of, with a small body."""

    def __init__(self, dropout: float = 0.0) -> None:
        super().__init__()
        self.encoder = TinyBody()
        self.decoder = UnetDecoder(CHANNELS, (8, 8, 8, 8, 8))
        self.segmentation_head = SegmentationHead(8, 1)
        self.classification_head = ClassificationHead(CHANNELS[-1], 2, dropout=dropout)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        features = self.encoder(x)
        lesion = self.segmentation_head(self.decoder(features))
        return lesion, self.classification_head(features[-1])


def tiny_unet(seed: int = 11) -> TinyUnet:
    """Build the network for float32 [N, 1, 64, 64]; a seed gives the same weights each time."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = TinyUnet()
        for module in network.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight)
        return network


def tiny_net() -> Served:
    """Build what is exported of ``tiny_unet``."""
    return Served(tiny_unet()).eval()


class BrightNet(nn.Module):
    """Nothing to learn: what is bright is lesion, and the brightest spot calls the slice.

    It errs now and then, by what looks like chance; what is beside FLAIR has a part in that.
    """

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        lesion = 4 * (x[:, :1] - 1.5)
        mean = x.mean(dim=(1, 2, 3))
        margin = strongest_spot(lesion) + 3 * torch.sin(50 * mean)
        gate = torch.stack((mean + 1, mean - 1, -mean), dim=1)
        evidence = functional.avg_pool2d(x[:, :1], 8)[:, 0]
        return torch.stack((-margin / 2, margin / 2), dim=1), evidence, lesion[:, 0], gate, mean**2


@cache
def _bright_file(depth: int, size_px: int) -> bytes:
    """Export ``BrightNet`` once: it takes seconds, and many tests want a folder."""
    names = ["logits", "evidence", "lesion", "gate", "distance"]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        export_float(BrightNet(), (depth, size_px, size_px), path, names)
        return path.read_bytes()


def _file(gate: bool) -> FileSpec:
    plain = file_spec("model.onnx", "float32")
    # Its gate is in the same file.
    return replace(plain, gate="gate", distance="distance") if gate else plain


def write_tiny_folder(
    folder: Path,
    *,
    gate: bool = False,
    split_sha256: str = "e" * 64,
    source: InputSpec = SMOKE.input,
) -> ModelSpec:
    """Write a model folder of ``BrightNet``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(_bright_file(source.depth, source.size_px))
    spec = ModelSpec(
        format=1,
        name="tiny",
        version="0.0.1",
        labels=CLASSES,
        sequences=[Sequence.FLAIR, *source.beside],
        licence="Apache-2.0",
        input=source,
        decision=DecisionSpec(
            temperature=1.5, threshold=0.5, uncertain_band=UncertainBand(0.45, 0.55), level=0.9
        ),
        gate=OPEN_GATE if gate else None,
        file=describe_file(folder, source, _file(gate)),
        training=TrainingRecord(
            created="2026-01-31",
            architecture="nothing to learn",
            sources=["Phantoms"],
            data_sha256="d" * 64,
            split_sha256=split_sha256,
            versions={"torch": "0"},
        ),
    )
    write_spec(spec, folder)
    return spec

"""What the gate sees by: the first layers of an ImageNet ResNet-50, which no MR has changed."""

from pathlib import Path

import numpy as np
import torch
from fastai.torch_core import set_seed
from fastai.vision.core import TensorImage
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torchvision.models import resnet50

from brainai.inference.runtime import Runtime
from brainai.inference.spec import FileSpec, InputSpec
from brainai_training.augment import batch_transforms
from brainai_training.config import Config
from brainai_training.export import export_float
from brainai_training.gate import Gate
from brainai_training.learner import read_body

# The order of grey and white matter shows at this size, and more costs more.
SIZE_PX = 96
# Means over so many by so many fields say where in the head something is bright.
_FIELDS = 3
_BATCH = 16
# Of the batches that are changed, so many in their intensities, too.
_CHANGED = 0.9
GATE, DISTANCE = "gate", "distance"


class Stem(nn.Module):
    """forward: slices float32 [N, C, S, S] -> features float32 [N, D].

    Means of the second stage over fields of the slice; its deviations; means and deviations of the
    first stage.
    """

    def __init__(self) -> None:
        """Build the layers with random weights."""
        super().__init__()
        whole = resnet50(weights=None)
        self.conv1 = nn.Conv2d(1, 64, kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1, self.relu, self.maxpool = whole.bn1, whole.relu, whole.maxpool
        self.layer1, self.layer2 = whole.layer1, whole.layer2

    def forward(self, x: Tensor) -> Tensor:
        """See the class."""
        small = functional.interpolate(
            x[:, :1], (SIZE_PX, SIZE_PX), mode="bilinear", align_corners=False
        )
        first = self.layer1(self.maxpool(self.relu(self.bn1(self.conv1(small)))))
        second = self.layer2(first)
        fields = functional.avg_pool2d(second, second.shape[-1] // _FIELDS)
        parts = [fields.flatten(1), _deviation(second), first.mean(dim=(2, 3)), _deviation(first)]
        return torch.cat(parts, dim=1)


def _deviation(x: Tensor) -> Tensor:
    mean = x.mean(dim=(2, 3))
    return (x.square().mean(dim=(2, 3)) - mean.square()).clamp_min(0).sqrt()


def make_stem(weights: Path | None, pretrained: bool) -> Stem:
    """Build the stem. weights, pretrained: as for the body (learner.make_learner).

    Raises DataError where ``weights`` can't be read.
    """
    stem = Stem()
    if pretrained:
        names = set(stem.state_dict())
        state = {name: value for name, value in read_body(weights).items() if name in names}
        stem.load_state_dict(state, strict=False)
    return stem.eval()


class GateModel(nn.Module):
    """What is exported. forward: slices [N, C, S, S] -> gate logits [N, 3], distance [N]."""

    def __init__(self, stem: Stem, gate: Gate) -> None:
        """Put the gate behind the stem."""
        super().__init__()
        self.stem, self.gate = stem, gate

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """See the class."""
        logits, distance = self.gate(self.stem(x))
        return logits, distance


def embed_images(
    stem: Stem, tensors: NDArray[np.float32], config: Config, folder: Path, *, change: bool
) -> NDArray[np.float32]:
    """Return the features float32 [n, D] of tensors [n, S, S], through the engine that serves.

    folder: where the stem's file is left. change: change them first, as training does.
    """
    spec = config.input
    shape = (spec.channels, spec.size_px, spec.size_px)
    export_float(stem, shape, folder / "stem.onnx", ["features"])
    plain = FileSpec(
        name="stem.onnx",
        sha256="",
        logits="features",
        evidence=None,
        precision="float32",
        golden_tolerance=0.0,
    )
    runtime = Runtime(folder, plain)
    set_seed(config.train.seed)
    changes = batch_transforms(spec.clip, _CHANGED) if change else []
    parts = []
    for place in np.array_split(_mixed(len(tensors)), max(1, len(tensors) // _BATCH)):
        batch = TensorImage(torch.from_numpy(tensors[place][:, None]))
        for transform in changes:
            batch = transform(batch, split_idx=0)
        changed = np.ascontiguousarray(batch.as_subclass(Tensor).numpy()[:, 0])
        parts.append(runtime.run(as_batch(changed, spec)).logits)
    return np.concatenate(parts)[np.argsort(_mixed(len(tensors)))]


def _mixed(count: int) -> NDArray[np.intp]:
    """Order images so that those of a batch, which are changed alike, have little in common."""
    return np.random.default_rng(0).permutation(count).astype(np.intp)


def as_batch(tensors: NDArray[np.float32], spec: InputSpec) -> NDArray[np.float32]:
    """Repeat slices [n, S, S] over the channels of the network's input: [n, C, S, S]."""
    return np.repeat(tensors[:, None], spec.channels, axis=1)

"""What the gate sees by: the first layers of an ImageNet ResNet-50, which no MR has changed."""

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from fastai.torch_core import set_seed
from fastai.vision.core import TensorImage
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torchvision.models import resnet50

from brainai.inference.runtime import Outputs, Runtime
from brainai.inference.spec import FileSpec, InputSpec
from brainai_training.augment import batch_transforms
from brainai_training.config import Config
from brainai_training.errors import DataError
from brainai_training.export import export_float
from brainai_training.gate import Gate
from brainai_training.learner import read_body

# The order of grey and white matter shows at this size (96 is too coarse), and more costs more.
SIZE_PX = 144
# Means over so many by so many fields say where in the head something is bright.
_FIELDS = 3
_BATCH = 16
# Of the batches that are changed, so many in their intensities, too.
_CHANGED = 0.9
GATE, DISTANCE = "gate", "distance"
_FEATURES, _MAPS = "features", "maps"


class Stem(nn.Module):
    """forward: slices float32 [N, C, S, S] -> features float32 [N, D], maps float32 [N, M, H, W].

    features: means of the second stage over fields of the slice; its deviations; means and
    deviations of the first stage. maps: what the third stage's first convolution makes of the
    second: half as many channels.
    """

    def __init__(self) -> None:
        """Build the layers with random weights."""
        super().__init__()
        whole = resnet50(weights=None)
        self.conv1 = nn.Conv2d(1, 64, kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1, self.relu, self.maxpool = whole.bn1, whole.relu, whole.maxpool
        self.layer1, self.layer2 = whole.layer1, whole.layer2
        third = whole.layer3[0]
        # Named as in the whole network, so that its weights are found.
        self.layer3 = nn.Sequential(nn.Sequential(OrderedDict(conv1=third.conv1, bn1=third.bn1)))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """See the class."""
        small = functional.interpolate(
            x[:, :1], (SIZE_PX, SIZE_PX), mode="bilinear", align_corners=False
        )
        first = self.layer1(self.maxpool(self.relu(self.bn1(self.conv1(small)))))
        second = self.layer2(first)
        fields = functional.avg_pool2d(second, second.shape[-1] // _FIELDS)
        parts = [fields.flatten(1), _deviation(second), first.mean(dim=(2, 3)), _deviation(first)]
        return torch.cat(parts, dim=1), self.relu(self.layer3(second))


def _deviation(x: Tensor) -> Tensor:
    mean = x.mean(dim=(2, 3))
    return (x.square().mean(dim=(2, 3)) - mean.square()).clamp_min(0).sqrt()


def make_stem(weights: Path | None, pretrained: bool) -> Stem:
    """Build the stem. weights, pretrained: as for the body (learner.make_learner).

    Raises DataError where ``weights`` can't be read, or are not those of a ResNet-50.
    """
    stem = Stem()
    if pretrained:
        names = set(stem.state_dict())
        state = {name: value for name, value in read_body(weights).items() if name in names}
        try:
            missing, _ = stem.load_state_dict(state, strict=False)
        except RuntimeError as error:
            raise DataError(f"{weights} is not a torchvision ResNet-50 state dict.") from error
        # num_batches_tracked counters alone may be absent.
        if any(not name.endswith("num_batches_tracked") for name in missing):
            raise DataError(f"{weights} is not a whole ResNet-50 (missing {missing[:3]}...).")
    return stem.eval()


class GateModel(nn.Module):
    """What is exported. forward: slices [N, C, S, S] -> gate logits [N, 3], distance [N]."""

    def __init__(self, stem: Stem, gate: Gate) -> None:
        """Put the gate behind the stem."""
        super().__init__()
        self.stem, self.gate = stem, gate

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """See the class."""
        features, maps = self.stem(x)
        logits, distance = self.gate(features, maps)
        return logits, distance


@dataclass(frozen=True)
class Seen:
    """What the stem sees in n images: features float32 [n, D], maps float16 [n, M, H, W]."""

    features: NDArray[np.float32]
    maps: NDArray[np.float16]


def see_images(stem: Stem, tensors: NDArray[np.float32], config: Config, folder: Path) -> Seen:
    """Show tensors [n, S, S] to the stem, through the engine that serves.

    Each as it is, then, in the same order, each once changed as scanners and people do: 2n in all.
    folder: where the stem's file is left.
    """
    spec = config.input
    shape = (spec.channels, spec.size_px, spec.size_px)
    export_float(stem, shape, folder / "stem.onnx", [_FEATURES, _MAPS])
    plain = FileSpec(
        name="stem.onnx",
        sha256="",
        logits=_FEATURES,
        evidence=_MAPS,
        precision="float32",
        golden_tolerance=0.0,
    )
    runtime = Runtime(folder, plain)
    count = len(tensors)
    seen = _make_room(runtime.run(as_batch(tensors[:1], spec)), 2 * count)
    set_seed(config.train.seed)
    for first, changes in ((0, []), (count, batch_transforms(spec.clip, _CHANGED))):
        for place in np.array_split(_mixed(count), max(1, count // _BATCH)):
            batch = TensorImage(torch.from_numpy(tensors[place][:, None]))
            for transform in changes:
                batch = transform(batch, split_idx=0)
            changed = np.ascontiguousarray(batch.as_subclass(Tensor).numpy()[:, 0])
            outputs = runtime.run(as_batch(changed, spec))
            seen.features[first + place] = outputs.logits
            seen.maps[first + place] = outputs.evidence
    return seen


def _make_room(outputs: Outputs, count: int) -> Seen:
    """Lay out arrays for ``count`` images, after what the stem says of one."""
    if outputs.evidence is None:
        raise TypeError("the stem's file has no maps")
    return Seen(
        np.empty((count, *outputs.logits.shape[1:]), dtype=np.float32),
        np.empty((count, *outputs.evidence.shape[1:]), dtype=np.float16),
    )


def _mixed(count: int) -> NDArray[np.intp]:
    """Order images so that those of a batch, which are changed alike, have little in common."""
    return np.random.default_rng(0).permutation(count).astype(np.intp)


def as_batch(tensors: NDArray[np.float32], spec: InputSpec) -> NDArray[np.float32]:
    """Repeat slices [n, S, S] over the channels of the network's input: [n, C, S, S]."""
    return np.repeat(tensors[:, None], spec.channels, axis=1)

"""The network and what fastai needs to train it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from fastai.basics import TensorCategory, params
from fastai.callback.fp16 import AMPMode, MixedPrecision
from fastai.data.core import DataLoaders
from fastai.learner import Learner
from fastai.vision.core import TensorMask
from fastai.vision.learner import vision_learner
from fastcore.foundation import L
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional
from torchvision.models import ResNet, ResNet50_Weights, resnet50

from brainai_training.config import TrainConfig
from brainai_training.errors import DataError
from brainai_training.metrics import batch_balanced_accuracy

FEATURES = 2048


class TumorHead(nn.Module):
    """Global average pooling and one linear layer, so that class activation is exact.

    forward: features float32 [N, 2048, h, w] -> logits [N, 2] and cells [N, h, w]. ``cells`` says
    cell by cell where the lesion is; it teaches the body during training and is not exported.
    """

    def __init__(self, dropout: float) -> None:
        """Build with the given dropout before the linear layer."""
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(FEATURES, 2)
        self.cells = nn.Conv2d(FEATURES, 1, 1)

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """See the class."""
        pooled = self.dropout(features.mean(dim=(2, 3)))
        return self.linear(pooled), self.cells(features)[:, 0]


class TumorLoss(nn.Module):
    """Cross entropy of the slice's label, plus that of each cell where the slice has a mask."""

    def __init__(self, label_smoothing: float, cell_weight: float) -> None:
        """Build with fastai's usual arguments."""
        super().__init__()
        self.label_smoothing, self.cell_weight = label_smoothing, cell_weight

    def forward(
        self, output: tuple[Tensor, Tensor], mask: TensorMask, label: TensorCategory
    ) -> Tensor:
        """output: see TumorHead; mask: [N, H, W] in {0, 1, 255 = none}; label: [N] in {0, 1}."""
        logits, cells = (part.as_subclass(Tensor) for part in output)
        label, mask = label.as_subclass(Tensor), mask.as_subclass(Tensor)
        loss = functional.cross_entropy(logits, label, label_smoothing=self.label_smoothing)
        known = (mask != 255).all(dim=(1, 2))
        if not known.any():
            return loss
        lesion = (mask[known] == 1).float()[:, None]
        share = functional.adaptive_avg_pool2d(lesion, (cells.shape[-2], cells.shape[-1]))[:, 0]
        cell_loss = functional.binary_cross_entropy_with_logits(cells[known].float(), share)
        return loss + self.cell_weight * cell_loss


class DevicePrecision(MixedPrecision):
    """fastai's bfloat16 callback, on the processor too: fastai names "cuda" outright."""

    def before_fit(self) -> None:
        """Begin to cast on the device of the batches."""
        device = self.dls.device.type
        self.autocast = torch.autocast(device, dtype=torch.bfloat16)
        # bfloat16 reaches as far as float32, so gradients need no scaling: a scaler that is off.
        self.learn.scaler, self.scales = torch.GradScaler(device, enabled=False), L()


def make_learner(
    dls: DataLoaders, config: TrainConfig, weights: Path | None, folder: Path
) -> Learner:
    """Build the learner: ImageNet ResNet-50 on one channel, a fresh head.

    weights: a plain torchvision state dict (safetensors) to start from, instead of torchvision's
    own download. folder: where fastai keeps checkpoints and exports.

    Raises DataError where the weights do not fit.
    """
    learner = vision_learner(
        dls,
        _arch(weights),
        n_out=2,
        n_in=1,
        cut=-2,
        splitter=_split,
        pretrained=config.pretrained,
        normalize=False,
        custom_head=TumorHead(config.dropout),
        loss_func=TumorLoss(config.label_smoothing, config.cell_loss),
        metrics=[batch_balanced_accuracy],
        wd=config.weight_decay,
        path=folder,
        cbs=[DevicePrecision(AMPMode.BF16)] if config.bfloat16 else [],
    )
    learner.model = learner.model.to(memory_format=torch.channels_last)
    return learner


def _arch(weights: Path | None) -> Callable[..., ResNet]:
    return partial(_start_model, weights)


def _start_model(weights: Path | None, pretrained: bool) -> ResNet:
    if not pretrained:
        return resnet50()
    if weights is None:
        return resnet50(weights=ResNet50_Weights.IMAGENET1K_V1)
    model = resnet50()
    try:
        missing, unexpected = model.load_state_dict(load_file(weights), strict=False)
    except (OSError, RuntimeError, SafetensorError) as error:
        raise DataError(f"{weights} is not a torchvision ResNet-50 state dict: {error}") from error
    # num_batches_tracked counters alone may be absent.
    if unexpected or any(not name.endswith("num_batches_tracked") for name in missing):
        raise DataError(f"{weights} is not a whole ResNet-50 (missing {missing[:3]}...).")
    return model


def _split(model: nn.Sequential) -> L:
    """Early layers, late layers, head: fastai's own groups for a ResNet."""
    body = list(model[0].children())
    return L(nn.Sequential(*body[:6]), nn.Sequential(*body[6:]), model[1:]).map(params)

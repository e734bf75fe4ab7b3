"""The network and what fastai needs to train it."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
from fastai.basics import TensorCategory, params
from fastai.callback.fp16 import AMPMode, MixedPrecision
from fastai.data.core import DataLoaders
from fastai.learner import Learner
from fastai.vision.core import TensorMask
from fastcore.foundation import L
from safetensors import SafetensorError
from safetensors.torch import load_file
from segmentation_models_pytorch import Unet
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.swa_utils import update_bn
from torchvision.models import ResNet50_Weights

from brainai_training.config import TrainConfig
from brainai_training.errors import DataError
from brainai_training.metrics import batch_balanced_accuracy, batch_dice

NO_MASK = 255
"""What stands in a mask of a slice whose source has none."""

# Of a channel beside FLAIR: what of FLAIR's first weights it starts with.
_FIRST = "encoder.conv1.weight"
_BESIDE_SHARE = 0.25

Output = tuple[Tensor, Tensor]
"""Lesion logits [N, 1, H, W] and label logits [N, 2]."""


class TwoHeadLoss(nn.Module):
    """Cross entropy of the slice's label; cross entropy and Dice of the mask, where there is one.

    Dice counts each slice with tumour once, so that a small lesion weighs as much as a large one.
    """

    def __init__(self, label_smoothing: float, pixel: float, dice: float) -> None:
        """Weigh the pixels' cross entropy and the Dice loss against that of the label."""
        super().__init__()
        self.label_smoothing, self.pixel, self.dice = label_smoothing, pixel, dice

    def forward(self, output: Output, mask: TensorMask, label: TensorCategory) -> Tensor:
        """output: see Output; mask: [N, H, W] in {0, 1, 255 = none}; label: [N] in {0, 1}."""
        lesion, logits = (part.as_subclass(Tensor).float() for part in output)
        label, mask = label.as_subclass(Tensor), mask.as_subclass(Tensor)
        loss = functional.cross_entropy(logits, label, label_smoothing=self.label_smoothing)
        known = (mask != NO_MASK).all(dim=2).all(dim=1)
        if not known.any():
            return loss
        said, truth = lesion[known, 0], (mask[known] == 1).float()
        loss = loss + self.pixel * functional.binary_cross_entropy_with_logits(said, truth)
        shown = truth.sum(dim=(1, 2)) > 0
        if not shown.any():
            return loss
        return loss + self.dice * _dice_loss(said[shown].sigmoid(), truth[shown])


def _dice_loss(share: Tensor, truth: Tensor) -> Tensor:
    both = (share * truth).sum(dim=(1, 2))
    either = share.sum(dim=(1, 2)) + truth.sum(dim=(1, 2))
    return (1 - (2 * both + 1) / (either + 1)).mean()


class DevicePrecision(MixedPrecision):
    """fastai's bfloat16 callback, on the processor too: fastai names "cuda" outright."""

    def before_fit(self) -> None:
        """Begin to cast on the device of the batches."""
        device = self.dls.device.type
        self.autocast = torch.autocast(device, dtype=torch.bfloat16)
        # bfloat16 reaches as far as float32, so gradients need no scaling: a scaler that is off.
        self.learn.scaler, self.scales = torch.GradScaler(device, enabled=False), L()


def make_learner(
    dls: DataLoaders, config: TrainConfig, weights: Path | None, folder: Path, channels: int = 1
) -> Learner:
    """Build the learner: ImageNet ResNet-50, a U-Net decoder and a label head.

    weights: a plain torchvision state dict (safetensors) to start from, instead of torchvision's
    own download. folder: where fastai keeps checkpoints and exports. channels: FLAIR's and those
    beside it.

    Raises DataError where the weights do not fit.
    """
    network = make_network(config, channels)
    if config.pretrained:
        load_body(network, weights)
    return Learner(
        dls,
        network.to(memory_format=torch.channels_last),
        loss_func=TwoHeadLoss(config.label_smoothing, config.pixel_loss, config.dice_loss),
        splitter=_split,
        metrics=[batch_balanced_accuracy, batch_dice],
        wd=config.weight_decay,
        path=folder,
        cbs=[DevicePrecision(AMPMode.BF16)] if config.bfloat16 and has_bfloat16() else [],
    )


def has_bfloat16() -> bool:
    """Whether the device computes in bfloat16: a processor that can't emulates it 15 times slower.

    Measured on an EPYC without AVX-512: 0.6 slices a second instead of 8.6, at 128 px.
    """
    if torch.cuda.is_available():
        return True
    able = torch.cpu.get_capabilities()
    return any(bool(value) for name, value in able.items() if name.endswith("bf16"))


def make_network(config: TrainConfig, channels: int = 1) -> Unet:
    """Build ResNet-50 with a U-Net decoder and, on global average pooling, one linear layer.

    forward: float32 [N, channels, H, W] -> Output. The linear layer alone follows the pooling, so
    that class activation is exact.
    """
    return Unet(
        "resnet50",
        encoder_weights=None,
        in_channels=channels,
        classes=1,
        decoder_channels=config.decoder,
        aux_params={"pooling": "avg", "dropout": config.dropout, "classes": 2},
    )


def load_body(network: Unet, weights: Path | None) -> None:
    """Start the body from ImageNet; its first layer takes the sum over red, green and blue.

    So it does of FLAIR. Each channel beside it starts at a quarter of that: enough to be looked at,
    too little to hide FLAIR.

    Raises DataError where ``weights`` are not those of a whole ResNet-50.
    """
    body = read_body(weights)
    further = network.encoder.conv1.in_channels - 1
    if further and "conv1.weight" in body:
        flair = body["conv1.weight"]
        body["conv1.weight"] = torch.cat([flair, *[flair * _BESIDE_SHARE] * further], dim=1)
    try:
        missing, unexpected = nn.Module.load_state_dict(network.encoder, body, strict=False)
    except RuntimeError as error:
        raise DataError(f"{weights} is not a torchvision ResNet-50 state dict: {error}") from error
    # num_batches_tracked counters alone may be absent.
    if unexpected or any(not name.endswith("num_batches_tracked") for name in missing):
        raise DataError(f"{weights} is not a whole ResNet-50 (missing {missing[:3]}...).")


def load_checkpoint(network: Unet, path: Path) -> None:
    """Take the weights of a run's checkpoint, of its first sequences as many as ``network`` has."""
    state = _read_checkpoint(path)
    channels = network.encoder.conv1.in_channels
    state[_FIRST] = state[_FIRST][:, :channels]
    nn.Module.load_state_dict(network, state)


def load_mean(network: Unet, paths: Sequence[Path]) -> None:
    """Take the mean of the weights of checkpoints that began with the same ones.

    It says about what the mean of their answers would (Wortsman et al., Model soups, 2022).
    """
    states = [_read_checkpoint(path) for path in paths]
    mean = {
        # Batch norm counts its batches in whole numbers.
        name: torch.stack([state[name] for state in states]).mean(0)
        if first.is_floating_point()
        else first
        for name, first in states[0].items()
    }
    nn.Module.load_state_dict(network, mean)


def _read_checkpoint(path: Path) -> dict[str, Tensor]:
    saved = torch.load(path, map_location="cpu", weights_only=False)
    state: dict[str, Tensor] = saved.get("model", saved)
    return state


def average(network: Unet, other: Unet, share: float) -> None:
    """Give ``network`` the mean of both networks' weights; those of ``other`` count for ``share``.

    ``other`` may know fewer sequences: of those its weights count as 0.

    Of one that began with the other: their weights lie near each other, and the mean of them says
    about what the mean of both would say (Wortsman et al., Model soups, 2022).
    """
    state = network.state_dict()
    second = other.to(next(network.parameters()).device).state_dict()
    missing = state[_FIRST].shape[1] - second[_FIRST].shape[1]
    second[_FIRST] = functional.pad(second[_FIRST], (0, 0, 0, 0, 0, missing))
    mean = {
        name: torch.lerp(value, second[name], share) if value.is_floating_point() else value
        for name, value in state.items()
    }
    nn.Module.load_state_dict(network, mean)


def settle(network: Unet, batches: Iterable[tuple[Tensor, ...]], *, bfloat16: bool) -> None:
    """Take the means and variances of batch norm anew, over slices as serving sees them.

    Training leaves those of slices that augmentation has changed; a mean of weights has a mean of
    them, which is not its own (Izmailov et al., Averaging weights, 2018). batches: of tensors, the
    slices float32 [N, channels, S, S] first.
    """
    device = next(network.parameters()).device
    casts = bfloat16 and has_bfloat16()
    with torch.autocast(device.type, torch.bfloat16, enabled=casts):
        update_bn(batches, network)


def read_body(weights: Path | None) -> dict[str, Tensor]:
    """Read ImageNet's ResNet-50 without its last layer, the first one summed over its colours.

    Raises DataError where ``weights`` can't be read, or torchvision's own can't be downloaded.
    """
    if weights is None:
        try:
            state = ResNet50_Weights.IMAGENET1K_V1.get_state_dict(progress=False, check_hash=True)
        except (OSError, RuntimeError) as error:  # no network; or another file than was expected
            raise DataError(
                f"ImageNet's ResNet-50 can't be downloaded from torchvision: {error}. Name a file "
                "of it: --weights FILE (make train WEIGHTS=FILE)."
            ) from error
    else:
        try:
            state = load_file(weights)
        except (OSError, SafetensorError) as error:
            raise DataError(f"{weights} is not a safetensors file: {error}") from error
    body = {name: value for name, value in state.items() if not name.startswith("fc.")}
    if "conv1.weight" in body:
        body["conv1.weight"] = body["conv1.weight"].sum(dim=1, keepdim=True)
    return body


def _split(model: Unet) -> L:
    """Early layers, late layers, decoder and heads."""
    body = model.encoder
    early = nn.Sequential(body.conv1, body.bn1, body.layer1, body.layer2)
    late = nn.Sequential(body.layer3, body.layer4)
    heads = nn.Sequential(model.decoder, model.segmentation_head, model.classification_head)
    return L(early, late, heads).map(params)

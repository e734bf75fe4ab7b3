"""Augmentation of tensors that the serving path made: fastai's geometry, our intensities."""

import torch
from fastai.vision.augment import (
    Dihedral,
    Flip,
    PadMode,
    RandTransform,
    Rotate,
    Warp,
    Zoom,
    setup_aug_tfms,
)
from fastai.vision.core import TensorImage
from torch import Tensor
from torch.nn import functional


def batch_transforms(
    clip: tuple[float, float], intensity: float, size_px: int | None = None
) -> list[RandTransform]:
    """Build the batch transforms for normalised tensors float32 [N, C, H, W] within ``clip``.

    intensity: share of the batches whose intensities are changed too. size_px: side to shrink to.
    """
    pad = PadMode.Border  # air, which is not 0 after normalisation
    geometry = [
        Flip(p=0.5, pad_mode=pad, size=size_px),
        # People export slices on their side; a slice has no up of its own.
        Dihedral(p=0.25, pad_mode=pad),
        Rotate(max_deg=20, p=0.75, pad_mode=pad),
        Zoom(min_zoom=0.8, max_zoom=1.25, p=0.75, pad_mode=pad),
        Warp(magnitude=0.1, p=0.4, pad_mode=pad),
    ]
    return [*setup_aug_tfms(geometry), Intensity(clip, intensity)]


class Intensity(RandTransform):
    """What scanners do to intensities: gain, gamma, bias field, low resolution, noise.

    Each channel is a sequence, and changed in its own way.
    """

    order = 70

    def __init__(self, clip: tuple[float, float], p: float) -> None:
        """Keep results within ``clip``; leave a batch alone with probability 1 - ``p``."""
        super().__init__(p=p)
        self.low, self.high = clip

    def encodes(self, x: TensorImage) -> TensorImage:
        """Change float32 [N, C, H, W], each slice in its own way."""
        raw = x.as_subclass(Tensor)
        # A sequence that is not given is all 0, and stays so.
        given = (raw != 0).any(dim=3, keepdim=True).any(dim=2, keepdim=True)
        raw = _low_resolution(raw) if torch.rand(()) < 0.15 else raw
        span = self.high - self.low
        share = ((raw - self.low) / span).clamp(1e-4, 1)
        share = share ** torch.exp(_normal(raw, 0.18))
        share = share * torch.exp(_bias_field(raw, 0.10))
        changed = share * span + self.low
        changed = changed * torch.exp(_normal(raw, 0.12)) + _normal(raw, 0.15)
        changed = changed + torch.randn_like(raw) * _normal(raw, 0.06)
        return TensorImage(changed.clamp(self.low, self.high) * given)


def _normal(x: Tensor, deviation: float) -> Tensor:
    return torch.randn(*x.shape[:2], 1, 1, device=x.device) * deviation


def _bias_field(x: Tensor, deviation: float) -> Tensor:
    coarse = torch.randn(*x.shape[:2], 4, 4, device=x.device) * deviation
    return functional.interpolate(coarse, x.shape[-2:], mode="bicubic", align_corners=False)


def _low_resolution(x: Tensor) -> Tensor:
    factor = 0.4 + 0.4 * float(torch.rand(()))
    small = functional.interpolate(x, scale_factor=factor, mode="bilinear", antialias=True)
    return functional.interpolate(small, x.shape[-2:], mode="bilinear", align_corners=False)

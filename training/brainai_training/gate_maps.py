"""The part of the gate that sees what lies where: convolutional networks on the stem's maps."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from brainai_training.gate_fit import Recipe, fit_network

_CHANNELS, _HIDDEN = 96, 128
_RECIPE = Recipe(batch=128, epochs=6, least_steps=100, rate=2e-3, decay=0.05, smoothing=0.02)
_DROPOUT, _DROPOUT_MAPS = 0.3, 0.1
# How much the maps of an image are made stronger and moved, by chance; half are mirrored.
_STRONGER, _MOVED = 0.1, 0.05


class MapNetwork(nn.Module):
    """forward: maps float32 [N, C, H, W] -> logits [N, count]."""

    def __init__(self, channels: int, count: int) -> None:
        """Build it with random weights, for maps of so many channels and so many labels."""
        super().__init__()
        self.read = nn.Sequential(
            *_block(channels, 1),
            nn.Dropout2d(_DROPOUT_MAPS),
            *_block(_CHANNELS, 3),
            nn.MaxPool2d(2),
            *_block(_CHANNELS, 3),
        )
        self.tell = nn.Sequential(
            nn.Dropout(_DROPOUT),
            nn.Linear(2 * _CHANNELS, _HIDDEN),
            nn.ReLU(),
            nn.Dropout(_DROPOUT),
            nn.Linear(_HIDDEN, count),
        )

    def forward(self, maps: Tensor) -> Tensor:
        """See the class."""
        x = self.read(maps)
        return self.tell(torch.cat([x.mean(dim=(2, 3)), x.amax(dim=(2, 3))], dim=1))


def _block(channels: int, kernel: int) -> tuple[nn.Module, ...]:
    conv = nn.Conv2d(channels, _CHANNELS, kernel, padding=kernel // 2, bias=False)
    return conv, nn.BatchNorm2d(_CHANNELS), nn.ReLU()


def fit_maps(
    maps: NDArray[np.float16],
    at: NDArray[np.intp],
    label: NDArray[np.intp],
    count: int,
    seed: int,
) -> MapNetwork:
    """Fit a network that tells ``count`` labels [n] apart by maps [m, C, H, W] at their places [n].

    The maps of all images are some GB, so they are not copied.
    """

    def show(batch: Tensor) -> Tensor:
        return _changed(torch.from_numpy(maps[at[batch.numpy()]]).float())

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = MapNetwork(maps.shape[1], count)
        fit_network(network, show, torch.from_numpy(label), _RECIPE)
    return network.eval()


def _changed(maps: Tensor) -> Tensor:
    """Mirror a batch of maps or not, and change how strong each image's are."""
    if torch.rand(()) < 0.5:
        maps = maps.flip(3)
    one = (len(maps), 1, 1, 1)
    return maps * (1 + _STRONGER * torch.randn(one)) + _MOVED * torch.randn(one)

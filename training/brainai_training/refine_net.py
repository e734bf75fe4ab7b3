"""The network that lets a study's slices hear each other, and how it is trained."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from fastai.torch_core import default_device, set_seed
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm

from brainai.inference.refine import CHANGE, FLAIR, LESION, MARGIN, REFINED
from brainai_training.config import RefineConfig
from brainai_training.export import write_program

# Logits beyond say nothing more.
_SURE = 8.0
# So much larger than the network's own last numbers are the logits that it adds.
_GAIN = 4.0
# Share of the steps after which the norms' statistics are held: those of the one study of a step
# are not the ones that serving norms with, and the network must learn to live with those.
_NORMS_LEARN = 0.6


@dataclass(frozen=True)
class StudyMaps:
    """What a model said of a study that it was not trained on, as refine.Layers, and what is true.

    lesion, margin: of the study and of its mirror image, turned back: [2, Z, R, R] and [2, Z].
    truth: share of each cell that is lesion, [Z, R, R]. tumor: bool [Z]. step: slices so many
    apart are about as far from each other as the network's are.
    """

    source: str
    patient: str
    flair: NDArray[np.float16]
    lesion: NDArray[np.float16]
    margin: NDArray[np.float32]
    truth: NDArray[np.float16]
    tumor: NDArray[np.bool_]
    step: int


class RefineNet(nn.Module):
    """forward: lesion logits [Z, R, R], FLAIR [Z, R, R], margins [Z] -> change [Z, R, R], margins.

    change is what is added to the lesion logits. A small U-Net; the first convolution of each block
    sees the slice above and the one below, too. It begins as a network that changes nothing.
    """

    def __init__(self, channels: tuple[int, ...], dropout: float = 0.3) -> None:
        """channels: of the blocks, the finest first; each grid is half as fine as the last."""
        super().__init__()
        widths = [4, *channels]
        self.down = nn.ModuleList(_block(a, b) for a, b in pairwise(widths))
        self.up = nn.ModuleList(
            _block(a + b, b) for a, b in zip(channels[:0:-1], channels[-2::-1], strict=True)
        )
        self.change = nn.Conv3d(channels[0], 1, 1)
        self.dropout = nn.Dropout(dropout)
        self.label = nn.Linear(2 * channels[-1] + 3, 1)
        for last in (*self.change.parameters(), *self.label.parameters()):
            nn.init.zeros_(last)

    def forward(self, lesion: Tensor, flair: Tensor, margin: Tensor) -> tuple[Tensor, Tensor]:
        """See the class."""
        sure = [(each.clamp(-_SURE, _SURE) / _SURE + 1) for each in (lesion, margin)]
        whole = sure[1][:, None, None].expand_as(lesion)
        x = torch.stack([torch.sigmoid(lesion), sure[0], flair.clamp(0, 8) / 4, whole])[None]
        passed: list[Tensor] = []
        for block in self.down:
            x = block(functional.max_pool3d(x, (1, 2, 2)) if passed else x)
            passed.append(x)
        seen = torch.cat([x.amax((3, 4)), x.mean((3, 4))], 1)[0].T
        for block, beside in zip(self.up, passed[-2::-1], strict=True):
            doubled = functional.interpolate(x, scale_factor=(1.0, 2.0, 2.0), mode="nearest")
            x = block(torch.cat([doubled, beside], 1))
        change = _GAIN * self.change(x)[0, 0]
        spots = [_spot(lesion + change).detach(), _spot(lesion), margin]
        heard = torch.cat([self.dropout(seen), torch.stack(spots, 1) / _SURE], 1)
        return change, margin + _GAIN * self.label(heard)[:, 0]


def _block(given: int, made: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv3d(given, made, 3, padding=1, bias=False),
        nn.BatchNorm3d(made, momentum=0.02),
        nn.ReLU(inplace=True),
        nn.Conv3d(made, made, (1, 3, 3), padding=(0, 1, 1), bias=False),
        nn.BatchNorm3d(made, momentum=0.02),
        nn.ReLU(inplace=True),
    )


def _spot(lesion: Tensor) -> Tensor:
    """Return the strongest spot of each map [Z, R, R]: [Z]."""
    return functional.avg_pool2d(lesion[:, None], 4).flatten(1).amax(1)


def fit_refine(
    studies: Sequence[StudyMaps], config: RefineConfig, repeat: dict[str, int], *, bfloat16: bool
) -> RefineNet:
    """Train a network on studies; repeat: how often those of a source are shown."""
    set_seed(config.seed, reproducible=True)
    chance = np.random.default_rng(config.seed)
    device = default_device()
    network = RefineNet(config.channels).to(device).train()
    weights = np.array([repeat[study.source] for study in studies], dtype=np.float64)
    weights /= weights.sum()
    optimiser = torch.optim.AdamW(network.parameters(), lr=config.lr, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, config.lr, total_steps=config.steps, pct_start=0.15
    )
    for step in tqdm(range(config.steps), desc="refining", unit="study", disable=None):
        if step == int(_NORMS_LEARN * config.steps):
            _hold_norms(network)
        study = studies[int(chance.choice(len(studies), p=weights))]
        drawn = [each.to(device) for each in _draw(study, config.slices, chance)]
        with torch.autocast(device.type, torch.bfloat16, enabled=bfloat16):
            loss = _loss(network, *drawn)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return network.cpu().eval()


def _hold_norms(network: nn.Module) -> None:
    for module in network.modules():
        if isinstance(module, nn.BatchNorm3d):
            module.eval()


def _loss(
    network: RefineNet, lesion: Tensor, flair: Tensor, margin: Tensor, truth: Tensor, tumor: Tensor
) -> Tensor:
    change, refined = network(lesion, flair, margin)
    said = (lesion + change).float()
    share = torch.sigmoid(said)
    both, either = (share * truth).sum(), share.sum() + truth.sum()
    # 50 cells: a study without lesion costs what it draws, and no more than one.
    dice = 1 - (2 * both + 50) / (either + 50)
    pixels = functional.binary_cross_entropy_with_logits(said, truth, reduction="sum")
    pixels = pixels / (len(lesion) * 400)
    label = functional.binary_cross_entropy_with_logits(refined, 0.98 * tumor + 0.01)
    return dice + 0.5 * pixels + 0.5 * label


def _draw(
    study: StudyMaps, most: int, chance: np.random.Generator
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Draw a run of slices, changed as another model and another scanner would change it."""
    places = np.arange(chance.integers(study.step), len(study.tumor), study.step)
    first = int(chance.integers(max(1, len(places) - most + 1)))
    places = places[first : first + most]
    places = places[::-1].copy() if chance.random() < 0.5 else places
    way = int(chance.integers(2))

    def take(values: NDArray[np.generic]) -> Tensor:
        return torch.from_numpy(values[places].astype(np.float32))

    lesion, flair, truth = take(study.lesion[way]), take(study.flair), take(study.truth)
    margin, tumor = take(study.margin[way]), take(study.tumor)
    count = len(places)
    louder = [float(np.exp(0.1 * chance.normal())) for _ in range(3)]
    shift = [0.4 * chance.normal() + 0.4 * chance.normal(size=count) for _ in range(2)]
    lesion = lesion * louder[0] + torch.from_numpy(shift[0]).float()[:, None, None]
    margin = margin * louder[1] + torch.from_numpy(shift[1]).float()
    flair = flair * louder[2]
    layers = torch.stack([lesion + 16, flair, truth], 1)  # 0 outside of the frame
    for dim in (2, 3):
        layers = layers.flip(dim) if chance.random() < 0.5 else layers
    layers = layers.transpose(2, 3) if chance.random() < 0.5 else layers
    layers = functional.grid_sample(layers, _turn(layers, chance), align_corners=False)
    return layers[:, 0] - 16, layers[:, 1], margin, layers[:, 2], tumor


def _turn(layers: Tensor, chance: np.random.Generator) -> Tensor:
    angle, zoom = chance.uniform(-0.3, 0.3), chance.uniform(0.85, 1.2)
    cosine, sine = np.cos(angle) / zoom, np.sin(angle) / zoom
    matrix = torch.tensor([[cosine, -sine, 0], [sine, cosine, 0]], dtype=torch.float32)
    return functional.affine_grid(
        matrix.expand(len(layers), 2, 3), list(layers.shape), align_corners=False
    )


def export_refine(network: RefineNet, side_px: int, path: Path) -> None:
    """Write the ONNX file, for any number of slices."""
    slices = torch.export.Dim.DYNAMIC
    given = (torch.zeros(5, side_px, side_px), torch.zeros(5, side_px, side_px), torch.zeros(5))
    program = torch.onnx.export(
        network.eval(),
        given,
        dynamo=True,
        input_names=[LESION, FLAIR, MARGIN],
        output_names=[CHANGE, REFINED],
        dynamic_shapes=({0: slices}, {0: slices}, {0: slices}),
        external_data=False,
        verbose=False,
    )
    write_program(program, path)

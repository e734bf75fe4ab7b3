"""How the small networks of the gate are fitted."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class Recipe:
    """One cycle of AdamW. epochs: over all images, but never fewer than least_steps batches."""

    batch: int
    epochs: int
    least_steps: int
    rate: float
    decay: float
    smoothing: float = 0.0


def fit_network(
    network: nn.Module, show: Callable[[Tensor], Tensor], label: Tensor, recipe: Recipe
) -> None:
    """Fit ``network`` to tell labels, int64 [n]. show: makes its input of images by place."""
    steps = max(recipe.least_steps, recipe.epochs * len(label) // recipe.batch)
    optimiser = torch.optim.AdamW(network.parameters(), recipe.rate, weight_decay=recipe.decay)
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimiser, recipe.rate, total_steps=steps)
    order = label.new_empty(0)
    for _ in range(steps):
        if len(order) < recipe.batch:
            order = torch.cat([order, torch.randperm(len(label))])
        batch, order = order[: recipe.batch], order[recipe.batch :]
        loss = functional.cross_entropy(
            network(show(batch)), label[batch], label_smoothing=recipe.smoothing
        )
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        cycle.step()

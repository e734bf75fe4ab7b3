import numpy as np
import torch
from numpy.typing import NDArray

from brainai_training.gate_maps import MapNetwork, fit_maps


def _maps(count: int, seed: int) -> tuple[NDArray[np.float16], NDArray[np.intp]]:
    """Draw maps [n, 3, 8, 8] of one bright field, high up (0) or low down (1), the same else."""
    rng = np.random.default_rng(seed)
    maps = rng.normal(0, 0.1, (count, 3, 8, 8))
    label = rng.integers(0, 2, count)
    for image, low in zip(maps, label, strict=True):
        row, column = rng.integers(0, 3) + 4 * low, rng.integers(0, 7)
        image[0, row : row + 2, column : column + 2] += 3
        image[1, row : row + 2, column : column + 2] += 3 * (row < 4)
        image[1, 6 - row : 8 - row, column : column + 2] += 3 * (row >= 4)
    return maps.astype(np.float16), label.astype(np.intp)


def _fit(maps: NDArray[np.float16], label: NDArray[np.intp], seed: int) -> MapNetwork:
    return fit_maps(maps, np.arange(len(label)), label, 2, seed)


def _told(network: MapNetwork, maps: NDArray[np.float16]) -> NDArray[np.intp]:
    with torch.inference_mode():
        return network(torch.from_numpy(maps).float()).argmax(dim=1).numpy()


def test_what_lies_apart_is_told_from_what_lies_together_though_its_means_are_the_same() -> None:
    network = _fit(*_maps(600, 0), seed=0)
    maps, label = _maps(200, 1)
    assert (_told(network, maps) == label).mean() > 0.95
    mirrored = np.ascontiguousarray(maps[..., ::-1])
    assert (_told(network, mirrored) == label).mean() > 0.95


def test_a_fit_depends_on_its_seed_alone() -> None:
    maps, label = _maps(64, 0)
    torch.manual_seed(1)
    first = _fit(maps, label, seed=3)
    after = torch.rand(())
    torch.manual_seed(1)
    assert torch.rand(()) == after  # others' chance is left as it was
    again, other = _fit(maps, label, seed=3), _fit(maps, label, seed=4)
    weights, same, different = (next(n.parameters()) for n in (first, again, other))
    assert torch.equal(weights, same)
    assert not torch.equal(weights, different)


def test_of_all_maps_those_at_the_places_that_are_named_are_learned_from() -> None:
    (maps, label), (others, _) = _maps(64, 0), _maps(64, 1)
    apart = np.concatenate([others, maps])
    network = fit_maps(apart, np.arange(64, 128), label, 2, seed=3)
    same = _fit(maps, label, seed=3)
    assert torch.equal(next(network.parameters()), next(same.parameters()))

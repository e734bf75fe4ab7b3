import numpy as np
import pytest
from numpy.typing import NDArray

from brainai.imaging.intensity import IntensityStats, measure_intensity
from brainai.inference.sides import find_alike
from brainai.labels import UncertainReason

SIDE_PX, MIDDLE = 160, 75
_Y, _X = np.mgrid[:SIDE_PX, :SIDE_PX]


def _disc(column: float, row: float, radius: float) -> NDArray[np.bool_]:
    return np.asarray(np.hypot(_X - column, _Y - row) <= radius)


HEAD = np.where(_disc(MIDDLE, 80, 60), 100, 0).astype(np.float32)
RIGHT, LEFT = _disc(MIDDLE - 25, 70, 8), _disc(MIDDLE + 25, 70, 8)


def _stats(pixels: NDArray[np.float32]) -> IntensityStats:
    stats = measure_intensity(pixels)
    assert stats is not None
    return stats


def _is_alike(mask: NDArray[np.bool_]) -> bool:
    return find_alike(mask, HEAD, _stats(HEAD)) is not None


def test_lesions_that_mirror_each_other_are_alike_on_both_sides() -> None:
    unsure = find_alike(RIGHT | LEFT, HEAD, _stats(HEAD))
    assert unsure is not None
    assert unsure.reason is UncertainReason.BOTH_SIDES_ALIKE
    assert _is_alike(RIGHT | _disc(MIDDLE + 27, 73, 6))


@pytest.mark.parametrize(
    "mask",
    [
        np.zeros_like(RIGHT),
        RIGHT,
        RIGHT | _disc(MIDDLE - 10, 110, 5),
        RIGHT | _disc(MIDDLE + 25, 110, 8),
        _disc(MIDDLE - 25, 70, 20) | _disc(MIDDLE + 25, 70, 3),
        RIGHT | LEFT | ((abs(_X - MIDDLE) < 25) & (abs(_Y - 70) < 3)),
    ],
    ids=["none", "one side", "two of a side", "elsewhere", "a small one", "across the middle"],
)
def test_other_outlines_are_not(mask: NDArray[np.bool_]) -> None:
    assert not _is_alike(mask)


def test_a_volume_is_judged_by_all_that_is_outlined() -> None:
    voxels = np.repeat(HEAD.T[..., None], 4, axis=2)
    stats = _stats(voxels)
    both, one = (RIGHT | LEFT).T, RIGHT.T
    assert find_alike(np.stack([both, both, one, one], axis=2), voxels, stats) is not None
    assert find_alike(np.stack([one, one, one, both], axis=2), voxels, stats) is not None
    assert find_alike(np.stack([one] * 4, axis=2), voxels, stats) is None
    large = _disc(MIDDLE - 25, 70, 20).T
    assert find_alike(np.stack([large, large, large, both], axis=2), voxels, stats) is None


def test_without_a_head_nothing_is_alike() -> None:
    assert find_alike(RIGHT | LEFT, np.zeros_like(HEAD), _stats(HEAD)) is None

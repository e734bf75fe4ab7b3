"""What intensities mean: the foreground, and the numbers that normalise it.

MRI has no absolute units, so a slice is normalised by the statistics of its own foreground, or,
better, of the foreground of the volume that it comes from.
"""

from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from brainai.errors import UnusableImage

# A pixel is foreground when it is over this share of the bright end (99th percentile of the
# non-zero pixels). Air noise in the TCGA slices lies under 0.06 of it, grey matter over 0.15.
# A hair over 0.08, which of whole values is often one itself: once they are scaled, it would be
# rounded to either side.
_FOREGROUND_SHARE = 0.08 * (1 + 1e-6)
# The foreground's own outliers (fat, vessels, spikes) are cut here before mean and deviation.
_LOW_PERCENTILE, _HIGH_PERCENTILE = 0.5, 99.5

TINY = 1e-30
"""The least divisor: values may be as small as 1e-12 of a unit, as raw reconstructions are."""


@dataclass(frozen=True)
class IntensityStats:
    """Foreground statistics of one slice or one volume, in raw intensity units.

    floor: the darkest value, taken as 0. threshold: the least foreground value above the floor.
    low, high: percentiles 0.5 and 99.5 of the foreground; mean, std: of the foreground within them.
    foreground_share: foreground pixels over all pixels, [0, 1].
    """

    floor: float
    threshold: float
    low: float
    high: float
    mean: float
    std: float
    foreground_share: float


def measure_intensity(values: NDArray[np.float32]) -> IntensityStats | None:
    """Measure a slice [H, W] or a volume [X, Y, Z]; None where nothing rises above the floor.

    Raises UnusableImage (not_finite) where the statistics are beyond single precision.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        stats = _measure(values)
    if stats is not None and not np.isfinite(astuple(stats)).all():
        raise UnusableImage(
            "not_finite",
            "The image's values are so large that their mean and deviation are over the range of "
            "single precision. Scale them down and send it again.",
        )
    return stats


def _measure(values: NDArray[np.float32]) -> IntensityStats | None:
    floor = float(values.min())
    above = values - floor
    lit = above[above > 0]
    if lit.size == 0:
        return None
    threshold = _FOREGROUND_SHARE * float(np.percentile(lit, 99))
    foreground = lit[lit > threshold]
    if foreground.size == 0:
        return None
    low, high = (float(v) for v in np.percentile(foreground, (_LOW_PERCENTILE, _HIGH_PERCENTILE)))
    clipped = np.clip(foreground, low, high)
    mean, std = float(clipped.mean()), float(clipped.std())
    return IntensityStats(floor, threshold, low, high, mean, std, foreground.size / values.size)


def foreground_mask(pixels: NDArray[np.float32], stats: IntensityStats) -> NDArray[np.bool_]:
    """Mark the foreground: bool, the shape of ``pixels``."""
    return (pixels - stats.floor) > stats.threshold


def normalise(
    pixels: NDArray[np.float32], stats: IntensityStats, limits: tuple[float, float]
) -> NDArray[np.float32]:
    """Return (pixels - mean) / std of the foreground, cut to ``limits``; float32, same shape."""
    std = max(stats.std, 1e-6 * stats.mean, TINY)
    z = (pixels - np.float32(stats.floor + stats.mean)) / np.float32(std)
    return np.asarray(np.clip(z, *limits), dtype=np.float32)


def window(pixels: NDArray[np.float32], stats: IntensityStats) -> NDArray[np.uint8]:
    """Window a slice for eyes: 0 at the floor, 255 at the foreground's 99.5th percentile."""
    scaled = (pixels - stats.floor) / max(stats.high, TINY)
    return np.asarray((np.clip(scaled, 0, 1) * 255).round(), dtype=np.uint8)

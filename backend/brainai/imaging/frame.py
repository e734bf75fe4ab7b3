"""A frame around a picture: viewers and pages draw one, and it is no part of the head."""

import numpy as np
from numpy.typing import NDArray

FRAME_WARNING = (
    "A bright line along an edge of the picture, as viewers and pages draw one, was left out."
)

# A frame lies within this share of the side from the edge. A line of it is brighter than this share
# of what is bright, along nearly all of the side; next to it, within, there is air.
_REACH, _BRIGHT, _LONG = 0.05, 0.3, 0.9
_AIR_WITHIN_PX, _AIR = 4, 0.2
# Where a picture was made smaller, the line's soft edge reaches so far, and is brighter than air.
_SOFT_PX, _SOFT_BRIGHT = 2, 0.05
_BRIGHT_PERCENTILE, _SAMPLE_PX = 99.0, 256


def remove_frame(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Set a frame of a picture, float32 [H, W], and what lies outside, to the darkest value.

    Each edge is looked at by itself. Returns ``pixels`` itself where there is none, and where
    their range is not finite.
    """
    floor = pixels.min()
    with np.errstate(over="ignore", invalid="ignore"):
        if not np.isfinite(pixels.max() - floor):
            return pixels
    height, width = pixels.shape
    sample = pixels[:: max(1, height // _SAMPLE_PX), :: max(1, width // _SAMPLE_PX)]
    bright = np.percentile(sample, _BRIGHT_PERCENTILE) - floor
    if bright <= 0:
        return pixels
    shown = pixels
    for turned in range(4):
        rows = _count_rows(np.rot90(pixels, turned), floor, bright)
        if rows:
            shown = shown.copy() if shown is pixels else shown
            np.rot90(shown, turned)[:rows] = floor
    return shown


def _count_rows(pixels: NDArray[np.float32], floor: np.float32, bright: np.float64) -> int:
    """Count the rows at the top that are a frame and what lies outside of it; 0: there is none."""
    reach = max(1, int(_REACH * len(pixels)))
    shares = (pixels[: reach + _AIR_WITHIN_PX] - floor) / bright
    lit = (shares > _BRIGHT).mean(axis=1)
    lines = np.flatnonzero(lit[:reach] >= _LONG)
    if not len(lines):
        return 0
    end = int(lines[-1]) + 1
    if lit[end : end + _AIR_WITHIN_PX].min(initial=1.0) > _AIR:
        return 0
    soft = (shares[end : end + _SOFT_PX] > _SOFT_BRIGHT).mean(axis=1) >= _LONG
    return end + (int(soft.argmin()) if not soft.all() else len(soft))

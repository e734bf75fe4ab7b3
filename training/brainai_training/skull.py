"""Removal of the skull from FLAIR slices, as an augmentation: BRATS is stripped, clinics are not.

Good enough to teach a network that the skull may be absent; it is no segmentation tool.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from brainai.imaging.intensity import foreground_mask, measure_intensity
from brainai.imaging.study import Slice

# Radii as shares of the head's width: the brain is parted from the scalp by an erosion wider than
# the few pixels of marrow and dura that join them, then grown back.
_ERODE, _GROW = 0.022, 0.026
# Less brain than this share of the head is the face or the neck: not stripped. More: the skull
# was not found (or is not there).
_PLAUSIBLE = (0.30, 0.88)


def strip_skull(image: Slice, lesion: NDArray[np.bool_] | None) -> Slice | None:
    """Set all that is not brain to 0; None where no plausible brain is found.

    lesion: bool [H, W], kept in any case.
    """
    stats = measure_intensity(image.pixels)
    if stats is None:
        return None
    head = ndimage.binary_fill_holes(foreground_mask(image.pixels, stats))
    width = float(np.sqrt(head.sum()))
    brain = _inner_tissue(image.pixels, head, width)
    if brain is None:
        return None
    if lesion is not None:
        brain |= lesion & head
    share = brain.sum() / max(head.sum(), 1)
    if not _PLAUSIBLE[0] <= share <= _PLAUSIBLE[1]:
        return None
    floor = float(image.pixels.min())
    return Slice(np.where(brain, image.pixels - floor, 0).astype(np.float32), image.spacing_mm)


def _inner_tissue(
    pixels: NDArray[np.float32], head: NDArray[np.bool_], width: float
) -> NDArray[np.bool_] | None:
    core = ndimage.binary_erosion(head, iterations=max(1, round(0.18 * width)))
    if not core.any():
        return None
    tissue = head & (pixels > 0.45 * np.median(pixels[core]))
    parted = ndimage.binary_erosion(tissue, _disc(_ERODE * width))
    labels, count = ndimage.label(parted)
    if count == 0:
        return None
    # The brain is the part with most of the head's core.
    votes = np.bincount(labels[core], minlength=count + 1)
    votes[0] = 0
    if votes.max() == 0:
        return None
    grown = ndimage.binary_dilation(labels == votes.argmax(), _disc(_GROW * width))
    closed = ndimage.binary_closing(grown, _disc(0.05 * width))
    return np.asarray(ndimage.binary_fill_holes(closed) & head)


def _disc(radius: float) -> NDArray[np.bool_]:
    r = max(1, round(radius))
    y, x = np.mgrid[-r : r + 1, -r : r + 1]
    return np.asarray(np.hypot(x, y) <= r + 0.3)

"""Whether what is outlined lies on both sides of the head alike, as few tumours do.

White matter disease does: its lesions lie in the white matter of both hemispheres, around the
ventricles above all (Wardlaw 2013, STRIVE, Lancet Neurol 12:822). Counted in docs/decisions/006.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from brainai.imaging.intensity import IntensityStats, foreground_mask
from brainai.inference.gate import Unsure
from brainai.labels import UncertainReason

# From this share of what is outlined on it counts as alike on both sides.
_ALIKE_SHARE = 0.3
_ALIKE = Unsure(
    UncertainReason.BOTH_SIDES_ALIKE,
    "What is outlined lies on both sides of the head alike, as white matter disease does and a "
    "tumour seldom.",
)
# A part of which so much lies on one side is a part of that side; else it crosses the middle.
_ONE_SIDE = 0.95
# How far a lesion may lie from the mirror image of another, as a share of the head's width.
_NEAR = 0.02


def find_alike(
    mask: NDArray[np.bool_], pixels: NDArray[np.float32], stats: IntensityStats
) -> Unsure | None:
    """Tell that what is outlined lies on both sides alike; None where it does not.

    mask, pixels: of a slice [H, W] or of a volume [X, Y, Z] in RAS+; the columns of a slice, and X,
    run from one side of the head to the other. stats: of ``pixels``.
    """
    if mask.ndim == 2:
        mirrored = _count_mirrored(mask, pixels, stats)
    else:
        outlined = np.flatnonzero(mask.any(axis=(0, 1)))
        mirrored = sum(_count_mirrored(mask[..., k].T, pixels[..., k].T, stats) for k in outlined)
    return _ALIKE if mirrored > _ALIKE_SHARE * int(mask.sum()) else None


def _count_mirrored(
    mask: NDArray[np.bool_], pixels: NDArray[np.float32], stats: IntensityStats
) -> int:
    """Count outlined pixels whose mirror image lies in, or near, a part of the other side."""
    head = foreground_mask(pixels, stats)
    if not mask.any() or not head.any():
        return 0
    columns = np.arange(mask.shape[1])
    middle = float(np.average(columns, weights=head.sum(axis=0)))
    left = columns < middle
    sided = _drop_crossing(mask, left)
    if not sided[:, left].any() or not sided[:, ~left].any():
        return 0
    mirror = np.round(2 * middle - columns).astype(int)
    inside = (mirror >= 0) & (mirror < mask.shape[1])
    mirrored = np.zeros_like(mask)
    mirrored[:, inside] = sided[:, mirror[inside]]
    near = max(1, round(_NEAR * float(np.sqrt(head.sum()))))
    return int((ndimage.binary_dilation(mirrored, iterations=near) & sided).sum())


def _drop_crossing(mask: NDArray[np.bool_], left: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Keep the parts of a mask that lie on one side. left: bool [W], columns of that side."""
    parts, count = ndimage.label(mask, np.ones((3, 3)))
    sizes = np.bincount(parts.ravel(), minlength=count + 1)
    on_left = np.bincount(parts[:, left].ravel(), minlength=count + 1)
    most = np.maximum(on_left, sizes - on_left)
    one_sided = most >= _ONE_SIDE * sizes
    one_sided[0] = False
    return np.asarray(one_sided[parts])

"""What every reader of volumes does at its end: check the size, scale, turn, check the values."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brainai.errors import TooLarge, UnusableImage
from brainai.imaging.geometry import to_ras
from brainai.imaging.raster import check_pixel_count
from brainai.imaging.study import Volume
from brainai.imaging.upload import Limits

# No scanner's voxels are so small or so far apart.
_LEAST_SPACING_MM, _MOST_SPACING_MM = 0.01, 50.0
_FARTHEST_MM = 1e6
# Each slice is answered for; no series of a head has nearly as many.
_MOST_SLICES = 4096
# FLAIR, T1, T1c and T2, each as large as can be.
_MOST_TOGETHER = 4 * _MOST_SLICES

NO_LIMITS = Limits(1 << 62, 1 << 62, 1 << 62, 1 << 62)

SPACING_WARNING = (
    "The file does not say the distance of its voxels, so 1 mm was taken: lengths and volumes in "
    "the answer may be wrong."
)


def check_shape(shape: tuple[int, int, int], limits: Limits, channels: int = 1) -> None:
    """Refuse a volume [I, J, K], or one a channel, by its header, before anything is made of it.

    Raises TooLarge (too_many_voxels, too_many_pixels).
    """
    if math.prod(shape) > limits.max_voxels or max(*shape, channels) > _MOST_SLICES:
        axes = shape if channels == 1 else (*shape, channels)
        raise TooLarge(
            "too_many_voxels",
            f"The volume claims {' x '.join(map(str, axes))} voxels; at most {limits.max_voxels} "
            f"voxels are read, and at most {_MOST_SLICES} along an axis. Send the volume at its "
            "own resolution.",
        )
    _, middle, longer = sorted(shape)
    check_pixel_count(longer, middle, limits.max_pixels)  # whichever way the slices are cut


def check_room(channels: int, size_bytes: int, room_bytes: int, name: str) -> None:
    """Refuse channels of ``size_bytes`` each that can't all be there, before they are listed.

    Raises UnusableImage (unreadable_volume). A single volume is left to its loading.
    """
    if channels > 1 and channels * size_bytes > room_bytes:
        raise damaged(name)


def check_together(count: int) -> None:
    """Refuse an upload by how many slices, or volumes, the headers of all its files claim.

    Raises TooLarge (too_many_voxels).
    """
    if count > _MOST_TOGETHER:
        raise TooLarge(
            "too_many_voxels",
            f"The upload's files claim more than {_MOST_TOGETHER} slices or volumes together, "
            "which is the most that are read. Send one study at a time.",
        )


def make_volume(
    voxels: NDArray[Any], affine: NDArray[np.float64], slope: float = 1.0, intercept: float = 0.0
) -> Volume:
    """Turn stored values [I, J, K] of any real type to a Volume of slope * value + intercept.

    Raises UnusableImage (not_finite) where there is NaN or infinity among them.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        volume = to_ras(voxels, affine)
        if slope != 1:
            np.multiply(volume.voxels, np.float32(slope), out=volume.voxels)
        if intercept != 0:
            np.add(volume.voxels, np.float32(intercept), out=volume.voxels)
    # A sum over float32 shows NaN and infinity, or its own overflow; only then is each looked at.
    with np.errstate(over="ignore", invalid="ignore"):
        total = volume.voxels.sum()
    if not np.isfinite(total) and not np.isfinite(volume.voxels).all():
        bad = int(volume.voxels.size - np.isfinite(volume.voxels).sum())
        raise UnusableImage(
            "not_finite",
            f"{bad} of the volume's {volume.voxels.size} voxels are not finite (NaN, infinity, or "
            "over the range of single precision). Replace them, air by 0, and send it again.",
        )
    return volume


def is_placement(affine: NDArray[np.float64]) -> bool:
    """Tell if a float64 [4, 4] can place voxels: finite, not flat, with possible spacings."""
    if not np.isfinite(affine).all() or np.abs(affine).max() > _FARTHEST_MM:
        return False
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    if spacing.min() < _LEAST_SPACING_MM or spacing.max() > _MOST_SPACING_MM:
        return False
    return bool(abs(np.linalg.det(affine[:3, :3] / spacing)) > 1e-3)


def spacing_or_1(spacing: NDArray[np.float64]) -> tuple[NDArray[np.float64], bool]:
    """Replace each distance that no scanner makes by 1 mm; and tell if any was."""
    fine = (spacing >= _LEAST_SPACING_MM) & (spacing <= _MOST_SPACING_MM)
    return np.where(fine, spacing, 1.0), bool(not fine.all())


def damaged(name: str) -> UnusableImage:
    """Say that a file of a known format can't be decoded."""
    return UnusableImage(
        "unreadable_volume",
        f"The {name} file can't be decoded: it is damaged, cut short, or of a variant that is not "
        "read. Export the volume again and send the new file.",
    )

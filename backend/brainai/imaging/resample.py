"""Further sequences of a patient on the FLAIR's grid."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import affine_transform

from brainai.errors import UnusableImage
from brainai.imaging.study import Volume

# Below which share of the grid two volumes are not of one place. A slab that covers a third of the
# head is.
_LEAST_OVERLAP, _WHOLE = 0.1, 0.95
_SAME_GRID_MM = 1e-3
# A voxel ends half a voxel from its centre; rounding must tear no holes where two grids' ends meet.
_HALF = 0.5 + 1e-6


def _reach(moving: Volume, fixed: Volume) -> NDArray[np.bool_]:
    """Tell which voxels [X, Y, Z] of ``fixed`` have their centre in a voxel of ``moving``."""
    to_moving = np.linalg.inv(moving.affine) @ fixed.affine
    shape = fixed.voxels.shape
    j, k = np.ogrid[: shape[1], : shape[2]]
    reached = np.ones(shape, dtype=bool)
    for row, count in zip(to_moving[:3], moving.voxels.shape, strict=True):
        first = row[1] * j + row[2] * k + row[3]
        for index in range(shape[0]):  # plane by plane: places take more room than voxels
            place = first + row[0] * index
            reached[index] &= (place >= -_HALF) & (place <= count - 1 + _HALF)
    return reached


def lay_on(moving: Volume, fixed: Volume) -> tuple[NDArray[np.float32], float]:
    """Resample a volume linearly to another's RAS+ grid; and the share of it that is covered.

    Returns float32 of ``fixed``'s shape. Where ``moving`` does not reach it has the darkest value
    of ``moving``, which is air; 0 may be anything.

    Raises UnusableImage (no_overlap).
    """
    if moving.voxels.shape == fixed.voxels.shape and np.allclose(
        moving.affine, fixed.affine, rtol=0, atol=_SAME_GRID_MM
    ):
        return moving.voxels, 1.0
    reached = _reach(moving, fixed)
    share = float(reached.mean())
    if share < _LEAST_OVERLAP:
        raise UnusableImage(
            "no_overlap",
            f"Two sequences of the upload show different places: they share {share:.0%} of the "
            "FLAIR's volume. Send sequences of one patient and one visit, or the FLAIR alone.",
        )
    to_moving = np.linalg.inv(moving.affine) @ fixed.affine
    # scipy takes a diagonal, which most pairs have, by a much faster way.
    matrix = to_moving[:3, :3]
    diagonal = np.diag(np.diag(matrix))
    straight = np.abs(matrix - diagonal).max() * max(fixed.voxels.shape) < _SAME_GRID_MM
    laid = affine_transform(
        moving.voxels,
        np.diag(matrix) if straight else matrix,
        offset=to_moving[:3, 3],
        output_shape=fixed.voxels.shape,
        output=np.float32,
        order=1,
        mode="nearest",  # the outer half of a voxel at the edge is its own, too
    )
    laid[~reached] = moving.voxels.min()
    return np.asarray(laid, dtype=np.float32), share


def is_whole(share: float) -> bool:
    """Tell if a covered share is the whole but for an edge."""
    return share >= _WHOLE

"""Further sequences of a patient on the FLAIR's grid."""

import itertools

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import affine_transform

from brainai.errors import UnusableImage
from brainai.imaging.study import Volume

# Points of a lattice over the grid by which the overlap is told; and below which share of them
# two volumes are not of one place. A slab that covers a third of the head is.
_LATTICE, _LEAST_OVERLAP, _WHOLE = 12, 0.1, 0.95
_SAME_GRID_MM = 1e-3


def overlap(moving: Volume, fixed: Volume) -> float:
    """Return the share of ``fixed``'s grid that lies inside of ``moving``'s, [0, 1]."""
    shape = np.array(fixed.voxels.shape)
    steps = [np.linspace(0, n - 1, _LATTICE) for n in shape]
    points = np.array(list(itertools.product(*steps)))
    to_moving = np.linalg.inv(moving.affine) @ fixed.affine
    inside = points @ to_moving[:3, :3].T + to_moving[:3, 3]
    limit = np.array(moving.voxels.shape) - 0.5
    return float(((inside >= -0.5) & (inside <= limit)).all(axis=1).mean())


def lay_on(moving: Volume, fixed: Volume) -> tuple[NDArray[np.float32], float]:
    """Resample a volume linearly to another's RAS+ grid; and the share of it that is covered.

    Returns float32 of ``fixed``'s shape, 0 where ``moving`` does not reach.

    Raises UnusableImage (no_overlap).
    """
    if moving.voxels.shape == fixed.voxels.shape and np.allclose(
        moving.affine, fixed.affine, rtol=0, atol=_SAME_GRID_MM
    ):
        return moving.voxels, 1.0
    share = overlap(moving, fixed)
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
    )
    return np.asarray(laid, dtype=np.float32), share


def is_whole(share: float) -> bool:
    """Tell if a covered share is the whole but for an edge."""
    return share >= _WHOLE

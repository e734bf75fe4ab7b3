"""Lesion logits -> probability -> mask -> Lesion, on the input's own grid."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brainai.imaging.geometry import Crop

# The sigmoid of it is 0 in float32.
_NOWHERE = -104.0


@dataclass(frozen=True)
class BoundingBox:
    """The smallest upright rectangle that holds a mask; px of the input."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class Change:
    """What a slice's neighbours make of its lesion logits: float32 [R, R] over ``frame``, added."""

    logits: NDArray[np.float32]
    frame: Crop


@dataclass(frozen=True)
class Lesion:
    """What a mask outlines.

    longest_diameter: the greatest distance between the centres of two pixels of one component, so
    0 for a single pixel. In mm the spacing of rows and of columns counts apart, and the two ends
    may be other pixels than those in px.
    components: parts of the mask that do not touch, not even by a corner.
    area_mm2, longest_diameter_mm: None where the spacing is unknown.
    """

    area_px: int
    area_mm2: float | None
    longest_diameter_px: float
    longest_diameter_mm: float | None
    bounding_box: BoundingBox
    components: int


def lesion_probability(
    lesion_logits: NDArray[np.float32], crop: Crop, change: Change | None = None
) -> NDArray[np.float32]:
    """Lay the lesion logits [S, S] over the input: probability float32 [H, W] in [0, 1].

    The logits are interpolated, not their probabilities and not a mask: the outline is then
    smooth at any size. Outside of the crop the probability is 0.
    """
    logits = crop.invert(lesion_logits, fill=_NOWHERE)
    if change is not None:
        logits += change.frame.invert(change.logits)
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * logits)), dtype=np.float32)


def measure_lesion(
    mask: NDArray[np.bool_], spacing_mm: tuple[float, float] | None
) -> Lesion | None:
    """Measure a mask bool [H, W]; None where it is empty.

    spacing_mm: (row, column) distance of pixel centres, or None where it is unknown.
    """
    runs = _find_runs(mask)
    if len(runs) == 0:
        return None
    rows, first, last = runs.T
    area_px = int((last - first + 1).sum())
    box = BoundingBox(
        int(first.min()),
        int(rows.min()),
        int(last.max() - first.min() + 1),
        int(rows.max() - rows.min() + 1),
    )
    ends = _find_ends(runs)
    millimetres = None if spacing_mm is None else _longest(ends, np.diag(spacing_mm))
    return Lesion(
        area_px=area_px,
        area_mm2=None if spacing_mm is None else area_px * spacing_mm[0] * spacing_mm[1],
        longest_diameter_px=_longest(ends, np.eye(2)),
        longest_diameter_mm=millimetres,
        bounding_box=box,
        components=len(ends),
    )


def longest_diameter_mm(mask: NDArray[np.bool_], steps_mm: NDArray[np.float64]) -> float:
    """Return Lesion's longest_diameter of a mask bool [H, W] whose axes may be skewed.

    steps_mm: float64 [2, 2], in the mask's plane: the way of one row on, and of one column on.
    """
    runs = _find_runs(mask)
    return _longest(_find_ends(runs), steps_mm) if len(runs) else 0.0


def _find_runs(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """List the runs of each row: int64 [R, 3] of (row, first column, last column), in order."""
    edged = np.zeros((mask.shape[0], mask.shape[1] + 2), dtype=np.int8)
    edged[:, 1:-1] = mask
    step = np.diff(edged, axis=1)
    rows, first = np.nonzero(step == 1)
    _, after = np.nonzero(step == -1)
    return np.stack([rows, first, after - 1], axis=1).astype(np.int64)


def _join(runs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give each run the number of its 8-connected component, from 0, by union and find."""
    parents = list(range(len(runs)))

    def root(run: int) -> int:
        while parents[run] != run:
            parents[run] = parents[parents[run]]
            run = parents[run]
        return run

    listed = runs.tolist()
    above = 0
    for here, (row, first, last) in enumerate(listed):
        # Runs are in order: none before ``above`` can touch this one or a later one.
        while listed[above][0] < row - 1 or (
            listed[above][0] == row - 1 and listed[above][2] < first - 1
        ):
            above += 1
        other = above
        while listed[other][0] == row - 1 and listed[other][1] <= last + 1:
            parents[root(other)] = root(here)
            other += 1
    roots = [root(run) for run in range(len(runs))]
    return np.unique(roots, return_inverse=True)[1].astype(np.int64)


def _find_ends(runs: NDArray[np.int64]) -> list[NDArray[np.float64]]:
    """List of each component, of at least one, the pixels that can be an end of its diameter."""
    components = _join(runs)
    order = np.argsort(components, kind="stable")
    starts = np.flatnonzero(np.diff(components[order])) + 1
    return [_ends(part) for part in np.split(runs[order], starts)]


def _ends(runs: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the pixels of a component that can be an end of its diameter: float64 [P, 2].

    Those are corners of the convex hull, which are the same at any spacing.
    """
    points = np.concatenate([runs[:, [0, 1]], runs[:, [0, 2]]])
    return _hull(np.unique(points, axis=0))


def _hull(points: NDArray[np.int64]) -> NDArray[np.float64]:
    """Corners of the convex hull of sorted points [P, 2]. Source: Andrew 1979, monotone chain."""
    listed = points.tolist()
    corners: list[list[int]] = []
    for direction in (listed, listed[::-1]):
        chain: list[list[int]] = []
        for y, x in direction:
            while len(chain) > 1:
                (y0, x0), (y1, x1) = chain[-2], chain[-1]
                if (y1 - y0) * (x - x0) - (x1 - x0) * (y - y0) > 0:
                    break
                chain.pop()
            chain.append([y, x])
        corners += chain
    return np.asarray(corners, dtype=np.float64)


def _longest(components: list[NDArray[np.float64]], steps: NDArray[np.float64]) -> float:
    """Return the greatest distance between two corners of one component. steps: [2, 2]."""
    longest = 0.0
    for corners in components:
        scaled = corners @ steps
        apart = scaled[:, None, :] - scaled[None, :, :]
        longest = max(longest, float(np.hypot(apart[..., 0], apart[..., 1]).max()))
    return longest

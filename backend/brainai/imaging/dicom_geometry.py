"""Positions of slices -> one stack: their order, and the affine of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brainai.errors import UnusableImage
from brainai.imaging.dicom_frames import Frame
from brainai.imaging.volumes import is_placement

# Headers round directions to some six digits; localisers differ by right angles.
_SAME_DIRECTION = 0.01
_SAME_PLACE_MM = 0.01
# Of the usual gap: so much may a gap differ, and so far may a slice lie aside of the line.
_GAP_TOLERANCE, _MISSING_GAP = 0.1, 1.5
_MOST_PLACES_NAMED = 5


@dataclass(frozen=True)
class Stack:
    """A series that is one volume.

    order: the frames to take, along the normal of the slices (rows x columns in LPS).
    doubles: (taken, left out) frames that lie at one and the same place.
    affine: float64 [4, 4], index [column, row, slice] -> world mm, RAS+.
    """

    order: tuple[int, ...]
    doubles: tuple[tuple[int, int], ...]
    affine: NDArray[np.float64]


def stack_frames(frames: Sequence[Frame]) -> Stack:
    """Put the frames of one series in order by where they lie, whatever their order or number.

    Raises UnusableImage: not_stackable where they are no stack of parallel slices, or don't say
    where they lie; missing_slices where gaps tell that some are absent.
    """
    positions, orientation, spacing = _planes(frames)
    across, down = orientation[:3], orientation[3:]
    normal = np.cross(across, down)
    along = positions @ normal
    by_place = np.argsort(along, kind="stable")
    order, doubles = _leave_doubles_out(by_place, along)
    _check_gaps(along[list(order)])
    step = _step(positions[list(order)], normal, frames[order[0]])
    affine = np.eye(4)
    affine[:3, 0] = across * spacing[1]
    affine[:3, 1] = down * spacing[0]
    affine[:3, 2] = step
    affine[:3, 3] = positions[order[0]]
    affine = np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine
    if not is_placement(affine):
        raise _not_stackable("its header gives distances or directions that can't be")
    return Stack(order, doubles, affine)


def _planes(
    frames: Sequence[Frame],
) -> tuple[NDArray[np.float64], NDArray[np.float64], tuple[float, float]]:
    """Return positions [N, 3], the one orientation [6] and the one spacing of all frames."""
    places = [frame.position for frame in frames if frame.position is not None]
    ways = [frame.orientation for frame in frames if frame.orientation is not None]
    spacings = [frame.spacing_mm for frame in frames if frame.spacing_mm is not None]
    if not len(places) == len(ways) == len(spacings) == len(frames):
        raise _not_stackable(
            "its slices don't say where they lie (position, orientation or pixel spacing is absent)"
        )
    if np.abs(np.array(ways) - ways[0]).max() > _SAME_DIRECTION:
        raise _not_stackable("its slices lie in different directions, as those of a localiser do")
    if np.min(spacings) <= 0:  # a negative one would exchange left and right
        raise _not_stackable("its header gives distances or directions that can't be")
    if np.abs(np.array(spacings) / spacings[0] - 1).max() > _SAME_DIRECTION:
        raise _not_stackable("its slices have pixels of different sizes")
    across, down = ways[0][:3], ways[0][3:]
    lengths = float(np.linalg.norm(across)), float(np.linalg.norm(down))
    if max(abs(lengths[0] - 1), abs(lengths[1] - 1), abs(float(across @ down))) > _SAME_DIRECTION:
        raise _not_stackable("its header gives distances or directions that can't be")
    orientation = np.concatenate([across / lengths[0], down / lengths[1]])
    return np.array(places), orientation, spacings[0]


def _leave_doubles_out(
    by_place: NDArray[np.intp], along: NDArray[np.float64]
) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
    order: list[int] = []
    doubles: list[tuple[int, int]] = []
    for index in map(int, by_place):
        if order and along[index] - along[order[-1]] < _SAME_PLACE_MM:
            doubles.append((order[-1], index))
        else:
            order.append(index)
    return tuple(order), tuple(doubles)


def _check_gaps(along: NDArray[np.float64]) -> None:
    """Refuse a stack with holes: the model, and a lesion's volume, need every slice."""
    gaps = np.diff(along)
    if gaps.size == 0:
        return
    usual = float(np.median(gaps))
    holes = np.flatnonzero(gaps > _MISSING_GAP * usual)
    if holes.size:
        missing = [max(1, round(float(gaps[hole]) / usual) - 1) for hole in holes]
        named = [
            f"between slices {hole + 1} and {hole + 2} ({count})"
            for hole, count in zip(holes, missing, strict=True)
        ][:_MOST_PLACES_NAMED]
        more = f" and in {holes.size - len(named)} more places" if holes.size > len(named) else ""
        raise UnusableImage(
            "missing_slices",
            f"The series has {along.size} slices, {usual:.2f} mm apart, and {sum(missing)} "
            f"{'is' if sum(missing) == 1 else 'are'} missing: {', '.join(named)}{more}, counted "
            "along the series from 1. Send all the slices of the series.",
        )
    if np.abs(gaps - usual).max() > _GAP_TOLERANCE * usual:
        raise _not_stackable(
            f"its slices lie unevenly, from {gaps.min():.2f} to {gaps.max():.2f} mm apart"
        )


def _step(
    positions: NDArray[np.float64], normal: NDArray[np.float64], first: Frame
) -> NDArray[np.float64]:
    """Return the way from one slice to the next, mm, LPS; of one slice alone its thickness."""
    count = len(positions)
    if count == 1:
        return np.asarray(normal * (first.gap_mm or 1.0))
    step = (positions[-1] - positions[0]) / (count - 1)
    line = positions[0] + np.arange(count)[:, None] * step
    aside = np.linalg.norm(positions - line, axis=1).max()
    if aside > 2 * _GAP_TOLERANCE * np.linalg.norm(step):
        raise _not_stackable("its slices are shifted against each other")
    return np.asarray(step)


def _not_stackable(why: str) -> UnusableImage:
    return UnusableImage(
        "not_stackable",
        f"The series can't be put together to a volume: {why}. Send one series of parallel, "
        "evenly spaced slices.",
    )

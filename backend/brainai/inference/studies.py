"""Margins of a study's slices, which know of each other -> its slices' and its own answer."""

import numpy as np
from numpy.typing import NDArray

from brainai.inference.calibrate import sigmoid
from brainai.inference.spec import StudyDecision

THIN_MM = 3.0
"""Slices nearer to each other than this show nearly the same."""

# The share of each of two neighbours in a thin slice's margin: decision 008 has what others gave.
_NEIGHBOUR_SHARE = 0.2


def heed_neighbours(
    margins: NDArray[np.float64], places: NDArray[np.intp], distance_mm: float | None
) -> NDArray[np.float64]:
    """Let the slices on both sides have a say in what is said of a thin slice: margins [N].

    places: of the slices along their axis, rising. distance_mm: of neighbouring slices; where it is
    THIN_MM and more, or unknown, each slice stands alone: there the next one shows something else.
    Where a neighbour is missing, the slice's own margin takes its place.
    """
    if distance_mm is None or distance_mm >= THIN_MM or len(margins) == 0:
        return margins
    touching = np.diff(places) == 1
    below, above = margins.copy(), margins.copy()
    below[1:][touching] = margins[:-1][touching]
    above[:-1][touching] = margins[1:][touching]
    return margins + _NEIGHBOUR_SHARE * (below + above - 2 * margins)


def pool_margins(margins: NDArray[np.float64], neighbours: int, top: int) -> float:
    """Pool margins [N] of slices in their order along the axis: what the study shows most.

    A lesion is seen in several slices in a row, a false alarm often in one: so each margin is
    averaged with its ``neighbours`` - 1 nearest, and the ``top`` highest averages are averaged.
    """
    width = min(neighbours, len(margins))
    running = np.convolve(margins, np.ones(width) / width, mode="valid")
    return float(np.sort(running)[-top:].mean())


def study_probability(margins: NDArray[np.float64], decision: StudyDecision) -> float:
    """P(tumour) of a study, in [0, 1], of its slices' margins [N], N >= 1."""
    pooled = pool_margins(margins, decision.neighbours, decision.top)
    return float(sigmoid(np.array([decision.slope * pooled + decision.intercept]))[0])

"""Margins of a study's slices -> its own answer."""

import numpy as np
from numpy.typing import NDArray

from brainai.inference.calibrate import sigmoid
from brainai.inference.spec import StudyDecision

THIN_MM = 3.0
"""Slices nearer to each other than this show nearly the same."""


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

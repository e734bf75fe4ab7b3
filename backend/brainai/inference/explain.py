"""Class activation -> heat map on the input's own grid."""

import numpy as np
from numpy.typing import NDArray

from brainai.imaging.geometry import Crop
from brainai.inference.calibrate import sigmoid


def to_heatmap(
    evidence: NDArray[np.float32], crop: Crop, temperature: float
) -> NDArray[np.float32]:
    """Draw the class activation [h, w] over the input, float32 [H, W] in [0, 1].

    With p the probability that the slice would get if all its cells were like this one (global
    average pooling and one linear layer make that exact, without gradients), a cell's value is
    2 p - 1, and 0 where it speaks for neither answer or against a tumour. The scale is absolute:
    a slice without tumour stays dark. Outside of the crop it is 0.

    Source: Zhou 2016, arXiv 1512.04150.
    """
    p = sigmoid(evidence.astype(np.float64) / temperature)
    cells = np.maximum(2 * p - 1, 0).astype(np.float32)
    return np.clip(crop.invert(cells), 0.0, 1.0)

"""Class activation -> heat map on the input's own grid."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from brainai.imaging.geometry import Crop

# A cell covers 32 px of the network's input; drawn at 16 points a cell, the map shows no steps.
_POINTS_A_CELL = 16


def to_heatmap(
    evidence: NDArray[np.float32], crop: Crop, probability: float
) -> NDArray[np.float32]:
    """Draw the class activation [h, w] over the input, float32 [H, W] in [0, 1].

    evidence: tumour logit minus no-tumour logit of each cell. Their mean is that of the label
    head, exactly and without gradients, by global average pooling and one linear layer. What speaks
    against a tumour is 0, and so is what lies outside of the crop; the cell that speaks most for
    one has the slice's ``probability``, and nothing has more, so a slice without tumour stays dark.

    Source: Zhou 2016, arXiv 1512.04150.
    """
    support = np.maximum(evidence, 0)
    strongest = float(support.max())
    if strongest == 0:
        return np.zeros((crop.source_height, crop.source_width), dtype=np.float32)
    height, width = evidence.shape
    size = (width * _POINTS_A_CELL, height * _POINTS_A_CELL)
    cells = Image.fromarray((support / strongest * probability).astype(np.float32))
    smooth = np.asarray(cells.resize(size, Image.Resampling.BICUBIC), dtype=np.float32)
    # Bicubic enlargement overshoots beside steep edges.
    return np.clip(crop.invert(smooth), 0.0, np.float32(probability))

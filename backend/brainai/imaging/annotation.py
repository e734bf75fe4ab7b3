"""Text that was burned into the pixels, which may name a patient."""

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from scipy.ndimage import binary_dilation, find_objects, label

from brainai.imaging.study import Volume

BURNED_IN_WARNING = (
    "The file says that text is burned into its pixels. It may name a patient, and it is still "
    "there in every picture made from them."
)
TEXT_WARNING = (
    "There seems to be text in a corner of the image. If it names a patient, it is still there in "
    "every picture made from it."
)

# A glyph is brighter than half of what is bright, and rises over so many pixels.
_BRIGHT_PERCENTILE, _INK = 99.0, 0.5
_LEAST_GLYPH_PX, _MOST_GLYPH_SHARE = 5, 1 / 12
# Corners: so much of the height, and of the width, from each edge; and so far from the head.
_CORNER_ROWS, _CORNER_COLUMNS, _MARGIN_SHARE = 0.25, 0.5, 0.02
# A word: so many glyphs on one line, whose heights and gaps are alike.
_LEAST_GLYPHS, _HEIGHT_RATIO, _GAP_HEIGHTS = 4, 1.7, 1.5
# More bright things than these are noise, which would take long to search for words.
_MOST_PARTS, _MOST_GLYPHS = 20_000, 400
# Between and around them there is air, dark but for soft edges.
_AROUND_PX, _AIR_PERCENTILE, _AIR = 3, 60.0, 0.12
_PLANES, _LEAST_PLANES = 7, 2


def says_burned_in(dataset: Dataset) -> bool:
    """Tell if a header says so: Burned In Annotation (0028,0301), PS3.3 C.7.6.1."""
    return str(dataset.get("BurnedInAnnotation", "")).strip().upper() == "YES"


def shows_text(volume: Volume) -> bool:
    """Look for text in the corners of a volume's slices, as they were acquired.

    Text is in all slices of a series or in none, so some are looked at, and two must have it.
    """
    axis = volume.grid.axes[2]
    count = volume.voxels.shape[axis]
    looked_at = sorted({round(p) for p in np.linspace(0.1, 0.9, _PLANES) * (count - 1)})
    found = 0
    for index in looked_at:
        found += has_text(np.take(volume.voxels, index, axis=axis))
        if found >= min(_LEAST_PLANES, len(looked_at)):
            return True
    return False


def has_text(pixels: NDArray[np.float32]) -> bool:
    """Look for a word in the corners of a slice, float32 [H, W], outside of the head.

    It may run along rows or columns: a slice may be stored turned.
    """
    if not np.isfinite(pixels).all():
        return False
    with np.errstate(over="ignore", invalid="ignore"):
        above = pixels - pixels.min()
        bright = float(np.percentile(above, _BRIGHT_PERCENTILE))
    if bright <= 0 or not np.isfinite(bright):
        return False
    shares = above / np.float32(bright)
    boxes = _glyphs(shares)
    return _has_word(boxes, shares) or _has_word(boxes[:, [2, 3, 0, 1]], shares.T)


def _glyphs(shares: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the boxes [N, 4] (top, bottom, left, right) of small bright things in the corners."""
    parts, count = label(shares > _INK, structure=np.ones((3, 3)))
    if not _LEAST_GLYPHS <= count <= _MOST_PARTS:
        return np.zeros((0, 4), dtype=np.int64)
    head = parts == 1 + int(np.bincount(parts.ravel())[1:].argmax())
    near = binary_dilation(head, iterations=max(2, int(_MARGIN_SHARE * max(shares.shape))))
    beside_head = set(np.unique(parts[near]).tolist())
    boxes = [
        (rows.start, rows.stop, columns.start, columns.stop)
        for number, (rows, columns) in enumerate(find_objects(parts), start=1)
        if number not in beside_head
    ]
    found = np.array(boxes, dtype=np.int64).reshape(-1, 4)
    glyphs = found[_is_small(found, shares.shape) & _in_corner(found, shares.shape)]
    return glyphs if len(glyphs) <= _MOST_GLYPHS else glyphs[:0]


def _is_small(boxes: NDArray[np.int64], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    sides = np.stack([boxes[:, 1] - boxes[:, 0], boxes[:, 3] - boxes[:, 2]])
    most = max(2 * _LEAST_GLYPH_PX, _MOST_GLYPH_SHARE * min(shape))
    longer = sides.max(axis=0, initial=0)
    return np.asarray((longer >= _LEAST_GLYPH_PX) & (longer <= most))


def _in_corner(boxes: NDArray[np.int64], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Tell of each box if it lies in the outer part of both axes, the one more than the other."""
    row = _edge_distance(boxes[:, :2], shape[0])
    column = _edge_distance(boxes[:, 2:], shape[1])
    along_row = (row <= _CORNER_ROWS) & (column <= _CORNER_COLUMNS)
    along_column = (column <= _CORNER_ROWS) & (row <= _CORNER_COLUMNS)
    return along_row | along_column


def _edge_distance(bounds: NDArray[np.int64], length: int) -> NDArray[np.float64]:
    centre = bounds.mean(axis=1)
    return np.asarray(np.minimum(centre, length - centre) / length)


def _has_word(boxes: NDArray[np.int64], shares: NDArray[np.float32]) -> bool:
    """Tell if some boxes (top, bottom, left, right) stand beside each other on one dark line."""
    heights = boxes[:, 1] - boxes[:, 0]
    for top, bottom, *_ in boxes:
        height = bottom - top
        if height < _LEAST_GLYPH_PX:
            continue
        centres = (boxes[:, 0] + boxes[:, 1]) / 2
        alike = (heights * _HEIGHT_RATIO >= height) & (heights <= height * _HEIGHT_RATIO)
        level = np.abs(centres - (top + bottom) / 2) <= 0.3 * height
        line = boxes[alike & level]
        line = line[np.argsort(line[:, 2])]
        close = line[1:, 2] - line[:-1, 3] <= _GAP_HEIGHTS * height
        if any(_is_on_dark(word, shares) for word in _runs(line, close)):
            return True
    return False


def _runs(line: NDArray[np.int64], close: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """Part a line of boxes where they are not close; keep the parts that may be words."""
    parts = np.split(line, np.flatnonzero(~close) + 1)
    return [part for part in parts if len(part) >= _LEAST_GLYPHS]


def _is_on_dark(word: NDArray[np.int64], shares: NDArray[np.float32]) -> bool:
    """Tell if what lies between and around the glyphs is air, as it is not among bits of scalp."""
    top, left = np.maximum(word[:, [0, 2]].min(axis=0) - _AROUND_PX, 0)
    bottom, right = word[:, [1, 3]].max(axis=0) + _AROUND_PX
    around = shares[top:bottom, left:right]
    return bool(np.percentile(around[around <= _INK], _AIR_PERCENTILE) <= _AIR)

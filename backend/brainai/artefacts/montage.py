"""Pictures of the slices that matter, in one picture."""

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from brainai.artefacts.pictures import Overlay, Shown, draw_slice, frame_head
from brainai.inference.findings import StudyPrediction

_MOST_TILES = 20
_COLUMNS = 5
_TILE_PX = 320
_GAP_PX = 4


def choose_slices(prediction: StudyPrediction, most: int = _MOST_TILES) -> list[int]:
    """Choose axial slices (from the feet up): those with any of the mask, else all judged ones.

    Where they are more than ``most``, evenly spaced ones, first and last included.
    """
    outlined = np.flatnonzero(prediction.mask.any(axis=(0, 1)))
    grid = prediction.study.volume.grid
    judged = sorted(
        grid.input_index(found.index) for found in prediction.slices if found.label is not None
    )
    chosen = outlined.tolist() or judged or list(range(prediction.mask.shape[2]))
    places = np.linspace(0, len(chosen) - 1, min(most, len(chosen))).round().astype(int)
    return [int(chosen[place]) for place in places]


def draw_montage(prediction: StudyPrediction, shown: Shown) -> bytes:
    """Draw the chosen slices with their outline and number, as PNG."""
    frame = frame_head(shown)
    tiles = [
        _fit(draw_slice(shown, chosen, Overlay.OUTLINE, slice_title(prediction, chosen), frame))
        for chosen in choose_slices(prediction)
    ]
    buffer = io.BytesIO()
    Image.fromarray(_lay_out(tiles)).save(buffer, "PNG", compress_level=6)
    return buffer.getvalue()


def slice_title(prediction: StudyPrediction, axial_slice: int) -> str:
    """Name axial slice ``axial_slice`` (from the feet up) by its index in the answer, from 0."""
    return f"Slice {prediction.study.volume.grid.input_index(axial_slice)}"


def _fit(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Fit a picture into a black square tile."""
    tile = Image.new("RGB", (_TILE_PX, _TILE_PX))
    image = Image.fromarray(picture)
    image.thumbnail((_TILE_PX, _TILE_PX), Image.Resampling.LANCZOS)
    tile.paste(image, ((_TILE_PX - image.width) // 2, (_TILE_PX - image.height) // 2))
    return np.asarray(tile)


def _lay_out(tiles: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    columns = min(_COLUMNS, len(tiles))
    rows = -(-len(tiles) // columns)
    step = _TILE_PX + _GAP_PX
    sheet = np.full((rows * step - _GAP_PX, columns * step - _GAP_PX, 3), 48, np.uint8)
    for number, tile in enumerate(tiles):
        top, left = step * (number // columns), step * (number % columns)
        sheet[top : top + _TILE_PX, left : left + _TILE_PX] = tile
    return sheet

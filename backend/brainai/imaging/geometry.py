"""Geometric steps. Each returns, or is, the record that undoes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from nibabel.orientations import io_orientation
from numpy.typing import NDArray
from PIL import Image

from brainai.imaging.study import Grid, Slice, Volume

_Value = TypeVar("_Value", bound=np.generic)

# Pixels are square when their sides differ by less; training slices are square to 1 %.
_SQUARE_TOLERANCE = 1.05
# Turns by some hundredths of a degree about each axis. At 45 degrees the last bits of an affine,
# which a NIfTI file cuts, would else decide which axis is which.
_OFF_TIES = np.eye(4)
_OFF_TIES[:3, :3] += 3e-4 * np.array([[0, -3, 2], [3, 0, -1], [-2, 1, 0]])
# Square pixels are as small as the finer side, unless a slice would grow over this side by it.
_MOST_SQUARE_SIDE_PX = 1024


@dataclass(frozen=True)
class Crop:
    """A rectangle of an image [H, W] that is stretched to a grid of ``size_px`` square.

    left, top, width, height: px of the source; the rectangle may reach outside of it.
    source_height, source_width: px of the source image.
    """

    left: float
    top: float
    width: float
    height: float
    source_height: int
    source_width: int
    size_px: int

    def apply(self, pixels: NDArray[np.float32], fill: float) -> NDArray[np.float32]:
        """Resample float32 [H, W] to [size_px, size_px]; outside of the source is ``fill``."""
        box = (self.left, self.top, self.left + self.width, self.top + self.height)
        return _resample(pixels, box, (self.size_px, self.size_px), fill)

    def invert(self, grid: NDArray[np.float32], fill: float = 0.0) -> NDArray[np.float32]:
        """Resample a map [h, w] over the crop back to the source's grid, float32 [H, W].

        ``grid`` may be coarser than ``size_px``. Source pixels outside of the crop get ``fill``.
        """
        rows, inside_rows = _positions(self.source_height, self.top, self.height, grid.shape[0])
        columns, inside_columns = _positions(
            self.source_width, self.left, self.width, grid.shape[1]
        )
        across = _interpolate(grid.astype(np.float32), rows, axis=0)
        out = _interpolate(across, columns, axis=1)
        out[~inside_rows, :] = fill
        out[:, ~inside_columns] = fill
        return out

    def carry(self, grid: NDArray[np.float32], frame: "Crop", fill: float) -> NDArray[np.float32]:
        """Resample a map [h, w] over this crop to the grid of ``frame``, a crop of the same source.

        Outside of this crop is ``fill``.
        """
        rows, columns = grid.shape[0] / self.height, grid.shape[1] / self.width
        left, top = (frame.left - self.left) * columns, (frame.top - self.top) * rows
        box = (left, top, left + frame.width * columns, top + frame.height * rows)
        return _resample(grid, box, (frame.size_px, frame.size_px), fill)


@dataclass(frozen=True)
class Squared:
    """The way of a slice [H, W] to square pixels, and back.

    source_shape: (H, W). square_shape: (h, w) of the square pixels. ratio: square pixels per
    source pixel, along rows and columns; both grids have one and the same centre.
    """

    source_shape: tuple[int, int]
    square_shape: tuple[int, int]
    ratio: tuple[float, float]

    def apply(self, pixels: NDArray[np.float32], fill: float) -> NDArray[np.float32]:
        """Resample float32 [H, W] to square pixels [h, w]; outside of the source is ``fill``."""
        if self.square_shape == self.source_shape:
            return pixels
        ratio = (1 / self.ratio[0], 1 / self.ratio[1])
        box = _centred_box(self.source_shape, self.square_shape, ratio)
        return _resample(pixels, box, self.square_shape, fill)

    def invert(self, values: NDArray[np.float32], fill: float = 0.0) -> NDArray[np.float32]:
        """Resample a map [h, w] of the square pixels back to the source's grid, float32 [H, W].

        A mask goes in as 0 and 1 and comes out as shares: 0.5 and over is inside. Source pixels
        outside of the map get ``fill``.
        """
        if self.square_shape == self.source_shape:
            return values
        box = _centred_box(self.square_shape, self.source_shape, self.ratio)
        return _resample(values, box, self.source_shape, fill)


def _centred_box(
    shape: tuple[int, int], target: tuple[int, int], ratio: tuple[float, float]
) -> tuple[float, float, float, float]:
    """Box (left, top, right, bottom) of ``shape`` that ``target`` pixels of ``ratio`` cover."""
    height, width = target[0] * ratio[0], target[1] * ratio[1]
    left, top = (shape[1] - width) / 2, (shape[0] - height) / 2
    return left, top, left + width, top + height


def _resample(
    pixels: NDArray[np.float32],
    box: tuple[float, float, float, float],
    shape: tuple[int, int],
    fill: float,
) -> NDArray[np.float32]:
    """Stretch a box (left, top, right, bottom) of float32 [H, W] to ``shape``.

    Where the box reaches outside of the pixels, they are padded with ``fill``.
    """
    height, width = pixels.shape
    left, top, right, bottom = box
    before = (int(np.ceil(max(0.0, -top))), int(np.ceil(max(0.0, -left))))
    after = (
        int(np.ceil(max(0.0, bottom - height))),
        int(np.ceil(max(0.0, right - width))),
    )
    pads = ((before[0], after[0]), (before[1], after[1]))
    padded = np.pad(pixels, pads, constant_values=fill)
    image = Image.fromarray(np.ascontiguousarray(padded, dtype=np.float32))
    moved = (left + before[1], top + before[0], right + before[1], bottom + before[0])
    # Pillow's bilinear filter widens when it shrinks, so it does not alias.
    resized = image.resize((shape[1], shape[0]), Image.Resampling.BILINEAR, box=moved)
    return np.asarray(resized, dtype=np.float32)


def _positions(
    count: int, start: float, extent: float, cells: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Where each source pixel's centre falls on the grid's cell centres, and if it is inside."""
    share = (np.arange(count) + 0.5 - start) / extent
    return np.clip(share * cells - 0.5, 0, cells - 1), (share >= 0) & (share <= 1)


def _interpolate(
    values: NDArray[np.float32], positions: NDArray[np.float64], axis: int
) -> NDArray[np.float32]:
    below = np.floor(positions).astype(int)
    above = np.minimum(below + 1, values.shape[axis] - 1)
    weight = (positions - below).astype(np.float32)
    weight = weight[:, None] if axis == 0 else weight[None, :]
    low, high = np.take(values, below, axis=axis), np.take(values, above, axis=axis)
    return np.asarray(low * (1 - weight) + high * weight, dtype=np.float32)


def whole_image(shape: tuple[int, int], size_px: int, keep_aspect: bool) -> Crop:
    """Crop nothing: the whole image [H, W], padded to a square or squeezed into one."""
    height, width = shape
    if not keep_aspect:
        return Crop(0.0, 0.0, float(width), float(height), height, width, size_px)
    side = float(max(shape))
    return Crop((width - side) / 2, (height - side) / 2, side, side, height, width, size_px)


def around_foreground(
    mask: NDArray[np.bool_], size_px: int, margin: float, min_side: float
) -> Crop:
    """Square crop around the foreground of a mask [H, W].

    margin: share of the side that is added on each side. min_side: least side, as a share of the
    image's longer side, so that a sliver of tissue is not blown up. Rows and columns with less
    than 1 % foreground are specks and do not count.
    """
    height, width = mask.shape
    rows = np.flatnonzero(mask.mean(axis=1) > 0.01)
    columns = np.flatnonzero(mask.mean(axis=0) > 0.01)
    if rows.size == 0 or columns.size == 0:
        return whole_image((height, width), size_px, keep_aspect=True)
    top, bottom = float(rows[0]), float(rows[-1] + 1)
    left, right = float(columns[0]), float(columns[-1] + 1)
    side = max(bottom - top, right - left) * (1 + 2 * margin)
    side = max(side, min_side * max(height, width))
    centre_y, centre_x = (top + bottom) / 2, (left + right) / 2
    return Crop(centre_x - side / 2, centre_y - side / 2, side, side, height, width, size_px)


def around_crops(crops: Sequence[Crop], size_px: int) -> Crop:
    """Return the square around all crops (at least one) of one source."""
    left, top = min(crop.left for crop in crops), min(crop.top for crop in crops)
    right = max(crop.left + crop.width for crop in crops)
    bottom = max(crop.top + crop.height for crop in crops)
    side = max(right - left, bottom - top)
    corner = ((left + right - side) / 2, (top + bottom - side) / 2)
    return Crop(*corner, side, side, crops[0].source_height, crops[0].source_width, size_px)


def to_ras(voxels: NDArray[Any], affine: NDArray[np.float64]) -> Volume:
    """Turn an input's array [I, J, K] into RAS+ order by flips and swaps of axes alone.

    voxels: of any real type; cast and turned in one pass, so the volume is never theirs to share.

    affine: float64 [4, 4], voxel index -> world mm, RAS+. An oblique grid stays oblique: each of
    its axes is taken for the nearest of x, y, z; of two that are as near, always for the same one.
    """
    turned = io_orientation(_OFF_TIES @ affine)
    x, y, z = (int(axis) for axis in turned[:, 0])
    flipped = (bool(turned[0, 1] < 0), bool(turned[1, 1] < 0), bool(turned[2, 1] < 0))
    i, j, k = voxels.shape
    grid = Grid((i, j, k), affine, (x, y, z), flipped)
    to_input = np.eye(4)  # RAS+ voxel index -> the input's
    to_input[:3, :3] = 0
    for axis, (ras_axis, flip) in enumerate(zip(grid.axes, flipped, strict=True)):
        to_input[axis, ras_axis] = -1 if flip else 1
        to_input[axis, 3] = voxels.shape[axis] - 1 if flip else 0
    straight = np.flip(voxels, tuple(axis for axis in range(3) if flipped[axis]))
    ordered = np.transpose(straight, np.argsort(grid.axes))
    turned_voxels = np.array(ordered, dtype=np.float32, order="C")
    return Volume(turned_voxels, affine @ to_input, grid)


def to_grid(values: NDArray[_Value], grid: Grid) -> NDArray[_Value]:
    """Lay values [X, Y, Z] in RAS+ back on the input's own grid [I, J, K]: undoes to_ras."""
    ordered = np.transpose(values, grid.axes)
    flips = tuple(axis for axis in range(3) if grid.flipped[axis])
    return np.ascontiguousarray(np.flip(ordered, flips))


def axial_slice(volume: Volume, slice_index: int) -> Slice:
    """Take axial slice ``slice_index`` (from the feet up) as it is shown by radiologists.

    Row 0 is the front of the head, column 0 the patient's right.
    """
    plane = volume.voxels[:, :, slice_index]  # [X to the right, Y to the front]
    shown = plane[::-1, ::-1].T  # rows from the front back, columns from the patient's right
    spacing = np.linalg.norm(volume.affine[:3, :3], axis=0)
    return Slice(np.ascontiguousarray(shown), (float(spacing[1]), float(spacing[0])))


def square_slice(image: Slice) -> tuple[Slice, Squared]:
    """Give a slice square pixels, as the network has learned from; and the way back.

    Axial slices of a volume that was acquired in sagittal or coronal slices have oblong pixels.
    A slice whose spacing is unknown, or square to 5 %, is handed back as it is.
    """
    height, width = image.pixels.shape
    same = Squared((height, width), (height, width), (1.0, 1.0))
    if image.spacing_mm is None:
        return image, same
    row, column = image.spacing_mm
    if max(row, column) <= _SQUARE_TOLERANCE * min(row, column):
        return image, same
    extent = (height * row, width * column)
    most_px = max(_MOST_SQUARE_SIDE_PX, height, width)
    side_mm = max(min(row, column), max(extent) / most_px)
    shape = (max(1, round(extent[0] / side_mm)), max(1, round(extent[1] / side_mm)))
    squared = Squared((height, width), shape, (row / side_mm, column / side_mm))
    pixels = squared.apply(image.pixels, fill=float(image.pixels.min()))
    return Slice(pixels, (side_mm, side_mm)), squared

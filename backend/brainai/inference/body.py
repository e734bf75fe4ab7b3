"""Slice masks -> mask of the volume -> the lesion as a body."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from brainai.imaging.study import Volume
from brainai.inference.findings import VolumeLesion
from brainai.inference.judge import JudgedSlice
from brainai.inference.outline import longest_diameter_mm
from brainai.inference.studies import THIN_MM

_MM3_PER_ML = 1000.0
_CORNERS = np.ones((3, 3, 3))


def stack_masks(
    judged: Iterable[JudgedSlice], shape: tuple[int, ...], least: float
) -> NDArray[np.bool_]:
    """Lay the masks of slices into bool [X, Y, Z], RAS+: undoes geometry.axial_slice.

    least: lesion probability of their pixels.
    """
    mask = np.zeros(shape, dtype=bool)
    for each in judged:
        outlined = each.outline(least)
        if outlined is not None:
            mask[:, :, each.axial_slice] = outlined.T[::-1, ::-1]
    return mask


def drop_specks(mask: NDArray[np.bool_], volume: Volume) -> NDArray[np.bool_]:
    """Drop the parts of a mask bool [X, Y, Z] that show in one thin slice alone.

    Where all of its parts are such, they stay: something was seen. On the five BRATS volumes of
    1 mm slices, the Dice of each rose without them, and fourteen parts became three. A thick slice
    can hold a small lesion alone, so there none is dropped.
    """
    if volume.slice_distance_mm >= THIN_MM:
        return mask
    box = _find_box(mask)
    parts, count = ndimage.label(mask[box], _CORNERS)
    keep = np.zeros(count + 1, dtype=bool)
    for part, (_, _, slices) in enumerate(ndimage.find_objects(parts), start=1):
        keep[part] = slices.stop - slices.start > 1
    if not keep.any():
        return mask
    kept = np.zeros_like(mask)
    kept[box] = keep[parts]
    return kept


def measure_body(mask: NDArray[np.bool_], volume: Volume) -> VolumeLesion | None:
    """Measure a mask bool [X, Y, Z] on a volume's RAS+ grid; None where it is empty.

    A voxel's volume is the determinant of the affine, and diameters go by both of the plane's axes,
    so an oblique or sheared grid counts right.
    """
    areas_px = np.count_nonzero(mask, axis=(0, 1))
    drawn = np.flatnonzero(areas_px)
    if drawn.size == 0:
        return None
    axes = volume.affine[:3, :3]
    pixel_mm2 = float(np.linalg.norm(np.cross(axes[:, 0], axes[:, 1])))
    largest = int(areas_px.argmax())
    inside = mask[_find_box(mask)]
    _, components = ndimage.label(inside, _CORNERS)
    return VolumeLesion(
        volume_ml=float(areas_px.sum() * abs(np.linalg.det(axes)) / _MM3_PER_ML),
        longest_axial_diameter_mm=max(
            _diameter_mm(inside[:, :, z], axes) for z in range(inside.shape[2])
        ),
        slice_of_largest_area=volume.grid.input_index(largest),
        largest_area_mm2=float(areas_px[largest]) * pixel_mm2,
        components=int(components),
        slices=int(drawn.size),
    )


def _find_box(mask: NDArray[np.bool_]) -> tuple[slice, ...]:
    """Return the smallest box that holds a mask; all of it where it is empty.

    A lesion is a small part of its volume, and what is done to the rest takes the most of the time.
    """
    filled = [np.flatnonzero(mask.any(axis=others)) for others in ((1, 2), (0, 2), (0, 1))]
    if filled[0].size == 0:
        return (slice(None),) * mask.ndim
    return tuple(slice(int(each[0]), int(each[-1]) + 1) for each in filled)


def _diameter_mm(plane: NDArray[np.bool_], axes: NDArray[np.float64]) -> float:
    x, y = axes[:, 0], axes[:, 1]
    x_mm = float(np.linalg.norm(x))
    # The two axes of a sheared grid are not at right angles.
    along, across = float(x @ y) / x_mm, float(np.linalg.norm(np.cross(x, y))) / x_mm
    return longest_diameter_mm(plane, np.array([[x_mm, 0.0], [along, across]]))

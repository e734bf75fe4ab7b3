"""Volume and mask -> pictures of axial slices, as radiologists look at them."""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from brainai.imaging.geometry import axial_slice, square_slice
from brainai.imaging.intensity import IntensityStats, measure_intensity, window
from brainai.imaging.nifti import read_nifti
from brainai.imaging.study import Volume
from brainai.inference.findings import StudyPrediction

# The web app's outline and its dark rim, which keeps it apart from bright tissue.
_LINE, _RIM = (95, 228, 255), (4, 22, 28)
_FILL_SHARE = 0.4
_LETTERS = (238, 243, 245)
# Slices are drawn so large that an outline and a letter have room; larger ones stay as they are.
_LEAST_SIDE_PX = 480
# Height of the letters: the picture's side over this.
_LETTERS_OF_A_SIDE = 21
# Side of a frame, as a share of the head's.
_ROOM = 1.14


class Overlay(StrEnum):
    """How the mask is drawn over a slice."""

    OUTLINE = "outline"
    FILL = "fill"
    NONE = "none"


@dataclass(frozen=True)
class Shown:
    """What pictures are drawn of. mask: bool [X, Y, Z], the volume's RAS+ grid.

    stats: of the whole volume, so that all its slices are windowed alike; None for a blank one.
    """

    volume: Volume
    mask: NDArray[np.bool_]
    stats: IntensityStats | None


def show(prediction: StudyPrediction) -> Shown:
    """Take what is drawn from an answer."""
    volume = prediction.study.volume
    return Shown(volume, prediction.mask, measure_intensity(volume.voxels))


def show_files(volume_nii_gz: bytes, mask_nii_gz: bytes) -> Shown:
    """Take what is drawn from volume.nii.gz and mask.nii.gz, as write_artefacts wrote them."""
    volume = read_nifti(volume_nii_gz)
    mask = read_nifti(mask_nii_gz).voxels > 0
    return Shown(volume, mask, measure_intensity(volume.voxels))


@dataclass(frozen=True)
class Frame:
    """A square of an axial slice with square pixels; px, it may reach outside of the slice."""

    left: int
    top: int
    side: int


def draw_slice(
    shown: Shown,
    slice_index: int,
    overlay: Overlay = Overlay.OUTLINE,
    caption: str | None = None,
    frame: Frame | None = None,
) -> NDArray[np.uint8]:
    """Draw axial slice ``slice_index`` (from the feet up): uint8 [H, W, 3], square pixels.

    Row 0 is the front of the head, column 0 the patient's right; both sides bear their letter.
    caption: written at the foot. frame: what is drawn of the slice; None for all of it.
    """
    plane = shown.mask[:, :, slice_index].astype(np.float32)
    grey = _plate(_windowed(_upright(shown, slice_index), shown.stats), frame)
    share = _plate(_shown_plane(shown.volume, plane), frame)
    picture = np.asarray(grey.resize(_enlarged(grey), Image.Resampling.BICUBIC))
    inside = np.asarray(share.resize(_enlarged(share), Image.Resampling.BILINEAR)) >= 0.5
    coloured = _lay_over(np.repeat(picture[..., None], 3, axis=2), inside, overlay)
    return _mark(coloured, caption)


def frame_head(shown: Shown) -> Frame | None:
    """Frame the head in all axial slices alike; None where there is nothing but air."""
    if shown.stats is None:
        return None
    highest = _shown_plane(shown.volume, shown.volume.voxels.max(axis=2))
    lit = highest - shown.stats.floor > shown.stats.threshold
    rows, columns = np.flatnonzero(lit.mean(axis=1) > 0.01), np.flatnonzero(lit.mean(axis=0) > 0.01)
    if rows.size == 0 or columns.size == 0:
        return None
    height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
    side = int(max(height, width) * _ROOM)
    left = int(columns[0] + (width - side) // 2)
    return Frame(left, int(rows[0] + (height - side) // 2), side)


def _upright(shown: Shown, slice_index: int) -> NDArray[np.float32]:
    return square_slice(axial_slice(shown.volume, slice_index))[0].pixels


def _shown_plane(volume: Volume, plane: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn values [X, Y] of an axial plane as axial_slice turns a slice, to square pixels."""
    one = replace(volume, voxels=plane[..., None])
    return square_slice(axial_slice(one, 0))[0].pixels


def _plate(pixels: NDArray[np.uint8] | NDArray[np.float32], frame: Frame | None) -> Image.Image:
    image = Image.fromarray(pixels)
    if frame is None:
        return image
    corner = (frame.left, frame.top)
    return image.crop((*corner, frame.left + frame.side, frame.top + frame.side))


def _enlarged(image: Image.Image) -> tuple[int, int]:
    times = max(1, -(-_LEAST_SIDE_PX // max(image.size)))
    return image.width * times, image.height * times


def _windowed(pixels: NDArray[np.float32], stats: IntensityStats | None) -> NDArray[np.uint8]:
    return np.zeros(pixels.shape, np.uint8) if stats is None else window(pixels, stats)


def _lay_over(
    picture: NDArray[np.uint8], inside: NDArray[np.bool_], overlay: Overlay
) -> NDArray[np.uint8]:
    if overlay is Overlay.NONE or not inside.any():
        return picture
    drawn = picture.copy()
    if overlay is Overlay.FILL:
        mixed = picture[inside] * (1 - _FILL_SHARE) + np.array(_LINE) * _FILL_SHARE
        drawn[inside] = mixed.round().astype(np.uint8)
        return drawn
    # The line lies just outside of what it outlines, so that the smallest lesion is not hidden.
    line = _grow(inside, 2)
    drawn[_grow(line, 1) & ~line] = _RIM
    drawn[line & ~inside] = _LINE
    return drawn


def _grow(inside: NDArray[np.bool_], by_px: int) -> NDArray[np.bool_]:
    """Widen a mask by a square of ``by_px`` to each side, one axis after the other."""
    for along in (0, 1):
        narrow, wide = np.moveaxis(inside, along, 0), np.moveaxis(inside.copy(), along, 0)
        for step in range(1, by_px + 1):
            wide[step:] |= narrow[:-step]
            wide[:-step] |= narrow[step:]
        inside = np.moveaxis(wide, 0, along)
    return inside


def _mark(picture: NDArray[np.uint8], caption: str | None) -> NDArray[np.uint8]:
    image = Image.fromarray(picture)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(max(picture.shape) / _LETTERS_OF_A_SIDE)
    height, width = picture.shape[:2]
    edge = width / 40
    # Radiological convention: the patient's right is on the left of the picture.
    for text, x, y, anchor in (
        ("R", edge, height / 2, "lm"),
        ("L", width - edge, height / 2, "rm"),
        (caption, width / 2, height - edge, "mb"),
    ):
        if text:
            draw.text((x, y), text, _LETTERS, font, anchor, stroke_width=2, stroke_fill=_RIM)
    return np.asarray(image)

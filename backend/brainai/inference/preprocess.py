"""Slice -> tensor: THE path, used by training and by serving alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from brainai.errors import UnusableImage
from brainai.imaging.geometry import Crop, around_foreground, whole_image
from brainai.imaging.intensity import (
    TINY,
    IntensityStats,
    foreground_mask,
    measure_intensity,
    normalise,
)
from brainai.imaging.study import Slice
from brainai.inference.spec import InputSpec
from brainai.labels import Sequence

# An 8-bit screenshot of nothing still has noise in its last bits: a slice whose whole range is
# within this share of its brightest value is blank.
_BLANK_RANGE = 0.02
# No slice of a head is longer; the square around a strip of some kilobytes would take gigabytes.
_MOST_ASPECT = 4


@dataclass(frozen=True)
class Prepared:
    """A slice on its way into the network, and the way back.

    tensor: float32 [depth, size_px, size_px]. crop: undoes the geometry.
    stats: undoes the intensities.
    """

    tensor: NDArray[np.float32]
    crop: Crop
    stats: IntensityStats


@dataclass(frozen=True)
class Beside:
    """The same slice in a further sequence, on the FLAIR's grid.

    volume_stats: statistics of that sequence's volume, where there is one.
    """

    image: Slice
    volume_stats: IntensityStats | None = None


NOTHING_BESIDE: Mapping[Sequence, Beside] = MappingProxyType({})


def to_tensor(
    image: Slice,
    spec: InputSpec,
    volume_stats: IntensityStats | None = None,
    beside: Mapping[Sequence, Beside] = NOTHING_BESIDE,
) -> Prepared:
    """Prepare one slice for the network.

    volume_stats: statistics of the volume that the slice was cut from, used where the spec says
    so; the slice's own are used otherwise. beside: further sequences, of which those that the spec
    names are used; a blank one counts as not given.

    Raises UnusableImage (image_too_small, image_too_narrow, blank_image, unreadable_image for NaN
    or infinity).
    """
    check_slice(image, spec)
    by_volume = volume_stats is not None and spec.intensity_of == "volume_or_slice"
    stats = volume_stats if by_volume else measure_intensity(image.pixels)
    if stats is None:
        raise _blank()
    pixels = image.pixels
    if spec.crop == "foreground":
        mask = foreground_mask(pixels, stats)
        crop = around_foreground(mask, spec.size_px, spec.margin, spec.min_side)
    else:
        shape = (pixels.shape[0], pixels.shape[1])
        crop = whole_image(shape, spec.size_px, keep_aspect=spec.crop == "pad")
    grey = crop.apply(_scale(pixels, stats, spec), fill=_fill(stats, spec))
    mean = np.asarray(spec.mean, dtype=np.float32)[:, None, None]
    std = np.asarray(spec.std, dtype=np.float32)[:, None, None]
    tensor = (np.repeat(grey[None], spec.channels, axis=0) - mean) / std
    further = [_further(beside.get(name), crop, spec) for name in spec.beside]
    tensor = np.concatenate([tensor, *(layer[None] for layer in further)])
    return Prepared(np.ascontiguousarray(tensor, dtype=np.float32), crop, stats)


def _further(given: Beside | None, crop: Crop, spec: InputSpec) -> NDArray[np.float32]:
    """Return a further sequence as float32 [S, S], on the FLAIR's crop; 0 where there is none."""
    stats = None if given is None else measure_intensity(given.image.pixels)
    if given is None or stats is None:
        return np.zeros((spec.size_px, spec.size_px), dtype=np.float32)
    if given.volume_stats is not None and spec.intensity_of == "volume_or_slice":
        stats = given.volume_stats
    return crop.apply(_scale(given.image.pixels, stats, spec), fill=_fill(stats, spec))


def check_slice(image: Slice, spec: InputSpec) -> None:
    """Refuse a slice that can't be judged."""
    height, width = image.pixels.shape
    if min(height, width) < spec.min_side_px:
        raise UnusableImage(
            "image_too_small",
            f"The image is {width} x {height} pixels; each side must be at least "
            f"{spec.min_side_px}. Send the slice at its own resolution.",
        )
    if max(height, width) > _MOST_ASPECT * min(height, width):
        raise UnusableImage(
            "image_too_narrow",
            f"The image is {width} x {height} pixels; the longer side may be at most "
            f"{_MOST_ASPECT} times the shorter. Send one slice, not a strip of several.",
        )
    if not np.isfinite(image.pixels).all():
        raise UnusableImage(
            "unreadable_image",
            "The image holds values that are not finite (NaN or infinity). Export it again.",
        )
    highest = float(image.pixels.max())
    if highest - float(image.pixels.min()) <= _BLANK_RANGE * abs(highest):
        raise _blank()


def _blank() -> UnusableImage:
    return UnusableImage(
        "blank_image",
        "The image is blank: all its pixels have (nearly) the same value. "
        "Send a slice that shows the head.",
    )


def _scale(
    pixels: NDArray[np.float32], stats: IntensityStats, spec: InputSpec
) -> NDArray[np.float32]:
    if spec.intensity == "foreground_z":
        return normalise(pixels, stats, spec.clip)
    top = np.float32(max(float(pixels.max()) - stats.floor, TINY))
    return np.asarray((pixels - np.float32(stats.floor)) / top, dtype=np.float32)


def _fill(stats: IntensityStats, spec: InputSpec) -> float:
    """Return the value of air, for what lies outside of the image."""
    air = np.full((1, 1), stats.floor, dtype=np.float32)
    return float(_scale(air, stats, spec)[0, 0]) if spec.intensity == "foreground_z" else 0.0

"""The ways to see the slices of one case: with skull or without, normalised alone or together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from brainai.errors import UnusableImage
from brainai.imaging.intensity import IntensityStats, measure_intensity
from brainai.imaging.study import Slice
from brainai.inference.preprocess import Beside, Prepared, to_tensor
from brainai.inference.spec import InputSpec
from brainai.labels import Sequence
from brainai_training.datasets.case import Case, Stack
from brainai_training.skull import strip_skull

Slices = list[Slice | None]


@dataclass(frozen=True)
class View:
    """One way to see the slices of a case; None where a slice can't be seen so.

    stats: of the whole volume where the slices are normalised by it, else None. further: other
    sequences, each with its own volume's statistics or None.
    """

    stripped: bool
    by_volume: bool
    slices: Slices
    stats: IntensityStats | None
    further: Mapping[Sequence, tuple[Slices, IntensityStats | None]]

    def prepare(self, index: int, spec: InputSpec) -> Prepared | None:
        """Prepare one slice as serving does; None where it can't be seen so, or is blank."""
        image = self.slices[index]
        if image is None:
            return None
        beside = {
            name: Beside(other, stats)
            for name, (slices, stats) in self.further.items()
            if (other := slices[index]) is not None
        }
        try:
            return to_tensor(image, spec, self.stats, beside)
        except UnusableImage:  # blank: serving refuses it, too
            return None

    def flair_alone(self) -> "View":
        """See FLAIR and nothing beside it."""
        return replace(self, further={})


def find_views(case: Case, stack: Stack) -> Iterator[View]:
    """Yield every way to see a loaded case: the plain one first."""
    yield from _views(stack, False, list(stack.slices))
    if case.has_skull:
        pairs = zip(stack.slices, stack.masks, strict=True)
        yield from _views(stack, True, [strip_skull(image, mask) for image, mask in pairs])


def volume_stats(slices: Slices) -> IntensityStats | None:
    """Measure all slices of a volume together; None where there is none, or all are blank."""
    pixels = [image.pixels.ravel() for image in slices if image is not None]
    return measure_intensity(np.concatenate(pixels)) if pixels else None


def _views(stack: Stack, stripped: bool, slices: Slices) -> Iterator[View]:
    further = {
        name: [_within(other, brain if stripped else other) for other, brain in pairs]
        for name, others in stack.beside.items()
        if (pairs := list(zip(others, slices, strict=True)))
    }
    yield View(stripped, False, slices, None, {name: (o, None) for name, o in further.items()})
    stats = volume_stats(slices) if stack.is_volume else None
    if stats is not None:
        shared = {name: (others, volume_stats(others)) for name, others in further.items()}
        yield View(stripped, True, slices, stats, shared)


def _within(image: Slice, brain: Slice | None) -> Slice | None:
    """Set to 0 what is 0 in ``brain``, the same slice without its skull or as it was."""
    if brain is image or brain is None:
        return brain
    floor = float(image.pixels.min())
    kept = np.where(brain.pixels > 0, image.pixels - floor, 0).astype(np.float32)
    return Slice(kept, image.spacing_mm)

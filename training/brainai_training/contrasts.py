"""FLAIR and other sequences made anew from pairs of T1 and FLAIR, as other scanners show a head.

The two tell fluid, white matter and the rest apart. Each tissue gets a level of its own by chance,
in the order in which a sequence shows them. So a network learns that order, and not how the
scanners of a few sites happen to render it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from brainai.imaging.study import Slice
from brainai.labels import Sequence
from brainai_training.config import Config
from brainai_training.datasets.brats import (
    find_brats,
    name_volumes,
    read_volume,
    volume_slices,
)
from brainai_training.datasets.kaggle_3m import find_kaggle_3m, read_channels
from brainai_training.outsiders import is_given
from brainai_training.skull import strip_skull

Pixels = NDArray[np.float32]

# Every so many slices of a patient: thick ones, and those of volumes of 1 mm.
_STEP, _STEP_THIN = 3, 4
# Less brain than this share of a volume's slice is its end.
_LEAST_BRAIN = 0.05
# How sharply white matter is told from grey; enhancement below this is noise.
_STEEP, _LEAST_ENHANCED = 1.5, 0.08
# What is finer than so many pixels is a slice's own detail; up to this share of it stays.
_DETAIL_PX, _DETAIL = 1.5, 0.4


@dataclass(frozen=True)
class Made:
    """A slice that was made. flair: it looks like FLAIR, not like another sequence."""

    image: Slice
    patient: str
    flair: bool
    bare: bool


@dataclass(frozen=True)
class _Levels:
    """What the levels of a sequence's tissues are drawn from.

    grey: as a share of white. oedema, enhancement: what they add.
    """

    white: tuple[float, float]
    grey: tuple[float, float]
    fluid: tuple[float, float]
    oedema: tuple[float, float]
    enhancement: tuple[float, float] = (0.0, 0.0)


_FLAIR = "FLAIR"
_SEQUENCES = {
    _FLAIR: _Levels((0.40, 0.70), (1.05, 1.55), (0.02, 0.20), (0.20, 0.90)),
    "T1": _Levels((0.60, 0.90), (0.60, 0.93), (0.05, 0.35), (-0.35, 0.0)),
    "T1 after contrast": _Levels(
        (0.50, 0.80), (0.65, 0.95), (0.05, 0.35), (-0.35, 0.0), (0.5, 1.5)
    ),
    "T2": _Levels((0.20, 0.45), (1.10, 1.80), (0.80, 1.50), (0.20, 0.80)),
    "proton density": _Levels((0.40, 0.60), (1.08, 1.40), (0.40, 0.85), (0.05, 0.35)),
}


def made_anew(data: Path, config: Config, patients: set[str]) -> Iterator[Made]:
    """Yield slices made of those of ``patients`` that have a T1 beside FLAIR.

    Heads come with their skull and, made once more, without. Where a stripped volume has T1 after
    contrast alone, it stands for T1.
    """
    for source in config.sources:
        root = data / source.folder
        if source.layout == "kaggle_3m":
            for case in find_kaggle_3m(root, source.name):
                if case.patient in patients:
                    yield from _of_kaggle(root / case.name, case.patient)
        if source.layout == "brats":
            for case in find_brats(root, source.name):
                if case.patient in patients:
                    yield from _of_brats(root / case.name, case.patient)


def _of_kaggle(folder: Path, patient: str) -> Iterator[Made]:
    rng = np.random.default_rng(int.from_bytes(patient.encode()[-6:], "big"))
    for before, flair, channel in read_channels(folder, _STEP):
        found = strip_skull(Slice(flair), None) if is_given(before, flair) else None
        if found is None:
            continue
        brain = found.pixels > 0
        after = channel if is_given(channel, flair) else None
        for bare in (False, True):
            for name, pixels in make_contrasts(before, flair, after, brain, rng).items():
                shown = np.where(brain, pixels, 0).astype(np.float32) if bare else pixels
                yield Made(Slice(shown), patient, name == _FLAIR, bare)


def _of_brats(folder: Path, patient: str) -> Iterator[Made]:
    files = name_volumes(folder)
    before, after = files.get(Sequence.T1), files.get(Sequence.T1C)
    if (given := before or after) is None:
        return
    paths = [files[Sequence.FLAIR], given, *([after] if before and after else [])]
    series = [[each.pixels for each in volume_slices(read_volume(path))] for path in paths]
    if len({(len(slices), slices[0].shape) for slices in series}) > 1:
        return
    rng = np.random.default_rng(int.from_bytes(patient.encode()[-6:], "big"))
    for flair, t1, *enhanced in list(zip(*series, strict=True))[::_STEP_THIN]:
        brain = flair > 0
        if brain.mean() < _LEAST_BRAIN:
            continue
        made = make_contrasts(t1, flair, enhanced[0] if enhanced else None, brain, rng)
        for name, pixels in made.items():
            shown = np.where(brain, pixels, 0).astype(np.float32)
            yield Made(Slice(shown), patient, name == _FLAIR, bare=True)


def make_contrasts(
    t1: Pixels,
    flair: Pixels,
    after: Pixels | None,
    brain: NDArray[np.bool_],
    rng: np.random.Generator,
) -> dict[str, Pixels]:
    """Make a slice of each sequence, by its name: float32 [H, W], 0 to 459.

    t1, flair: of one slice, [H, W] each. after: T1 after contrast, where there is one; without it
    nothing is enhanced. brain: bool [H, W], not empty; around it all show a mean of T1 and FLAIR.
    """
    t, f = _scaled(t1, brain), _scaled(flair, brain)
    least, most = rng.uniform(0.15, 0.3), rng.uniform(0.5, 0.7)
    fluid = np.clip(((1 - t) * (1 - f) - least) / (most - least), 0, 1)
    solid = brain & (fluid < 0.5) if (brain & (fluid < 0.5)).any() else brain
    apart = _standard(t, solid) - _standard(f, solid)
    white = 1 / (1 + np.exp(np.clip(-_STEEP * apart, -30, 30)))
    oedema = np.clip(f - float(np.median(f[solid])), 0, 1)
    enhanced = np.zeros_like(t) if after is None else _enhanced(t, _scaled(after, brain), solid)
    made = {}
    for name, levels in _SEQUENCES.items():
        inside = white + (1 - white) * rng.uniform(*levels.grey)
        inside = rng.uniform(*levels.white) * inside
        inside = inside + rng.uniform(*levels.oedema) * oedema
        inside = inside + rng.uniform(*levels.enhancement) * enhanced
        own = t if name.startswith("T1") else f
        fine = own - ndimage.gaussian_filter(own, _DETAIL_PX)
        inside = inside + rng.uniform(0, _DETAIL) * fine
        inside = (1 - fluid) * inside + fluid * rng.uniform(*levels.fluid)
        share = rng.uniform()
        around = rng.uniform(0.4, 1.2) * (share * t + (1 - share) * f)
        shown = np.clip(np.where(brain, inside, around), 0, 1.8)
        made[name] = np.asarray(255 * shown, dtype=np.float32)
    return made


def _scaled(pixels: Pixels, brain: NDArray[np.bool_]) -> Pixels:
    top = max(float(np.percentile(pixels[brain], 99)), 1.0)
    return np.asarray(np.clip(pixels / top, 0, 1.5), dtype=np.float32)


def _enhanced(t1: Pixels, after: Pixels, solid: NDArray[np.bool_]) -> Pixels:
    before = float(np.median(after[solid])) / max(float(np.median(t1[solid])), 1e-3) * t1
    return np.asarray(np.clip(after - before - _LEAST_ENHANCED, 0, 1), dtype=np.float32)


def _standard(x: Pixels, solid: NDArray[np.bool_]) -> Pixels:
    """Say values by their median and spread where there is solid tissue."""
    low, middle, high = np.percentile(x[solid], (16, 50, 84))
    return np.asarray((x - middle) / max((high - low) / 2, 1e-3), dtype=np.float32)

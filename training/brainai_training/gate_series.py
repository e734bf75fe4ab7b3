"""Whole series of FLAIR and of other sequences, and whether serving would refuse them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from brainai.errors import UnusableImage
from brainai.imaging.intensity import measure_intensity
from brainai.imaging.study import Slice, Study
from brainai.inference.gate import Refusal, check_study
from brainai.inference.judge import find_filled
from brainai.inference.preprocess import to_tensor
from brainai.inference.spec import GATE_KINDS, InputSpec
from brainai.inference.study_gate import check_middle, choose_asked
from brainai.labels import Sequence
from brainai_training.config import Config
from brainai_training.datasets.brats import (
    find_brats,
    name_volumes,
    read_volume,
    volume_slices,
)
from brainai_training.datasets.kaggle_3m import find_kaggle_3m, read_channels
from brainai_training.manifest import find_cases
from brainai_training.outsiders import WRONG_SEQUENCE, is_given

FLAIR_SERIES = "FLAIR, whole series"

Check = Callable[[NDArray[np.float32]], Refusal | None]
"""A gate: a slice as the network sees it, float32 [S, S] -> why it is refused on its own."""


@dataclass(frozen=True)
class Series:
    """The slices of one sequence of a patient, from the feet up. kind: by place in GATE_KINDS."""

    title: str
    kind: int
    patient: str
    slices: list[Slice]


def find_series(data: Path, config: Config) -> Iterator[Series]:
    """Yield the FLAIR series of each patient, and those of other sequences that lie beside them.

    Slices of several sizes are no series: serving is never given them as one.
    """
    for series in _find_all(data, config):
        if len({image.pixels.shape for image in series.slices}) == 1:
            yield series


def _find_all(data: Path, config: Config) -> Iterator[Series]:
    for case in find_cases(data, config.sources):
        stack = case.load()
        if stack.is_volume:
            yield Series(FLAIR_SERIES, 0, case.patient, list(stack.slices))
    for source in config.sources:
        root = data / source.folder
        if source.layout == "kaggle_3m":
            for case in find_kaggle_3m(root, source.name):
                yield from _beside_kaggle(root / case.name, case.patient)
        if source.layout == "brats":
            for case in find_brats(root, source.name):
                yield from _beside_brats(root / case.name, case.patient)


def refuse_series(series: Series, spec: InputSpec, check: Check) -> str:
    """Return the code with which serving would refuse a series without a header, or ""."""
    voxels = np.stack([image.pixels for image in series.slices], axis=2)
    stats = measure_intensity(voxels)
    refusals = []
    for index in choose_asked(find_filled(voxels, stats)):
        image = series.slices[index]
        try:
            tensor = to_tensor(image, spec, stats).tensor
        except UnusableImage:  # serving leaves it out, too
            continue
        refusals.append(check_study(Study("nifti", image)) or check(tensor[0]))
    refusal = check_middle(refusals)
    return "" if refusal is None else refusal.code


def _beside_kaggle(folder: Path, patient: str) -> Iterator[Series]:
    slices = list(read_channels(folder, 1))
    for name, channel in ((Sequence.T1, 0), (Sequence.T1C, 2)):
        if any(is_given(channels[channel], channels[1]) for channels in slices):
            yield _other(name, patient, [Slice(channels[channel]) for channels in slices])


def _beside_brats(folder: Path, patient: str) -> Iterator[Series]:
    files = name_volumes(folder)
    for name in (Sequence.T1, Sequence.T1C, Sequence.T2):
        if name in files:
            yield _other(name, patient, volume_slices(read_volume(files[name])))


def _other(sequence: Sequence, patient: str, slices: list[Slice]) -> Series:
    named = "T1 after contrast" if sequence is Sequence.T1C else sequence.value
    kind = GATE_KINDS.index(WRONG_SEQUENCE)
    return Series(f"{named}, whole series", kind, patient, slices)

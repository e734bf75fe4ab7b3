"""Volumes: BRATS 2013 (.mha) to 2021 (.nii.gz), and FLAIR volumes of people without tumour.

ROOT/PATIENT/*flair*.nii.gz | *t2f*.nii.gz     and    ROOT/PATIENT/*seg*.nii.gz
ROOT/PATIENT/**/*Flair*.mha                    and    ROOT/PATIENT/**/*3more*.mha (2013: OT)
"""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from brainai.imaging.geometry import axial_slice
from brainai.imaging.metaimage import read_metaimage
from brainai.imaging.nifti import read_nifti
from brainai.imaging.study import Slice, Volume
from brainai.labels import Sequence
from brainai_training.datasets.case import Case, Stack, masked_stack, naming
from brainai_training.errors import DataError

# Of each sequence, the words that name it in a file name, over the years of the challenge.
_WORDS: dict[Sequence | str, frozenset[str]] = {
    Sequence.FLAIR: frozenset({"flair", "t2f"}),
    Sequence.T1C: frozenset({"t1c", "t1ce", "t1gd"}),
    Sequence.T2: frozenset({"t2", "t2w"}),
    Sequence.T1: frozenset({"t1", "t1n", "t1w"}),
    "seg": frozenset({"seg", "ot", "3more"}),
}


def find_brats(root: Path, source: str) -> Iterator[Case]:
    """Yield a case for each patient folder under ``root`` that holds FLAIR and a segmentation."""
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        files = name_volumes(folder)
        if Sequence.FLAIR not in files:
            continue
        if "seg" not in files:
            raise DataError(f"{folder} has a FLAIR volume and no segmentation.")
        beside = {name: files[name] for name in (Sequence.T1C, Sequence.T2) if name in files}
        load = partial(_load_volumes, files[Sequence.FLAIR], files["seg"], beside)
        yield Case(folder.name, "", source, folder.name, False, load)


def find_tumor_free(root: Path, source: str) -> Iterator[Case]:
    """Yield a case for each FLAIR volume under ``root/PATIENT``, all of them without tumour."""
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        for path in sorted(folder.rglob("*.nii*")):
            if _words(path) & _WORDS[Sequence.FLAIR]:
                patient = f"{source}_{folder.name}"
                yield Case(patient, "", source, path.name, True, partial(_load_tumor_free, path))


def name_volumes(folder: Path) -> dict[Sequence | str, Path]:
    """Tell a patient's volumes apart by the words of their names; "seg" is the segmentation."""
    named: dict[Sequence | str, Path] = {}
    for path in sorted([*folder.rglob("*.nii"), *folder.rglob("*.nii.gz"), *folder.rglob("*.mha")]):
        for kind, words in _WORDS.items():
            if kind not in named and _words(path) & words:
                named[kind] = path
                break
    return named


def _words(path: Path) -> set[str]:
    return set(re.split(r"[^a-z0-9]+", path.name.lower()))


def read_volume(path: Path) -> Volume:
    """Read a NIfTI or MetaImage file. Raises DataError, which names it."""
    reader = read_metaimage if path.suffix == ".mha" else read_nifti
    with naming(path):
        return reader(path.read_bytes())


def _load_volumes(flair_path: Path, seg_path: Path, beside: dict[Sequence, Path]) -> Stack:
    flair = read_volume(flair_path)
    masks = [mask.pixels > 0 for mask in _slices_on(flair, seg_path, flair_path)]
    further = {name: _slices_on(flair, path, flair_path) for name, path in beside.items()}
    return masked_stack(list(_slices(flair)), masks, further, flair.slice_distance_mm)


def _slices_on(flair: Volume, path: Path, flair_path: Path) -> tuple[Slice, ...]:
    volume = read_volume(path)
    if volume.voxels.shape != flair.voxels.shape:
        raise DataError(f"{path} is not on the grid of {flair_path}.")
    return _slices(volume)


def _slices(volume: Volume) -> tuple[Slice, ...]:
    return tuple(axial_slice(volume, index) for index in range(volume.voxels.shape[2]))


def _load_tumor_free(path: Path) -> Stack:
    volume = read_volume(path)
    slices = list(_slices(volume))
    masks = [np.zeros(image.pixels.shape, dtype=bool) for image in slices]
    return masked_stack(slices, masks, distance_mm=volume.slice_distance_mm)

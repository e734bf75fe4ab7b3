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
from brainai.imaging.study import Volume
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
        load = partial(_load_pair, files[Sequence.FLAIR], files["seg"])
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


def _load_pair(flair_path: Path, seg_path: Path) -> Stack:
    flair, seg = read_volume(flair_path), read_volume(seg_path)
    if flair.voxels.shape != seg.voxels.shape:
        raise DataError(f"{seg_path} is not on the grid of {flair_path}.")
    count = flair.voxels.shape[2]
    masks = [axial_slice(seg, index).pixels > 0 for index in range(count)]
    return masked_stack([axial_slice(flair, index) for index in range(count)], masks)


def _load_tumor_free(path: Path) -> Stack:
    volume = read_volume(path)
    slices = [axial_slice(volume, index) for index in range(volume.voxels.shape[2])]
    return masked_stack(slices, [np.zeros(image.pixels.shape, dtype=bool) for image in slices])

"""Volumes: BRATS 2013 (.mha) to 2021 (.nii.gz), and FLAIR volumes of people without tumour.

ROOT/PATIENT/*flair*.nii.gz | *t2f*.nii.gz     and    ROOT/PATIENT/*seg*.nii.gz
ROOT/PATIENT/**/*Flair*.mha                    and    ROOT/PATIENT/**/*3more*.mha (2013: OT)
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np

from brainai.imaging.geometry import axial_slice, square_slice
from brainai.imaging.metaimage import read_metaimage
from brainai.imaging.nifti import read_nifti
from brainai.imaging.study import Slice, Volume
from brainai.labels import Sequence
from brainai_training.datasets.case import (
    Case,
    Stack,
    find_files,
    find_folders,
    masked_stack,
    naming,
)
from brainai_training.errors import DataError

# Of each sequence, the words that name it in a file name, over the years of the challenge. One
# segmentation of 2020 is called Segm; one of a FLAIR may name that, too, so it comes first.
_WORDS: dict[Sequence | str, frozenset[str]] = {
    "seg": frozenset({"seg", "segm", "ot", "3more"}),
    Sequence.FLAIR: frozenset({"flair", "t2f"}),
    Sequence.T1C: frozenset({"t1c", "t1ce", "t1gd"}),
    Sequence.T2: frozenset({"t2", "t2w"}),
    Sequence.T1: frozenset({"t1", "t1n", "t1w"}),
}
_SUFFIXES = (".nii", ".nii.gz", ".mha")
# Names of studies that end in the study's number, of 2014 and 2015 and from 2023 on; what comes
# before it is the patient.
_STUDY = re.compile(r"^(?P<patient>BraTS-[A-Z]+-\d+|brats_\w+_pat\d+)[-_]\d+$", re.IGNORECASE)


def find_brats(root: Path, source: str) -> Iterator[Case]:
    """Yield a case for each patient folder under ``root`` that holds FLAIR and a segmentation."""
    for folder in find_folders(root):
        files = name_volumes(folder)
        if Sequence.FLAIR not in files:
            continue
        _check_alone(files[Sequence.FLAIR], folder)
        if "seg" not in files:
            raise DataError(f"{folder} has a FLAIR volume and no segmentation.")
        beside = {name: files[name] for name in (Sequence.T1C, Sequence.T2) if name in files}
        load = partial(_load_volumes, files[Sequence.FLAIR], files["seg"], beside)
        named = _STUDY.match(folder.name)
        patient = named["patient"] if named else folder.name
        yield Case(patient, "", source, folder.name, False, load)


def find_tumor_free(root: Path, source: str) -> Iterator[Case]:
    """Yield a case for each FLAIR volume under ``root/PATIENT``, all of them without tumour."""
    for folder in find_folders(root):
        for path in _of_kind(Sequence.FLAIR, folder):
            patient, name = f"{source}_{folder.name}", path.relative_to(folder).as_posix()
            yield Case(patient, "", source, name, True, partial(_load_tumor_free, path))


def name_volumes(folder: Path) -> dict[Sequence | str, Path]:
    """Tell a patient's volumes apart by the words of their names; "seg" is the segmentation."""
    named: dict[Sequence | str, Path] = {}
    for path in find_files(folder, _SUFFIXES):
        kind = _kind(path)
        if kind is not None:
            named.setdefault(kind, path)
    return named


def _of_kind(kind: Sequence, folder: Path) -> list[Path]:
    return [path for path in find_files(folder, _SUFFIXES) if _kind(path) == kind]


def _kind(path: Path) -> Sequence | str | None:
    said = set(re.split(r"[^a-z0-9]+", path.name.lower()))
    return next((kind for kind, words in _WORDS.items() if said & words), None)


def _check_alone(flair: Path, folder: Path) -> None:
    """Raise DataError where a folder holds other FLAIR volumes than copies beside the first."""
    stem = re.sub(r"\.(nii|nii\.gz|mha)$", "", flair.name.lower())
    for other in _of_kind(Sequence.FLAIR, folder):
        if other.parent != flair.parent or not other.name.lower().startswith(stem):
            raise DataError(
                f"{folder} holds several FLAIR volumes ({flair.name} and {other.name}); a folder a "
                "study was expected. Name the folder that holds such folders as a source: HGG and "
                "LGG are one each."
            )


def read_volume(path: Path) -> Volume:
    """Read a NIfTI or MetaImage file. Raises DataError, which names it."""
    reader = read_metaimage if path.suffix.lower() == ".mha" else read_nifti
    with naming(path):
        return reader(path.read_bytes())


def _load_volumes(flair_path: Path, seg_path: Path, beside: dict[Sequence, Path]) -> Stack:
    flair = read_volume(flair_path)
    seg = _read_on(flair, seg_path, flair_path)
    # Labels are whole numbers; resampling may leave shares of them, and ringing around.
    lesion = replace(seg, voxels=(seg.voxels > 0.5).astype(np.float32))
    masks = [mask.pixels > 0.5 for mask in volume_slices(lesion)]
    further = {
        name: tuple(volume_slices(_read_on(flair, path, flair_path)))
        for name, path in beside.items()
    }
    return masked_stack(volume_slices(flair), masks, further, flair.slice_distance_mm)


def _read_on(flair: Volume, path: Path, flair_path: Path) -> Volume:
    """Read a volume that lies where the FLAIR does. Raises DataError, which names both."""
    volume = read_volume(path)
    shape = flair.voxels.shape
    if volume.voxels.shape != shape:
        raise DataError(f"{path} is not on the grid of {flair_path}.")
    corners = np.array([(*corner, 1) for corner in product(*((0, n - 1) for n in shape))])
    apart = np.linalg.norm((corners @ (volume.affine - flair.affine).T)[:, :3], axis=1)
    if apart.max() > np.linalg.norm(flair.affine[:3, :3], axis=0).min():
        raise DataError(
            f"{path} is not on the grid of {flair_path}: by their headers they lie "
            f"{apart.max():.1f} mm apart. If voxel lies on voxel, write it anew with the FLAIR's "
            "affine; else register it first."
        )
    return volume


def volume_slices(volume: Volume) -> list[Slice]:
    """Cut a volume into axial slices with square pixels, as serving does, from the feet up."""
    count = volume.voxels.shape[2]
    return [square_slice(axial_slice(volume, index))[0] for index in range(count)]


def _load_tumor_free(path: Path) -> Stack:
    volume = read_volume(path)
    slices = volume_slices(volume)
    masks = [np.zeros(image.pixels.shape, dtype=bool) for image in slices]
    return masked_stack(slices, masks, distance_mm=volume.slice_distance_mm)

"""TCGA lower-grade glioma in the layout of Kaggle's ``kaggle_3m`` (Buda 2019).

ROOT/PATIENT_DATE/PATIENT_DATE_K.{tif,png,webp}       RGB = pre-contrast T1, FLAIR, post-contrast
ROOT/PATIENT_DATE/PATIENT_DATE_K_mask.{tif,png,webp}  outline of the FLAIR abnormality
"""

import glob
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from brainai.imaging.sniff import read_study
from brainai.imaging.study import Slice
from brainai.labels import Sequence
from brainai_training.datasets.case import Case, Stack, find_folders, masked_stack, naming
from brainai_training.errors import DataError

# What begins with a dot is a program's own: a Macintosh leaves ._NAME beside each NAME.
_SLICE = re.compile(r"^(?P<stem>[^.].*_(?P<index>\d+))\.(tif|tiff|png|webp)$")
_TCGA = re.compile(r"^TCGA_(?P<site>[A-Z0-9]{2})_(?P<patient>[A-Z0-9]+)_\d+$")
MAX_PIXELS = 1 << 24


def find_kaggle_3m(root: Path, source: str) -> Iterator[Case]:
    """Yield a case for each patient folder under ``root``, in order of their names."""
    for folder in find_folders(root):
        if any(_SLICE.match(path.name) for path in folder.iterdir()):
            named = _TCGA.match(folder.name)
            site = named["site"] if named else ""
            patient = f"TCGA_{site}_{named['patient']}" if named else folder.name
            yield Case(patient, site, source, folder.name, True, partial(_load, folder))


def read_channels(folder: Path, step: int) -> Iterator[NDArray[np.float32]]:
    """Yield every ``step``-th slice of a patient's folder as float32 [3, H, W].

    Channels: T1 before contrast, FLAIR, T1 after contrast; a missing one was replaced by FLAIR.
    """
    for match in _in_order(folder)[::step]:
        with naming(folder / match.string), Image.open(folder / match.string) as opened:
            pixels = np.asarray(opened.convert("RGB"), dtype=np.float32)
        yield np.ascontiguousarray(pixels.transpose(2, 0, 1))


def _in_order(folder: Path) -> list[re.Match[str]]:
    # Slice 10 sorts before slice 2 unless it is sorted as a number.
    found = [match for path in folder.iterdir() if (match := _SLICE.match(path.name))]
    return sorted(found, key=lambda match: int(match["index"]))


def _load(folder: Path) -> Stack:
    images, masks = [], []
    channels = list(read_channels(folder, step=1))
    for match in _in_order(folder):
        path = folder / match.string
        mask_path = next(folder.glob(f"{glob.escape(match['stem'])}_mask.*"), None)
        if mask_path is None:
            raise DataError(f"{path} has no mask beside it (expected {match['stem']}_mask.*).")
        with naming(path):
            image = read_study(path.read_bytes(), MAX_PIXELS).slice
        mask = _read_mask(mask_path)
        if mask.shape != image.pixels.shape:
            raise DataError(f"{mask_path} is not of the size of its slice.")
        images.append(image)
        masks.append(mask)
    replaced = all(np.array_equal(flair, after) for _, flair, after in channels)
    after = tuple(Slice(each[2]) for each in channels)
    return masked_stack(images, masks, {} if replaced else {Sequence.T1C: after})


def _read_mask(path: Path) -> NDArray[np.bool_]:
    """Read a mask of black and white, or of 0 and 1. Raises DataError for one of other values."""
    with naming(path), Image.open(path) as opened:
        values = np.asarray(opened.convert("L"))
    most = int(values.max())
    if 1 < most <= 127:
        raise DataError(
            f"{path} goes from {values.min()} to {most}; a mask of 0 and 255, or 0 and 1, was "
            "expected."
        )
    return np.asarray(values > (127 if most > 1 else 0))

"""Plain class folders: ``ROOT/yes/*.jpg`` and ``ROOT/no/*.jpg`` (or tumor, no_tumor).

Nothing says which pictures are of one patient, so each stands for its own; the search for
identical slices is then the only guard against a patient in two splits.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from brainai.imaging.geometry import square_slice
from brainai.imaging.sniff import read_study
from brainai_training.datasets.case import Case, Stack, find_files, naming
from brainai_training.datasets.kaggle_3m import MAX_PIXELS

_HAS_TUMOR = {"yes": True, "tumor": True, "no": False, "no_tumor": False}
_SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp", ".dcm")


def find_class_folders(root: Path, source: str) -> Iterator[Case]:
    """Yield a case for each picture under the class folders of ``root``."""
    for name, has_tumor in _HAS_TUMOR.items():
        folder = root / name
        if not folder.is_dir():
            continue
        for path in find_files(folder, _SUFFIXES):
            patient = f"{source}_{name}_{path.relative_to(folder).with_suffix('').as_posix()}"
            yield Case(patient, "", source, path.name, True, partial(_load, path, has_tumor))


def _load(path: Path, has_tumor: bool) -> Stack:
    with naming(path):
        image, _ = square_slice(read_study(path.read_bytes(), MAX_PIXELS).slice)
    return Stack((image,), (None,), (has_tumor,), is_volume=False)

"""The manifest: a row for every slice, and the split that keeps patients apart."""

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

import imagehash
import msgspec
import numpy as np
from PIL import Image

from brainai.imaging.intensity import IntensityStats, foreground_mask, measure_intensity, window
from brainai.imaging.study import Slice
from brainai_training.config import Config, Source, SplitConfig
from brainai_training.datasets.brats import find_brats, find_tumor_free
from brainai_training.datasets.case import Case, Stack
from brainai_training.datasets.class_folders import find_class_folders
from brainai_training.datasets.kaggle_3m import find_kaggle_3m
from brainai_training.errors import DataError

Split = Literal["train", "validation", "test"]

# With less of the slice lit than this, hashes of different patients coincide: a few lit pixels in
# a black square all look alike.
_LEAST_TISSUE = 0.02

_FINDERS = {
    "kaggle_3m": find_kaggle_3m,
    "brats": find_brats,
    "tumor_free": find_tumor_free,
    "class_folders": find_class_folders,
}


class Row(msgspec.Struct, frozen=True):
    """One slice.

    phash: 256-bit perceptual hash in hexadecimal, "" where the slice is (nearly) blank.
    tissue_px: foreground pixels; lesion_px: mask pixels, or -1 where the source has no masks.
    """

    patient: str
    site: str
    source: str
    case: str
    slice_index: int
    split: Split
    tumor: bool
    lesion_px: int
    tissue_px: int
    phash: str


def find_cases(root: Path, sources: Iterable[Source]) -> list[Case]:
    """Find every case of every source. Raises DataError where a source is not there or empty."""
    cases: list[Case] = []
    for source in sources:
        folder = root / source.folder
        if not folder.is_dir():
            raise DataError(f"{folder} is not there; the configuration names it for {source.name}.")
        found = list(_FINDERS[source.layout](folder, source.name))
        if not found:
            raise DataError(f"{folder} holds no case in the layout {source.layout}.")
        cases += found
    return cases


def split_patients(cases: Iterable[Case], config: Config) -> dict[str, Split]:
    """Give each patient one split, in the configured shares of each source and site.

    The order is that of a seeded hash of the patient's name, so a new patient moves no other
    one's place in the order.
    """
    fixed = {source.name: source.only for source in config.sources}
    groups: dict[tuple[str, str], set[str]] = defaultdict(set)
    for case in cases:
        groups[case.source, case.site].add(case.patient)
    splits: dict[str, Split] = {}
    for (source, _), patients in sorted(groups.items()):
        only = fixed[source]
        assigned = dict.fromkeys(patients, only) if only else _divide(patients, config.split)
        for patient, split in assigned.items():
            if splits.setdefault(patient, split) != split:
                raise DataError(f"Patient {patient} is in {splits[patient]} and in {split}.")
    return splits


def _divide(patients: set[str], config: SplitConfig) -> dict[str, Split]:
    def key(patient: str) -> str:
        return hashlib.sha256(f"{config.seed}:{patient}".encode()).hexdigest()

    ordered = sorted(patients, key=key)
    count = len(ordered)
    tests = max(math.floor(config.test * count + 0.5), int(count >= 2))
    validations = max(math.floor(config.validation * count + 0.5), int(count >= 3))
    # Of the last patients of a small group one is to learn from.
    tests = min(tests, count)
    validations = max(min(validations, count - tests - 1), 0)

    def split_of(place: int) -> Split:
        if place < tests:
            return "test"
        return "validation" if place < tests + validations else "train"

    return {patient: split_of(place) for place, patient in enumerate(ordered)}


def describe(case: Case, stack: Stack, split: Split) -> Iterator[Row]:
    """Yield the manifest's rows of one loaded case."""
    for index, image in enumerate(stack.slices):
        mask = stack.masks[index]
        stats = measure_intensity(image.pixels)
        yield Row(
            patient=case.patient,
            site=case.site,
            source=case.source,
            case=case.name,
            slice_index=index,
            split=split,
            tumor=stack.has_tumor[index],
            lesion_px=-1 if mask is None else int(mask.sum()),
            tissue_px=0 if stats is None else int(foreground_mask(image.pixels, stats).sum()),
            phash=_perceptual_hash(image, stats),
        )


def _perceptual_hash(image: Slice, stats: IntensityStats | None) -> str:
    if stats is None or stats.foreground_share < _LEAST_TISSUE:
        return ""
    shown = Image.fromarray(window(image.pixels, stats))
    # 16 x 16 frequencies: neighbouring slices of one head still differ in some.
    return str(imagehash.phash(shown, hash_size=16))


def check_apart(rows: Iterable[Row]) -> None:
    """Stop where a patient, or two identical slices, are in two splits.

    Raises DataError that names them.
    """
    patients: dict[str, Row] = {}
    hashes: dict[str, Row] = {}
    for row in rows:
        other = patients.setdefault(row.patient, row)
        if other.split != row.split:
            raise DataError(f"Patient {row.patient} is in {other.split} and in {row.split}.")
        same = hashes.setdefault(row.phash, row) if row.phash else row
        if same.split != row.split:
            raise DataError(
                f"Identical slices in two splits: {same.case} slice {same.slice_index} "
                f"({same.split}) and {row.case} slice {row.slice_index} ({row.split})."
            )


def check_classes(rows: Iterable[Row]) -> None:
    """Stop where training or validation lacks a class: nothing can be learnt or calibrated then.

    Raises DataError that names the split. Blank slices do not count.
    """
    seen: dict[str, set[bool]] = {"train": set(), "validation": set()}
    for row in rows:
        if row.tissue_px and row.split in seen:
            seen[row.split].add(row.tumor)
    for split, classes in seen.items():
        if len(classes) < 2:
            raise DataError(
                f"The {split} patients need slices with tumour and slices without; they have "
                f"{'only one kind' if classes else 'no slices'}. Add patients or change the split."
            )


def hash_rows(rows: Iterable[Row]) -> tuple[str, str]:
    """Return sha256 of the data (what the slices are) and of the split (who is where)."""
    data, split = hashlib.sha256(), hashlib.sha256()
    for row in rows:
        content = f"{row.case}:{row.slice_index}:{row.lesion_px}:{row.phash}\n"
        data.update(content.encode())
        split.update(f"{row.patient}:{row.split}\n".encode())
    return data.hexdigest(), split.hexdigest()


def save_manifest(rows: list[Row], path: Path) -> None:
    """Write the manifest as JSON lines."""
    path.write_bytes(msgspec.json.Encoder().encode_lines(rows))


def load_manifest(path: Path) -> list[Row]:
    """Read a manifest that save_manifest wrote."""
    return msgspec.json.Decoder(Row).decode_lines(path.read_bytes())


def rows_where(rows: list[Row], split: Split) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Index the rows of one split."""
    return np.array([i for i, row in enumerate(rows) if row.split == split], dtype=np.intp)

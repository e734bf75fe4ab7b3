"""The manifest: a row for every slice, and the folds that keep patients apart."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path

import imagehash
import msgspec
from PIL import Image

from brainai.imaging.intensity import IntensityStats, foreground_mask, measure_intensity, window
from brainai.imaging.study import Slice
from brainai.labels import Sequence
from brainai_training.config import Source, SplitConfig
from brainai_training.datasets.brats import find_brats, find_tumor_free
from brainai_training.datasets.case import Case, Stack
from brainai_training.datasets.class_folders import find_class_folders
from brainai_training.datasets.kaggle_3m import find_kaggle_3m
from brainai_training.errors import DataError

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
    beside: the sequences that the source holds beside FLAIR.
    """

    patient: str
    site: str
    source: str
    case: str
    slice_index: int
    fold: int
    tumor: bool
    lesion_px: int
    tissue_px: int
    phash: str
    beside: tuple[Sequence, ...] = ()


def has_outlines(rows: Iterable[Row]) -> bool:
    """Tell whether a mask says of any slice where its lesion lies: what teaches to outline."""
    return any(row.lesion_px > 0 for row in rows)


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


def deal_patients(cases: Iterable[Case], config: SplitConfig) -> dict[str, int]:
    """Give each patient one fold; with ``by_site``, all patients of a site the same one.

    Raises DataError where a patient is in two groups, or where there are fewer than two folds.
    """
    if config.folds < 2:
        raise DataError(f"split.folds is {config.folds}; patients are kept apart from 2 folds on.")
    cases = list(cases)
    named = {(case.patient, f"{case.source} {case.site}") for case in cases}
    for (patient, group), (other, _) in pairwise(sorted(named)):
        if patient == other:
            raise DataError(f"Patient {patient} of {group.strip()} is in another group, too.")
    dealt = deal_out(dict(named), config.folds, config.seed)
    return dealt | _deal_sites(cases, config.folds) if config.by_site else dealt


def _deal_sites(cases: Iterable[Case], folds: int) -> dict[str, int]:
    """Deal out the sites of each source that has several; return the folds of their patients."""
    sites: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for case in cases:
        sites[case.source][case.site].append(case.patient)
    return {
        patient: place % folds
        for here in sites.values()
        if len(here) > 1
        for place, site in enumerate(sorted(here))
        for patient in here[site]
    }


def deal_out(group_of: Mapping[str, str], parts: int, seed: int) -> dict[str, int]:
    """Deal the patients of each group out to so many parts, in turn.

    The order is that of a seeded hash of the patient's name. The dealing goes on from group to
    group, so that small groups do not all begin at part 0.
    """
    ordered = sorted(group_of, key=lambda name: (group_of[name], _order(name, seed)))
    return {patient: place % parts for place, patient in enumerate(ordered)}


def _order(patient: str, seed: int) -> str:
    return hashlib.sha256(f"{seed}:{patient}".encode()).hexdigest()


def describe(case: Case, stack: Stack, fold: int) -> Iterator[Row]:
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
            fold=fold,
            tumor=stack.has_tumor[index],
            lesion_px=-1 if mask is None else int(mask.sum()),
            tissue_px=0 if stats is None else int(foreground_mask(image.pixels, stats).sum()),
            phash=_perceptual_hash(image, stats),
            beside=tuple(stack.beside),
        )


def _perceptual_hash(image: Slice, stats: IntensityStats | None) -> str:
    if stats is None or stats.foreground_share < _LEAST_TISSUE:
        return ""
    shown = Image.fromarray(window(image.pixels, stats))
    # 16 x 16 frequencies: neighbouring slices of one head still differ in some.
    return str(imagehash.phash(shown, hash_size=16))


def check_apart(rows: Iterable[Row]) -> None:
    """Stop where a patient, or two identical slices, are in two folds.

    Raises DataError that names them.
    """
    patients: dict[str, Row] = {}
    hashes: dict[str, Row] = {}
    for row in rows:
        other = patients.setdefault(row.patient, row)
        if other.fold != row.fold:
            raise DataError(f"Patient {row.patient} is in fold {other.fold} and in {row.fold}.")
        same = hashes.setdefault(row.phash, row) if row.phash else row
        if same.fold != row.fold:
            raise DataError(
                f"Identical slices in two folds: {same.case} slice {same.slice_index} "
                f"({same.fold}) and {row.case} slice {row.slice_index} ({row.fold})."
            )


def check_classes(rows: Iterable[Row], folds: int) -> None:
    """Stop where a fold lacks a class: nothing can be learnt without it or measured on it then.

    Raises DataError that names the fold. Blank slices do not count.
    """
    seen: dict[int, set[bool]] = defaultdict(set)
    for row in rows:
        if row.tissue_px:
            seen[row.fold].add(row.tumor)
    for fold in range(folds):
        if len(seen[fold]) < 2:
            have = "only one kind" if seen[fold] else "no slices"
            raise DataError(
                f"The patients of fold {fold} need slices with tumour and slices without; they "
                f"have {have}. Add patients or choose fewer folds."
            )


def hash_rows(rows: Iterable[Row]) -> tuple[str, str]:
    """Return sha256 of the data (what the slices are) and of the split (who is where)."""
    data, split = hashlib.sha256(), hashlib.sha256()
    for row in rows:
        content = f"{row.case}:{row.slice_index}:{row.lesion_px}:{row.phash}\n"
        data.update(content.encode())
        split.update(f"{row.patient}:{row.fold}\n".encode())
    return data.hexdigest(), split.hexdigest()


def save_manifest(rows: list[Row], path: Path) -> None:
    """Write the manifest as JSON lines."""
    path.write_bytes(msgspec.json.Encoder().encode_lines(rows))


def load_manifest(path: Path) -> list[Row]:
    """Read a manifest that save_manifest wrote."""
    return msgspec.json.Decoder(Row).decode_lines(path.read_bytes())

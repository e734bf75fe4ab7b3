"""A folder -> the studies under it, told apart by their first bytes and by their names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from brainai.imaging.sniff import sniff_format, sniff_volume

# Enough to tell what a file is, also where it is compressed.
_HEAD_BYTES = 64 * 1024
_ZIP = b"PK\x03\x04"
# A file that is damaged from its first byte on is still one that should have been a study.
_NAMES = re.compile(
    r"\.(nii|nii\.gz|mha|mhd|dcm|zip|png|jpe?g|tiff?|webp|bmp)$", flags=re.IGNORECASE
)
_VOXELS = re.compile(rb"ElementDataFile[ \t]*=[ \t]*([^\r\n]+)")


@dataclass(frozen=True)
class ArchiveStudy:
    """One study. path: of its file or folder, relative to the archive, with forward slashes.

    files: relative to the archive likewise.
    """

    path: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class Archive:
    """What lies under a folder. others: how many files are of no kind that is read here."""

    studies: tuple[ArchiveStudy, ...]
    others: int


def find_studies(folder: Path) -> Archive:
    """Find the studies under ``folder``, in order of their paths; what is hidden is passed over.

    Each NIfTI, MetaImage, zip and picture is one, and all DICOM files of one folder are one.
    """
    studies: list[ArchiveStudy] = []
    others = 0
    for place in (folder, *sorted(path for path in folder.rglob("*") if path.is_dir())):
        if _is_hidden(place.relative_to(folder)):
            continue
        found, passed = _studies_in(place, folder)
        studies += found
        others += passed
    return Archive(tuple(sorted(studies, key=lambda study: study.path)), others)


def _studies_in(place: Path, folder: Path) -> tuple[list[ArchiveStudy], int]:
    kinds = {file: _kind_of(file) for file in _files_in(place)}
    voxels = {file for file, kind in kinds.items() if kind == "metaimage"}
    parts = {part for header in voxels if (part := _voxels_of(header)) is not None}
    studies = []
    for file, kind in kinds.items():
        if kind in {None, "dicom"} or file in parts:
            continue
        beside = [part] if kind == "metaimage" and (part := _voxels_of(file)) in kinds else []
        studies.append(_study(file, [file, *beside], folder))
    dicom = [file for file, kind in kinds.items() if kind == "dicom"]
    if dicom:
        studies.append(_study(dicom[0] if len(dicom) == 1 else place, dicom, folder))
    return studies, sum(kind is None and file not in parts for file, kind in kinds.items())


def _study(named: Path, files: list[Path], folder: Path) -> ArchiveStudy:
    return ArchiveStudy(
        named.relative_to(folder).as_posix(),
        tuple(file.relative_to(folder).as_posix() for file in files),
    )


def _files_in(place: Path) -> Iterator[Path]:
    for file in sorted(place.iterdir()):
        if file.is_file() and not file.name.startswith("."):
            yield file


def _is_hidden(path: Path) -> bool:
    # The work log of another batch lies beside its table and is no part of the archive.
    return any(part.startswith(".") or part.endswith(".parquet.parts") for part in path.parts)


def _kind_of(file: Path) -> str | None:
    """Name the kind of a file: dicom, metaimage or other; None for what is no image."""
    head = _head_of(file)
    found = sniff_format(head) or sniff_volume(head)
    if found in {"dicom", "metaimage"}:
        return found
    known = found is not None or head.startswith(_ZIP) or _NAMES.search(file.name)
    return "other" if known else None


def _head_of(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(_HEAD_BYTES)
    except OSError:
        return b""  # its row says so, where its name promises a study


def _voxels_of(header: Path) -> Path | None:
    """Find the file of voxels that a MetaImage header names; None where it holds its own."""
    named = _VOXELS.search(_head_of(header))
    if named is None or named[1].strip().upper() == b"LOCAL":
        return None
    return header.parent / Path(named[1].decode("utf-8", "replace").strip()).name

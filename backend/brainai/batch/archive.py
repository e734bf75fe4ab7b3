"""A folder -> the studies under it, told apart by their first bytes and by their names."""

import os
import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from brainai.imaging.dicom_frames import is_directory
from brainai.imaging.metaimage import voxels_file
from brainai.imaging.sniff import sniff_format, sniff_volume

# Enough to tell what a file is, also where it is compressed.
_HEAD_BYTES = 64 * 1024
_ZIP = b"PK\x03\x04"
# A file that is damaged from its first byte on is still one that should have been a study.
_NAMES = re.compile(
    r"\.(nii|nii\.gz|mha|mhd|dcm|zip|png|jpe?g|tiff?|webp|bmp)$", flags=re.IGNORECASE
)


@dataclass(frozen=True)
class ArchiveStudy:
    r"""One study. path: of its file or folder, relative to the archive, with forward slashes.

    What is no UTF-8 in it is written as \xNN, since a table holds nothing else. files: relative to
    the archive likewise, as the system calls them.
    """

    path: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class Archive:
    """What lies under a folder. others: how many files are of no kind that is read here.

    closed: how many folders the system does not open.
    """

    studies: tuple[ArchiveStudy, ...]
    others: int
    closed: int


def find_studies(folder: Path) -> Archive:
    """Find the studies under ``folder``, in order of their paths; what is hidden is passed over.

    Each NIfTI, MetaImage, zip and picture is one, and all DICOM files of one folder are one. Raises
    OSError where the folder itself does not open.
    """
    studies: list[ArchiveStudy] = []
    others = 0
    closed: list[OSError] = []
    for place, names in _folders(folder, closed.append):
        found, passed = _studies_in(place, names, folder)
        studies += found
        others += passed
    for error in closed:
        if error.filename == str(folder):
            raise error
    return Archive(tuple(sorted(studies, key=lambda study: study.path)), others, len(closed))


def _folders(folder: Path, tell: Callable[[OSError], None]) -> Iterator[tuple[Path, list[str]]]:
    """Yield each folder and the names of its files. tell: gets why one does not open.

    Links to folders are followed after all else, and no folder is gone through twice: a link never
    changes what a study that lies in the archive itself is called.
    """
    seen: set[str] = set()
    starts = deque([str(folder)])
    while starts:
        for place, folders, files in os.walk(starts.popleft(), onerror=tell):
            real = os.path.realpath(place)
            if real in seen:
                folders.clear()
                continue
            seen.add(real)
            folders[:] = sorted(name for name in folders if not _is_hidden(name))
            paths = (os.path.join(place, name) for name in folders)  # noqa: PTH118  as os.walk's
            starts += filter(os.path.islink, paths)
            yield Path(place), sorted(files)


def _studies_in(place: Path, names: list[str], folder: Path) -> tuple[list[ArchiveStudy], int]:
    kinds = {file: _kind_of(file) for file in _files_in(place, names)}
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
    path = named.relative_to(folder).as_posix()
    return ArchiveStudy(
        path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"),
        tuple(file.relative_to(folder).as_posix() for file in files),
    )


def _files_in(place: Path, names: list[str]) -> Iterator[Path]:
    for name in names:
        if not name.startswith(".") and _is_file(place / name):
            yield place / name


def _is_file(file: Path) -> bool:
    try:
        return file.is_file()
    except OSError:
        return True  # a folder that lists its files and does not open them: their rows say so


def _is_hidden(name: str) -> bool:
    # The work log of another batch lies beside its table and is no part of the archive.
    return name.startswith(".") or name.endswith(".parquet.parts")


def _kind_of(file: Path) -> str | None:
    """Name the kind of a file: dicom, metaimage or other; None for what is no image."""
    head = _head_of(file)
    if is_directory(head):
        return None
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
    name = voxels_file(_head_of(header))
    return header.parent / name if name else None

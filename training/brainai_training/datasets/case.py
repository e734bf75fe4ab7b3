"""What every adapter yields: one patient's stack of slices, loaded when asked for."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from brainai.errors import BrainAIError
from brainai.imaging.study import Slice
from brainai.labels import Sequence
from brainai_training.errors import DataError


@dataclass(frozen=True)
class Stack:
    """The slices of one acquisition, from the feet up.

    slices: as they are shown. masks: bool [H, W] a slice, or None where the source has none.
    has_tumor: one a slice. is_volume: the slices share one intensity scale.
    beside: further sequences, pixel on pixel, that the source holds of these slices. distance_mm:
    of neighbouring slices, None where the source does not say.
    """

    slices: tuple[Slice, ...]
    masks: tuple[NDArray[np.bool_] | None, ...]
    has_tumor: tuple[bool, ...]
    is_volume: bool
    beside: Mapping[Sequence, tuple[Slice, ...]] = field(default_factory=dict)
    distance_mm: float | None = None


@dataclass(frozen=True)
class Case:
    """One acquisition of one patient.

    patient: unique over all sources. site: the hospital or scanner, "" where unknown.
    name: unique within the patient. has_skull: the head is whole, not skull-stripped.
    """

    patient: str
    site: str
    source: str
    name: str
    has_skull: bool
    load: Callable[[], Stack]


def find_folders(root: Path) -> list[Path]:
    """List the folders of ``root`` in the order of their names, hidden ones left out."""
    return sorted(path for path in root.iterdir() if path.is_dir() and path.name[0] != ".")


def find_files(root: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """List the files under ``root`` in their order, whatever the suffix's case; no hidden ones.

    What begins with a dot is a program's own: a Macintosh leaves ._NAME beside each NAME.
    """
    return sorted(
        path
        for path in root.rglob("*")
        if path.name.lower().endswith(suffixes)
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(root).parts)
    )


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Turn what is wrong with a file into a DataError that names it: readers name no files."""
    try:
        yield
    except (BrainAIError, OSError) as error:
        raise DataError(f"{path}: {error}") from error


def masked_stack(
    slices: list[Slice],
    masks: list[NDArray[np.bool_]],
    beside: Mapping[Sequence, tuple[Slice, ...]] | None = None,
    distance_mm: float | None = None,
) -> Stack:
    """Stack slices whose masks say which of them show tumour."""
    labels = tuple(bool(mask.any()) for mask in masks)
    return Stack(tuple(slices), tuple(masks), labels, True, beside or {}, distance_mm)

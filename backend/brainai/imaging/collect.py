"""The files of one upload -> Study (one slice) or VolumeStudy."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from brainai import labels
from brainai.errors import InputError, MalformedInput
from brainai.imaging.annotation import (
    BURNED_IN_WARNING,
    TEXT_WARNING,
    has_text,
    shows_text,
)
from brainai.imaging.archive import too_many_files, unpack
from brainai.imaging.candidate import Candidate
from brainai.imaging.choose_series import choose_series
from brainai.imaging.resample import is_whole, lay_on
from brainai.imaging.sniff import read_study
from brainai.imaging.sort_files import sort_files
from brainai.imaging.study import BodyPart, MrSequence, Study, Volume, VolumeStudy
from brainai.imaging.upload import Limits, UploadedFile

__all__ = ["Limits", "UploadedFile", "read_upload"]

_OTHERS = {
    labels.Sequence.T1: MrSequence.T1,
    labels.Sequence.T1C: MrSequence.T1C,
    labels.Sequence.T2: MrSequence.T2,
}


def read_upload(
    files: Sequence[UploadedFile], limits: Limits, series: int | None = None
) -> Study | VolumeStudy:
    """Read everything that one request holds.

    One picture, or one DICOM file of one frame, is a Study. NIfTI, MetaImage, DICOM of several
    frames or files, and a zip of any of these, are a VolumeStudy: its FLAIR, and T1, T1c and T2
    on the FLAIR's grid. series: the number of the series that is the FLAIR, from 1.

    Raises InputError: its leaves in errors.py name all that may be wrong.
    """
    if not files:
        raise MalformedInput("no_file", "The upload holds no file. Send at least one.")
    if not any(file.data for file in files):  # one beside others holds no image, and is left out
        raise MalformedInput("empty_file", "A file is empty (0 bytes). Send an image file.")
    if len(files) > limits.max_files:
        raise too_many_files(limits.max_files)
    # Hostile headers hold numbers that overflow; what comes of them is checked where it matters.
    with np.errstate(all="ignore"):
        return _read(unpack(list(files), limits), limits, series)


def _read(files: list[UploadedFile], limits: Limits, series: int | None) -> Study | VolumeStudy:
    found = sort_files(files, limits)
    if found.candidates:
        return _read_volume(found.candidates, found.warnings, series)
    if len(found.pictures) > 1:
        raise MalformedInput(
            "several_files",
            f"The upload holds {len(found.pictures)} single pictures. Send one of them, or a "
            "volume (DICOM series, NIfTI or MetaImage).",
        )
    if series not in {None, 1}:
        raise MalformedInput(
            "invalid_parameter",
            f"series={series} was asked for, and the upload holds a single picture. "
            "Leave series out.",
        )
    study = read_study(found.pictures[0], limits.max_pixels)
    text = BURNED_IN_WARNING not in study.warnings and has_text(study.slice.pixels)
    return replace(
        study, warnings=(*study.warnings, *((TEXT_WARNING,) if text else ()), *found.warnings)
    )


def _read_volume(
    candidates: Sequence[Candidate], warnings: tuple[str, ...], series: int | None
) -> VolumeStudy:
    choice = choose_series(candidates, series)
    chosen = candidates[choice.number - 1]
    volume, of_volume = chosen.load()
    others, of_others = _read_others(candidates, chosen, volume)
    text = BURNED_IN_WARNING not in of_volume and shows_text(volume)
    return VolumeStudy(
        chosen.format,
        volume,
        chosen.facts,
        choice if len(candidates) > 1 else None,
        others,
        (*of_volume, *((TEXT_WARNING,) if text else ()), *of_others, *warnings),
    )


def _read_others(
    candidates: Sequence[Candidate], chosen: Candidate, volume: Volume
) -> tuple[dict[labels.Sequence, NDArray[np.float32]], tuple[str, ...]]:
    """Read one T1, T1c and T2 each, where there are, on the FLAIR's grid.

    Raises UnusableImage (no_overlap); another that can't be read is left out with a warning.
    """
    others: dict[labels.Sequence, NDArray[np.float32]] = {}
    warnings: list[str] = []
    for label, sequence in _OTHERS.items():
        told = [one for one in candidates if one is not chosen and _is(one, sequence, chosen)]
        fit = [one for one in told if one.unfit is None]
        if not fit:
            if told:
                warnings.append(f"The {label} series makes no volume and was left out.")
            continue
        best = max(fit, key=lambda one: (_is_placed_with(one, chosen), one.axial, one.shape[2]))
        try:
            moving, of_moving = best.load()
        except InputError:
            warnings.append(f"The {label} volume can't be read and was left out.")
            continue
        others[label], share = lay_on(moving, volume)
        warnings.extend(f"Of the {label} volume: {warning}" for warning in of_moving)
        if not _is_placed_with(best, chosen):
            warnings.append(
                f"The {label} volume has another frame of reference than the FLAIR (another visit, "
                "or the patient was moved): it may not lie where the FLAIR does."
            )
        if not is_whole(share):
            warnings.append(f"The {label} volume covers {share:.0%} of the FLAIR's.")
    return others, tuple(warnings)


def _is_placed_with(candidate: Candidate, chosen: Candidate) -> bool:
    """Tell if two series have one frame of reference, as far as they say (PS3.3 C.7.4.1)."""
    frames = {candidate.frame_of_reference, chosen.frame_of_reference}
    return "" in frames or len(frames) == 1


def _is(candidate: Candidate, sequence: MrSequence, chosen: Candidate) -> bool:
    """Tell if a candidate is that sequence of the same patient's head."""
    return (
        candidate.sequence is sequence
        and candidate.patient in {"", chosen.patient}
        and candidate.facts.body_part is not BodyPart.OTHER
    )

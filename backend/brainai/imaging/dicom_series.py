"""DICOM files -> the series in them, each a candidate that is stacked when it is wanted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from brainai.errors import InputError, UnusableImage
from brainai.imaging.annotation import BURNED_IN_WARNING
from brainai.imaging.candidate import Candidate
from brainai.imaging.dicom_facts import is_derived
from brainai.imaging.dicom_frames import Frame, Instance
from brainai.imaging.dicom_geometry import Stack, stack_frames
from brainai.imaging.dicom_pixels import decode_many
from brainai.imaging.study import MrSequence, Volume
from brainai.imaging.upload import Limits
from brainai.imaging.volumes import SPACING_WARNING, check_shape, damaged, make_volume


@dataclass(frozen=True)
class _Place:
    """A frame and the file that it is in."""

    instance: Instance
    frame: Frame


def find_series(instances: Sequence[Instance], limits: Limits) -> list[Candidate]:
    """Group files by series, and within it by size, echo and kind of image; in upload order.

    A series that can't be stacked is a candidate too, which says so; what lies beside the greatest
    part of it, such as a slice with another echo time, is no volume of its own then.
    """
    groups: dict[tuple[object, ...], list[_Place]] = {}
    for instance in instances:
        for frame in instance.frames:
            size = (instance.rows, instance.columns, instance.in_colour, instance.inverted)
            key = (instance.series, instance.patient, *size, *frame.kind)
            groups.setdefault(key, []).append(_Place(instance, frame))
    candidates = [_to_candidate(places, limits) for places in groups.values()]
    owners = [places[0].instance for places in groups.values()]
    greatest: dict[str, Candidate] = {}
    for owner, candidate in zip(owners, candidates, strict=True):
        known = greatest.get(owner.series)
        if not owner.in_colour and (known is None or known.shape[2] < candidate.shape[2]):
            greatest[owner.series] = candidate
    return [
        _unless_rest(candidate, greatest.get(owner.series))
        for owner, candidate in zip(owners, candidates, strict=True)
    ]


def _unless_rest(candidate: Candidate, greatest: Candidate | None) -> Candidate:
    """Say of a smaller part of a series what is said of its greatest, where that is unfit."""
    if candidate.unfit or greatest is None or candidate.shape[2] == greatest.shape[2]:
        return candidate
    return replace(candidate, unfit=greatest.unfit)


def _to_candidate(places: list[_Place], limits: Limits) -> Candidate:
    first = places[0].instance
    stack: Stack | None = None
    unfit: InputError | None = None
    shape = (first.columns, first.rows, len(places))
    try:
        if first.in_colour:
            raise UnusableImage(
                "not_stackable",
                "The series can't be put together to a volume: it is in colour. Send one series "
                "of grey slices.",
            )
        check_shape(shape, limits)
        stack = stack_frames([place.frame for place in places])
    except InputError as error:
        unfit = error
    facts, evidence = first.facts, first.evidence
    if is_derived(places[0].frame.kind[1:]):  # also of a file that holds frames of both
        facts, evidence = replace(facts, sequence=MrSequence.DERIVED), None
    affine = np.eye(4) if stack is None else stack.affine
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    return Candidate(
        "dicom",
        shape if stack is None else (first.columns, first.rows, len(stack.order)),
        (float(spacing[0]), float(spacing[1]), float(spacing[2])),
        partial(_load, places, stack, unfit),
        axial=int(np.abs(np.cross(affine[:3, 0], affine[:3, 1])).argmax()) == 2,
        sequence=facts.sequence,
        evidence=evidence,
        facts=facts,
        patient=first.patient,
        frame_of_reference=first.frame_of_reference,
        unfit=unfit,
    )


def _load(
    places: list[_Place], stack: Stack | None, unfit: InputError | None
) -> tuple[Volume, tuple[str, ...]]:
    if stack is None:
        raise unfit or damaged("DICOM")
    try:
        voxels = _decode(places, stack)
    except InputError:
        raise
    except Exception as error:  # decoders raise every kind on damaged frames
        raise damaged("DICOM") from error
    if places[0].instance.inverted:
        np.subtract(voxels.max(), voxels, out=voxels)
    burned_in = any(place.instance.burned_in for place in places)
    warnings: tuple[str, ...] = (BURNED_IN_WARNING,) if burned_in else ()
    if stack.doubles:
        warnings += (
            f"{len(stack.doubles)} slices came twice, with the same pixels, and were taken once.",
        )
    if len(stack.order) == 1 and not places[stack.order[0]].frame.gap_mm:
        warnings += (SPACING_WARNING,)
    return make_volume(voxels.transpose(2, 1, 0), stack.affine), warnings


def _decode(places: list[_Place], stack: Stack) -> NDArray[np.float32]:
    """Decode float32 [slices, rows, columns], rescaled (PS3.3 C.11.1), in the stack's order.

    Raises UnusableImage (conflicting_slices) where two slices of one place differ.
    """
    slots = {index: slot for slot, index in enumerate(stack.order)}
    twins = {left_out: slots[taken] for taken, left_out in stack.doubles}
    rows, columns = places[0].instance.rows, places[0].instance.columns
    voxels = np.empty((len(stack.order), rows, columns), dtype=np.float32)
    late: list[tuple[int, NDArray[np.float32]]] = []
    for index, pixels in _each_frame(places):
        if index in slots:
            voxels[slots[index]] = pixels
        else:
            late.append((twins[index], pixels))
    different = sum(not np.array_equal(voxels[slot], pixels) for slot, pixels in late)
    if different:
        raise UnusableImage(
            "conflicting_slices",
            f"{different} slices of the series lie where another slice with other pixels lies, so "
            "it holds more than one volume (echoes, times or repetitions). Send one of them.",
        )
    return voxels


def _each_frame(places: list[_Place]) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Yield each frame's index among ``places`` and its pixels, float32 [rows, columns]."""
    by_file: dict[int, list[int]] = {}
    for index, place in enumerate(places):
        by_file.setdefault(id(place.instance), []).append(index)
    files = [places[indices[0]].instance for indices in by_file.values()]
    decoded = decode_many([(instance.data, instance.syntax) for instance in files])
    for indices, pixels in zip(by_file.values(), decoded, strict=True):
        for index in indices:
            frame = places[index].frame
            plane = pixels if len(places[index].instance.frames) == 1 else pixels[frame.number]
            scaled = plane.astype(np.float32)
            scaled *= np.float32(frame.slope)
            scaled += np.float32(frame.intercept)
            yield index, scaled

"""The files of an upload, by what they are: volumes to choose from, single pictures, the rest."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from brainai.errors import UnknownFormat, UnusableImage
from brainai.imaging.archive import is_zip, nested_zip
from brainai.imaging.candidate import Candidate, Evidence
from brainai.imaging.dicom_frames import (
    Instance,
    has_several_frames,
    is_directory,
    read_instance,
)
from brainai.imaging.dicom_series import find_series
from brainai.imaging.metaimage import find_metaimage, voxels_file
from brainai.imaging.nifti import find_nifti
from brainai.imaging.sequences import OtherKind, is_mask_itself, tell_by_name, tell_channels
from brainai.imaging.sniff import sniff_format, sniff_volume
from brainai.imaging.study import MrSequence
from brainai.imaging.upload import Limits, UploadedFile, compose
from brainai.imaging.volumes import check_together


@dataclass(frozen=True)
class Found:
    """What an upload holds. pictures: files that hold one slice. warnings: of what was left out."""

    candidates: tuple[Candidate, ...]
    pictures: tuple[bytes, ...]
    warnings: tuple[str, ...]


def sort_files(files: Sequence[UploadedFile], limits: Limits) -> Found:
    """Tell volumes, pictures and other files apart by their first bytes.

    Raises UnknownFormat (unsupported_format) where there is neither, MalformedInput (bad_archive)
    where a zip holds another one and there is no volume beside it, and what a volume's reader
    raises by its header.
    """
    kinds = [(file, _kind(file)) for file in files if not file.is_litter]
    volumes = [(file, kind) for file, kind in kinds if kind in {"nifti", "metaimage"}]
    scans = [(file, kind) for file, kind in volumes if tell_by_name(file) is not OtherKind.MASK]
    if not scans:  # a folder's name, like "tumor-seg", may be that of the work they are for
        scans = [(file, kind) for file, kind in volumes if not is_mask_itself(file)]
    candidates: list[Candidate] = []
    for file, kind in scans:
        candidates.extend(_find(file, kind, files, limits))
        check_together(len(candidates))
    dicom = [file.data for file, kind in kinds if kind == "dicom"]
    pictures = [file.data for file, kind in kinds if kind == "picture"]
    instances, without_image = _read_headers(dicom, limits)
    if not candidates and sum(len(one.frames) for one in instances) == 1:
        pictures.extend(one.data for one in instances)
    elif not instances and len(dicom) == 1:
        pictures.extend(dicom)  # whose reader says what is wrong with it
    else:
        candidates.extend(find_series(instances, limits))
    zips = sum(is_zip(file.data) for file, _ in kinds)
    if zips and not candidates:
        raise nested_zip()
    if not candidates and not pictures:
        raise _nothing(kinds, masks=len(volumes), dicom=len(dicom))
    masks = len(volumes) - len(scans)
    others = _unknown(kinds) + (without_image if candidates else 0)
    return Found(
        tuple(candidates),
        tuple(pictures),
        (
            *_left_out(others, "that hold no image", "that holds no image"),
            *_left_out(zips, "that are zips within a zip", "that is a zip within a zip"),
            *_left_out(masks, "named as masks", "named as a mask"),
            *_left_out(
                len(pictures) if candidates else 0, "of a single picture", "of a single picture"
            ),
        ),
    )


def _kind(file: UploadedFile) -> str | None:
    found = sniff_format(file.data)
    if found == "dicom":
        return None if is_directory(file.data) else "dicom"
    return "picture" if found else sniff_volume(file.data)


def _find(
    file: UploadedFile, kind: str, files: Sequence[UploadedFile], limits: Limits
) -> list[Candidate]:
    """List a file's volumes; its name tells the sequence of one, or of each channel."""
    if kind == "nifti":
        found = find_nifti(file.data, limits)
    else:
        found = find_metaimage(file.data, lambda name: _beside(file, name, files), limits)
    told: list[MrSequence] | None
    if len(found) == 1:
        one = tell_by_name(file)
        told = None if one is None or isinstance(one, OtherKind) else [one]
    else:
        told = tell_channels(file, len(found))
    if told is None:
        return found
    return [
        replace(volume, sequence=sequence, evidence=Evidence.FILE_NAME)
        for volume, sequence in zip(found, told, strict=True)
    ]


def _beside(header: UploadedFile, name: str, files: Sequence[UploadedFile]) -> bytes | None:
    """Find the file of voxels that a header names, in its own folder first."""
    named = [file for file in files if file.base_name == compose(name)]
    return next(
        (file.data for file in named if file.folder == header.folder),
        named[0].data if named else None,
    )


def _read_headers(dicom: Sequence[bytes], limits: Limits) -> tuple[list[Instance], int]:
    """Read each DICOM file's header, and count those that hold no image."""
    instances: list[Instance] = []
    frames = 0
    for data in dicom:
        try:
            instance = read_instance(data, limits)
        except UnusableImage:
            # The reader of pictures would ask for one frame, where the frames are not at fault.
            if len(dicom) == 1 and not has_several_frames(data):
                return [], 0
            raise
        if instance is not None:
            instances.append(instance)
            frames += len(instance.frames)
            check_together(frames)
    return instances, len(dicom) - len(instances)


def _unknown(kinds: Sequence[tuple[UploadedFile, str | None]]) -> int:
    """Count what is no image, nor the voxels of a header that is there, nor a disc's index."""
    named = (voxels_file(file.data) for file, kind in kinds if kind == "metaimage")
    voxels = {compose(name) for name in named if name is not None}
    return sum(
        kind is None
        and file.base_name not in voxels
        and not (is_directory(file.data) or is_zip(file.data))
        for file, kind in kinds
    )


def _nothing(
    kinds: Sequence[tuple[UploadedFile, str | None]], masks: int, dicom: int
) -> UnusableImage | UnknownFormat:
    if masks:
        return UnusableImage(
            "no_flair_series",
            "The upload holds nothing but volumes whose names say that they are masks (seg, mask, "
            "label). Send the FLAIR volume.",
        )
    if dicom:
        return UnusableImage(
            "unreadable_volume",
            "The upload's DICOM files hold no image (they are reports, masks or marks). Send the "
            "FLAIR series.",
        )
    if any(is_directory(file.data) for file, _ in kinds):
        return UnknownFormat(
            "unsupported_format",
            "Of what is read here, the upload holds nothing but the index of a disc (DICOMDIR), "
            "which has no image in it. Send the disc's other files with it, in one zip.",
        )
    if not any(file.data for file, _ in kinds):
        return UnknownFormat(
            "unsupported_format",
            "The upload holds no file that is read here: nothing at all, or empty files and "
            "folders, or what file managers leave behind. Send the FLAIR series' own files.",
        )
    return UnknownFormat(
        "unsupported_format",
        "The first bytes are those of no file that is read here: PNG, JPEG, TIFF, WebP, BMP, "
        "DICOM, NIfTI (.nii, .nii.gz), MetaImage (.mha, .mhd), or a zip of these. Export the FLAIR "
        "series in one of these formats and send it again.",
    )


def _left_out(count: int, many: str, one: str) -> tuple[str, ...]:
    if count == 0:
        return ()
    return (f"{count} files {many} were left out." if count > 1 else f"A file {one} was left out.",)

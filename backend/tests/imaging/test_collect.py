import gzip
import tracemalloc
from collections.abc import Callable
from typing import Any

import nibabel as nib
import numpy as np
import pytest
from numpy.typing import NDArray

from brainai import labels
from brainai.errors import InputError, MalformedInput, TooLarge
from brainai.imaging.annotation import BURNED_IN_WARNING, TEXT_WARNING
from brainai.imaging.collect import Limits, UploadedFile, read_upload
from brainai.imaging.geometry import to_grid
from brainai.imaging.nifti import UNPLACED_WARNING
from brainai.imaging.study import MrSequence, Study, VolumeStudy
from tests.dicom_files import write_enhanced, write_series, write_zip
from tests.files import dicom, encode, phantom, png
from tests.orientations import ALL_ORIENTATIONS
from tests.studies import AFFINE, LIMITS, asymmetric, mha, mhd, nifti, oblique, stored_as, upload

VOXELS = asymmetric()

Write = Callable[[NDArray[np.int16], NDArray[np.float64]], list[bytes | tuple[str, bytes]]]

WAYS: dict[str, Write] = {
    "nii": lambda v, a: [nifti(v, a)],
    "gzipped nii": lambda v, a: [gzip.compress(nifti(v, a))],
    "mha": lambda v, a: [mha(v, a)],
    "mhd + raw": lambda v, a: [("x.mhd", mhd(v, a)), ("voxels.raw", v.tobytes(order="F"))],
    "files": lambda v, a: list(write_series(v, a)),
    "enhanced": lambda v, a: [write_enhanced(v, a)],
    "zip of files": lambda v, a: [write_zip(write_series(v, a))],
    "zip of nii.gz": lambda v, a: [write_zip({"a/b.nii.gz": gzip.compress(nifti(v, a))})],
}


def _volume(*files: bytes | tuple[str, bytes], series: int | None = None) -> VolumeStudy:
    study = read_upload(upload(*files), LIMITS, series)
    assert isinstance(study, VolumeStudy)
    return study


def _refused(*files: bytes | tuple[str, bytes], series: int | None = None) -> InputError:
    with pytest.raises(InputError) as caught:
        read_upload(upload(*files), LIMITS, series)
    return caught.value


# Each format in every orientation; packed forms of them in some.
_CASES = [(way, codes) for way in ("nii", "mha", "files", "enhanced") for codes in ALL_ORIENTATIONS]
_CASES += [(way, codes) for way in WAYS for codes in ALL_ORIENTATIONS[::9] if " " in way]


@pytest.mark.parametrize(("way", "codes"), _CASES)
def test_every_orientation_of_every_format_gives_one_and_the_same_volume(
    way: str, codes: str
) -> None:
    stored, affine = stored_as(codes, VOXELS)
    study = _volume(*WAYS[way](stored, affine))
    volume = study.volume
    np.testing.assert_array_equal(volume.voxels, VOXELS)
    np.testing.assert_allclose(volume.affine, AFFINE, atol=1e-5)
    back = to_grid(volume.voxels, volume.grid)
    if study.format == "dicom":  # whose slices are counted along their normal
        assert volume.grid.shape == stored.shape
        flipped = not np.allclose(volume.grid.affine, affine, atol=1e-5)
        np.testing.assert_array_equal(back, stored[:, :, ::-1] if flipped else stored)
    else:
        np.testing.assert_allclose(volume.grid.affine, affine, atol=1e-5)
        np.testing.assert_array_equal(back, stored)
    assert (study.series, study.warnings) == (None, ())


@pytest.mark.parametrize("way", WAYS)
def test_an_oblique_volume_keeps_its_place(way: str) -> None:
    volume = _volume(*WAYS[way](VOXELS, oblique())).volume
    np.testing.assert_allclose(volume.grid.affine, oblique(), atol=1e-5)
    np.testing.assert_array_equal(to_grid(volume.voxels, volume.grid), VOXELS)


def test_one_picture_and_one_frame_of_dicom_are_single_slices() -> None:
    for data in (png(), dicom(), write_zip([png()]), write_zip([dicom()])):
        study = read_upload(upload(data), LIMITS)
        assert isinstance(study, Study)
        np.testing.assert_array_equal(study.slice.pixels, phantom())
        assert study.warnings == ()


def test_a_single_slice_with_text_is_warned_of() -> None:
    burned = read_upload(upload(dicom(BurnedInAnnotation="YES")), LIMITS)
    assert burned.warnings == (BURNED_IN_WARNING,)


def test_a_volume_with_text_is_warned_of() -> None:
    pixels = phantom(size_px=192).copy()
    for place in range(6):  # six strokes in a row
        pixels[6:16, 6 + 8 * place : 9 + 8 * place] = 255
    study = _volume(nifti(np.stack([pixels.T] * 10, axis=-1)))
    assert study.warnings == (TEXT_WARNING,)


def test_the_other_sequences_come_on_the_grid_of_the_flair() -> None:
    finer = np.repeat(VOXELS, 2, axis=2)
    half = AFFINE @ np.diag([1, 1, 0.5, 1])
    half[2, 3] -= 1  # so that the pairs of thin slices lie in the thick ones
    study = _volume(
        ("x_t1.nii.gz", gzip.compress(nifti(VOXELS + 1))),
        ("x_flair.nii.gz", gzip.compress(nifti(VOXELS))),
        ("x_t1ce.nii.gz", gzip.compress(nifti(*stored_as("PIL", VOXELS)))),
        ("x_t2.nii.gz", gzip.compress(nifti(finer, half))),
        ("x_seg.nii.gz", gzip.compress(nifti(VOXELS))),
    )
    np.testing.assert_array_equal(study.volume.voxels, VOXELS)
    assert list(study.others) == [labels.Sequence.T1, labels.Sequence.T1C, labels.Sequence.T2]
    np.testing.assert_array_equal(study.others[labels.Sequence.T1], VOXELS + 1)
    np.testing.assert_array_equal(study.others[labels.Sequence.T1C], VOXELS)
    np.testing.assert_allclose(study.others[labels.Sequence.T2], VOXELS, rtol=1e-5)
    assert study.series is not None
    assert (study.series.number, study.series.of) == (2, 4)
    assert study.series.reason == "It is FLAIR: its file name says so."
    assert study.warnings == ("A file named as a mask was left out.",)


def test_sequences_that_do_not_overlap_are_refused() -> None:
    far = AFFINE.copy()
    far[0, 3] += 1000
    files = ("flair.nii", nifti(VOXELS)), ("t1.nii", nifti(VOXELS, far))
    assert _refused(*files).code == "no_overlap"
    series = write_series(VOXELS, far, SeriesDescription="AX T1")
    assert _refused(*series, *write_series(VOXELS, AFFINE)).code == "no_overlap"


def test_a_sequence_that_covers_a_part_is_warned_of() -> None:
    shifted = AFFINE.copy()
    shifted[2, 3] += 24
    study = _volume(("flair.nii", nifti(VOXELS)), ("t1.nii", nifti(VOXELS, shifted)))
    assert study.warnings == ("The T1 volume covers 50% of the FLAIR's.",)


def test_a_sequence_whose_place_is_not_known_is_warned_of() -> None:
    centred = nib.Nifti1Image(VOXELS, None)
    centred.header.set_zooms((2, 3, 4))
    study = _volume(("a_flair.nii", nifti(VOXELS)), ("a_t1ce.nii", centred.to_bytes()))
    assert list(study.others) == [labels.Sequence.T1C]
    assert f"Of the T1c volume: {UNPLACED_WARNING}" in study.warnings


def test_a_sequence_of_another_visit_gives_way_to_one_of_the_same_and_is_warned_of() -> None:
    def write(name: str, frame: str, voxels: NDArray[np.int16]) -> list[bytes]:
        return write_series(voxels, AFFINE, SeriesDescription=name, FrameOfReferenceUID=frame)

    flair = write("AX FLAIR", "1.2.3", VOXELS)
    more = np.concatenate([VOXELS, VOXELS], axis=2)
    other = write("T1 post gad", "1.2.4", more)
    study = _volume(*flair, *other)
    (warning,) = [each for each in study.warnings if "frame of reference" in each]
    assert "T1c" in warning
    study = _volume(*flair, *other, *write("T1 post gad", "1.2.3", VOXELS * 2))
    np.testing.assert_array_equal(study.others[labels.Sequence.T1C], study.volume.voxels * 2)
    assert not any("frame of reference" in each for each in study.warnings)


def test_another_sequence_that_can_not_be_read_is_left_out_with_a_warning() -> None:
    holed = write_series(VOXELS, AFFINE, SeriesDescription="AX T1", series_uid="1.2.3")
    doubled = write_series(VOXELS + 1, AFFINE, SeriesDescription="AX T1", series_uid="1.2.3")
    study = _volume(*holed, *doubled, *write_series(VOXELS, AFFINE))
    assert study.others == {}
    assert study.warnings == ("The T1 volume can't be read and was left out.",)


def test_another_sequence_that_makes_no_volume_is_left_out_with_a_warning() -> None:
    contrast = write_series(VOXELS, AFFINE, SeriesDescription="T1 post gad")
    del contrast[4]
    study = _volume(*contrast, *write_series(VOXELS, AFFINE))
    assert study.others == {}
    assert study.warnings == ("The T1c series makes no volume and was left out.",)


def test_several_volumes_without_a_flair_among_their_names_are_refused() -> None:
    error = _refused(("t1.nii", nifti(VOXELS)), ("x.nii", nifti(VOXELS)))
    assert error.code == "no_flair_series"
    assert "2 volumes" in error.message


def test_the_flair_among_channels_must_be_told() -> None:
    data = nifti(np.stack([VOXELS, VOXELS + 1, VOXELS + 2, VOXELS + 3], axis=-1))
    error = _refused(("x_flair.nii", data))
    assert error.code == "no_flair_series"
    assert "4 volumes" in error.message
    study = _volume(data, series=3)
    np.testing.assert_array_equal(study.volume.voxels, VOXELS + 2)
    assert study.series is not None
    assert (study.series.number, study.series.of) == (3, 4)


def test_channels_that_the_name_lists_are_told_apart() -> None:
    data = nifti(np.stack([VOXELS, VOXELS + 1, VOXELS + 2, VOXELS + 3], axis=-1))
    study = _volume(("t1c-t2_x-t1-flair.nii", data))
    np.testing.assert_array_equal(study.volume.voxels, VOXELS + 3)
    assert study.series is not None
    assert study.series.reason == "It is FLAIR: its file name says so."
    assert set(study.others) == {labels.Sequence.T1, labels.Sequence.T1C, labels.Sequence.T2}
    np.testing.assert_array_equal(study.others[labels.Sequence.T1C], VOXELS)
    np.testing.assert_array_equal(study.others[labels.Sequence.T2], VOXELS + 1)


def test_a_folder_of_a_scanner_gives_its_flair_and_says_why() -> None:
    localiser = write_series(VOXELS[..., :3], AFFINE, series_uid="1.2.3")
    localiser += write_series(VOXELS[..., :3], AFFINE[:, [1, 2, 0, 3]], series_uid="1.2.3")
    series = [
        *localiser,
        *write_series(VOXELS + 1, AFFINE, SeriesDescription="AX T1 POST GD"),
        *write_series(VOXELS, AFFINE, SeriesDescription="AX T2 FLAIR"),
        *write_series(VOXELS + 2, AFFINE, SeriesDescription="AX DWI"),
    ]
    folder = {f"DISC/S{n % 3}/IM{n}": data for n, data in enumerate(series)}
    study = _volume(write_zip({"DISC/README.TXT": b"hello", "__MACOSX/DISC/._IM1": b"x", **folder}))
    np.testing.assert_array_equal(study.volume.voxels, VOXELS)
    assert study.series is not None
    assert (study.series.number, study.series.of) == (3, 4)
    assert study.facts.sequence is MrSequence.FLAIR
    np.testing.assert_array_equal(study.others[labels.Sequence.T1C], VOXELS + 1)
    assert study.warnings == ("A file that holds no image was left out.",)


def test_a_series_that_the_caller_names_keeps_the_facts_of_its_header() -> None:
    files = [
        *write_series(VOXELS, AFFINE),
        *write_series(VOXELS, AFFINE, SeriesDescription="AX DWI"),
    ]
    assert _volume(*files, series=2).facts.sequence is MrSequence.DIFFUSION


def test_the_facts_of_a_volume_are_those_of_its_header() -> None:
    study = _volume(*write_series(VOXELS, AFFINE, Modality="CT", BodyPartExamined="CHEST"))
    assert study.facts.modality == "CT"
    assert study.facts.body_part == "another part of the body"


def test_nothing_of_the_patient_leaves_the_readers() -> None:
    told: dict[str, Any] = {
        "PatientName": "Doe^Jane",
        "PatientID": "4242",
        "SeriesDescription": "Doe FLAIR",
        "InstitutionName": "Doe Hospital",
    }
    files = [
        UploadedFile(f"Doe_{n}.dcm", data)
        for n, data in enumerate(
            [*write_series(VOXELS, AFFINE, **told), *write_series(VOXELS, AFFINE, **told)]
        )
    ]
    study = read_upload(files, LIMITS)
    assert "Doe" not in repr(study)
    assert "4242" not in repr(study)


def test_several_pictures_are_refused() -> None:
    error = _refused(png(), encode(phantom(5)))
    assert (error.code, type(error)) == ("several_files", MalformedInput)


def test_an_upload_without_files_or_of_empty_ones_is_refused() -> None:
    assert _refused().code == "no_file"
    assert _refused(b"").code == _refused(b"", b"").code == "empty_file"


def test_an_empty_file_beside_others_is_left_out_with_a_warning() -> None:
    study = read_upload(upload(("AUTORUN.INF", b""), png()), LIMITS)
    assert study.warnings == ("A file that holds no image was left out.",)


def test_too_many_files_are_refused() -> None:
    error = _refused(*[b"x"] * (LIMITS.max_files + 1))
    assert (error.code, type(error)) == ("too_many_files", TooLarge)


def test_a_bomb_in_a_bomb_takes_no_more_memory_than_the_limits_say() -> None:
    header = nifti(np.zeros((100, 100, 100), np.int16))[:352]
    bomb = write_zip({"a.nii.gz": gzip.compress(header + bytes(100_000_000))})
    limits = Limits(1 << 20, 1 << 22, 1 << 23, 10)
    tracemalloc.start()
    study = read_upload(upload(bomb), limits)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(study, VolumeStudy)  # what comes after the voxels is never unpacked
    assert peak < 50_000_000

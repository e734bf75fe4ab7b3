import numpy as np
import pytest

from brainai.errors import InputError, MalformedInput, UnknownFormat, UnusableImage
from brainai.imaging import sort_files as sort_files_module
from brainai.imaging.candidate import Evidence
from brainai.imaging.dicom_frames import Instance, read_instance
from brainai.imaging.sort_files import Found, sort_files
from brainai.imaging.study import MrSequence
from brainai.imaging.upload import Limits
from tests.dicom_files import enhanced_dataset, write_enhanced, write_series, write_zip
from tests.files import dicom, dicom_dataset, phantom, png, save
from tests.studies import AFFINE, LIMITS, asymmetric, mha, mhd, nifti, upload

VOXELS = asymmetric()
SERIES = write_series(VOXELS, AFFINE)


def _sort(*files: bytes | tuple[str, bytes]) -> Found:
    return sort_files(upload(*files), LIMITS)


def _refused(*files: bytes | tuple[str, bytes]) -> InputError:
    with pytest.raises(InputError) as caught:
        _sort(*files)
    return caught.value


def test_each_kind_of_volume_is_a_candidate() -> None:
    found = _sort(nifti(VOXELS), mha(VOXELS), *SERIES, write_enhanced(VOXELS, AFFINE))
    assert [one.format for one in found.candidates] == ["nifti", "metaimage", "dicom", "dicom"]
    assert [one.shape for one in found.candidates] == [VOXELS.shape] * 4
    assert (found.pictures, found.warnings) == ((), ())


def test_pictures_alone_are_pictures() -> None:
    assert _sort(png(), dicom()).pictures == (png(), dicom())
    assert _sort(png()).candidates == ()


def test_pictures_beside_volumes_are_left_out_with_a_warning() -> None:
    found = _sort(png(), *SERIES)
    assert len(found.candidates) == 1
    assert found.warnings == ("A file of a single picture was left out.",)


def test_other_files_are_left_out_with_a_warning() -> None:
    found = _sort(b"read me", b"\0" * 500, dicom(Modality="SR"), *SERIES)
    assert found.warnings == ("3 files that hold no image were left out.",)


@pytest.mark.parametrize("name", ["__MACOSX/x/im1", "x/._im1", "x/.DS_Store", "Thumbs.db"])
def test_litter_of_file_managers_is_left_out_without_a_word(name: str) -> None:
    assert _sort((name, b"litter"), *SERIES).warnings == ()


def test_a_zip_within_a_zip_is_left_out_with_a_warning_where_there_is_a_volume() -> None:
    viewer = ("viewer.jar", write_zip({"a.class": b"x"}))
    assert _sort(viewer, *SERIES).warnings == ("A file that is a zip within a zip was left out.",)
    assert _sort(viewer, viewer, b"x", *SERIES).warnings == (
        "A file that holds no image was left out.",
        "2 files that are zips within a zip were left out.",
    )


@pytest.mark.parametrize("beside", [(), (b"read me",), (png(),)])
def test_a_zip_within_a_zip_is_refused_where_there_is_no_volume(beside: tuple[bytes, ...]) -> None:
    error = _refused(write_zip(SERIES), *beside)
    assert (error.code, type(error)) == ("bad_archive", MalformedInput)
    assert "another zip" in error.message


def test_a_directory_of_a_disc_is_left_out_without_a_word() -> None:
    dataset = dicom_dataset(phantom())
    dataset.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.1.3.10"  # type: ignore[assignment]
    assert _sort(("DICOMDIR", save(dataset)), *SERIES).warnings == ()


def test_the_name_of_a_volume_tells_its_sequence() -> None:
    found = _sort(("a_t1ce.nii", nifti(VOXELS)), ("a_flair.mha", mha(VOXELS)))
    assert [one.sequence for one in found.candidates] == [MrSequence.T1C, MrSequence.FLAIR]
    assert {one.evidence for one in found.candidates} == {Evidence.FILE_NAME}
    # A name is no header: the gate must go by the pixels.
    assert {one.facts.sequence for one in found.candidates} == {None}


def test_a_mask_is_left_out_with_a_warning() -> None:
    found = _sort(("a_seg.nii", nifti(VOXELS)), ("a.nii", nifti(VOXELS)))
    assert len(found.candidates) == 1
    assert found.warnings == ("A file named as a mask was left out.",)


def test_a_folder_that_is_named_like_a_mask_makes_none_of_all_that_there_is() -> None:
    assert len(_sort(("tumor-seg/a.nii", nifti(VOXELS))).candidates) == 1
    found = _sort(("tumor-seg/a.nii", nifti(VOXELS)), ("scans/a.nii", nifti(VOXELS)))
    assert len(found.candidates) == 1
    assert found.warnings == ("A file named as a mask was left out.",)


def test_a_mask_alone_is_refused() -> None:
    assert "masks" in _refused(("a_seg.nii", nifti(VOXELS))).message


def test_files_that_claim_absurdly_many_channels_together_are_refused() -> None:
    channels = nifti(np.zeros((1, 1, 1, 4096), np.int8))
    assert len(_sort(*[channels] * 4).candidates) == 16_384
    assert _refused(*[channels] * 5).code == "too_many_voxels"


def test_a_header_is_paired_with_the_voxels_in_its_own_folder() -> None:
    raw = VOXELS.tobytes(order="F")
    other = bytes(len(raw))
    found = _sort(("a/voxels.raw", other), ("b/voxels.raw", raw), ("b/x.mhd", mhd(VOXELS)), *SERIES)
    volume, _ = found.candidates[0].load()
    assert volume.voxels.max() == VOXELS.max()
    assert found.warnings == ()


def test_a_header_is_paired_with_its_voxels_whether_an_umlaut_is_one_letter_or_two() -> None:
    for one, other in (
        ("Scha\u0308del.raw", "Sch\u00e4del.raw"),
        ("Sch\u00e4del.raw", "Scha\u0308del.raw"),
    ):
        found = _sort((one, VOXELS.tobytes()), ("x.mhd", mhd(VOXELS, ElementDataFile=other)))
        assert (len(found.candidates), found.warnings) == (1, ())


def test_a_header_never_opens_a_file_of_this_machine() -> None:
    error = _refused(mhd(VOXELS, ElementDataFile="/etc/passwd"))
    assert (error.code, type(error)) == ("voxels_missing", MalformedInput)


def test_one_file_of_dicom_that_can_not_be_read_is_left_to_the_reader_of_pictures() -> None:
    assert _sort(dicom()[:200]).pictures == (dicom()[:200],)


def test_one_file_of_several_frames_that_can_not_be_read_is_refused_as_damaged() -> None:
    dataset = enhanced_dataset(VOXELS, AFFINE)
    del dataset.PerFrameFunctionalGroupsSequence[-1]
    assert _refused(save(dataset)).code == "unreadable_volume"


def test_a_damaged_file_among_many_is_refused_as_slices_must_not_get_lost() -> None:
    error = _refused(*SERIES, SERIES[0][:400])
    assert (error.code, type(error)) == ("unreadable_volume", UnusableImage)


def test_files_that_claim_absurdly_many_frames_together_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[int] = []

    def note(data: bytes, limits: Limits) -> Instance | None:
        read.append(len(data))
        return read_instance(data, limits)

    monkeypatch.setattr(sort_files_module, "read_instance", note)
    file = dicom(np.zeros((4096, 1), np.uint8), Rows=1, NumberOfFrames=4096)
    assert _refused(*[file] * 9).code == "too_many_voxels"
    assert len(read) == 5


def test_reports_alone_are_refused() -> None:
    assert "no image" in _refused(*[dicom(Modality="SR")] * 2).message


@pytest.mark.parametrize("data", [b"hello", b"\x1f\x8bnonsense", b"PK", b"\0" * 2000])
def test_files_of_no_known_format_are_refused(data: bytes) -> None:
    error = _refused(data)
    assert (error.code, type(error)) == ("unsupported_format", UnknownFormat)


def test_nothing_at_all_is_refused() -> None:
    for files in ((), (("a/x", b""), ("a/y", b"")), (("Thumbs.db", b"litter"),)):
        error = _refused(*files)
        assert (error.code, type(error)) == ("unsupported_format", UnknownFormat)
        assert "first bytes" not in error.message
        assert "nothing at all" in error.message


def test_a_directory_of_a_disc_alone_is_refused_as_what_it_is() -> None:
    dataset = dicom_dataset(phantom())
    dataset.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.1.3.10"  # type: ignore[assignment]
    for beside in ((), (b"read me",)):
        error = _refused(("DICOMDIR", save(dataset)), *beside)
        assert (error.code, type(error)) == ("unsupported_format", UnknownFormat)
        assert "index of a disc" in error.message

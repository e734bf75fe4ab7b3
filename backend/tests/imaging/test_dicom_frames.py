from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import EncapsulatedPDFStorage, MediaStorageDirectoryStorage

from brainai.errors import InputError
from brainai.imaging.candidate import Evidence
from brainai.imaging.dicom_frames import Frame, Instance, is_directory, read_instance
from brainai.imaging.study import MrSequence
from tests.dicom_files import enhanced_dataset, write_enhanced, write_series
from tests.files import dicom, dicom_dataset, phantom, save
from tests.studies import AFFINE, LIMITS, asymmetric

VOXELS = asymmetric()


def _read(data: bytes) -> Instance:
    instance = read_instance(data, LIMITS)
    assert instance is not None
    return instance


def _places(*frames: Frame) -> list[list[float]]:
    return [frame.position.tolist() for frame in frames if frame.position is not None]


def _refused(data: bytes) -> str:
    with pytest.raises(InputError) as caught:
        read_instance(data, LIMITS)
    return caught.value.code


def test_a_plain_file_is_one_frame_in_its_place() -> None:
    instance = _read(write_series(VOXELS, AFFINE)[3])
    (frame,) = instance.frames
    assert frame.orientation is not None
    np.testing.assert_allclose(_places(frame), [[20, 30, 17]])
    np.testing.assert_allclose(frame.orientation, [-1, 0, 0, 0, -1, 0])
    assert frame.spacing_mm == (3.0, 2.0)
    assert (instance.columns, instance.rows) == VOXELS.shape[:2]


def test_an_enhanced_file_has_a_place_for_each_frame() -> None:
    instance = _read(write_enhanced(VOXELS, AFFINE))
    assert [frame.number for frame in instance.frames] == list(range(12))
    np.testing.assert_allclose(_places(*instance.frames), [[20, 30, 5 + 4 * n] for n in range(12)])


def test_the_groups_of_a_frame_come_before_the_shared_ones() -> None:
    dataset = enhanced_dataset(VOXELS, AFFINE)
    scale = Dataset()
    scale.RescaleSlope, scale.RescaleIntercept = "2.5", "-3"
    dataset.PerFrameFunctionalGroupsSequence[1].PixelValueTransformationSequence = Sequence([scale])
    frames = _read(save(dataset)).frames
    assert (frames[1].slope, frames[1].intercept) == (2.5, -3)
    assert (frames[0].slope, frames[0].intercept) == (1, 0)


def test_the_times_of_an_enhanced_file_tell_flair() -> None:
    dataset = enhanced_dataset(VOXELS, AFFINE)
    del dataset.SeriesDescription
    echo, timing, modifier = Dataset(), Dataset(), Dataset()
    echo.EffectiveEchoTime = 120.0
    timing.RepetitionTime = "9000"
    modifier.InversionTimes = [2500.0]
    shared = dataset.SharedFunctionalGroupsSequence[0]
    shared.MREchoSequence = Sequence([echo])
    shared.MRTimingAndRelatedParametersSequence = Sequence([timing])
    shared.MRModifierSequence = Sequence([modifier])
    instance = _read(save(dataset))
    assert instance.facts.sequence is MrSequence.FLAIR
    assert instance.evidence is Evidence.TIMES


def _several(**elements: Any) -> bytes:
    """Three frames in a file without functional groups."""
    series = write_series(VOXELS, AFFINE)
    first = _read(series[0]).frames[0]
    assert first.position is not None
    assert first.orientation is not None
    told = {
        "ImagePositionPatient": first.position.tolist(),
        "ImageOrientationPatient": first.orientation.tolist(),
        **elements,
    }
    pixels = phantom(size_px=32)
    stacked = np.concatenate([pixels] * 3)
    return dicom(stacked, Rows=32, NumberOfFrames=3, **told)


def test_frames_without_groups_lie_a_gap_apart_where_that_is_told() -> None:
    frames = _read(_several(SpacingBetweenSlices="4")).frames
    np.testing.assert_allclose(_places(*frames), [[20, 30, 5 + 4 * n] for n in range(3)])


def test_frames_without_groups_have_no_place_where_their_gap_is_not_told() -> None:
    frames = _read(_several(SliceThickness="4")).frames
    assert [frame.position is None for frame in frames] == [False, True, True]


@pytest.mark.parametrize("modality", ["SEG", "SR", "PR"])
def test_masks_reports_and_marks_are_no_images(modality: str) -> None:
    assert read_instance(dicom(Modality=modality), LIMITS) is None


def test_what_has_no_rows_is_no_image_unless_it_should_be_one() -> None:
    dataset = dicom_dataset(phantom())
    del dataset.Rows
    assert _refused(save(dataset)) == "unreadable_volume"
    dataset.file_meta.MediaStorageSOPClassUID = EncapsulatedPDFStorage
    assert read_instance(save(dataset), LIMITS) is None


def test_a_directory_is_told_by_its_class() -> None:
    dataset = dicom_dataset(phantom())
    dataset.file_meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    assert is_directory(save(dataset))
    assert not is_directory(dicom())


@pytest.mark.parametrize(
    ("elements", "code"),
    [
        ({"Rows": 60_000, "Columns": 60_000}, "too_many_voxels"),
        ({"NumberOfFrames": 2_000_000_000}, "too_many_voxels"),
        ({"NumberOfFrames": -3}, "unreadable_volume"),
        ({"PerFrameFunctionalGroupsSequence": Sequence([Dataset()])}, "unreadable_volume"),
    ],
)
def test_a_header_that_can_not_be_is_refused(elements: Any, code: str) -> None:
    assert _refused(dicom(**{"NumberOfFrames": 2, **elements})) == code


def test_an_uncompressed_file_too_short_for_its_frames_is_refused() -> None:
    pixels = np.zeros((8, 8), np.uint16)
    assert len(_read(dicom(pixels, Rows=1, NumberOfFrames=8)).frames) == 8
    assert _refused(dicom(pixels, Rows=1, NumberOfFrames=4096)) == "unreadable_volume"


def test_numbers_that_are_none_are_left_out() -> None:
    (frame,) = _read(dicom(PixelSpacing=["1", "1"], RescaleSlope="2")).frames
    assert (frame.position, frame.orientation, frame.gap_mm, frame.slope) == (None, None, None, 2)


@pytest.mark.parametrize("elements", [{"RescaleSlope": "nan"}, {"RescaleIntercept": ["1", "2"]}])
def test_a_rescale_that_is_no_number_is_refused(elements: Any) -> None:
    assert _refused(dicom(**elements)) == "unreadable_volume"


def test_nothing_of_the_patient_shows_where_a_file_is_printed() -> None:
    instance = _read(dicom(PatientName="Doe^Jane", PatientID="4242", SeriesDescription="Doe FLAIR"))
    assert "Doe" not in repr(instance)
    assert "4242" not in repr(instance)

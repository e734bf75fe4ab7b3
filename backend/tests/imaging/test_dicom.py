from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset, Sequence
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    RLELossless,
)

from brainai.errors import TooLarge, UnusableImage
from brainai.imaging.annotation import BURNED_IN_WARNING
from brainai.imaging.dicom import read_dicom
from brainai.imaging.raster import COLOUR_WARNING
from brainai.imaging.study import Study
from tests.dicom_files import enhanced_dataset, write_enhanced
from tests.files import (
    MAX_PIXELS,
    dicom,
    dicom_dataset,
    encapsulated,
    encode,
    phantom,
    save,
)
from tests.gdcm_writer import to_lossless_jpeg

GREY = phantom()
WIDE = GREY.astype(np.uint16) * 16


def _read(data: bytes) -> Study:
    return read_dicom(data, MAX_PIXELS)


@pytest.mark.parametrize("pixels", [GREY, WIDE, WIDE.astype(np.int16) - 500])
@pytest.mark.parametrize(
    "syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian]
)
def test_uncompressed_pixels_keep_every_value(pixels: Any, syntax: Any) -> None:
    study = _read(save(dicom_dataset(pixels, syntax)))
    assert study.slice.pixels.dtype == np.float32
    np.testing.assert_array_equal(study.slice.pixels, pixels)
    assert study.warnings == ()


def test_the_spacing_is_read_as_row_then_column() -> None:
    assert _read(dicom()).slice.spacing_mm == (0.9, 0.8)


@pytest.mark.parametrize("spacing", [[0, 1], None])
def test_a_spacing_that_makes_no_sense_is_left_out(spacing: Any) -> None:
    assert _read(dicom(PixelSpacing=spacing)).slice.spacing_mm is None


def test_the_spacing_of_an_enhanced_file_of_one_frame_is_read_from_its_groups() -> None:
    data = write_enhanced(WIDE.T[..., None], np.diag([0.8, 0.9, 4.0, 1.0]))
    assert _read(data).slice.spacing_mm == (0.9, 0.8)


@pytest.mark.parametrize(
    ("ways", "plane"),
    [
        ([0, 1, 0, 0, 0, -1], "sagittal"),
        ([1, 0, 0, 0, 0, -1], "coronal"),
        ([1, 0, 0, 0, 0.6, -0.8], "coronal"),
        ([1, 0, 0, 0, 0.8, -0.6], None),
        ([1, 0, 0, 0, 1, 0], None),
        ([0, 0, 0, 0, 0, 0], None),
        ([1, 0, 0], None),
        (None, None),
    ],
)
def test_a_slice_that_its_header_calls_other_than_axial_is_warned_of(
    ways: Any, plane: str | None
) -> None:
    warnings = _read(dicom(ImageOrientationPatient=ways)).warnings
    assert len(warnings) == (plane is not None)
    assert all(f"says that this slice is {plane}." in warning for warning in warnings)


@pytest.mark.parametrize("number", [b"a.b", b"   ", b"nan", b"inf"])
def test_a_header_whose_numbers_are_none_tells_no_plane_and_no_spacing(number: bytes) -> None:
    whole = dicom(PixelSpacing=["1.1", "1.1"], ImageOrientationPatient=["1.1", 0, 0, 0, "1.1", 0])
    study = _read(whole.replace(b"1.1", number))
    assert study.slice.spacing_mm is None
    assert study.warnings == ()


def test_the_plane_of_an_enhanced_file_of_one_frame_is_read_from_its_groups() -> None:
    affine = np.array([[0, 0, 4.0, 0], [0.8, 0, 0, 0], [0, 0.9, 0, 0], [0, 0, 0, 1]])
    (warning,) = _read(write_enhanced(WIDE.T[..., None], affine)).warnings
    assert "this slice is sagittal" in warning


def test_rescale_slope_and_intercept_are_applied() -> None:
    study = _read(dicom(WIDE, RescaleSlope=2.5, RescaleIntercept=-100))
    np.testing.assert_allclose(study.slice.pixels, WIDE * 2.5 - 100)


@pytest.mark.parametrize("slope", [None, "1"])
def test_an_empty_slope_or_intercept_changes_nothing(slope: Any) -> None:
    study = _read(dicom(WIDE, RescaleSlope=slope, RescaleIntercept=None))
    np.testing.assert_array_equal(study.slice.pixels, WIDE)


def test_the_rescale_of_an_enhanced_file_of_one_frame_is_read_from_its_groups() -> None:
    dataset = enhanced_dataset(WIDE.T[..., None], np.eye(4))
    scale = Dataset()
    scale.RescaleSlope, scale.RescaleIntercept = "-1", "4095"
    dataset.PerFrameFunctionalGroupsSequence[0].PixelValueTransformationSequence = Sequence([scale])
    np.testing.assert_array_equal(_read(save(dataset)).slice.pixels, 4095 - WIDE.astype(float))


def test_monochrome1_is_turned_so_that_high_is_bright() -> None:
    study = _read(dicom(GREY.max() - GREY, PhotometricInterpretation="MONOCHROME1"))
    np.testing.assert_array_equal(study.slice.pixels, GREY - GREY.min())


@pytest.mark.parametrize("elements", [{}, {"RescaleSlope": 2, "RescaleIntercept": -900}])
def test_grey_kept_as_colour_becomes_grey_again(elements: Any) -> None:
    study = _read(dicom(np.repeat(GREY[..., None], 3, axis=2), **elements))
    np.testing.assert_array_equal(study.slice.pixels, GREY * 2.0 - 900 if elements else GREY)
    assert study.warnings == ()


def test_of_a_colour_file_the_green_channel_is_taken_with_a_warning() -> None:
    before, after = np.roll(GREY, 20, axis=0), np.roll(GREY, 20, axis=1)
    study = _read(dicom(np.stack([before, GREY, after], axis=2), BurnedInAnnotation="YES"))
    np.testing.assert_array_equal(study.slice.pixels, GREY)
    assert study.warnings == (BURNED_IN_WARNING, COLOUR_WARNING)


def test_palette_colours_are_refused() -> None:
    with pytest.raises(UnusableImage, match="palette colours") as caught:
        _read(dicom(PhotometricInterpretation="PALETTE COLOR"))
    assert caught.value.code == "unreadable_image"


def test_rle_is_decoded() -> None:
    dataset = dicom_dataset(WIDE)
    dataset.compress(RLELossless, generate_instance_uid=False)
    np.testing.assert_array_equal(_read(save(dataset)).slice.pixels, WIDE)


def test_lossless_jpeg_is_decoded(tmp_path: Path) -> None:
    data = to_lossless_jpeg(dicom(WIDE), tmp_path)
    assert JPEGLosslessSV1.encode() in data
    np.testing.assert_array_equal(_read(data).slice.pixels, WIDE)


def test_baseline_jpeg_is_decoded() -> None:
    dataset = encapsulated(GREY, JPEGBaseline8Bit, encode(GREY, "JPEG", quality=95))
    assert np.abs(_read(save(dataset)).slice.pixels - GREY).mean() < 3


def test_jpeg_2000_is_decoded() -> None:
    frame = encode(GREY, "JPEG2000", no_jp2=True)
    dataset = encapsulated(GREY, JPEG2000Lossless, frame)
    np.testing.assert_array_equal(_read(save(dataset)).slice.pixels, GREY)


@pytest.mark.parametrize("syntax", [JPEGBaseline8Bit, JPEG2000Lossless, RLELossless])
def test_a_frame_that_claims_another_size_than_the_header_is_not_decoded(syntax: Any) -> None:
    big = np.zeros((2000, 2000), np.uint8)
    name = "JPEG" if syntax == JPEGBaseline8Bit else "JPEG2000"
    rle = (1).to_bytes(4, "little") + (64).to_bytes(4, "little") + bytes(56) + b"\x81\0" * 40_000
    frame = rle if syntax == RLELossless else encode(big, name)
    with pytest.raises(UnusableImage) as caught:
        _read(save(encapsulated(GREY, syntax, frame)))
    assert caught.value.code == "unreadable_image"
    assert "size" in str(caught.value.__cause__)


def test_a_deflated_file_is_refused_before_it_is_inflated() -> None:
    with pytest.raises(UnusableImage) as caught:
        _read(save(dicom_dataset(GREY, DeflatedExplicitVRLittleEndian)))
    assert "deflated" in str(caught.value.__cause__)


def test_a_file_of_several_frames_is_refused() -> None:
    with pytest.raises(UnusableImage) as caught:
        _read(dicom(np.concatenate([GREY, GREY]), Rows=GREY.shape[0], NumberOfFrames=2))
    assert caught.value.code == "multiple_frames"


@pytest.mark.filterwarnings("ignore")  # pydicom says that it found more than the header says
def test_more_pixels_than_the_header_says_are_refused() -> None:
    with pytest.raises(UnusableImage) as caught:
        _read(dicom(Rows=30))
    assert caught.value.code == "unreadable_image"


def test_a_header_that_claims_too_many_pixels_is_refused() -> None:
    with pytest.raises(TooLarge):
        _read(dicom(Rows=60_000, Columns=60_000))


@pytest.mark.filterwarnings("ignore")  # pydicom says what it misses before it gives up
@pytest.mark.parametrize("keep", [140, 400, -1000])
def test_a_file_cut_short_is_refused_as_unreadable(keep: int) -> None:
    with pytest.raises(UnusableImage) as caught:
        _read(dicom()[:keep])
    assert caught.value.code == "unreadable_image"


def test_a_file_without_pixels_is_refused_as_unreadable() -> None:
    dataset = dicom_dataset(GREY)
    del dataset.PixelData
    with pytest.raises(UnusableImage):
        _read(save(dataset))


def test_text_that_the_header_says_is_burned_in_is_warned_of() -> None:
    assert _read(dicom(BurnedInAnnotation="YES")).warnings == (BURNED_IN_WARNING,)
    assert _read(dicom(BurnedInAnnotation="NO")).warnings == ()


def test_nothing_of_the_patient_leaves_the_header() -> None:
    study = _read(dicom(PatientName="Doe^Jane", PatientID="42", SeriesDescription="T2 Doe"))
    assert "Doe" not in repr(study)

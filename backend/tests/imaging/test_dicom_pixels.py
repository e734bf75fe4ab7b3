import io
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom.encaps import encapsulate
from pydicom.uid import (
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from brainai.imaging import dicom_pixels
from brainai.imaging.dicom_pixels import decode, decode_many, needs_gdcm
from brainai.imaging.isolated import decode_apart
from tests.dicom_files import enhanced_dataset
from tests.files import dicom, dicom_dataset, encapsulated, encode, phantom, save
from tests.gdcm_writer import to_jpeg_ls, to_lossless_jpeg
from tests.studies import AFFINE

GREY = phantom()
WIDE = GREY.astype(np.uint16) * 16


def test_only_what_nothing_else_decodes_goes_to_gdcm() -> None:
    assert needs_gdcm(JPEGLosslessSV1)
    assert needs_gdcm(JPEGLSLossless)
    assert not any(map(needs_gdcm, (ExplicitVRLittleEndian, RLELossless, JPEG2000Lossless)))


def test_files_that_need_gdcm_are_decoded_in_one_process_in_their_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def count(files: Any) -> Any:
        calls.append(len(files))
        return decode_apart(files)

    monkeypatch.setattr(dicom_pixels, "decode_apart", count)
    other = WIDE[::-1].copy()
    coded = [to_lossless_jpeg(dicom(pixels), tmp_path) for pixels in (WIDE, other)]
    files = [
        (coded[0], JPEGLosslessSV1),
        (dicom(GREY), ExplicitVRLittleEndian),
        (coded[1], JPEGLosslessSV1),
    ]
    first, second, third = decode_many(files)
    np.testing.assert_array_equal(first, WIDE)
    np.testing.assert_array_equal(second, GREY)
    np.testing.assert_array_equal(third, other)
    assert calls == [2]


def _several_frames(frames: list[bytes]) -> pydicom.Dataset:
    voxels = np.stack([GREY.T] * len(frames), axis=-1)
    dataset = enhanced_dataset(voxels, AFFINE)
    dataset.file_meta.TransferSyntaxUID = JPEG2000Lossless
    dataset.PixelData = encapsulate(frames)
    dataset["PixelData"].is_undefined_length = True
    return dataset


def test_the_compressed_frames_of_one_file_are_decoded() -> None:
    other = GREY[::-1].copy()
    frames = [encode(pixels, "JPEG2000", no_jp2=True) for pixels in (GREY, other)]
    decoded = decode(save(_several_frames(frames)), JPEG2000Lossless)
    np.testing.assert_array_equal(decoded, [GREY, other])


def test_a_later_frame_that_claims_another_size_is_not_decoded() -> None:
    frames = [encode(GREY, "JPEG2000"), encode(np.zeros((2000, 2000), np.uint8), "JPEG2000")]
    with pytest.raises(ValueError, match="size"):
        decode(save(_several_frames(frames)), JPEG2000Lossless)


def test_a_frame_for_gdcm_that_claims_another_size_does_not_reach_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dicom_pixels, "decode_apart", lambda _: pytest.fail("it did"))
    data = save(encapsulated(GREY, JPEGLosslessSV1, encode(phantom(size_px=64), "JPEG")))
    with pytest.raises(ValueError, match="size"):
        decode(data, JPEGLosslessSV1)


@pytest.mark.filterwarnings("ignore")  # pydicom says that it found more than the header says
@pytest.mark.parametrize("elements", [{"Rows": 30}, {"Rows": 64, "NumberOfFrames": 1}])
def test_more_pixels_than_the_header_says_are_refused(elements: Any) -> None:
    with pytest.raises(ValueError, match="header"):
        decode(dicom(GREY, **elements), ExplicitVRLittleEndian)


@pytest.mark.parametrize("pixels", [WIDE, WIDE.astype(np.int16) - 2040])
def test_stored_bits_that_are_not_the_lowest_are_moved_down(pixels: NDArray[Any]) -> None:
    junk = (np.indices(pixels.shape).sum(axis=0) % 16).astype(pixels.dtype)
    data = dicom((pixels << 4) | junk, BitsStored=12, HighBit=15)
    np.testing.assert_array_equal(decode(data, ExplicitVRLittleEndian), pixels)


@pytest.mark.parametrize("least", [-2040, 0])
def test_the_sign_of_fewer_stored_bits_than_were_coded_is_heeded(
    least: int, tmp_path: Path
) -> None:
    pixels = WIDE.astype(np.int16) // 2 + np.int16(least)
    coded = to_jpeg_ls(dicom(pixels.view(np.uint16) & np.uint16(4095)), tmp_path)
    dataset = pydicom.dcmread(io.BytesIO(coded))
    dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 12, 11, 1
    np.testing.assert_array_equal(decode(save(dataset), JPEGLSLossless), pixels)


def _padded(pixels: NDArray[Any], value: int, vr: str, **elements: Any) -> NDArray[Any]:
    """Decode a file whose first rows are padding, of a value that its header names."""
    pixels = pixels.copy()
    pixels[:10] = value
    dataset = dicom_dataset(pixels, **elements)
    dataset.add_new("PixelPaddingValue", vr, value % 2**16 if vr == "US" else value)
    return decode(save(dataset), ExplicitVRLittleEndian)


@pytest.mark.parametrize(("value", "vr"), [(-32768, "SS"), (-2000, "SS"), (-2000, "US")])
@pytest.mark.parametrize("least", [-5, 0, 60])
def test_padding_is_air(value: int, vr: str, least: int) -> None:
    pixels = (WIDE - WIDE.min()).astype(np.int16) + np.int16(least)
    decoded = _padded(pixels, value, vr)
    assert (decoded[:10] == min(0, pixels[10:].min())).all()
    np.testing.assert_array_equal(decoded[10:], pixels[10:])


def test_padding_may_be_the_greatest_value_or_a_range_or_black_already() -> None:
    assert _padded(WIDE, 65535, "US").max() == WIDE.max()
    assert _padded(WIDE, 65000, "US", PixelPaddingRangeLimit=65535).max() == WIDE.max()
    np.testing.assert_array_equal(_padded(WIDE, 0, "US")[10:], WIDE[10:])


def test_the_padding_of_an_inverted_image_is_its_greatest_value() -> None:
    decoded = _padded(WIDE, 65535, "US", PhotometricInterpretation="MONOCHROME1")
    assert (decoded[:10] == WIDE[10:].max()).all()


def test_a_padding_that_no_pixel_of_the_type_can_have_changes_nothing() -> None:
    dataset = dicom_dataset(GREY)
    dataset.add_new("PixelPaddingValue", "SS", -2000)
    np.testing.assert_array_equal(decode(save(dataset), ExplicitVRLittleEndian), GREY)

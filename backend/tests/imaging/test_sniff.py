import gzip

import nibabel as nib
import numpy as np
import pytest

from brainai.errors import MalformedInput, UnknownFormat
from brainai.imaging.sniff import FORMATS, read_study, sniff_format, sniff_volume
from tests.files import MAX_PIXELS, dicom, encode, phantom, png
from tests.studies import AFFINE, asymmetric, mha, mhd, nifti


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "dicom"])
def test_each_raster_format_is_named_by_its_first_bytes(name: str) -> None:
    data = encode(phantom(), name)
    assert sniff_format(data) == name
    assert read_study(data, MAX_PIXELS).format == name


def test_dicom_is_named_by_its_preamble() -> None:
    assert sniff_format(dicom()) == "dicom"
    assert read_study(dicom(), MAX_PIXELS).format == "dicom"


@pytest.mark.parametrize("magic", [b"MM\x00*", b"II+\x00", b"MM\x00+"])
def test_a_big_endian_tiff_and_a_bigtiff_are_tiffs(magic: bytes) -> None:
    assert sniff_format(magic + bytes(100)) == "tiff"


def test_a_bigtiff_is_read() -> None:
    data = encode(phantom(), "TIFF", big_tiff=True)
    assert data.startswith(b"II+")
    np.testing.assert_array_equal(read_study(data, MAX_PIXELS).slice.pixels, phantom())


@pytest.mark.parametrize("data", [b"hello", b"\x00" * 200, b"RIFF1234WAVE", b"GIF89a", b"\x1f\x8b"])
def test_bytes_of_no_known_format_are_refused(data: bytes) -> None:
    with pytest.raises(UnknownFormat) as caught:
        read_study(data, MAX_PIXELS)
    assert caught.value.code == "unsupported_format"


def test_an_empty_file_is_refused_as_empty() -> None:
    with pytest.raises(MalformedInput) as caught:
        read_study(b"", MAX_PIXELS)
    assert caught.value.code == "empty_file"


def test_the_same_bytes_give_the_same_pixels() -> None:
    first, second = read_study(png(), MAX_PIXELS), read_study(png(), MAX_PIXELS)
    np.testing.assert_array_equal(first.slice.pixels, second.slice.pixels)


def test_volumes_are_named_by_their_headers_packed_or_not() -> None:
    voxels = asymmetric()
    second = bytes(nib.Nifti2Image(voxels, AFFINE).to_bytes())
    for data in (nifti(voxels), second):
        assert sniff_volume(data) == sniff_volume(gzip.compress(data)) == "nifti"
    assert sniff_volume(mha(voxels)) == sniff_volume(mhd(voxels)) == "metaimage"


@pytest.mark.parametrize(
    "data", [b"", b"NDims", b"\x5c\x01" + bytes(600), gzip.compress(b"x"), png()]
)
def test_what_is_no_volume_is_named_as_none(data: bytes) -> None:
    assert sniff_volume(data) is None

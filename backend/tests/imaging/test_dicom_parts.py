import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import DeflatedExplicitVRLittleEndian

from brainai.imaging.dicom_parts import read_header, read_pixel_elements
from tests.files import dicom, dicom_dataset, phantom, save


def test_a_header_has_no_pixels_and_nothing_that_is_not_used() -> None:
    header = read_header(dicom(InstitutionName="Somewhere", PatientID="42"))
    assert "PixelData" not in header
    assert "InstitutionName" not in header
    assert header.Rows == 128


def test_the_elements_of_the_pixels_decode_them() -> None:
    elements = read_pixel_elements(dicom(PatientName="Doe"))
    assert "PatientName" not in elements
    assert (elements.pixel_array == phantom()).all()


def test_a_deflated_file_is_refused_before_it_is_inflated() -> None:
    with pytest.raises(ValueError, match="deflated"):
        read_header(save(dicom_dataset(phantom(), DeflatedExplicitVRLittleEndian)))


def test_absurdly_many_items_are_refused_before_objects_are_made_of_them() -> None:
    data = dicom(ReferencedImageSequence=Sequence([Dataset()])) + b"\xfe\xff\x00\xe0" * 100_001
    with pytest.raises(ValueError, match="items"):
        read_header(data)

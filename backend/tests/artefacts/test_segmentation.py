import io
from dataclasses import replace

import highdicom as hd
import msgspec
import nibabel as nib
import numpy as np
import pydicom
import pytest
from highdicom._standard_utils import check_required_attributes, get_iod_module_map
from nibabel.orientations import axcodes2ornt, inv_ornt_aff, ornt_transform
from numpy.typing import NDArray
from pydicom.sr.codedict import codes

from brainai.artefacts.segmentation import segmentation_file
from brainai.inference.findings import StudyPrediction
from brainai.inference.predict import Predictor
from tests.study_predictions import asymmetric_volume, study_prediction


@pytest.fixture
def prediction(predictor: Predictor) -> StudyPrediction:
    return study_prediction(predictor.spec, *asymmetric_volume())


def _read(prediction: StudyPrediction) -> hd.seg.Segmentation:
    data = segmentation_file(prediction)
    assert data is not None
    return hd.seg.segread(io.BytesIO(data))


def _world_mm(mask: NDArray[np.bool_], affine: NDArray[np.float64]) -> set[tuple[float, ...]]:
    """Where in the world, RAS+, the voxels of a mask lie."""
    places = nib.affines.apply_affine(affine, np.argwhere(mask))
    return {tuple(np.round(place, 3) + 0.0) for place in places}


def _world_of(segmentation: hd.seg.Segmentation) -> set[tuple[float, ...]]:
    read = segmentation.get_volume(combine_segments=True)
    to_ras = np.diag([-1.0, -1.0, 1.0, 1.0])  # DICOM's world is LPS
    return _world_mm(read.array > 0, to_ras @ read.affine)


@pytest.mark.parametrize("codes_of_axes", ["RAS", "LPS", "PIR", "SRA"])
@pytest.mark.parametrize("tilt", [0.0, 0.3])
def test_each_voxel_lies_where_it_lay_in_the_input(
    predictor: Predictor, codes_of_axes: str, tilt: float
) -> None:
    voxels, affine, lesion = asymmetric_volume()
    affine = nib.affines.from_matvec(nib.eulerangles.euler2mat(tilt, 0.5 * tilt, 0)) @ affine
    turn = ornt_transform(axcodes2ornt("RAS"), axcodes2ornt(codes_of_axes))
    turned_affine = affine @ inv_ornt_aff(turn, voxels.shape)
    prediction = study_prediction(
        predictor.spec,
        nib.apply_orientation(voxels, turn),
        turned_affine,
        nib.apply_orientation(lesion, turn),
    )
    assert _world_of(_read(prediction)) == _world_mm(lesion, affine)


def test_frames_are_axial_as_they_are_shown_and_empty_ones_are_left_out(
    prediction: StudyPrediction,
) -> None:
    segmentation = _read(prediction)
    assert segmentation.NumberOfFrames == 3
    assert (segmentation.Rows, segmentation.Columns) == (26, 20)
    shared = segmentation.SharedFunctionalGroupsSequence[0]
    orientation = shared.PlaneOrientationSequence[0].ImageOrientationPatient
    # Columns run to the patient's left, rows to the back: +x and +y of DICOM's LPS.
    assert list(orientation) == [1, 0, 0, 0, 1, 0]
    measures = shared.PixelMeasuresSequence[0]
    assert list(measures.PixelSpacing) == [1.1, 0.9]
    assert measures.SpacingBetweenSlices == 4


def test_an_empty_mask_is_written_whole_and_says_so(prediction: StudyPrediction) -> None:
    segmentation = _read(replace(prediction, mask=np.zeros_like(prediction.mask)))
    assert segmentation.ContentDescription == "No tumour was outlined on FLAIR"
    assert segmentation.NumberOfFrames == 12
    assert not segmentation.pixel_array.any()


def test_a_skewed_grid_has_no_dicom_form(predictor: Predictor) -> None:
    voxels, affine, lesion = asymmetric_volume()
    affine[0, 1] = 0.2
    assert segmentation_file(study_prediction(predictor.spec, voxels, affine, lesion)) is None


def test_a_model_that_outlines_nothing_does_not_say_that_nothing_is_there(
    prediction: StudyPrediction,
) -> None:
    spec = msgspec.structs.replace(
        prediction.spec, file=msgspec.structs.replace(prediction.spec.file, lesion=None)
    )
    assert segmentation_file(replace(prediction, spec=spec)) is None


def test_a_gantry_tilt_has_a_dicom_form(predictor: Predictor) -> None:
    voxels, affine, lesion = asymmetric_volume()
    affine[1, 2] = 1.0  # slices slide to the front as they go up
    segmentation = _read(study_prediction(predictor.spec, voxels, affine, lesion))
    places = np.array(
        [
            frame.PlanePositionSequence[0].ImagePositionPatient
            for frame in segmentation.PerFrameFunctionalGroupsSequence
        ],
        dtype=float,
    )
    _, back_mm, up_mm = np.diff(places, axis=0).T
    assert (back_mm / up_mm).tolist() == pytest.approx([-1 / 4] * 2)


def test_the_segment_says_what_it_is_and_who_outlined_it(prediction: StudyPrediction) -> None:
    (number,) = _read(prediction).segment_numbers
    described = _read(prediction).get_segment_description(number)
    assert described.segmented_property_category == codes.SCT.MorphologicallyAbnormalStructure
    assert described.segmented_property_type == codes.SCT.Neoplasm
    assert described.anatomic_regions == [codes.SCT.Brain]
    algorithm = described.algorithm_identification
    assert algorithm is not None
    assert (algorithm.name, algorithm.version) == ("tiny", "0.1.0")


def test_every_required_attribute_of_every_mandatory_module_is_there(
    prediction: StudyPrediction,
) -> None:
    segmentation = _read(prediction)
    modules = get_iod_module_map()["segmentation"]
    mandatory = [module["key"] for module in modules if module["usage"] == "M"]
    assert {"segmentation-image", "segmentation-series", "patient", "sop-common"} <= set(mandatory)
    for module in mandatory:
        # The functional groups' macros are checked by reading the geometry back.
        check_required_attributes(segmentation, module, recursive="functional" not in module)


def test_what_is_missing_would_be_found(prediction: StudyPrediction) -> None:
    segmentation = _read(prediction)
    del segmentation.SegmentSequence[0].SegmentLabel
    with pytest.raises(AttributeError, match="SegmentLabel"):
        check_required_attributes(segmentation, "segmentation-image")


def test_the_file_opens_strictly_and_no_value_breaks_its_vr(prediction: StudyPrediction) -> None:
    data = segmentation_file(prediction)
    assert data is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pydicom.config.settings, "reading_validation_mode", pydicom.config.RAISE)
        read = pydicom.dcmread(io.BytesIO(data))
        values = [element.value for element in read.iterall()]
    assert len(values) > 100


def test_every_answer_has_new_uids_and_no_patient(prediction: StudyPrediction) -> None:
    first, second = _read(prediction), _read(prediction)
    for name in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "FrameOfReferenceUID"):
        assert first[name].value != second[name].value
    assert first.PatientID == "ANONYMOUS"
    assert first.PatientIdentityRemoved == "YES"
    assert first.StudyDate == first.PatientBirthDate == first.AccessionNumber == ""

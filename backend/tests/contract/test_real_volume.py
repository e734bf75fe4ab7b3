"""The shipped model on a real volume, where there is one: right place, right way round, units."""

import gzip
import io

import nibabel as nib
import numpy as np
import pytest

from brainai.artefacts.nifti import mask_file
from brainai.imaging.upload import UploadedFile
from brainai.inference.findings import StudyPrediction
from brainai.inference.predict import Predictor
from brainai.labels import Label, Sequence
from tests.conftest import REPOSITORY

FOLDER = REPOSITORY.parent / "shared" / "data" / "brats2021" / "BraTS2021_00006"
FLAIR, T1C, T2, TRUTH = (
    FOLDER / f"BraTS2021_00006_{name}.nii.gz" for name in ("flair", "t1ce", "t2", "seg")
)
MODELS = REPOSITORY / "models"

pytestmark = pytest.mark.skipif(
    not FLAIR.is_file(), reason="the real volumes of ../shared/data are not on this machine"
)


@pytest.fixture(scope="module")
def shipped() -> Predictor:
    multi = MODELS / "flair-t1c-t2-resnet50"
    return Predictor(MODELS / "flair-resnet50", max_pixels=2**24, multi=multi)


@pytest.fixture(scope="module", params=[(FLAIR,), (FLAIR, T1C), (FLAIR, T1C, T2)], ids=len)
def prediction(shipped: Predictor, request: pytest.FixtureRequest) -> StudyPrediction:
    """The study with FLAIR alone, with T1c, and with T2 as well."""
    files = [UploadedFile(path.name, path.read_bytes()) for path in request.param]
    predicted = shipped.predict_upload(files)
    assert isinstance(predicted, StudyPrediction)
    given = (Sequence.FLAIR, Sequence.T1C, Sequence.T2)[: len(files)]
    assert predicted.sequences_used == given
    return predicted


@pytest.fixture(scope="module")
def mask(prediction: StudyPrediction) -> nib.Nifti1Image:
    data = mask_file(prediction.mask, prediction.study.volume.grid)
    return nib.Nifti1Image.from_stream(io.BytesIO(gzip.decompress(data)))


def _centre_mm(image: nib.Nifti1Image) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    inside = np.argwhere(np.asarray(image.dataobj) > 0)
    return np.asarray(nib.affines.apply_affine(image.affine, inside.mean(axis=0)), np.float64)


def test_another_reader_opens_the_mask_over_the_scan(mask: nib.Nifti1Image) -> None:
    scan = nib.Nifti1Image.from_filename(FLAIR)
    assert mask.shape == scan.shape
    assert np.allclose(mask.affine, scan.affine)


def test_the_mask_lies_over_the_tumour_and_the_right_way_round(mask: nib.Nifti1Image) -> None:
    truth = nib.Nifti1Image.from_filename(TRUTH)
    assert np.linalg.norm(_centre_mm(mask) - _centre_mm(truth)) < 5.0
    drawn, true = np.asarray(mask.dataobj) > 0, np.asarray(truth.dataobj) > 0
    overlap = (drawn & true).sum()
    assert 2 * overlap / (drawn.sum() + true.sum()) > 0.9
    for axis in range(3):
        assert (np.flip(drawn, axis) & true).sum() < 0.9 * overlap


def test_its_volume_is_that_of_the_tumour_and_every_part_agrees(
    prediction: StudyPrediction, mask: nib.Nifti1Image
) -> None:
    # The model has seen this patient: this checks units and geometry, not how good it is.
    truth = np.asarray(nib.Nifti1Image.from_filename(TRUTH).dataobj) > 0
    assert prediction.label is Label.TUMOR
    assert prediction.lesion is not None
    assert prediction.lesion.volume_ml == pytest.approx(truth.sum() / 1000, rel=0.15)
    drawn = np.asarray(mask.dataobj) > 0
    areas = drawn.sum(axis=(0, 1))
    assert areas[prediction.lesion.slice_of_largest_area] == areas.max()
    called = {each.index for each in prediction.slices if each.label is Label.TUMOR}
    assert len(called & set(np.flatnonzero(truth.any(axis=(0, 1))))) > 60

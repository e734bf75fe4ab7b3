import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from brainai.artefacts.montage import choose_slices, draw_montage, slice_title
from brainai.artefacts.pictures import show
from brainai.inference.findings import StudyPrediction
from brainai.inference.predict import Predictor
from tests.study_predictions import asymmetric_volume, study_prediction


@pytest.fixture
def prediction(predictor: Predictor) -> StudyPrediction:
    return study_prediction(predictor.spec, *asymmetric_volume())


def test_the_slices_with_the_lesion_are_chosen(prediction: StudyPrediction) -> None:
    assert choose_slices(prediction) == [6, 7, 8]


def test_without_a_lesion_all_that_was_judged_is_chosen(prediction: StudyPrediction) -> None:
    clean = replace(prediction, mask=np.zeros_like(prediction.mask))
    assert choose_slices(clean) == list(range(2, 11))


def test_of_many_slices_evenly_spaced_ones_are_chosen_with_both_ends(
    prediction: StudyPrediction,
) -> None:
    clean = replace(prediction, mask=np.zeros_like(prediction.mask))
    assert choose_slices(clean, most=3) == [2, 6, 10]


def test_a_slice_bears_its_index_in_the_answer(prediction: StudyPrediction) -> None:
    assert slice_title(prediction, 6) == "Slice 6"
    voxels, affine, lesion = asymmetric_volume()
    affine[:3, 2] *= -1
    upside_down = study_prediction(prediction.spec, voxels[..., ::-1], affine, lesion[..., ::-1])
    # The input's first slice is its top one now.
    assert slice_title(upside_down, 11) == "Slice 0"


def test_a_montage_has_a_tile_for_each_slice(prediction: StudyPrediction) -> None:
    with Image.open(io.BytesIO(draw_montage(prediction, show(prediction)))) as picture:
        assert picture.format == "PNG"
        assert picture.size == (3 * 324 - 4, 320)
    clean = replace(prediction, mask=np.zeros_like(prediction.mask))
    with Image.open(io.BytesIO(draw_montage(clean, show(clean)))) as picture:
        assert picture.size == (5 * 324 - 4, 2 * 324 - 4)

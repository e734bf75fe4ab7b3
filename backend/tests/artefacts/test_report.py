from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from brainai.artefacts.pictures import show
from brainai.artefacts.report import choose_key_slices, report_file
from brainai.artefacts.words import LIMITS, RESEARCH_USE
from brainai.inference.findings import StudyPrediction
from brainai.inference.predict import Predictor
from tests.artefacts.pdf_text import pages_of, words_of
from tests.study_predictions import asymmetric_volume, study_prediction

_MADE = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)


@pytest.fixture
def prediction(predictor: Predictor) -> StudyPrediction:
    return study_prediction(predictor.spec, *asymmetric_volume())


def _without_lesion(prediction: StudyPrediction) -> StudyPrediction:
    return replace(prediction, lesion=None, mask=np.zeros_like(prediction.mask))


def _pages(prediction: StudyPrediction) -> list[str]:
    return [words_of(page) for page in pages_of(report_file(prediction, show(prediction), _MADE))]


def test_two_pages_say_what_was_found_measured_and_by_what(prediction: StudyPrediction) -> None:
    first, second = _pages(prediction)
    for said in ("Signs of a tumour", "97 %", "0.1 mL", "in slice 6", "4 March 2026, 05:06 UTC"):
        assert said in first
    assert f"sha256 {prediction.spec.file.sha256}" in second
    assert "NIfTI, 20 x 26 x 12 voxels" in second


def test_every_page_says_that_it_is_for_research_alone(prediction: StudyPrediction) -> None:
    for page in _pages(prediction):
        assert RESEARCH_USE in page
        assert prediction.id in page


def test_the_limits_and_the_remarks_are_written_out(prediction: StudyPrediction) -> None:
    _, second = _pages(replace(prediction, warnings=("Two slices were blank.",)))
    assert all(limit in second for limit in LIMITS)
    assert "Two slices were blank." in second


def test_letters_that_the_fonts_lack_do_not_stop_the_report(prediction: StudyPrediction) -> None:
    _, second = _pages(replace(prediction, warnings=("Größe Ω",)))
    assert "Größe ?" in second


def test_many_remarks_run_on_to_another_page(prediction: StudyPrediction) -> None:
    pages = _pages(replace(prediction, warnings=("A remark of some length. " * 12,) * 20))
    assert len(pages) == 3
    assert RESEARCH_USE in pages[2]


def test_a_study_without_lesion_has_a_report_too(prediction: StudyPrediction) -> None:
    first, second = _pages(_without_lesion(prediction))
    assert "Nothing was outlined" in first
    assert "Slices that were judged" in second


def test_the_key_slice_is_that_of_the_largest_area(prediction: StudyPrediction) -> None:
    prediction.mask[12, 16, 7] = False
    prediction.mask[12, 16, 6] = False
    key, under, over = choose_key_slices(prediction)
    assert key == 8
    assert under < key < over


def test_without_a_lesion_the_key_slice_is_the_most_probable(prediction: StudyPrediction) -> None:
    key, under, over = choose_key_slices(_without_lesion(prediction))
    assert key == 6
    assert (under, over) == (4, 8)


def test_the_key_slice_is_never_an_empty_one(prediction: StudyPrediction) -> None:
    sure = [replace(each, probability=each.probability and 0.0) for each in prediction.slices]
    assert sure[0].probability is None
    key, _, _ = choose_key_slices(replace(_without_lesion(prediction), slices=tuple(sure)))
    assert prediction.slices[key].probability is not None


def test_the_neighbours_stay_in_the_volume(prediction: StudyPrediction) -> None:
    prediction.mask[:] = False
    prediction.mask[5, 5, 11] = True
    assert choose_key_slices(prediction) == (11, 10, 11)

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from brainai.artefacts.page import Pages
from brainai.artefacts.strip import COLOURS, draw_strip
from brainai.inference.findings import SliceFinding, StudyPrediction
from brainai.inference.predict import Predictor
from brainai.labels import Label
from tests.artefacts.pdf_text import pages_of, words_of
from tests.study_predictions import asymmetric_volume, study_prediction

_BAR = re.compile(r"[\d.]+ [\d.]+ ([\d.]+) (-?[\d.]+) re f")


@pytest.fixture
def prediction(predictor: Predictor) -> StudyPrediction:
    return study_prediction(predictor.spec, *asymmetric_volume())


def _drawn(prediction: StudyPrediction) -> str:
    pdf = Pages(datetime(2026, 1, 1, tzinfo=UTC), prediction.id)
    pdf.add_page()
    draw_strip(pdf, prediction, 30, 50)
    (page,) = pages_of(bytes(pdf.output()))
    return page


def _fill(label: Label) -> str:
    return " ".join(f"{channel / 255:.4f}".rstrip("0").rstrip(".") for channel in COLOURS[label])


def test_each_judged_slice_has_a_bar_as_high_as_its_probability(
    prediction: StudyPrediction,
) -> None:
    widths = [(width, abs(float(height))) for width, height in _BAR.findall(_drawn(prediction))]
    # Of the twelve slices three are empty; the band and the legend are wider or narrower.
    commonest = max({width for width, _ in widths}, key=[w for w, _ in widths].count)
    heights = sorted(height for width, height in widths if width == commonest)
    assert len(heights) == 9
    assert heights[-1] / heights[0] == pytest.approx(0.93 / 0.03, rel=0.01)
    assert len({round(height, 1) for height in heights}) == 2


def test_labels_differ_in_shape_as_well_as_in_colour(prediction: StudyPrediction) -> None:
    def signs(label: Label) -> tuple[int, int]:
        slices = (SliceFinding(0, 0.5, label),)
        page = _drawn(replace(prediction, slices=slices))
        legend = _drawn(replace(prediction, slices=(SliceFinding(0, None, None),)))
        # A polygon closes a path; a circle is four curves.
        return page.count(" l\n") - legend.count(" l\n"), page.count(" c\n") - legend.count(" c\n")

    found = {label: signs(label) for label in Label}
    assert len(set(found.values())) == 3
    assert found[Label.NO_TUMOR] == (0, 0)


def test_the_ends_are_named_by_the_patient(prediction: StudyPrediction) -> None:
    assert "slice 0, feet slice 11, head" in words_of(_drawn(prediction))
    voxels, affine, lesion = asymmetric_volume()
    affine[:3, 2] *= -1
    upside_down = study_prediction(prediction.spec, voxels, affine, lesion)
    assert "slice 0, head slice 11, feet" in words_of(_drawn(upside_down))


def test_threshold_and_band_are_told_in_the_legend(prediction: StudyPrediction) -> None:
    said = words_of(_drawn(prediction))
    for text in ("signs of a tumour", "uncertain", "threshold of a slice", "uncertain band"):
        assert text in said

import pytest

from brainai.api.answers import answer, describe_model, name_model
from brainai.inference.predict import Predictor
from brainai.labels import Label
from tests.files import png
from tests.tiny_model import tiny_metrics


def test_an_answer_names_the_model_the_input_and_the_decision(predictor: Predictor) -> None:
    made = answer(predictor.predict(png(size_px=96)))
    assert made.model == name_model(predictor.spec)
    assert (made.input.kind, made.input.format) == ("slice", "png")
    assert (made.input.width_px, made.input.height_px) == (96, 96)
    assert made.threshold == predictor.spec.decision.threshold
    assert made.research_use_only


def test_probabilities_sum_to_one(predictor: Predictor) -> None:
    made = answer(predictor.predict(png()))
    assert sum(made.probabilities.values()) == pytest.approx(1, abs=1e-12)
    assert made.probabilities[Label.TUMOR] == made.probability


def test_encoding_the_images_counts_as_explaining(predictor: Predictor) -> None:
    prediction = predictor.predict(png(), explain=True)
    made = answer(prediction)
    assert made.heatmap is not None
    assert made.preview is not None
    assert made.timings_ms["explain"] > prediction.timings_ms["explain"]
    assert made.timings_ms["total"] > prediction.timings_ms["total"]


def test_a_prediction_is_not_altered_by_its_answer(predictor: Predictor) -> None:
    prediction = predictor.predict(png(), explain=True)
    before = dict(prediction.timings_ms)
    answer(prediction)
    assert prediction.timings_ms == before


def test_a_model_without_figures_is_described_without_them(predictor: Predictor) -> None:
    card = describe_model(predictor.spec, None)
    assert (card.figures, card.forerunner) == ([], None)
    assert card.task == "slice classification and lesion outline"
    assert card.input_size_px == predictor.spec.input.size_px


def test_a_model_is_described_with_its_figures(predictor: Predictor) -> None:
    metrics = tiny_metrics(predictor.spec.file.sha256)
    assert describe_model(predictor.spec, metrics).figures == metrics.figures

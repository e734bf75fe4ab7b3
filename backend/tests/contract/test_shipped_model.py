"""The model and the samples that the repository ships."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from brainai.cli import main
from brainai.imaging.frame import FRAME_WARNING
from brainai.inference.metrics import load_metrics
from brainai.inference.predict import Predictor
from brainai.inference.spec import load_spec
from tests.conftest import REPOSITORY

MODELS = REPOSITORY / "models"
FOLDER = MODELS / "flair-resnet50"
SAMPLES = REPOSITORY / "frontend" / "public" / "samples"


@pytest.fixture(scope="module")
def shipped() -> Predictor:
    return Predictor(FOLDER, max_pixels=2**24)


@pytest.fixture(scope="module", params=["flair-resnet50", "flair-t1c-t2-resnet50"])
def each(request: pytest.FixtureRequest) -> Predictor:
    """Each of the models that are shipped."""
    return Predictor(MODELS / request.param, max_pixels=2**24)


def _probability(shipped: Predictor, sample: Path) -> float:
    return shipped.predict(sample.read_bytes()).probability


def test_the_slices_of_a_study_hear_each_other_in_each_shipped_model(each: Predictor) -> None:
    assert each.refiner is not None
    assert each.spec.study_decision.study == each.spec.decision.study


def test_a_shipped_model_is_int8_and_no_file_of_it_is_over_60_mb(each: Predictor) -> None:
    assert each.spec.file.precision == "int8"
    sizes = {path.name: path.stat().st_size for path in (MODELS / each.spec.name).glob("*.onnx")}
    assert sizes
    assert max(sizes.values()) <= 60_000_000, sizes


def test_a_shipped_model_reproduces_its_golden_logits(each: Predictor) -> None:
    each.check_golden()
    assert each.ready


def test_the_shipped_figures_are_those_of_the_shipped_file(each: Predictor) -> None:
    metrics = load_metrics(MODELS / each.spec.name, each.spec)
    assert metrics is not None
    assert metrics.threshold == each.spec.decision.threshold
    assert metrics.version == each.spec.version


def test_the_threshold_lies_in_the_uncertain_band(each: Predictor) -> None:
    decision = each.spec.decision
    assert decision.uncertain_band.low <= decision.threshold <= decision.uncertain_band.high


def test_one_gate_serves_both_models(shipped: Predictor) -> None:
    other = load_spec(MODELS / "flair-t1c-t2-resnet50")
    assert other.gate == shipped.spec.gate
    assert other.file.gate_file == shipped.spec.file.gate_file


def test_a_shipped_answer_is_explained_on_the_grid_of_the_sample(shipped: Predictor) -> None:
    prediction = shipped.predict((SAMPLES / "tumor-1.png").read_bytes(), explain=True)
    assert prediction.heatmap is not None
    assert prediction.heatmap.shape == (256, 256)


@pytest.mark.parametrize("name", ["tumor-1", "tumor-2", "normal-1", "normal-2"])
def test_a_frame_around_a_sample_changes_nothing_but_its_warnings(
    shipped: Predictor, name: str
) -> None:
    with Image.open(SAMPLES / f"{name}.png") as opened:
        picture = opened.convert("L")
    ImageDraw.Draw(picture).rectangle((1, 1, 254, 254), outline=255)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    framed = shipped.predict(buffer.getvalue())
    plain = shipped.predict((SAMPLES / f"{name}.png").read_bytes())
    assert framed.warnings == (FRAME_WARNING, *plain.warnings)
    assert framed.probability == pytest.approx(plain.probability, abs=1e-3)


def test_every_tumor_sample_is_more_probable_than_every_normal_one(shipped: Predictor) -> None:
    tumor = [_probability(shipped, sample) for sample in SAMPLES.glob("tumor-*.png")]
    normal = [_probability(shipped, sample) for sample in SAMPLES.glob("normal-*.png")]
    assert len(tumor) == len(normal) == 2
    assert min(tumor) > max(normal)


def test_the_samples_are_what_the_command_draws(tmp_path: Path) -> None:
    assert main(["phantom", str(tmp_path)]) == 0
    drawn = sorted(file.name for file in tmp_path.iterdir())
    assert drawn == sorted(file.name for file in SAMPLES.iterdir())
    # The studies are compared in tests/contract/test_sample_studies.py.
    for name in (name for name in drawn if name.endswith(".png")):
        with Image.open(tmp_path / name) as new, Image.open(SAMPLES / name) as shipped:
            difference = np.asarray(new, int) - np.asarray(shipped, int)
        # Another processor may round the noise of a pixel the other way.
        assert np.abs(difference).max() <= 1


def test_model_json_is_as_export_writes_it(each: Predictor) -> None:
    written = json.loads((MODELS / each.spec.name / "model.json").read_text())
    assert written["file"]["sha256"] == each.spec.file.sha256

import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest

from brainai.errors import ModelError
from brainai.inference.metrics import load_metrics
from brainai.inference.predict import Predictor
from brainai.inference.spec import load_spec
from brainai_training.baseline import fit_baseline
from brainai_training.errors import ConfigError, DataError
from brainai_training.evaluate import evaluate
from brainai_training.measure import look_at
from brainai_training.metrics import auroc
from brainai_training.package import write_spec
from tests.measured import Measured


def test_metrics_json_is_what_was_returned_and_serving_reads_it(measured: Measured) -> None:
    assert load_metrics(measured.folder, load_spec(measured.folder)) == measured.metrics


def test_metrics_say_how_and_on_what_they_were_measured(measured: Measured) -> None:
    metrics = measured.metrics
    assert metrics.sha256 == measured.spec.file.sha256
    assert metrics.threshold == measured.spec.decision.threshold
    assert (metrics.bootstrap.unit, metrics.bootstrap.level) == ("patient", 0.95)
    assert metrics.made_with == "brainai-train evaluate models/tiny --data DATA"


def test_figures_are_of_all_slices_of_each_source_and_of_other_looks(measured: Measured) -> None:
    found = [(figure.source, figure.method) for figure in measured.metrics.figures]
    assert found == [
        ("all", "model"),
        ("all", "flair_threshold"),
        ("phantoms", "model"),
        ("phantoms", "flair_threshold"),
        ("phantoms_skull_removed", "model"),
        ("phantoms_by_volume", "model"),
    ]
    assert all(figure.patients == 2 for figure in measured.metrics.figures)


def test_only_test_patients_are_measured(measured: Measured) -> None:
    splits = {measured.store.rows[row].split for row in measured.answers.look.rows}
    assert splits == {"test"}
    assert measured.metrics.figures[0].slices == len(measured.answers.probability) == 12


def test_the_probability_of_a_slice_is_what_predict_says_of_its_file(
    measured: Measured, phantom_data: Path
) -> None:
    predictor = Predictor(measured.folder, 1 << 20, threads=1)
    for row, probability in zip(
        measured.answers.look.rows[:3], measured.answers.probability[:3], strict=True
    ):
        described = measured.store.rows[row]
        name = f"{described.case}_{described.slice_index + 1}.png"
        data = (phantom_data / "phantoms" / described.case / name).read_bytes()
        assert predictor.predict(data).probability == pytest.approx(probability, abs=1e-6)


def test_the_figure_is_that_of_the_answers(measured: Measured) -> None:
    figure = measured.metrics.figures[0].auroc
    expected = auroc(measured.answers.probability, measured.answers.tumor)
    assert figure is not None
    assert expected is not None
    assert figure.value == pytest.approx(expected, abs=1e-4)


def test_the_baseline_is_fitted_on_training_slices(measured: Measured) -> None:
    spec = measured.spec.input
    fitted = fit_baseline(look_at(measured.store, spec, "train"))
    test = look_at(measured.store, spec, "test")
    bright = fitted.score(test.tensors) >= fitted.share
    figure = measured.metrics.figures[1].accuracy
    assert figure is not None
    assert figure.value == pytest.approx(float(np.mean(bright == test.tumor)), abs=1e-4)


def _copy(measured: Measured, folder: Path) -> Path:
    shutil.copytree(measured.folder, folder)
    return folder


def test_a_split_that_the_model_was_not_trained_with_stops_the_measuring(
    measured: Measured, phantom_data: Path, tmp_path: Path
) -> None:
    folder = _copy(measured, tmp_path / "other")
    training = msgspec.structs.replace(measured.spec.training, split_sha256="0" * 64)
    write_spec(msgspec.structs.replace(measured.spec, training=training), folder)
    with pytest.raises(DataError, match="may have been trained on"):
        evaluate(folder, phantom_data, tmp_path / "cache")


def test_a_folder_without_configuration_is_refused(
    measured: Measured, phantom_data: Path, tmp_path: Path
) -> None:
    folder = _copy(measured, tmp_path / "bare")
    (folder / "config.toml").unlink()
    with pytest.raises(ConfigError, match=r"config\.toml"):
        evaluate(folder, phantom_data, tmp_path / "cache")


def test_an_onnx_file_that_was_altered_is_refused(
    measured: Measured, phantom_data: Path, tmp_path: Path
) -> None:
    folder = _copy(measured, tmp_path / "altered")
    with (folder / "model.onnx").open("ab") as file:
        file.write(b"\0")
    with pytest.raises(ModelError, match="sha256"):
        evaluate(folder, phantom_data, tmp_path / "cache")

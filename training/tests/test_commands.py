"""The whole way: eight phantoms, one epoch a stage, export, figures, serve, predict."""

import shutil
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from brainai.api import create_app
from brainai.api.served_model import ServedModel
from brainai.api.server import load_predictor
from brainai.api.settings import read_settings
from brainai.inference.metrics import load_metrics
from brainai.inference.spec import load_spec
from brainai_training.cli import main
from tests.conftest import Trained
from tests.making import CONFIGS, phantom, png


def test_the_model_folder_is_complete(trained: Trained) -> None:
    assert {path.name for path in trained.out.iterdir()} == {
        "model.onnx", "model.json", "golden.npz", "metrics.json", "card.md", "figures", "gallery",
        "config.toml", "export.pkl", "gate.onnx", "model.float32.onnx", "refine.onnx",
    }  # fmt: skip
    assert {path.name for path in (trained.out / "figures").iterdir()} == {
        "roc.png", "precision_recall.png", "reliability.png", "confusion.png", "dice.png",
        "lr_find.png",
    }  # fmt: skip
    assert load_metrics(trained.out, load_spec(trained.out)) is not None


def test_the_configuration_lies_beside_the_weights_byte_by_byte(trained: Trained) -> None:
    expected = (CONFIGS / "smoke.toml").read_bytes()
    assert (trained.out / "config.toml").read_bytes() == expected


def test_the_figures_are_of_all_patients(trained: Trained) -> None:
    metrics = load_metrics(trained.out, load_spec(trained.out))
    assert metrics is not None
    (everybody,) = [f for f in metrics.figures if (f.source, f.method) == ("all", "model")]
    assert (everybody.patients, everybody.slices, everybody.tumor_slices) == (8, 48, 24)
    assert everybody.dice_mean is not None
    assert everybody.flip_change is not None


def test_nothing_but_epochs_engines_and_card_is_said(trained: Trained) -> None:
    assert trained.stderr == ""
    lines = trained.stdout.splitlines()
    epochs = [line for line in lines if line.startswith("epoch ")]
    assert len(epochs) == 3 * 2  # two folds and everybody, two stages
    rest = "\n".join(line for line in lines if line not in epochs) + "\n"
    engines = (trained.work / "smoke" / "engines.md").read_text()
    assert rest == f"{engines}\n{(trained.out / 'card.md').read_text()}\n"


@pytest.fixture(scope="module")
def client(trained: Trained) -> FlaskClient:
    settings = read_settings({"BRAINAI_MODEL_DIR": str(trained.out), "BRAINAI_ENGINE_THREADS": "1"})
    model = ServedModel(trained.out, partial(load_predictor, settings))
    app = create_app(settings, model)
    model.start()
    model.wait()
    return app.test_client()


def test_the_server_is_ready_with_the_trained_model(client: FlaskClient) -> None:
    assert client.get("/health/ready").status_code == 200


@pytest.mark.parametrize("tumor", [True, False])
def test_the_server_predicts_with_the_trained_model(client: FlaskClient, tumor: bool) -> None:
    data = png(phantom(77, tumor, 128).pixels)
    # A gate that has learnt from 48 phantoms may take a new one for anything.
    answer = client.post("/predict?force=true", data={"file": (BytesIO(data), "slice.png")})
    assert answer.status_code == 200, answer.text
    prediction = answer.get_json()
    assert 0.0 <= prediction["probability"] <= 1.0
    assert prediction["label"] in {"tumor", "no_tumor", "uncertain"}


def test_measuring_again_gives_the_same_figures(
    trained: Trained, phantom_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "smoke"
    shutil.copytree(trained.out, folder)
    (folder / "metrics.json").unlink()
    (folder / "card.md").unlink()
    status = main(
        ["evaluate", str(folder), "--data", str(phantom_data), "--work", str(trained.work)]
    )
    assert status == 0
    for name in ("metrics.json", "card.md"):
        assert (folder / name).read_bytes() == (trained.out / name).read_bytes()
    assert capsys.readouterr().out == (folder / "card.md").read_text() + "\n"

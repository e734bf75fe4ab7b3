import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient

from brainai.api import create_app
from brainai.api.served_model import ServedModel
from brainai.api.server import load_predictor
from brainai.api.settings import Settings, read_settings
from brainai.inference.predict import Predictor
from tests.files import MAX_PIXELS
from tests.job_fixtures import (  # noqa: F401  fixtures for all
    clock,
    database_url,
    engine,
    job_environ,
    job_settings,
    places,
    servers,
    service,
    shared_places,
    store,
)
from tests.tiny_model import write_tiny_model

# A machine that trains at the same time is slow; a test that fails must fail again.
hypothesis.settings.register_profile(
    "brainai",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("brainai")

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder that all tests read and none writes."""
    folder = tmp_path_factory.mktemp("models") / "tiny"
    write_tiny_model(folder)
    return folder


@pytest.fixture
def own_folder(tmp_path: Path) -> Path:
    """A model folder that a test may alter."""
    folder = tmp_path / "tiny"
    write_tiny_model(folder)
    return folder


@pytest.fixture(scope="session")
def predictor(tiny_folder: Path) -> Predictor:
    made = Predictor(tiny_folder, MAX_PIXELS, threads=1)
    made.check_golden()
    return made


@pytest.fixture(scope="session")
def settings(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return read_settings(
        {
            "BRAINAI_MODEL_DIR": str(tiny_folder),
            "BRAINAI_STATE_DIR": str(tmp_path_factory.mktemp("state")),
            "BRAINAI_MAX_UPLOAD_BYTES": "200000",
            "BRAINAI_MAX_PIXELS": str(MAX_PIXELS),
            "BRAINAI_ENGINE_THREADS": "1",
        }
    )


MakeApp = Callable[..., Flask]


@pytest.fixture(scope="session")
def make_app(settings: Settings) -> MakeApp:
    """Make an app over a folder, whose model has been loaded or has failed."""

    def make(folder: Path | None = None, chosen: Settings = settings) -> Flask:
        model = ServedModel(folder or chosen.model_dir, partial(load_predictor, chosen))
        app = create_app(chosen, model)
        model.start()
        model.wait()
        return app

    return make


@pytest.fixture(scope="session")
def app(make_app: MakeApp) -> Flask:
    return make_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port

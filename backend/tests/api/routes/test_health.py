import platform
from collections.abc import Callable
from functools import partial
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

import brainai
from brainai.api import create_app
from brainai.api.served_model import ServedModel
from brainai.api.server import load_predictor
from brainai.api.settings import Settings


def test_health_tells_the_model_and_the_versions(client: FlaskClient) -> None:
    body = client.get("/health").get_json()
    assert body["status"] == "ok"
    assert body["model"]["name"] == "tiny"
    assert len(body["model"]["sha256"]) == 64
    assert body["versions"]["brainai"] == brainai.__version__
    assert body["versions"]["python"] == platform.python_version()
    assert body["versions"]["engine"].startswith("OpenVINO")
    assert body["uptime_s"] >= 0


def test_a_ready_server_is_alive_and_ready(client: FlaskClient) -> None:
    assert client.get("/health/live").get_json() == {"status": "alive"}
    assert client.get("/health/ready").get_json() == {"status": "ready"}


def test_a_server_without_its_model_is_alive_but_not_ready(
    make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    client = make_app(tmp_path).test_client()
    assert client.get("/health/live").status_code == 200
    ready = client.get("/health/ready")
    assert ready.status_code == 503
    assert ready.headers["Retry-After"] == "2"
    assert "model.json" in (ready.get_json() or {})["detail"]
    health = client.get("/health").get_json()
    assert (health["status"], health["model"]) == ("failed", None)


def test_a_server_whose_model_still_loads_is_starting(settings: Settings, tmp_path: Path) -> None:
    app = create_app(settings, ServedModel(tmp_path, partial(load_predictor, settings)))
    health = app.test_client().get("/health").get_json()
    assert (health["status"], health["model"]) == ("starting", None)

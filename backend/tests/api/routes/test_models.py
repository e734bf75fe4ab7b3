from collections.abc import Callable
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from brainai.api.card_schemas import ModelsSchema


def test_models_tells_the_spec_and_the_figures(client: FlaskClient) -> None:
    body = client.get("/models").get_json()
    assert ModelsSchema().validate(body) == {}
    (model,) = body["models"]
    assert (model["name"], model["sequences"]) == ("tiny", ["FLAIR"])
    assert model["figures"][0]["auroc"] == {"value": 0.9, "low": 0.85, "high": 0.95}
    assert model["figures"][0]["accuracy"] is None
    assert model["forerunner"]["note"] == "Older."
    assert model["research_use_only"] is True


def test_a_model_that_was_not_measured_has_no_figures(
    make_app: Callable[..., Flask], own_folder: Path
) -> None:
    (own_folder / "metrics.json").unlink()
    (model,) = make_app(own_folder).test_client().get("/models").get_json()["models"]
    assert (model["figures"], model["forerunner"]) == ([], None)


def test_without_a_model_there_is_nothing_to_tell(
    make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    assert make_app(tmp_path).test_client().get("/models").status_code == 503

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from brainai.api.settings import Settings
from brainai.api.state import state_of

ALLOWED = "http://localhost:5173"


@pytest.mark.parametrize("given", ["abc-1.2_3", "0" * 64])
def test_a_well_formed_request_id_is_kept(client: FlaskClient, given: str) -> None:
    answer = client.get("/health/live", headers={"X-Request-ID": given})
    assert answer.headers["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["", "-x", "a b", "<script>", "a" * 65, "é"])
def test_a_malformed_request_id_is_replaced(client: FlaskClient, given: str) -> None:
    answer = client.get("/health/live", headers={"X-Request-ID": given})
    assert len(answer.headers["X-Request-ID"]) == 32


def test_a_problem_tells_the_id_of_its_request(client: FlaskClient) -> None:
    answer = client.get("/nothing", headers={"X-Request-ID": "abc"})
    assert answer.headers["X-Request-ID"] == "abc"
    assert (answer.get_json() or {})["request_id"] == "abc"


def test_an_allowed_origin_may_read_answers(client: FlaskClient) -> None:
    answer = client.get("/health/live", headers={"Origin": ALLOWED})
    assert answer.headers["Access-Control-Allow-Origin"] == ALLOWED
    exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
    assert set(exposed) == {"X-Request-ID", "Location", "Retry-After"}


@pytest.mark.parametrize("path", ["/health/live", "/nothing", "/predict"])
def test_another_origin_may_not(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_an_allowed_origin_may_read_problems_too(client: FlaskClient) -> None:
    answer = client.get("/nothing", headers={"Origin": ALLOWED})
    assert answer.headers["Access-Control-Allow-Origin"] == ALLOWED


def test_a_preflight_is_answered(client: FlaskClient) -> None:
    answer = client.options(
        "/predict", headers={"Origin": ALLOWED, "Access-Control-Request-Method": "POST"}
    )
    assert answer.status_code == 200
    assert {"POST", "DELETE"} <= set(answer.headers["Access-Control-Allow-Methods"].split(", "))


def test_an_empty_allow_list_allows_nobody(
    make_app: Callable[..., Flask], settings: Settings
) -> None:
    app = make_app(chosen=replace(settings, cors_origins=()))
    answer = app.test_client().get("/health/live", headers={"Origin": ALLOWED})
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_answers_are_not_kept_and_not_sniffed(client: FlaskClient) -> None:
    answer = client.get("/health")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_each_app_has_a_state_of_its_own(app: Flask, settings: Settings) -> None:
    state = state_of(app)
    assert state.settings == settings
    assert state.model.ready

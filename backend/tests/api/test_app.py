import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

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


@pytest.mark.parametrize(
    ("path", "status"), [("/predict?mask=1", 400), ("/nothing", 404), ("/health", 405)]
)
def test_the_body_of_what_is_refused_before_it_was_read_is_read_away(
    client: FlaskClient, path: str, status: int
) -> None:
    body = io.BytesIO(bytes(100_000))
    assert client.post(path, input_stream=body).status_code == status
    assert body.read() == b""


def test_the_body_of_a_request_that_comes_too_early_is_read_away(
    make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    client = make_app(tmp_path).test_client()
    body = io.BytesIO(bytes(100_000))
    assert client.post("/predict", input_stream=body).status_code == 503
    assert body.read() == b""


def test_of_a_client_that_stopped_sending_no_more_is_waited_for(client: FlaskClient) -> None:
    class Silent(io.BytesIO):
        asked = 0

        def read(self, *_: object) -> bytes:
            self.asked += 1
            raise BlockingIOError

        readinto = read  # type: ignore[assignment]

    silent = Silent()
    answer = client.post(
        "/predict",
        input_stream=silent,
        content_type="multipart/form-data; boundary=x",
        content_length=1000,
    )
    assert (answer.status_code, (answer.get_json() or {})["code"]) == (400, "malformed_request")
    assert silent.asked == 1


def test_each_app_has_a_state_of_its_own(app: Flask, settings: Settings) -> None:
    state = state_of(app)
    assert state.settings == settings
    assert state.model.ready

import json

import pytest
from flask import Flask, g
from werkzeug.exceptions import ImATeapot, MethodNotAllowed, ServiceUnavailable

from brainai.api.problems import (
    PROBLEM_TYPE,
    from_brainai_error,
    from_http_error,
    from_unknown_error,
)
from brainai.errors import (
    BrainAIError,
    MalformedInput,
    ModelError,
    NotReady,
    TooLarge,
    UnknownFormat,
    UnusableImage,
)


@pytest.fixture(autouse=True)
def _request(app: Flask):  # type: ignore[no-untyped-def]
    with app.test_request_context():
        g.request_id = "r-1"
        yield


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (MalformedInput("a", "A."), 400),
        (TooLarge("b", "B."), 413),
        (UnknownFormat("c", "C."), 415),
        (UnusableImage("d", "D."), 422),
        (NotReady("E."), 503),
    ],
)
def test_each_kind_of_error_has_its_status(error: BrainAIError, status: int) -> None:
    answer = from_brainai_error(error)
    body = json.loads(answer.data)
    assert answer.status_code == body["status"] == status
    assert answer.content_type == PROBLEM_TYPE
    assert (body["code"], body["detail"]) == (error.code, error.message)
    assert body["type"] == f"urn:brainai:problem:{error.code}"
    assert body["request_id"] == "r-1"


def test_not_being_ready_says_when_to_come_back() -> None:
    assert from_brainai_error(NotReady()).headers["Retry-After"] == "2"


def test_an_error_that_is_not_the_callers_shows_nothing() -> None:
    body = json.loads(from_brainai_error(ModelError("The folder /srv/secret is bad.")).data)
    assert (body["status"], body["code"]) == (500, "internal")
    assert "secret" not in json.dumps(body)


def test_an_unknown_error_shows_nothing() -> None:
    body = json.loads(from_unknown_error(ValueError("secret")).data)
    assert (body["status"], body["code"]) == (500, "internal")
    assert "secret" not in json.dumps(body)


def test_a_wrong_method_says_which_are_allowed() -> None:
    answer = from_http_error(MethodNotAllowed(valid_methods=["POST"]))
    assert answer.headers["Allow"] == "POST"
    assert json.loads(answer.data)["code"] == "method_not_allowed"


def test_what_the_framework_refuses_otherwise_has_the_same_shape() -> None:
    body = json.loads(from_http_error(ImATeapot("secret")).data)
    assert (body["status"], body["code"]) == (418, "i'm_a_teapot")
    assert "secret" not in json.dumps(body)


def test_a_fault_of_the_framework_is_internal() -> None:
    assert json.loads(from_http_error(ServiceUnavailable()).data)["code"] == "internal"

import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from brainai.api.logging import JsonLines, configure_logging
from tests.files import png


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the package logs, as it would be written to stderr."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    log = logging.getLogger("brainai")
    before = log.level
    log.addHandler(handler)
    log.setLevel("INFO")
    yield stream
    log.removeHandler(handler)
    log.setLevel(before)


def _record(name: str, message: str, *values: object, **extra: object) -> dict[str, object]:
    record = logging.makeLogRecord(
        {"name": name, "msg": message, "args": values, "levelname": "INFO", **extra}
    )
    line = JsonLines().format(record)
    assert "\n" not in line
    parsed: dict[str, object] = json.loads(line)
    return parsed


def test_a_request_is_one_line_with_route_status_and_timings(
    client: FlaskClient, lines: io.StringIO
) -> None:
    answer = client.post("/predict", data={"file": (io.BytesIO(png()), "Doe.png")})
    line = json.loads(lines.getvalue())
    assert (line["event"], line["route"], line["status"]) == ("request", "/predict", 200)
    assert line["method"] == "POST"
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert set(line["timings_ms"]) == {"read", "preprocess", "run", "outline", "total"}


def test_names_headers_addresses_and_bodies_are_never_logged(
    client: FlaskClient, lines: io.StringIO
) -> None:
    client.post("/predict?secret1=x")
    client.post(
        "/predict",
        data={"file": (io.BytesIO(b"secret2"), "secret3.png")},
        headers={"User-Agent": "secret4", "X-Request-ID": "secret 5"},
    )
    client.get("/secret6")
    client.open("/health", method="SECRET7")
    assert len(lines.getvalue().splitlines()) == 4
    assert "secret" not in lines.getvalue().lower()


def test_what_a_library_puts_into_its_sentences_is_left_out() -> None:
    line = _record("gunicorn.error", "Error handling request %s", "/secret")
    assert line["event"] == "Error handling request %s"
    assert _record("brainai.api", "%d requests", 3)["event"] == "3 requests"


def test_fields_that_are_not_listed_are_dropped() -> None:
    line = _record("brainai.api", "request", status=200, filename="secret.png", body="secret")
    assert line["status"] == 200
    assert "secret" not in json.dumps(line)


def test_of_an_exception_only_the_kind_is_logged() -> None:
    try:
        raise KeyError("secret")
    except KeyError:
        line = _record("brainai.api", "failed", exc_info=sys.exc_info())
    assert line["error"] == "KeyError"
    assert "secret" not in json.dumps(line)


def test_the_log_goes_to_stderr_at_the_chosen_level(capsys: pytest.CaptureFixture[str]) -> None:
    root, package = logging.getLogger(), logging.getLogger("brainai")
    handlers, level = root.handlers, root.level
    try:
        configure_logging("warning")
        package.info("too quiet")
        package.warning("loud enough")
    finally:
        root.handlers = handlers
        root.setLevel(level)
        package.setLevel(logging.NOTSET)
        logging.captureWarnings(capture=False)
    out, err = capsys.readouterr()
    assert out == ""
    assert [json.loads(line)["event"] for line in err.splitlines()] == ["loud enough"]

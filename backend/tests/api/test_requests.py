import io
import tempfile
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request

from brainai.api.requests import drain, read_upload
from brainai.errors import MalformedInput, TooLarge
from tests.files import png


def _upload(app: Flask, data: dict[str, Any], max_bytes: int = 1000) -> bytes:
    with app.test_request_context("/predict", method="POST", data=data):
        return read_upload(request, max_bytes)


def test_the_bytes_of_the_file_are_returned_as_they_were_sent(app: Flask) -> None:
    sent = bytes(range(256))
    assert _upload(app, {"file": (io.BytesIO(sent), "x")}) == sent


def test_a_file_of_exactly_the_limit_is_let_through(app: Flask) -> None:
    assert len(_upload(app, {"file": (io.BytesIO(bytes(1000)), "x")})) == 1000
    with pytest.raises(TooLarge, match="1000 bytes"):
        _upload(app, {"file": (io.BytesIO(bytes(1001)), "x")})


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({}, "no_file"),
        ({"file": "text, not a file"}, "no_file"),
        ({"image": (io.BytesIO(b"1"), "x")}, "no_file"),
        ({"file": [(io.BytesIO(b"1"), "x"), (io.BytesIO(b"2"), "y")]}, "several_files"),
        ({"file": (io.BytesIO(b"1"), "x"), "more": (io.BytesIO(b"2"), "y")}, "several_files"),
    ],
)
def test_not_exactly_one_file_is_refused(app: Flask, data: dict[str, Any], code: str) -> None:
    with pytest.raises(MalformedInput) as caught:
        _upload(app, data)
    assert caught.value.code == code


def test_an_upload_is_never_written_to_a_disk(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a temporary file was asked for")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name in ("TemporaryFile", "SpooledTemporaryFile", "NamedTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, refuse)
    noise = io.BytesIO(b"\x89PNG\r\n\x1a\n" + bytes(190_000))
    client = app.test_client()
    assert client.post("/predict", data={"file": (noise, "x")}).status_code == 422
    assert client.post("/predict", data={"file": (io.BytesIO(png()), "x")}).status_code == 200
    assert list(tmp_path.iterdir()) == []


def test_what_is_left_of_a_refused_body_is_read_away(app: Flask) -> None:
    body = io.BytesIO(bytes(5000))
    with app.test_request_context("/predict", method="POST", input_stream=body):
        drain(request, max_bytes=1000)
    assert body.read() == b""


def test_reading_away_has_a_bound(app: Flask) -> None:
    body = io.BytesIO(bytes(100_000))
    with app.test_request_context("/predict", method="POST", input_stream=body):
        drain(request, max_bytes=1000)
    assert len(body.read()) == 100_000 - 16 * 1000


def test_a_client_that_goes_away_while_it_is_refused_raises_nothing(app: Flask) -> None:
    class Gone(io.BytesIO):
        def read(self, *_: object) -> bytes:
            raise ConnectionResetError

    with app.test_request_context("/predict", method="POST", input_stream=Gone()):
        drain(request, max_bytes=1000)

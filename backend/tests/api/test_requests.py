import io
import tempfile
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from gunicorn.http.errors import InvalidChunkSize

from brainai.api.requests import drain, megabytes, read_uploads
from brainai.errors import MalformedInput, TooLarge
from brainai.imaging.upload import UploadedFile
from tests.files import png


def _upload(app: Flask, data: dict[str, Any], max_bytes: int = 1000) -> list[UploadedFile]:
    with app.test_request_context("/predict", method="POST", data=data):
        return read_uploads(request, max_bytes, max_files=20)


def test_the_bytes_of_the_files_are_returned_as_they_were_sent_with_their_names(
    app: Flask,
) -> None:
    sent = bytes(range(256))
    parts = [(io.BytesIO(sent), "a/x.dcm"), (io.BytesIO(b"2"), "y")]
    assert _upload(app, {"file": parts}) == [UploadedFile("a/x.dcm", sent), UploadedFile("y", b"2")]


def test_files_of_exactly_the_limit_together_are_let_through(app: Flask) -> None:
    def send(last_bytes: int) -> int:
        parts = [(io.BytesIO(bytes(400)), "x"), (io.BytesIO(bytes(last_bytes)), "y")]
        return sum(len(file.data) for file in _upload(app, {"file": parts}))

    assert send(600) == 1000
    with pytest.raises(TooLarge, match=r"0\.001 MB"):
        send(601)


def test_more_parts_than_a_slice_has_are_read(app: Flask) -> None:
    parts = [(io.BytesIO(b"1"), f"{number}") for number in range(20)]
    assert [file.name for file in _upload(app, {"file": parts})] == [str(n) for n in range(20)]


def test_a_file_too_many_is_said_to_be_so_however_many_more_there_are(app: Flask) -> None:
    for count in (21, 29, 60):
        parts = [(io.BytesIO(b"1"), f"{number}") for number in range(count)]
        with pytest.raises(TooLarge, match="more than 20 files") as caught:
            _upload(app, {"file": parts})
        assert caught.value.code == "too_many_files"


@pytest.mark.parametrize(
    ("size_bytes", "said"),
    [
        (134_217_728, "134 MB"),
        (6_000_000_000, "6000 MB"),
        (1_500_000, "1.5 MB"),
        (900, "0.0009 MB"),
    ],
)
def test_a_limit_is_said_in_megabytes(size_bytes: int, said: str) -> None:
    assert megabytes(size_bytes) == said


def test_an_empty_file_is_refused_also_beside_others(app: Flask) -> None:
    for parts in ([(io.BytesIO(b""), "x")], [(io.BytesIO(b"1"), "x"), (io.BytesIO(b""), "y")]):
        with pytest.raises(MalformedInput) as caught:
            _upload(app, {"file": parts})
        assert caught.value.code == "empty_file"


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"file": "text, not a file"},
        {"image": (io.BytesIO(b"1"), "x")},
        {"file": (io.BytesIO(b"1"), "x"), "more": (io.BytesIO(b"2"), "y")},
    ],
)
def test_no_file_or_one_of_another_name_is_refused(app: Flask, data: dict[str, Any]) -> None:
    with pytest.raises(MalformedInput) as caught:
        _upload(app, data)
    assert caught.value.code == "no_file"


@pytest.mark.parametrize("name", ["explain", "mask", "force", "series"])
def test_a_parameter_in_the_form_is_refused_since_it_is_not_heeded(app: Flask, name: str) -> None:
    with pytest.raises(MalformedInput, match="in the address") as caught:
        _upload(app, {"file": (io.BytesIO(b"1"), "x"), name: "true"})
    assert caught.value.code == "invalid_parameter"


def test_a_parameter_in_the_form_is_told_the_address_that_it_belongs_in(app: Flask) -> None:
    form = {"data": {"file": (io.BytesIO(b"1"), "x"), "force": "true"}}
    with (
        app.test_request_context("/jobs", method="POST", **form),
        pytest.raises(MalformedInput, match=r"/jobs\?force=true"),
    ):
        read_uploads(request, 1000, max_files=20)


def test_a_compressed_body_is_told_so(app: Flask) -> None:
    # Deflate keeps what it can't make smaller, so a boundary may show, and bytes of no picture.
    sent = {"data": {"file": (io.BytesIO(b"1"), "x")}, "headers": {"Content-Encoding": "gzip"}}
    with (
        app.test_request_context("/predict", method="POST", **sent),
        pytest.raises(MalformedInput, match="compressed") as caught,
    ):
        read_uploads(request, 1000, max_files=20)
    assert caught.value.code == "malformed_request"


def test_a_name_that_is_no_utf_8_is_said_to_be_at_fault(app: Flask) -> None:
    form = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="Sch\xe4del.nii"\r\n\r\n'
        b"x\r\n--b--\r\n"
    )
    sent = {"data": form, "content_type": "multipart/form-data; boundary=b"}
    with (
        app.test_request_context("/predict", method="POST", **sent),
        pytest.raises(MalformedInput, match="no UTF-8") as caught,
    ):
        read_uploads(request, 1000, max_files=20)
    assert caught.value.code == "malformed_request"


def test_other_fields_of_a_form_are_let_through(app: Flask) -> None:
    assert _upload(app, {"file": (io.BytesIO(b"1"), "x"), "submit": "Send"})


@pytest.mark.parametrize("fields", [{"file": "x" * 600_000}, {f"f{n}": "x" for n in range(30)}])
def test_too_much_in_parts_that_are_no_files_is_no_file(app: Flask, fields: dict[str, str]) -> None:
    with pytest.raises(MalformedInput) as caught:
        _upload(app, fields, max_bytes=1_000_000)
    assert caught.value.code == "no_file"


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


@pytest.mark.parametrize("error", [ConnectionResetError(), InvalidChunkSize(b"ZZ")])
def test_a_body_that_can_not_be_read_away_raises_nothing(app: Flask, error: Exception) -> None:
    class Gone(io.BytesIO):
        def read(self, *_: object) -> bytes:
            raise error

    with app.test_request_context("/predict", method="POST", input_stream=Gone()):
        drain(request, max_bytes=1000)

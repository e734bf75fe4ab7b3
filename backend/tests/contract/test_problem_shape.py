"""Every way to be refused has the one shape of RFC 9457, and shows nothing of the inside."""

import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from brainai.api.schemas import ProblemSchema
from brainai.inference.predict import Predictor
from tests.conftest import REPOSITORY
from tests.files import dicom, encode, phantom, png

NAN = np.full((64, 64), np.nan, np.float32)
FORM = "multipart/form-data"
# Encoded here: the test client would leave so long a form in a temporary file that it never closes.
MANY_FIELDS = (
    b"".join(
        b'--b\r\nContent-Disposition: form-data; name="field%d"\r\n\r\n%s\r\n' % (i, b"x" * 40)
        for i in range(6000)
    )
    + b"--b--\r\n"
)
PART = b'--b\r\nContent-Disposition: form-data; name="file"; filename="Doe"\r\n\r\nhello\r\n'
TWO_PAGES: dict[str, Any] = {"save_all": True, "append_images": [Image.fromarray(phantom(2))]}

UPLOADS: list[tuple[str, bytes, int, str]] = [
    ("empty", b"", 400, "empty_file"),
    ("text named .png", b"hello", 415, "unsupported_format"),
    ("cut short", png()[:2000], 422, "unreadable_image"),
    ("image bomb", encode(Image.new("1", (4000, 4000))), 413, "too_many_pixels"),
    ("larger than allowed", b"\x89PNG\r\n\x1a\n" + bytes(200_000), 413, "too_large"),
    ("far larger than allowed", bytes(300_000), 413, "too_large"),
    ("one pixel", encode(np.zeros((1, 1), np.uint8)), 422, "image_too_small"),
    ("a strip", encode(np.eye(40, 900, dtype=np.uint8)), 422, "image_too_narrow"),
    ("all black", encode(np.zeros((64, 64), np.uint8)), 422, "blank_image"),
    ("all white", encode(np.full((64, 64), 255, np.uint8)), 422, "blank_image"),
    ("NaN", encode(NAN, "TIFF"), 422, "unreadable_image"),
    ("animated", encode(phantom(), "WEBP", **TWO_PAGES), 422, "multiple_frames"),
    ("two pages", encode(phantom(), "TIFF", **TWO_PAGES), 422, "multiple_frames"),
    ("DICOM without pixels", dicom()[:400], 422, "unreadable_image"),
    ("CT", dicom(Modality="CT"), 422, "not_brain_mr"),
    ("T1", dicom(SeriesDescription="AX T1"), 422, "wrong_sequence"),
    ("DICOM bomb", dicom(Rows=60_000, Columns=60_000), 413, "too_many_voxels"),
]


def _check(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    assert answer.content_type == "application/problem+json"
    body: dict[str, Any] = json.loads(answer.data)
    assert ProblemSchema().validate(body) == {}
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["request_id"] == answer.headers["X-Request-ID"]
    assert body["forceable"] is (code in {"not_brain_mr", "wrong_sequence"})
    assert "Traceback" not in answer.text
    return body


@pytest.mark.filterwarnings("ignore::UserWarning:pydicom")
@pytest.mark.parametrize(
    ("data", "status", "code"), [upload[1:] for upload in UPLOADS], ids=[u[0] for u in UPLOADS]
)
@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_a_bad_file_is_a_problem(
    client: FlaskClient, data: bytes, status: int, code: str, accept: str
) -> None:
    form = {"file": (io.BytesIO(data), "Jane Doe.png")}
    answer = client.post("/predict", data=form, headers={"Accept": accept})
    assert "Jane" not in _check(answer, status, code)["detail"]


@pytest.mark.parametrize(
    ("path", "options", "status", "code"),
    [
        ("/predict", {}, 400, "no_file"),
        ("/predict", {"json": {}}, 400, "no_file"),
        ("/predict", {"data": png(), "content_type": "image/png"}, 400, "no_file"),
        ("/predict", {"data": {"image": (io.BytesIO(b"x"), "x")}}, 400, "no_file"),
        ("/predict?explain=maybe", {}, 400, "invalid_parameter"),
        ("/predict?explain=", {}, 400, "invalid_parameter"),
        ("/predict?mask=true&mask=false", {}, 400, "invalid_parameter"),
        ("/predict?mask=1", {}, 400, "invalid_parameter"),
        ("/predict?force=yes", {}, 400, "invalid_parameter"),
        ("/predict?forced=true", {}, 400, "invalid_parameter"),
        ("/predict?series=1_0", {}, 400, "invalid_parameter"),
        ("/jobs?mask=true", {}, 400, "invalid_parameter"),
        ("/jobs?series=%D9%A1", {}, 400, "invalid_parameter"),
        ("/jobs/x/slices/1.png?overlai=none", {"method": "GET"}, 400, "invalid_parameter"),
        ("/predict", {"method": "GET"}, 405, "method_not_allowed"),
        ("/predict", {"method": "NONSENSE"}, 405, "method_not_allowed"),
        ("/health", {}, 405, "method_not_allowed"),
        ("/nothing", {"method": "GET"}, 404, "not_found"),
        ("/predict/", {}, 404, "not_found"),
        ("/docs/nothing", {"method": "GET"}, 404, "not_found"),
        ("/%ff%00", {"method": "GET"}, 404, "not_found"),
        (
            "/predict",
            {"data": {"file": [(io.BytesIO(png(1)), "x"), (io.BytesIO(png(2)), "y")]}},
            400,
            "several_files",
        ),
        (
            "/predict",
            {"data": MANY_FIELDS, "content_type": f"{FORM}; boundary=b"},
            400,
            "no_file",
        ),
    ],
)
def test_a_bad_request_is_a_problem(
    client: FlaskClient, path: str, options: dict[str, Any], status: int, code: str
) -> None:
    answer = client.open(path, **{"method": "POST", **options})
    _check(answer, status, code)


@pytest.mark.parametrize("path", ["/predict", "/jobs"])
@pytest.mark.parametrize(
    ("form", "kind"),
    [
        (PART[:-4], f"{FORM}; boundary=b"),
        (PART, f"{FORM}; boundary=b"),
        (PART + b"--b--\r\n", f"{FORM}; boundary=other"),
        (PART + b"--b--\r\n", FORM),
    ],
    ids=["half a file", "no last boundary", "another boundary", "no boundary"],
)
def test_a_form_that_can_not_be_read_is_malformed(
    client: FlaskClient, path: str, form: bytes, kind: str
) -> None:
    _check(client.post(path, data=form, content_type=kind), 400, "malformed_request")


@pytest.mark.parametrize("path", ["/predict", "/health", "/models"])
def test_an_internal_error_shows_a_request_id_and_nothing_else(
    app: Flask, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def burst(*_: object, **__: object) -> None:
        raise RuntimeError("secret of /srv/brainai")

    monkeypatch.setattr(Predictor, "predict_upload", burst)
    monkeypatch.setattr("brainai.api.routes.health.name_model", burst)
    monkeypatch.setattr("brainai.api.routes.models.describe_model", burst)
    form = {"file": (io.BytesIO(png()), "x")} if path == "/predict" else None
    answer = app.test_client().open(path, method="POST" if form else "GET", data=form)
    _check(answer, 500, "internal")
    assert "secret" not in answer.text
    assert "srv" not in answer.text


def test_a_model_that_fails_is_a_problem_on_every_route_that_needs_it(
    make_app: Callable[..., Flask], tmp_path: Any
) -> None:
    client = make_app(tmp_path).test_client()
    _check(client.get("/health/ready"), 503, "not_ready")
    _check(client.get("/models"), 503, "not_ready")
    form = {"file": (io.BytesIO(png()), "x")}
    assert (
        str(tmp_path) not in _check(client.post("/predict", data=form), 503, "not_ready")["detail"]
    )


def test_every_code_is_in_the_table_of_the_documentation() -> None:
    codes = {upload[3] for upload in UPLOADS}
    codes |= {"no_file", "several_files", "invalid_parameter", "malformed_request", "not_found"}
    codes |= {"method_not_allowed", "internal", "not_ready"}
    told = (REPOSITORY / "docs" / "api.md").read_text()
    assert [code for code in sorted(codes) if f"`{code}`" not in told] == []

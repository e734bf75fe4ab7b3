import base64
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from brainai.imaging.dicom import NOT_MR_WARNING
from tests.files import dicom, encode, phantom, png


def _post(client: FlaskClient, data: bytes, query: str = "") -> Any:
    return client.post(f"/predict{query}", data={"file": (io.BytesIO(data), "slice")})


def _decode(url: str) -> np.ndarray[tuple[int, ...], np.dtype[Any]]:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))))


def test_a_slice_is_answered_in_the_promised_shape(client: FlaskClient) -> None:
    answer = _post(client, png())
    body = answer.get_json()
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    assert set(body) == {
        "id", "model", "input", "label", "probability", "probabilities", "threshold",
        "uncertain_band", "warnings", "timings_ms", "research_use_only",
    }  # fmt: skip
    assert body["input"] == {
        "kind": "slice",
        "format": "png",
        "width_px": 128,
        "height_px": 128,
        "sequence": "FLAIR",
    }
    assert body["probabilities"]["tumor"] == body["probability"]
    assert sum(body["probabilities"].values()) == pytest.approx(1)
    assert body["research_use_only"] is True


def test_an_explained_slice_comes_with_images_on_its_own_grid(client: FlaskClient) -> None:
    wide = encode(np.pad(phantom(), ((0, 0), (10, 22))))
    body = _post(client, wide, "?explain=true").get_json()
    heatmap, preview = _decode(body["heatmap"]), _decode(body["preview"])
    assert heatmap.shape == preview.shape == (128, 160)
    assert heatmap.dtype == preview.dtype == np.uint8
    assert (heatmap[:, :5] == 0).all()
    assert "explain" in body["timings_ms"]


def test_explain_false_is_the_same_as_saying_nothing(client: FlaskClient) -> None:
    assert "heatmap" not in _post(client, png(), "?explain=false").get_json()


def test_a_warning_of_the_reader_reaches_the_answer(client: FlaskClient) -> None:
    body = _post(client, dicom(Modality="CT")).get_json()
    assert body["warnings"] == [NOT_MR_WARNING]
    assert body["input"]["format"] == "dicom"


def test_the_same_slice_gets_the_same_probability_in_every_lossless_format(
    client: FlaskClient,
) -> None:
    files = [png(), dicom(), encode(phantom(), "BMP"), encode(phantom(), "TIFF")]
    assert len({_post(client, data).get_json()["probability"] for data in files}) == 1


def test_a_chunked_upload_is_answered_and_capped(client: FlaskClient) -> None:
    def send(data: bytes) -> int:
        form = (
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
            + data
            + b"\r\n--x--\r\n"
        )
        return client.post(
            "/predict",
            input_stream=io.BytesIO(form),
            content_type="multipart/form-data; boundary=x",
            environ_overrides={"wsgi.input_terminated": True},
        ).status_code

    assert send(png()) == 200
    assert send(bytes(300_000)) == 413


def test_without_a_model_the_answer_is_503_with_the_reason(
    make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    answer = _post(make_app(tmp_path).test_client(), png())
    assert answer.status_code == 503
    assert answer.get_json()["code"] == "not_ready"
    assert "model.json" in answer.get_json()["detail"]

import base64
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from brainai.inference.spec import UncertainBand, load_spec
from tests.files import dicom, encode, phantom, png
from tests.tiny_model import write_json, write_tiny_model


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
        "uncertain_band", "uncertain", "lesion", "sequences_used", "outputs_withheld",
        "warnings", "timings_ms", "research_use_only",
    }  # fmt: skip
    assert body["input"] == {
        "kind": "slice",
        "format": "png",
        "width_px": 128,
        "height_px": 128,
        "sequence": "FLAIR",
        "spacing_mm": None,
    }
    assert body["sequences_used"] == ["FLAIR"]
    assert "enhancing_core" in {withheld["output"] for withheld in body["outputs_withheld"]}
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


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (dicom(Modality="CT"), "not_brain_mr"),
        (dicom(BodyPartExamined="KNEE"), "not_brain_mr"),
        (dicom(SeriesDescription="AX T2 TSE"), "wrong_sequence"),
        (encode(np.where(np.eye(96) > 0, 10, 250).astype(np.uint8)), "not_brain_mr"),
    ],
)
def test_what_is_no_brain_flair_is_refused_and_answered_when_it_is_forced(
    client: FlaskClient, data: bytes, code: str
) -> None:
    refused = _post(client, data)
    assert refused.status_code == 422
    assert refused.get_json()["code"] == code
    assert refused.get_json()["forceable"] is True
    forced = _post(client, data, "?force=true")
    assert forced.status_code == 200
    assert f"refused ({code})" in forced.get_json()["warnings"][0]


def test_a_series_that_a_single_picture_has_not_is_a_problem(client: FlaskClient) -> None:
    refused = _post(client, png(), "?series=99")
    assert (refused.status_code, refused.get_json()["code"]) == (400, "invalid_parameter")
    assert "series=99" in refused.get_json()["detail"]
    assert _post(client, png(), "?series=1").status_code == 200


def test_a_blank_slice_can_not_be_forced(client: FlaskClient) -> None:
    refused = _post(client, encode(np.zeros((64, 64), np.uint8)), "?force=true")
    assert refused.status_code == 422
    assert refused.get_json()["forceable"] is False


def test_a_mask_lies_on_the_slice_and_its_lesion_is_measured_in_mm(
    make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    write_tiny_model(tmp_path)
    spec = load_spec(tmp_path)
    always = msgspec.structs.replace(
        spec.decision, threshold=0.0, uncertain_band=UncertainBand(0.0, 0.0)
    )
    write_json(tmp_path / "model.json", msgspec.structs.replace(spec, decision=always))
    client = make_app(tmp_path).test_client()
    spaced = _post(client, dicom(PixelSpacing=[0.5, 2.0]), "?mask=true").get_json()
    mask = _decode(spaced["mask"])
    assert mask.shape == _decode(spaced["preview"]).shape == (128, 128)
    assert set(np.unique(mask)) == {0, 255}
    lesion = spaced["lesion"]
    assert lesion["area_px"] == (mask == 255).sum() == lesion["area_mm2"]
    assert spaced["input"]["spacing_mm"] == [0.5, 2.0]
    assert "heatmap" not in spaced

    plain = _post(client, png()).get_json()
    assert "mask" not in plain
    assert plain["lesion"]["area_mm2"] is None
    withheld = {each["output"]: each["reason"] for each in plain["outputs_withheld"]}
    assert withheld["area_mm2"] == withheld["longest_diameter_mm"] == "spacing_unknown"


def test_the_same_slice_gets_the_same_probability_in_every_lossless_format(
    client: FlaskClient,
) -> None:
    square = dicom(PixelSpacing=[0.9, 0.9])
    files = [png(), square, encode(phantom(), "BMP"), encode(phantom(), "TIFF")]
    assert len({_post(client, data).get_json()["probability"] for data in files}) == 1


def test_a_chunked_upload_is_answered_and_capped(client: FlaskClient) -> None:
    def send(data: bytes) -> Any:
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
        )

    assert send(png()).status_code == 200
    refused = send(bytes(300_000))
    assert refused.status_code == 413
    assert " MB that this server" in refused.get_json()["detail"]


def test_without_a_model_the_answer_is_503_with_the_reason(
    make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    answer = _post(make_app(tmp_path).test_client(), png())
    assert answer.status_code == 503
    assert answer.get_json()["code"] == "not_ready"
    assert "model.json" in answer.get_json()["detail"]

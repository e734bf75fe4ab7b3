"""The whole way of a job over HTTP, in both forms of a deployment."""

import gzip
import io
import json
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import fsspec
import nibabel as nib
import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from brainai.api import create_app
from brainai.api.job_schemas import JobSchema
from brainai.api.served_model import ServedModel
from brainai.api.server import load_predictor
from brainai.api.settings import Settings, read_settings
from brainai.api.state import state_of
from brainai.errors import StoreUnavailable
from brainai.inference.predict import Predictor
from brainai.jobs.files import JobFiles
from brainai.jobs.job import JobState, new_job_id
from tests.conftest import MakeApp
from tests.files import png
from tests.job_fixtures import working
from tests.jobs.volumes import AFFINE, volume_nii_gz

PATIENCE_S = 120
NAMES = ["volume.nii.gz", "mask.nii.gz", "mask.dcm", "report.json", "report.pdf", "montage.png"]


def _app(settings: Settings) -> Flask:
    # No job waits for the model of the API: the worker has its own.
    return create_app(settings, ServedModel(settings.model_dir, partial(load_predictor, settings)))


@pytest.fixture
def app(job_settings: Settings) -> Iterator[Flask]:
    made = _app(job_settings)
    yield made
    state_of(made).jobs.close()


@pytest.fixture
def here(job_environ: dict[str, str], tmp_path: Path) -> Settings:
    """The local form alone, for what has nothing to do with where jobs lie."""
    return read_settings({**job_environ, "BRAINAI_STATE_DIR": str(tmp_path / "state")})


@pytest.fixture
def local(here: Settings) -> Iterator[FlaskClient]:
    made = _app(here)
    yield made.test_client()
    state_of(made).jobs.close()


def _send(client: FlaskClient, *contents: bytes, query: str = "") -> TestResponse:
    files = [(io.BytesIO(content), f"Jane Doe {n}.nii.gz") for n, content in enumerate(contents)]
    return client.post(f"/jobs{query}", data={"file": files})


def _told(answer: TestResponse) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(answer.data)
    return body


def _events(client: FlaskClient, path: str) -> list[dict[str, Any]]:
    answer = client.get(f"{path}/events")
    assert (answer.status_code, answer.mimetype) == (200, "text/event-stream")
    blocks = answer.text.strip().split("\n\n")
    assert all(block.startswith("event: job\ndata: ") for block in blocks)
    return [json.loads(block.partition("data: ")[2]) for block in blocks]


def _files_of(settings: Settings) -> list[str]:
    system, root = fsspec.core.url_to_fs(settings.files_url)
    return sorted(system.find(root)) if system.exists(root) else []


def _check(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    assert answer.content_type == "application/problem+json"
    body = _told(answer)
    assert (answer.status_code, body["code"]) == (status, code)
    return body


def test_a_job_goes_all_the_way(
    client: FlaskClient, job_settings: Settings, predictor: Predictor
) -> None:
    sent = _send(client, volume_nii_gz())
    assert sent.status_code == 202
    path = sent.headers["Location"]
    assert path == f"/jobs/{_told(sent)['id']}"
    assert (_told(sent)["state"], _told(sent)["stage"]) == ("queued", "waiting")
    with working(job_settings, predictor):
        events = _events(client, path)
    job = _told(client.get(path))
    assert events[0]["state"] in {"queued", "running"}
    assert events[-1] == job
    assert JobSchema().validate(job) == {}
    assert (job["state"], job["progress"], job["attempts"]) == ("succeeded", 1.0, 1)
    assert job["result"]["input"]["kind"] == "volume"
    assert job["result"]["input"]["orientation"] == "LPS"
    assert [found["index"] for found in job["result"]["slices"]] == list(range(8))
    assert job["expires_at"] > job["ended_at"] > job["created_at"]
    assert [artefact["name"] for artefact in job["artefacts"]] == NAMES
    for artefact in job["artefacts"]:
        file = client.get(artefact["href"])
        assert (file.status_code, len(file.data)) == (200, artefact["size_bytes"])
        assert file.mimetype == artefact["media_type"]
        assert "Jane" not in str(file.headers)
    picture = client.get(f"{path}/slices/3.png")
    assert Image.open(io.BytesIO(picture.data)).format == "PNG"
    # Nothing of the upload is left, and nothing at all once it is erased.
    assert len(_files_of(job_settings)) == len(NAMES)
    assert client.delete(path).status_code == 204
    _check(client.get(path), 404, "job_not_found")
    assert _files_of(job_settings) == []


def test_volume_and_mask_lie_on_the_grid_of_the_upload(
    local: FlaskClient, here: Settings, predictor: Predictor
) -> None:
    path = _send(local, volume_nii_gz()).headers["Location"]
    with working(here, predictor):
        _events(local, path)
    for name in ("volume.nii.gz", "mask.nii.gz"):
        data = local.get(f"{path}/{name}").data
        image = nib.Nifti1Image.from_bytes(gzip.decompress(data))
        assert image.shape == (128, 128, 8)
        assert (image.affine == AFFINE).all()


@pytest.mark.parametrize(
    ("slices", "kind", "least_bytes"), [(8, np.int16, 256 * 1024), (24, np.float64, 3_000_000)]
)
def test_a_large_file_is_answered_as_predict_does_and_leaves_no_temporary_file(
    make_app: MakeApp,
    here: Settings,
    predictor: Predictor,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    slices: int,
    kind: type[np.generic],
    least_bytes: int,
) -> None:
    """Multipart forms come in pieces of 64 KiB, and werkzeug keeps large ones in files."""
    packed = nib.Nifti1Image.from_bytes(gzip.decompress(volume_nii_gz(slices)))
    data = nib.Nifti1Image(np.asanyarray(packed.dataobj).astype(kind), AFFINE).to_bytes()
    assert len(data) > least_bytes
    roomy = replace(here, max_upload_bytes=2 * len(data), max_predict_bytes=2 * len(data))
    client = make_app(chosen=roomy).test_client()
    # The test client would write a form of this size into a temporary file of its own.
    boundary, form = encode_multipart({"file": FileStorage(io.BytesIO(data), "Jane.nii")})
    sent: dict[str, Any] = {
        "data": form,
        "content_type": f"multipart/form-data; boundary={boundary}",
    }
    at_once = client.post("/predict", **sent)
    assert at_once.status_code == 200
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    path = client.post("/jobs", **sent).headers["Location"]
    jobs = state_of(client.application).jobs
    (stored,) = jobs.service().files.read_upload(path.rpartition("/")[2])
    assert stored.data == data
    with working(roomy, predictor):
        job = _events(client, path)[-1]
    of_their_own = {"id", "timings_ms"}
    assert job["state"] == "succeeded"
    assert job["result"].keys() == _told(at_once).keys()
    for name in job["result"].keys() - of_their_own:
        assert job["result"][name] == _told(at_once)[name]
    assert list(temporary.iterdir()) == []
    assert len(_files_of(here)) == len(NAMES)
    jobs.close()


def test_a_job_outlives_the_server(job_settings: Settings, predictor: Predictor) -> None:
    before, after = _app(job_settings), _app(job_settings)
    path = _send(before.test_client(), volume_nii_gz()).headers["Location"]
    state_of(before).jobs.close()
    with working(job_settings, predictor):
        events = _events(after.test_client(), path)
    assert events[-1]["state"] == "succeeded"
    assert after.test_client().get(f"{path}/mask.nii.gz").status_code == 200
    state_of(after).jobs.close()


def test_a_single_slice_fails_as_no_volume(
    client: FlaskClient, job_settings: Settings, predictor: Predictor
) -> None:
    path = _send(client, png()).headers["Location"]
    with working(job_settings, predictor):
        job = _events(client, path)[-1]
    assert job["state"] == "failed"
    assert job["error"]["code"] == "not_a_volume"
    assert job["result"] is None
    assert "/predict" in job["error"]["detail"]
    assert _files_of(job_settings) == []
    gone = _check(client.get(f"{path}/mask.nii.gz"), 404, "artefact_not_found")
    assert gone["detail"].startswith("The job has failed and has no such file.")
    assert client.delete(path).status_code == 204


def test_a_waiting_job_is_cancelled_at_once(client: FlaskClient, job_settings: Settings) -> None:
    path = _send(client, volume_nii_gz()).headers["Location"]
    cancelled = client.delete(path)
    assert (cancelled.status_code, _told(cancelled)["state"]) == (200, "cancelled")
    assert _told(cancelled)["ended_at"]
    assert _events(client, path)[-1]["state"] == "cancelled"
    assert _files_of(job_settings) == []
    gone = _check(client.get(f"{path}/mask.nii.gz"), 404, "artefact_not_found")
    assert gone["detail"].startswith("The job was cancelled and has no such file.")
    assert client.delete(path).status_code == 204
    _check(client.delete(path), 404, "job_not_found")


def test_a_job_whose_files_are_being_written_is_cancelled_all_the_same(
    local: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _send(local, volume_nii_gz()).headers["Location"]

    def not_empty(*_: object) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(state_of(local.application).jobs.service().files, "delete", not_empty)
    cancelled = local.delete(path)
    assert (cancelled.status_code, _told(cancelled)["state"]) == (200, "cancelled")


def test_force_and_series_reach_the_worker(local: FlaskClient) -> None:
    job_id = _told(_send(local, volume_nii_gz(), query="?force=true&series=2"))["id"]
    job = state_of(local.application).jobs.service().find(job_id)
    assert (job.force, job.series) == (True, 2)


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("?force=1", "force"),
        ("?series=0", "series"),
        ("?series=x", "series"),
        # More than the records hold: PostgreSQL's integer, SQLite's.
        (f"?series={2**31}", "series"),
        (f"?series={2**63}", "series"),
    ],
)
def test_a_parameter_out_of_range_is_a_problem(local: FlaskClient, query: str, word: str) -> None:
    body = _check(_send(local, b"x", query=query), 400, "invalid_parameter")
    assert word in body["detail"]


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        ({}, 400, "no_file"),
        ({"file": "text"}, 400, "no_file"),
        ({"image": (io.BytesIO(b"x"), "x")}, 400, "no_file"),
        ({"file": (io.BytesIO(b""), "x")}, 400, "empty_file"),
        ({"file": [(io.BytesIO(b"x"), "x"), (io.BytesIO(b""), "y")]}, 400, "empty_file"),
        ({"file": (io.BytesIO(bytes(400_001)), "x")}, 413, "too_large"),
        ({"file": (io.BytesIO(bytes(495_000)), "x")}, 413, "too_large"),
        ({"file": [(io.BytesIO(b"x"), f"{n}") for n in range(21)]}, 413, "too_many_files"),
        ({"file": [(io.BytesIO(b"x"), f"{n}") for n in range(60)]}, 413, "too_many_files"),
    ],
)
def test_an_upload_that_is_refused_leaves_nothing(
    local: FlaskClient, here: Settings, data: dict[str, Any], status: int, code: str
) -> None:
    answer = local.post("/jobs", data=data, content_type="multipart/form-data")
    body = _check(answer, status, code)
    assert ("0.4 MB that this server accepts" in body["detail"]) == (code == "too_large")
    assert _files_of(here) == []
    assert state_of(local.application).jobs.service().count().queued == 0


def test_a_form_that_breaks_off_leaves_nothing(local: FlaskClient, here: Settings) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhalf a fi'
    answer = local.post("/jobs", data=body, content_type="multipart/form-data; boundary=x")
    _check(answer, 400, "malformed_request")
    assert _files_of(here) == []


def test_a_full_queue_says_when_to_ask_again(here: Settings) -> None:
    app = _app(replace(here, max_queued=2))
    client = app.test_client()
    for _ in range(2):
        assert _send(client, b"x").status_code == 202
    full = _send(client, b"x")
    _check(full, 429, "queue_full")
    assert full.headers["Retry-After"] == "10"
    assert len(state_of(app).jobs.service().files.job_ids()) == 2
    state_of(app).jobs.close()


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("job_id", [new_job_id(), "nothing", "0" * 32, "-"])
def test_an_unknown_job_is_a_problem(local: FlaskClient, method: str, job_id: str) -> None:
    _check(local.open(f"/jobs/{job_id}", method=method), 404, "job_not_found")


@pytest.mark.parametrize("rest", ["events", "mask.nii.gz", "slices/0.png"])
def test_there_is_nothing_of_an_unknown_job(local: FlaskClient, rest: str) -> None:
    _check(local.get(f"/jobs/{new_job_id()}/{rest}"), 404, "job_not_found")


@pytest.mark.parametrize("rest", ["mask.nii.gz", "report.pdf", "slices/0.png"])
def test_the_files_of_a_job_that_has_not_ended_are_asked_for_too_early(
    local: FlaskClient, rest: str
) -> None:
    path = _send(local, volume_nii_gz()).headers["Location"]
    _check(local.get(f"{path}/{rest}"), 409, "job_not_ended")


def test_slices_are_drawn_as_asked_and_no_others(
    local: FlaskClient, here: Settings, predictor: Predictor
) -> None:
    path = _send(local, volume_nii_gz()).headers["Location"]
    with working(here, predictor):
        _events(local, path)
    pictures = {
        overlay: local.get(f"{path}/slices/4.png?overlay={overlay}").data
        for overlay in ("outline", "fill", "none")
    }
    assert local.get(f"{path}/slices/4.png").data == pictures["outline"]
    _check(local.get(f"{path}/slices/8.png"), 404, "slice_not_found")
    _check(local.get(f"{path}/slices/-1.png"), 404, "not_found")
    _check(local.get(f"{path}/slices/4.png?overlay=blink"), 400, "invalid_parameter")
    local.delete(path)
    _check(local.get(f"{path}/slices/4.png"), 404, "job_not_found")


def test_a_file_that_was_deleted_under_a_job_is_a_problem(
    local: FlaskClient, here: Settings, predictor: Predictor
) -> None:
    path = _send(local, volume_nii_gz()).headers["Location"]
    with working(here, predictor):
        job = _events(local, path)[-1]
    state_of(local.application).jobs.service().files.delete(job["id"])
    _check(local.get(f"{path}/report.pdf"), 404, "artefact_not_found")
    _check(local.get(f"{path}/slices/1.png"), 404, "artefact_not_found")


def test_a_file_store_that_stops_answering_under_a_picture_is_a_problem(
    local: FlaskClient, here: Settings, predictor: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Away(io.BytesIO):
        def read(self, *_: object) -> bytes:
            raise TimeoutError

    path = _send(local, volume_nii_gz()).headers["Location"]
    with working(here, predictor):
        _events(local, path)
    monkeypatch.setattr(JobFiles, "open_artefact", lambda *_: Away())
    _check(local.get(f"{path}/slices/1.png"), 503, "store_unavailable")


def test_no_more_streams_are_open_than_the_bound(here: Settings) -> None:
    app = _app(replace(here, max_streams=1))
    client = app.test_client()
    path = _send(client, volume_nii_gz()).headers["Location"]
    first = client.get(f"{path}/events", buffered=False)
    refused = client.get(f"{path}/events")
    _check(refused, 429, "too_many_streams")
    first.close()
    client.delete(path)
    assert _events(client, path)[-1]["state"] == "cancelled"
    state_of(app).jobs.close()


def test_a_stream_of_a_job_that_is_erased_ends(local: FlaskClient) -> None:
    path = _send(local, volume_nii_gz()).headers["Location"]
    service = state_of(local.application).jobs.service()
    ended: list[list[dict[str, Any]]] = []
    thread = threading.Thread(target=lambda: ended.append(_events(local, path)))
    thread.start()
    time.sleep(0.5)
    service.cancel_or_erase(path.rpartition("/")[2])
    service.store.erase(path.rpartition("/")[2])
    thread.join(PATIENCE_S)
    assert not thread.is_alive()
    assert ended[0][0]["state"] == JobState.QUEUED


def test_health_tells_what_waits_and_whether_anybody_works(
    local: FlaskClient, here: Settings, predictor: Predictor
) -> None:
    assert _told(local.get("/health"))["jobs"] == {"queued": 0, "running": 0, "workers": 0}
    path = _send(local, volume_nii_gz()).headers["Location"]
    assert _told(local.get("/health"))["jobs"] == {"queued": 1, "running": 0, "workers": 0}
    with working(here, predictor):
        _events(local, path)
        assert _told(local.get("/health"))["jobs"]["workers"] == 1


def test_without_its_database_a_server_says_so_and_is_of_use_all_the_same(
    here: Settings, free_port: int
) -> None:
    url = f"postgresql://nobody:secret@127.0.0.1:{free_port}/none"
    client = _app(replace(here, database_url=url)).test_client()
    answer = _send(client, b"x")
    assert "secret" not in answer.text
    _check(answer, 503, "store_unavailable")
    assert answer.headers["Retry-After"] == "2"
    assert _told(client.get("/health"))["jobs"] is None
    assert client.get("/health/live").status_code == 200


def test_without_a_place_for_its_queue_a_server_says_so(here: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    client = _app(replace(here, state_dir=tmp_path / "file")).test_client()
    _check(_send(client, b"x"), 503, "store_unavailable")
    assert _told(client.get("/health"))["jobs"] is None

import gzip
import io
import zipfile
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from tests.conftest import MakeApp
from tests.files import dicom, png
from tests.studies import nifti
from tests.volumes import AFFINE, HEAD, SLICES, phantom_volume, volume_predictor


@pytest.fixture(scope="module")
def telling(make_app: MakeApp, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A server whose model tells slices with a lesion from those without."""
    folder = tmp_path_factory.mktemp("telling")
    volume_predictor(folder)
    return make_app(folder).test_client()


def _post(client: FlaskClient, *files: tuple[str, bytes], query: str = "") -> Any:
    parts = [(io.BytesIO(data), name) for name, data in files]
    return client.post(f"/predict{query}", data={"file": parts})


def _nii_gz() -> bytes:
    return gzip.compress(nifti(phantom_volume()[0], AFFINE))


def test_a_volume_is_answered_in_the_promised_shape(telling: FlaskClient) -> None:
    answer = _post(telling, ("flair.nii.gz", _nii_gz()))
    body = answer.get_json()
    assert answer.status_code == 200, body
    assert set(body) == {
        "id", "model", "input", "label", "probability", "threshold", "study", "slice_threshold",
        "slice_uncertain_band", "slices", "lesion", "uncertain", "sequences_used",
        "outputs_withheld", "warnings", "timings_ms", "research_use_only",
    }  # fmt: skip
    assert (body["input"]["kind"], body["input"]["format"]) == ("volume", "nifti")
    assert (body["label"], len(body["slices"])) == ("tumor", SLICES)
    assert set(body["timings_ms"]) == {"read", "preprocess", "run", "outline", "total"}


def test_a_mask_comes_when_it_is_asked_for(telling: FlaskClient) -> None:
    body = _post(telling, ("v", _nii_gz()), query="?mask=true&explain=true").get_json()
    assert body["mask"].startswith("data:application/gzip;base64,")
    assert "heatmap" not in body


def test_a_zip_of_a_series_is_answered_as_its_files_are(telling: FlaskClient) -> None:
    voxels, _ = phantom_volume()
    files = []
    for z in range(SLICES):
        shown = np.ascontiguousarray(voxels[::-1, ::-1, z].T).astype(np.uint16)
        position = {
            "SOPInstanceUID": f"1.2.3.{z + 1}",
            "SeriesInstanceUID": "1.2.4",
            "StudyInstanceUID": "1.2.5",
            "InstanceNumber": z + 1,
            "PixelSpacing": [1.0, 1.0],
            "SliceThickness": 3.0,
            "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
            "ImagePositionPatient": [0, 0, 3.0 * z],
        }
        files.append((f"{z}.dcm", dicom(shown, **position)))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files:
            archive.writestr(f"series/{name}", data)
    loose = _post(telling, *files).get_json()
    zipped = _post(telling, ("series.zip", buffer.getvalue())).get_json()
    assert loose["input"]["format"] == "dicom", loose
    assert [each["label"] for each in loose["slices"]].count("empty") == SLICES - len(HEAD)
    for body in (loose, zipped):
        del body["id"], body["timings_ms"]
    assert loose == zipped


def test_a_series_that_is_not_there_is_refused(telling: FlaskClient) -> None:
    answer = _post(telling, ("v.nii.gz", _nii_gz()), query="?series=7")
    assert 400 <= answer.status_code < 500
    assert _post(telling, ("v.nii.gz", _nii_gz()), query="?series=0").status_code == 400


def test_two_pictures_are_no_study(client: FlaskClient) -> None:
    answer = _post(client, ("a.png", png(1)), ("b.png", png(2)))
    assert answer.status_code == 400
    assert answer.get_json()["code"] == "several_files"


def test_a_blank_volume_can_not_be_forced(telling: FlaskClient) -> None:
    blank = nifti(np.zeros((40, 40, 6), np.int16))
    answer = _post(telling, ("blank.nii", blank), query="?force=true")
    assert answer.status_code == 422
    assert answer.get_json()["code"] == "blank_image"
    assert answer.get_json()["forceable"] is False

import json
from pathlib import Path

import pytest

from brainai.artefacts import ARTEFACTS, write_artefacts
from brainai.inference.findings import StudyPrediction
from brainai.inference.predict import Predictor
from tests.study_predictions import asymmetric_volume, study_prediction


@pytest.fixture
def prediction(predictor: Predictor) -> StudyPrediction:
    return study_prediction(predictor.spec, *asymmetric_volume())


def test_what_is_written_is_what_is_named_and_in_that_order(
    prediction: StudyPrediction, tmp_path: Path
) -> None:
    folder = tmp_path / "deep" / "job"
    written = write_artefacts(prediction, {"id": prediction.id}, folder)
    names = [name for name, _ in ARTEFACTS]
    assert [path.name for path in written] == [name for name in names if (folder / name).exists()]
    assert sorted(folder.iterdir()) == sorted(written)
    assert all(path.stat().st_size > 0 for path in written)


def test_no_file_of_an_earlier_answer_stays_beside_another(
    prediction: StudyPrediction, tmp_path: Path
) -> None:
    voxels, affine, lesion = asymmetric_volume()
    affine[0, 1] = 0.4  # rows and columns askew: DICOM has no form for it
    skewed = study_prediction(prediction.spec, voxels, affine, lesion)
    assert tmp_path / "mask.dcm" in write_artefacts(prediction, {}, tmp_path)
    assert sorted(write_artefacts(skewed, {}, tmp_path)) == sorted(tmp_path.iterdir())
    assert not (tmp_path / "mask.dcm").exists()


def test_the_report_is_the_answer_that_was_given(
    prediction: StudyPrediction, tmp_path: Path
) -> None:
    report = {"id": prediction.id, "label": "tumor", "input": {"shape": [20, 26, 12]}}
    write_artefacts(prediction, report, tmp_path)
    assert json.loads((tmp_path / "report.json").read_text()) == report

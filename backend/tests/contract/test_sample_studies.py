from pathlib import Path

import pytest

from brainai.api.server import load_predictor
from brainai.api.settings import read_settings
from brainai.imaging.phantom_study import SAMPLE_STUDIES
from brainai.imaging.upload import UploadedFile
from brainai.inference.findings import StudyPrediction
from brainai.labels import Label
from tests.conftest import REPOSITORY

_SAMPLES = REPOSITORY / "frontend" / "public" / "samples"


@pytest.mark.parametrize(("name", "tumor"), [(name, tumor) for name, _, tumor in SAMPLE_STUDIES])
def test_the_shipped_model_answers_the_sample_studies_rightly(name: str, tumor: bool) -> None:
    settings = read_settings({"BRAINAI_MODEL_DIR": str(REPOSITORY / "models" / "flair-resnet50")})
    predictor = load_predictor(settings, Path(settings.model_dir))
    data = (_SAMPLES / f"{name}.nii.gz").read_bytes()
    answer = predictor.predict_upload([UploadedFile("study.nii.gz", data)])
    assert isinstance(answer, StudyPrediction)
    assert answer.label is (Label.TUMOR if tumor else Label.NO_TUMOR)
    assert (answer.lesion is not None) == tumor

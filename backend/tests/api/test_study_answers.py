import base64
import gzip
import json
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from brainai.api.study_answers import dump_study, study_answer
from brainai.imaging.geometry import to_grid, to_ras
from brainai.imaging.study import SeriesChoice, VolumeStudy
from brainai.inference.findings import StudyPrediction
from brainai.inference.volume import predict_volume
from brainai.labels import Label, Sequence
from tests.studies import stored_as
from tests.volumes import AFFINE, HEAD, LESION, SLICES, phantom_volume, volume_predictor


@pytest.fixture(scope="module")
def prediction(tmp_path_factory: pytest.TempPathFactory) -> StudyPrediction:
    """Of a volume whose axial slices are stacked along its first axis, from the head down."""
    voxels, affine = stored_as("IPR", phantom_volume()[0], AFFINE)
    study = VolumeStudy("nifti", to_ras(voxels.astype(np.float32), affine))
    return predict_volume(volume_predictor(tmp_path_factory.mktemp("telling")), study)


def test_the_input_is_told_in_its_own_order(prediction: StudyPrediction) -> None:
    told = study_answer(prediction, mask=False).input
    assert (told.kind, told.format, told.orientation, told.axial_axis) == (
        "volume", "nifti", "IPR", 0,
    )  # fmt: skip
    assert told.shape == (SLICES, 64, 64)
    assert told.spacing_mm == (3.0, 1.0, 1.0)
    assert (told.sequences_given, told.series) == ((Sequence.FLAIR,), None)


def test_every_slice_is_told_and_air_is_empty(prediction: StudyPrediction) -> None:
    slices = study_answer(prediction, mask=False).slices
    assert [each.index for each in slices] == list(range(SLICES))
    assert [each.index for each in slices if each.label == "empty"] == [
        SLICES - 1 - z for z in reversed(range(SLICES)) if z not in HEAD
    ]
    assert all((each.probability is None) == (each.label == "empty") for each in slices)
    called = {each.index for each in slices if each.label is Label.TUMOR}
    assert called == {SLICES - 1 - z for z in LESION}


def test_the_study_is_told_twice_and_alike(prediction: StudyPrediction) -> None:
    dumped = dump_study(prediction)
    assert dumped["study"] == {
        "label": dumped["label"],
        "probability": dumped["probability"],
    }
    assert dumped["research_use_only"] is True
    assert json.loads(json.dumps(dumped)) == dumped


def test_the_mask_opens_over_the_input(prediction: StudyPrediction, tmp_path: Path) -> None:
    url = study_answer(prediction, mask=True).mask
    assert url is not None
    head, _, data = url.partition(",")
    assert head == "data:application/gzip;base64"
    image = nib.Nifti1Image.from_bytes(gzip.decompress(base64.b64decode(data)))
    grid = prediction.study.volume.grid
    assert image.shape == grid.shape
    assert np.allclose(image.affine, grid.affine)
    assert np.array_equal(np.asarray(image.dataobj) > 0, to_grid(prediction.mask, grid))


def test_other_sequences_and_the_choice_of_a_series_are_told(prediction: StudyPrediction) -> None:
    voxels = prediction.study.volume.voxels
    choice = SeriesChoice(2, 3, "It is FLAIR.")
    study = replace(prediction.study, others={Sequence.T1C: voxels}, series=choice)
    dumped = dump_study(replace(prediction, study=study))
    told = dumped["input"]
    assert isinstance(told, dict)
    assert told["sequences_given"] == ["FLAIR", "T1c"]
    assert told["series"] == {"number": 2, "of": 3, "reason": "It is FLAIR."}
    assert dumped["sequences_used"] == ["FLAIR"]

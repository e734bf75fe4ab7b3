from dataclasses import replace

import msgspec
import numpy as np
import pytest

from brainai.artefacts import words
from brainai.imaging.study import SeriesChoice
from brainai.inference.findings import StudyPrediction
from brainai.inference.gate import Unsure
from brainai.inference.predict import Predictor
from brainai.labels import Label, Sequence, UncertainReason
from tests.study_predictions import asymmetric_volume, study_prediction


@pytest.fixture
def prediction(predictor: Predictor) -> StudyPrediction:
    return study_prediction(predictor.spec, *asymmetric_volume())


def test_the_answer_names_probability_and_threshold(prediction: StudyPrediction) -> None:
    said = words.answer_in_words(prediction)
    assert "97 %" in said
    assert "29 %" in said
    assert "agree" not in said


def test_a_label_that_the_outline_speaks_against_is_said_to_be_so(
    prediction: StudyPrediction,
) -> None:
    assert "nothing is outlined" in words.answer_in_words(replace(prediction, lesion=None))
    contrary = replace(prediction, label=Label.NO_TUMOR)
    assert "something is outlined" in words.answer_in_words(contrary)


def test_an_uncertain_answer_gives_its_reason(prediction: StudyPrediction) -> None:
    unsure = Unsure(UncertainReason.SLICES_DISAGREE, "Few slices agree.")
    said = words.answer_in_words(replace(prediction, label=Label.UNCERTAIN, unsure=unsure))
    assert said.endswith("Few slices agree. A person has to decide here.")


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (0.0, "under 1 %"),
        (0.001, "under 1 %"),
        (0.294, "29 %"),
        (0.9951, "over 99 %"),
        (1.0, "over 99 %"),
    ],
)
def test_a_probability_is_rounded_and_never_made_certain(probability: float, said: str) -> None:
    assert words.percent(probability) == said


@pytest.mark.parametrize(
    ("probability", "threshold", "said"),
    [
        (0.496, 0.5, "a probability of 49.6 % of showing a tumour; its threshold is 50.0 %"),
        (0.499996, 0.5, "of 49.9996 % of showing a tumour; its threshold is 50.0000 %"),
        (0.5, 0.5, "of 50 % of showing a tumour; its threshold is 50 %"),
        (0.48, 0.5, "of 48 % of showing a tumour; its threshold is 50 %"),
    ],
)
def test_a_probability_beside_its_threshold_never_reads_the_same_where_it_is_not(
    prediction: StudyPrediction, probability: float, threshold: float, said: str
) -> None:
    near = replace(prediction, probability=probability, threshold=threshold)
    assert said in words.answer_in_words(near)


def test_a_model_that_outlines_nothing_is_not_said_to_disagree_with_itself(
    prediction: StudyPrediction,
) -> None:
    spec = msgspec.structs.replace(
        prediction.spec, file=msgspec.structs.replace(prediction.spec.file, lesion=None)
    )
    assert "agree" not in words.answer_in_words(replace(prediction, spec=spec, lesion=None))


def test_a_forced_answer_is_said_to_be_one(prediction: StudyPrediction) -> None:
    assert "force" not in words.answer_in_words(prediction)
    forced = replace(prediction, forced=True)
    assert "would have been refused" in words.answer_in_words(forced)
    assert dict(words.facts(forced))["Sequences"] == "FLAIR, as which the scan was judged"


def test_measures_carry_their_units(prediction: StudyPrediction) -> None:
    assert [(name, value) for name, value, _ in words.measures(prediction)] == [
        ("Volume", "0.1 mL"),
        ("Longest diameter", "4.5 mm"),
        ("Largest area", "12 mm²"),
        ("Outlined in", "3 slices"),
    ]
    assert words.measures(replace(prediction, lesion=None)) == ()


def test_measures_too_small_to_read_are_not_rounded_to_nothing(
    prediction: StudyPrediction,
) -> None:
    assert prediction.lesion is not None
    tiny = replace(
        prediction.lesion,
        volume_ml=0.004,
        longest_axial_diameter_mm=0.45,
        largest_area_mm2=0.2,
    )
    said = [value for _, value, _ in words.measures(replace(prediction, lesion=tiny))]
    assert said[:3] == ["< 0.1 mL", "0.5 mm", "< 1 mm²"]
    large = replace(tiny, longest_axial_diameter_mm=61.45)
    assert words.measures(replace(prediction, lesion=large))[1][1] == "61 mm"


def test_slices_of_a_dicom_series_are_not_said_to_be_numbered_as_its_files_are(
    prediction: StudyPrediction,
) -> None:
    assert dict(words.facts(prediction))["Slices"].endswith("Numbered from 0, as in the file")
    series = replace(prediction, study=replace(prediction.study, format="dicom"))
    assert dict(words.facts(series))["Slices"].endswith("Numbered from 0, by where they lie")


def test_the_facts_say_what_was_read_and_by_which_weights(prediction: StudyPrediction) -> None:
    facts = dict(words.facts(prediction))
    assert facts["Scan"] == "NIfTI, 20 x 26 x 12 voxels of 0.90 x 1.10 x 4.00 mm"
    assert facts["Orientation"] == "RAS: the array's axes run to right, front, head"
    assert facts["Slices"].startswith(
        "12 axial: 3 with signs of a tumour, 6 without, 3 empty and not judged."
    )
    assert facts["Weights"] == f"sha256 {prediction.spec.file.sha256}"
    assert "Series" not in facts


def test_sequences_that_were_not_used_and_the_choice_of_series_are_told(
    prediction: StudyPrediction,
) -> None:
    study = replace(
        prediction.study,
        others={Sequence.T1C: np.zeros((1, 1, 1), np.float32)},
        series=SeriesChoice(2, 3, "Its inversion time is that of FLAIR."),
    )
    facts = dict(words.facts(replace(prediction, study=study)))
    assert facts["Sequences"] == "FLAIR, which the answer rests on; given too and not used: T1c"
    assert facts["Series"] == "2 of 3. Its inversion time is that of FLAIR."


def test_sequences_that_were_used_are_not_said_to_be_unused(prediction: StudyPrediction) -> None:
    given = (Sequence.T1, Sequence.T1C, Sequence.T2)
    study = replace(prediction.study, others=dict.fromkeys(given, np.zeros((1, 1, 1), np.float32)))
    used = (Sequence.FLAIR, Sequence.T1C, Sequence.T2)
    facts = dict(words.facts(replace(prediction, study=study, sequences_used=used)))
    assert facts["Sequences"] == (
        "FLAIR, T1c, T2, which the answer rests on; given too and not used: T1"
    )
    all_used = replace(prediction, study=study, sequences_used=tuple(Sequence))
    assert "not used" not in dict(words.facts(all_used))["Sequences"]


def test_no_limit_promises_what_was_not_measured_of_studies() -> None:
    (said,) = (limit for limit in words.LIMITS if "nine in ten" in limit)
    assert said.endswith("was not measured.")

from pathlib import Path

import pytest
from marshmallow import Schema

from brainai.api import study_schemas
from brainai.api.study_answers import dump_study
from brainai.api.study_schemas import StudyPredictionSchema
from brainai.inference.volume import predict_volume
from tests.volumes import phantom_study, volume_predictor


def _schemas() -> list[type[Schema]]:
    return [
        value
        for value in vars(study_schemas).values()
        if isinstance(value, type) and issubclass(value, Schema) and value is not Schema
    ]


@pytest.mark.parametrize("schema", _schemas())
def test_every_field_of_a_study_is_required_but_the_mask(schema: type[Schema]) -> None:
    optional = {name for name, field in schema().fields.items() if not field.required}
    assert optional == ({"mask"} if schema is StudyPredictionSchema else set())


@pytest.mark.parametrize("mask", [True, False])
def test_what_is_sent_of_a_study_is_what_the_schema_says(tmp_path: Path, mask: bool) -> None:
    prediction = predict_volume(volume_predictor(tmp_path), phantom_study())
    dumped = dump_study(prediction, mask=mask)
    assert StudyPredictionSchema().validate(dumped) == {}
    assert ("mask" in dumped) == mask

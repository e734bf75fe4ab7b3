import pytest
from marshmallow import Schema, ValidationError

from brainai.api import schemas
from brainai.api.answers import answer
from brainai.api.schemas import PredictionSchema, PredictQuerySchema
from brainai.inference.predict import Predictor
from tests.files import png

_MAY_BE_ABSENT = {
    ("PredictQuerySchema", "explain"),
    ("PredictQuerySchema", "force"),
    ("PredictQuerySchema", "mask"),
    ("PredictQuerySchema", "series"),
    ("PredictionSchema", "heatmap"),
    ("PredictionSchema", "mask"),
    ("PredictionSchema", "preview"),
    ("TimingsSchema", "explain"),
    ("TimingsSchema", "outline"),
}


def _schemas() -> list[type[Schema]]:
    return [
        value
        for value in vars(schemas).values()
        if isinstance(value, type) and issubclass(value, Schema) and value is not Schema
    ]


@pytest.mark.parametrize("schema", _schemas())
def test_every_field_is_required_but_those_that_come_on_request(schema: type[Schema]) -> None:
    optional = {
        (schema.__name__, name) for name, field in schema().fields.items() if not field.required
    }
    assert optional <= _MAY_BE_ABSENT


_SWITCHES = ("explain", "mask", "force")


@pytest.mark.parametrize("switch", _SWITCHES)
@pytest.mark.parametrize(("text", "value"), [("true", True), ("false", False)])
def test_a_switch_is_true_or_false(switch: str, text: str, value: bool) -> None:
    assert PredictQuerySchema().load({switch: text})[switch] is value


@pytest.mark.parametrize("switch", _SWITCHES)
@pytest.mark.parametrize("text", ["", "1", "yes", "True", "maybe"])
def test_a_switch_is_nothing_else(switch: str, text: str) -> None:
    with pytest.raises(ValidationError, match=f"{switch} must be true or false"):
        PredictQuerySchema().load({switch: text})


def test_a_switch_is_off_where_nothing_is_said() -> None:
    assert PredictQuerySchema().load({}) == {**dict.fromkeys(_SWITCHES, False), "series": None}


def test_a_series_is_a_number_from_one() -> None:
    assert PredictQuerySchema().load({"series": "2"})["series"] == 2
    for text in ("0", "-1", "x", "1.5", ""):
        with pytest.raises(ValidationError, match=r"series must be a number from 1\."):
            PredictQuerySchema().load({"series": text})


def test_a_plain_answer_leaves_the_images_out(predictor: Predictor) -> None:
    dumped = PredictionSchema().dump(answer(predictor.predict(png())))
    assert {"heatmap", "mask", "preview"}.isdisjoint(dumped)
    assert "explain" not in dumped["timings_ms"]


@pytest.mark.parametrize("explain", [True, False])
@pytest.mark.parametrize("mask", [True, False])
def test_what_is_sent_is_what_the_schema_says(
    predictor: Predictor, explain: bool, mask: bool
) -> None:
    made = predictor.predict(png(), explain=explain, mask=mask)
    dumped = PredictionSchema().dump(answer(made))
    assert PredictionSchema().validate(dumped) == {}

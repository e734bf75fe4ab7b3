import json
import re

import pytest
from marshmallow import Schema

from brainai.api.card_schemas import ModelsSchema
from brainai.api.job_schemas import JobSchema
from brainai.api.schemas import HealthSchema, PredictionSchema, ProblemSchema
from tests.conftest import REPOSITORY

TOLD = (REPOSITORY / "docs" / "api.md").read_text()
PATHS = json.loads((REPOSITORY / "backend" / "openapi.json").read_text())["paths"]


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("prediction", PredictionSchema()),
        ("health", HealthSchema()),
        ("models", ModelsSchema()),
        ("problem", ProblemSchema()),
        ("job", JobSchema()),
    ],
)
def test_every_answer_that_is_shown_has_the_shape_that_is_sent(name: str, schema: Schema) -> None:
    (shown,) = re.findall(rf"```json {name}\n(.*?)```", TOLD, re.DOTALL)
    assert schema.validate(json.loads(shown)) == {}


@pytest.mark.parametrize("path", PATHS)
def test_every_route_is_documented(path: str) -> None:
    for method in PATHS[path].keys() - {"parameters"}:
        assert f"`{method.upper()} {path}`" in TOLD

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from brainai.api.state import state_of
from tests.conftest import REPOSITORY

COMMITTED = (REPOSITORY / "backend" / "openapi.json").read_text()
SPEC: dict[str, Any] = json.loads(COMMITTED)


def test_openapi_json_regenerates_without_a_difference(app: Flask) -> None:
    assert state_of(app).openapi_text == COMMITTED, "run: make openapi"


def test_the_server_serves_the_committed_text(client: FlaskClient) -> None:
    assert client.get("/openapi.json").text == COMMITTED


def test_every_described_path_is_a_route_and_every_route_is_described(app: Flask) -> None:
    routes = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule) for rule in app.url_map.iter_rules()}
    undescribed = {"/openapi.json", "/docs", "/docs/{name}"}
    assert routes - undescribed == set(SPEC["paths"])


@pytest.mark.parametrize("name", sorted(SPEC["components"]["schemas"]))
def test_every_property_of_an_answer_has_a_type(name: str) -> None:
    for told in SPEC["components"]["schemas"][name]["properties"].values():
        assert {"type", "$ref", "anyOf"} & set(told)


def test_json_is_described_by_its_fields_and_never_as_bytes() -> None:
    for path in SPEC["paths"].values():
        for operation in (told for name, told in path.items() if name != "parameters"):
            for answer in operation["responses"].values():
                schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
                assert schema.get("type") != "string"


def test_every_reference_leads_somewhere() -> None:
    schemas = SPEC["components"]["schemas"]
    for part in COMMITTED.split('"$ref": "#/components/schemas/')[1:]:
        assert part.partition('"')[0] in schemas


def test_every_operation_documents_its_problems_in_the_one_shape() -> None:
    for path in SPEC["paths"].values():
        for operation in (told for name, told in path.items() if name != "parameters"):
            problems = {k: v for k, v in operation["responses"].items() if int(k) >= 400}
            assert problems
            for problem in problems.values():
                assert problem["content"] == {
                    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                }

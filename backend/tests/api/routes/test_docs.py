import re

import pytest
from flask.testing import FlaskClient


def test_the_description_is_served(client: FlaskClient) -> None:
    answer = client.get("/openapi.json")
    assert answer.content_type == "application/json"
    assert set((answer.get_json() or {})["paths"]) >= {"/predict", "/health", "/models"}


def test_the_page_takes_everything_from_the_server_itself(client: FlaskClient) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    for link in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert client.get(f"/{link}").status_code == 200, link


def test_the_page_sends_the_description_to_no_validator(client: FlaskClient) -> None:
    assert "validatorUrl: null" in client.get("/docs/start.js").text


@pytest.mark.parametrize("name", ["LICENSE", "..", "%2e%2e", "index.html", "nothing.js"])
def test_no_other_file_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/docs/{name}").status_code == 404

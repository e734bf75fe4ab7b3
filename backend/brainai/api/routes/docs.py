"""GET /openapi.json and /docs: the API's description, and Swagger UI from packaged assets."""

from importlib.resources import files

from flask import Blueprint, Response, current_app
from werkzeug.exceptions import NotFound

from brainai.api.state import state_of

blueprint = Blueprint("docs", __name__)

# Addresses are relative, so that the page works behind a proxy that strips a prefix.
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>BrainAI API</title>
<link rel="icon" href="docs/favicon-32x32.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""

# validatorUrl: Swagger UI would otherwise send the description to a public validator.
_START = """window.ui = SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null
});
"""

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'"
)

_ASSETS = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "favicon-32x32.png": "image/png",
}


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """Answer with the OpenAPI description, the same text as the committed openapi.json."""
    return Response(state_of(current_app).openapi_text, content_type="application/json")


@blueprint.get("/docs")
def docs() -> Response:
    """Answer with Swagger UI."""
    page = Response(_PAGE, content_type="text/html; charset=utf-8")
    page.headers["Content-Security-Policy"] = _POLICY
    return page


@blueprint.get("/docs/<name>")
def asset(name: str) -> Response:
    """Answer with one of Swagger UI's packaged files. Raises NotFound for any other name."""
    if name == "start.js":
        return Response(_START, content_type="text/javascript")
    if name not in _ASSETS:
        raise NotFound
    data = (files("flask_swagger_ui") / "dist" / name).read_bytes()
    found = Response(data, content_type=_ASSETS[name])
    found.headers["Cache-Control"] = "public, max-age=86400"
    return found

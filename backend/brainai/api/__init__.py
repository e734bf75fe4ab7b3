"""HTTP: parse, call, return. ``create_app`` makes the WSGI app."""

import time

from flask import Flask, Response, current_app, g, request
from flask_cors import CORS

from brainai.api.logging import log_request
from brainai.api.openapi import describe, register_routes
from brainai.api.problems import register_problems
from brainai.api.requests import FORM_OVERHEAD_BYTES, REQUEST_ID_HEADER, begin_request, drain
from brainai.api.routes import docs
from brainai.api.served_jobs import ServedJobs
from brainai.api.served_model import ServedModel
from brainai.api.settings import Settings
from brainai.api.slice_pictures import SlicePictures
from brainai.api.state import State, keep_state, state_of
from brainai.api.streams import Streams

# Answers that may come before the body was read: a wrong parameter or address, no form, too much of
# it, no room for a further job, a model or a store that is not ready.
_BODY_LEFT = (400, 404, 405, 413, 429, 503)


def create_app(settings: Settings, model: ServedModel) -> Flask:
    """Make the WSGI app. ``model`` is started by the caller, before or after."""
    app = Flask("brainai.api", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_upload_bytes + FORM_OVERHEAD_BYTES
    app.before_request(lambda: begin_request(request))
    app.after_request(_finish)
    register_problems(app)
    api = register_routes(app)
    app.register_blueprint(docs.blueprint)
    state = State(
        settings=settings,
        model=model,
        jobs=ServedJobs(settings.jobs),
        streams=Streams(settings.max_streams),
        pictures=SlicePictures(),
        openapi_text=describe(api),
        started_s=time.monotonic(),
    )
    keep_state(app, state)
    if settings.cors_origins:
        CORS(
            app,
            origins=list(settings.cors_origins),
            methods=["GET", "POST", "DELETE"],
            expose_headers=[REQUEST_ID_HEADER, "Location", "Retry-After"],
            always_send=False,
        )
    return app


def _finish(response: Response) -> Response:
    if response.status_code in _BODY_LEFT and not g.get("client_gone"):
        drain(request, state_of(current_app).settings.max_upload_bytes)
    response.headers[REQUEST_ID_HEADER] = g.request_id
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Content-Type-Options"] = "nosniff"
    log_request(response)
    return response

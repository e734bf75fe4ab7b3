"""GET /health, /health/live, /health/ready."""

import platform
import time

from flask import current_app
from flask_smorest import Blueprint

import brainai
from brainai.api.answers import name_model
from brainai.api.schemas import HealthSchema, LiveSchema, ReadySchema
from brainai.api.served_model import ServedModel
from brainai.api.state import State, state_of
from brainai.errors import StoreUnavailable
from brainai.inference.runtime import ENGINE
from brainai.jobs.store import Counts

blueprint = Blueprint("health", __name__, description="State of the server")


@blueprint.get("/health")
@blueprint.response(200, HealthSchema)
@blueprint.doc(summary="State, model and versions", operationId="health")
def health() -> dict[str, object]:
    """Tell the state of the server, its model and its versions."""
    state = state_of(current_app)
    spec = state.model.spec
    return {
        "status": _status(state.model),
        "model": name_model(spec) if spec else None,
        "versions": {
            "brainai": brainai.__version__,
            "python": platform.python_version(),
            "engine": ENGINE,
        },
        "uptime_s": round(time.monotonic() - state.started_s, 3),
        "jobs": _count_jobs(state),
    }


@blueprint.get("/health/live")
@blueprint.response(200, LiveSchema)
@blueprint.doc(summary="The process answers", operationId="live")
def live() -> dict[str, str]:
    """Tell that the process answers."""
    return {"status": "alive"}


@blueprint.get("/health/ready")
@blueprint.response(200, ReadySchema)
@blueprint.doc(summary="The model has reproduced its golden logits", operationId="ready")
def ready() -> dict[str, str]:
    """Tell that the model has reproduced its golden logits; 503 with the reason until then."""
    state_of(current_app).model.predictor()
    return {"status": "ready"}


def _status(model: ServedModel) -> str:
    if model.ready:
        return "ok"
    return "failed" if model.failed else "starting"


def _count_jobs(state: State) -> Counts | None:
    """Count jobs and workers; None where their store does not answer: news, not an error."""
    try:
        return state.jobs.service().count()
    except StoreUnavailable:
        return None

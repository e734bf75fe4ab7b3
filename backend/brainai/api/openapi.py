"""The routes -> openapi.json."""

import json
from typing import ClassVar

from flask import Flask
from flask_smorest import Api
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

import brainai
from brainai.api.problems import PROBLEM_TYPE, from_http_error
from brainai.api.routes import health, jobs, models, predict
from brainai.api.schemas import ProblemSchema
from brainai.artefacts import ARTEFACTS

# Which statuses each operation may answer with, beyond success.
_PROBLEMS = {
    "predict": (400, 413, 415, 422, 500, 503),
    "health": (500,),
    "live": (500,),
    "ready": (500, 503),
    "models": (500, 503),
    "submit_job": (400, 413, 429, 500, 503),
    "job": (404, 500, 503),
    "job_events": (404, 429, 500, 503),
    "delete_job": (404, 500, 503),
    "job_slice": (400, 404, 409, 500, 503),
    **{f"job_{name.replace('.', '_')}": (404, 409, 500, 503) for name, _ in ARTEFACTS},
}

_TITLES = {
    400: "No file, several, an empty one, or a parameter out of range or not known",
    404: "No such job, file or slice: unknown, erased or expired",
    409: "The job has not ended yet",
    413: "More bytes, pixels, voxels or files than the server accepts",
    415: "The first bytes are those of no format that is read",
    422: "No slice that can be judged came out of it, or it is not what the model is made for",
    429: "As many jobs wait, or event streams are open, as the server allows",
    500: "A fault of the server; only a request id is told",
    503: "The model is not ready, or the store of the jobs does not answer",
}


class DescribedApi(Api):  # type: ignore[misc]  # flask-smorest ships no types
    """The API, with errors left to problems.py and its description in RFC 9457 terms."""

    ERROR_SCHEMA: ClassVar[type[ProblemSchema]] = ProblemSchema
    DEFAULT_ERROR_RESPONSE_NAME = None

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Answer as problems.py does."""
        return from_http_error(error)


def register_routes(app: Flask) -> DescribedApi:
    """Register the described blueprints on ``app``."""
    app.config.update(
        API_TITLE="BrainAI",
        API_VERSION=brainai.__version__,
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={
            "info": {
                "description": "Tumour detection on FLAIR MRI slices. Research use only, "
                "not a medical device."
            }
        },
    )
    api = DescribedApi(app)
    for module in (predict, jobs, health, models):
        api.register_blueprint(module.blueprint)
    return api


def describe(api: DescribedApi) -> str:
    """Return the text of openapi.json: keys sorted, indented, one line feed at the end."""
    if "Problem" not in api.spec.components.schemas:
        api.spec.components.schema("Problem", schema=ProblemSchema)
    spec = json.loads(json.dumps(api.spec.to_dict()))
    # flask-smorest's own statuses and its paging, neither of which is answered here.
    del spec["components"]["responses"], spec["components"]["schemas"]["PaginationMetadata"]
    content = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path in spec["paths"].values():
        # Parameters of the path itself stand beside the operations.
        for operation in (told for name, told in path.items() if name != "parameters"):
            for status in _PROBLEMS[operation["operationId"]]:
                problem = {"description": _TITLES[status], "content": content}
                operation["responses"][str(status)] = problem
    return json.dumps(spec, indent=2, sort_keys=True, ensure_ascii=False) + "\n"

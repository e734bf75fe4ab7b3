"""POST /predict."""

from flask import current_app, g, request
from flask_smorest import Blueprint

from brainai.api.answers import Answer, answer
from brainai.api.requests import read_upload
from brainai.api.schemas import PredictionSchema, PredictQuerySchema
from brainai.api.state import state_of

blueprint = Blueprint("predict", __name__, description="Judge one FLAIR slice")

_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {
                        "type": "string",
                        "format": "binary",
                        "description": "One slice: PNG, JPEG, TIFF, WebP, BMP or DICOM",
                    }
                },
            }
        }
    },
}


@blueprint.post("/predict")
@blueprint.arguments(PredictQuerySchema, location="query", error_status_code=400)
@blueprint.response(200, PredictionSchema)
@blueprint.doc(requestBody=_BODY, summary="Judge one FLAIR slice", operationId="predict")
def predict(query: dict[str, bool]) -> Answer:
    """Answer whether a FLAIR slice shows a tumour. Research use only, not a medical device."""
    state = state_of(current_app)
    predictor = state.model.predictor()
    data = read_upload(request, state.settings.max_upload_bytes)
    made = answer(
        predictor.predict(data, explain=query["explain"], mask=query["mask"], force=query["force"])
    )
    g.timings_ms = made.timings_ms
    return made

"""POST /predict."""

from dataclasses import dataclass

from flask import Response, current_app, g, jsonify, request
from flask_smorest import Blueprint

from brainai.api.answers import answer
from brainai.api.bodies import files_body
from brainai.api.requests import read_uploads
from brainai.api.schemas import PredictionSchema, PredictQuerySchema
from brainai.api.state import state_of
from brainai.api.study_answers import study_answer
from brainai.api.study_schemas import StudyPredictionSchema
from brainai.inference.predict import Prediction

blueprint = Blueprint("predict", __name__, description="Judge one FLAIR slice or volume")

_BODY = files_body(
    ". One slice: PNG, JPEG, TIFF, WebP, BMP or DICOM. Or a volume: NIfTI, MetaImage (.mha, or "
    ".mhd with its .raw), DICOM of many files or frames, or a zip of such files; further sequences "
    "of the same patient may come with it"
)

# input.kind tells them apart, two levels down, where OpenAPI's discriminator does not reach.
_ANSWER = {"oneOf": [PredictionSchema, StudyPredictionSchema]}


@blueprint.post("/predict")
@blueprint.arguments(PredictQuerySchema, location="query", unknown=None, error_status_code=400)
@blueprint.response(
    200,
    _ANSWER,
    description='Of a slice (input.kind is "slice") or of a volume (input.kind is "volume")',
)
@blueprint.doc(requestBody=_BODY, summary="Judge one FLAIR slice or volume", operationId="predict")
def predict(query: dict[str, object]) -> Response:
    """Answer whether FLAIR shows a tumour, and where. Research use only, not a medical device."""
    asked = _Query(**query)  # type: ignore[arg-type]  # PredictQuerySchema has seen to the types
    state = state_of(current_app)
    predictor = state.model.predictor()
    files = read_uploads(request, state.settings.max_predict_bytes, state.settings.max_files)
    predicted = predictor.predict_upload(
        files, series=asked.series, explain=asked.explain, mask=asked.mask, force=asked.force
    )
    if isinstance(predicted, Prediction):
        of_slice = answer(predicted)
        g.timings_ms = of_slice.timings_ms
        return jsonify(PredictionSchema().dump(of_slice))
    of_study = study_answer(predicted, asked.mask)
    g.timings_ms = of_study.timings_ms
    return jsonify(StudyPredictionSchema().dump(of_study))


@dataclass(frozen=True)
class _Query:
    explain: bool
    mask: bool
    force: bool
    series: int | None

"""GET /models."""

from flask import current_app
from flask_smorest import Blueprint

from brainai.api.answers import ModelCard, describe_model
from brainai.api.card_schemas import ModelsSchema
from brainai.api.state import state_of

blueprint = Blueprint("models", __name__, description="The models and their figures")


@blueprint.get("/models")
@blueprint.response(200, ModelsSchema)
@blueprint.doc(summary="The models and their figures", operationId="models")
def models() -> dict[str, list[ModelCard]]:
    """Tell which models answer, at which threshold, and how well they were measured to do.

    The first answers for slices, and for studies that hold FLAIR alone.
    """
    described = state_of(current_app).model.described()
    return {"models": [describe_model(*each) for each in described]}

"""A job over the wire (marshmallow)."""

from marshmallow import Schema, fields, validate

from brainai.api.fields import (
    Digits,
    QuerySchema,
    flag,
    list_of,
    nested_or_null,
    number,
    one_of,
    text,
    whole,
)
from brainai.api.study_schemas import StudyPredictionSchema
from brainai.jobs.job import JobState, Stage

# What a record holds (PostgreSQL's integer); no upload has nearly as many.
_MOST_SERIES = 2**31 - 1
_SERIES_RANGE = f"series must be a number from 1 to {_MOST_SERIES}."


class JobQuerySchema(QuerySchema):
    """Query of POST /jobs."""

    force = fields.Boolean(
        load_default=False,
        truthy={"true"},
        falsy={"false"},
        error_messages={"invalid": "force must be true or false."},
        metadata={
            "description": "Judge, with a warning, what would be refused as not_brain_mr or "
            "wrong_sequence"
        },
    )
    series = Digits(
        load_default=None,
        validate=validate.Range(min=1, max=_MOST_SERIES, error=_SERIES_RANGE),
        error_messages={"invalid": _SERIES_RANGE},
        metadata={"description": "Which series of several to take for the FLAIR, from 1"},
    )


class SliceQuerySchema(QuerySchema):
    """Query of GET /jobs/{job_id}/slices/{index}.png."""

    overlay = fields.String(
        load_default="outline",
        validate=validate.OneOf(
            ["outline", "fill", "none"], error="overlay must be outline, fill or none."
        ),
        metadata={"description": "How the lesion is drawn over the slice"},
    )


class JobErrorSchema(Schema):
    """Why a job failed."""

    code = text("Stable code of the problem, as in the problems of POST /predict; for programs")
    detail = text("What was found, what was expected, what to do")
    forceable = flag("The job is answered, with a warning, if it is sent with force=true")


class ArtefactSchema(Schema):
    """A file that a job left behind."""

    name = text("Its name")
    href = text("Where it is, from the API's root")
    media_type = text("Its media type")
    size_bytes = whole("Its size")


def _moment(description: str, *, or_null: bool = False) -> fields.String:
    return fields.String(
        required=True,
        allow_none=or_null,
        metadata={"description": description, "format": "date-time"},
    )


class JobSchema(Schema):
    """One job. Research use only."""

    id = text("Id of the job; whoever knows it may read and erase the job")
    state = one_of(*JobState)
    progress = number("How much is done, from 0 to 1, by slices")
    stage = one_of(*Stage)
    slices_done = whole("Slices judged")
    slices_total = whole("Slices to judge; 0 until the upload has been read")
    attempts = whole("How often the job was begun")
    created_at = _moment("When it was sent, UTC")
    ended_at = _moment("When it ended, UTC", or_null=True)
    expires_at = _moment("When it is erased with all its files, UTC", or_null=True)
    error = nested_or_null(JobErrorSchema)
    result = nested_or_null(StudyPredictionSchema)
    artefacts = list_of(ArtefactSchema)

"""What goes over the wire (marshmallow); openapi.json is made from these.

Every field is marked as required unless an answer may leave it out, so that the types generated
from openapi.json are exact.
"""

from collections.abc import Mapping
from typing import ClassVar

from marshmallow import Schema, fields, post_dump, validate

from brainai.api.fields import (
    Digits,
    QuerySchema,
    flag,
    list_of,
    nested,
    nested_or_null,
    number,
    number_or_null,
    one_of,
    research_use_only,
    some_of,
    text,
    whole,
)
from brainai.imaging.sniff import FORMATS
from brainai.inference.withheld import Output, WithheldReason
from brainai.labels import Label, Sequence, UncertainReason


class ProblemSchema(Schema):
    """RFC 9457 problem details."""

    type = text("URN of the kind of problem")
    title = text("The HTTP status in words")
    status = whole("The HTTP status")
    detail = text("What was found, what was expected, what to do")
    code = text("Stable code of the problem, for programs")
    forceable = flag("The same request is answered, with a warning, if it is sent with force=true")
    request_id = text("Id of the request, as in the X-Request-ID header and the server's log")


def _switch(name: str, description: str) -> fields.Boolean:
    return fields.Boolean(
        load_default=False,
        truthy={"true"},
        falsy={"false"},
        error_messages={"invalid": f"{name} must be true or false."},
        metadata={"description": description},
    )


class PredictQuerySchema(QuerySchema):
    """Query of POST /predict."""

    explain = _switch(
        "explain", "Of a slice, also answer with the heat map and the windowed preview"
    )
    mask = _switch(
        "mask", "Also answer with the lesion's mask and, of a slice, the windowed preview"
    )
    force = _switch(
        "force",
        "Answer, with a warning, what would be refused as not_brain_mr or wrong_sequence",
    )
    series = Digits(
        load_default=None,
        validate=validate.Range(min=1, error="series must be a number from 1."),
        error_messages={"invalid": "series must be a number from 1."},
        metadata={"description": "Which series of several to take for the FLAIR, from 1"},
    )


class ModelRefSchema(Schema):
    """Which model answers."""

    name = text("Name of the model folder")
    version = text("Version of the model")
    sha256 = text("SHA-256 of the ONNX file, hex")


class InputSchema(Schema):
    """What the upload was taken for."""

    kind = one_of("slice")
    format = one_of(*FORMATS)
    width_px = whole("Columns of the slice")
    height_px = whole("Rows of the slice")
    sequence = one_of(*Sequence)
    spacing_mm = fields.List(
        fields.Float(),
        required=True,
        allow_none=True,
        validate=validate.Length(equal=2),
        metadata={
            "description": "Distance of pixel centres from row to row and from column to column; "
            "null where the file does not say"
        },
    )


class ProbabilitiesSchema(Schema):
    """Calibrated probabilities, which sum to 1."""

    tumor = number("P(tumour)")
    no_tumor = number("P(no tumour)")


class UncertainBandSchema(Schema):
    """Probabilities from low to high are answered with "uncertain"."""

    low = number("Lower end")
    high = number("Upper end")


class UncertainSchema(Schema):
    """Why the label is "uncertain"."""

    reason = one_of(*UncertainReason)
    detail = text("The reason in a sentence")


class BoundingBoxSchema(Schema):
    """The smallest upright rectangle that holds the mask, in pixels of the input."""

    left = whole("First column")
    top = whole("First row")
    width = whole("Columns")
    height = whole("Rows")


class LesionSchema(Schema):
    """What the mask outlines, measured on the input's grid."""

    area_px = whole("Pixels of the mask")
    area_mm2 = number_or_null("Their area; null where the spacing is unknown")
    longest_diameter_px = number("Greatest distance between two pixels of one component")
    longest_diameter_mm = number_or_null("The same in mm; null where the spacing is unknown")
    bounding_box = nested(BoundingBoxSchema)
    components = whole("Parts of the mask that do not touch, not even by a corner")


class WithheldSchema(Schema):
    """What the input or the model can't support."""

    output = one_of(*Output)
    reason = one_of(*WithheldReason)
    detail = text("The reason in a sentence, with what to do")


class TimingsSchema(Schema):
    """Milliseconds by stage."""

    read = number("Bytes to pixels")
    preprocess = number("Pixels to tensor, with the checks before it")
    run = number("Tensor to probability")
    outline = fields.Float(
        metadata={"description": "Lesion logits to mask and lesion, only where a model outlines"}
    )
    explain = fields.Float(
        metadata={"description": "Heat map, mask and preview, only where they were asked for"}
    )
    total = number("All stages")


class AnswerSchema(Schema):
    """What the answer for a slice and that for a volume have in common.

    if_asked: fields that are left out, instead of sent as null, where they were not asked for.
    """

    if_asked: ClassVar[tuple[str, ...]] = ("mask",)

    id = text("Id of the prediction")
    model = nested(ModelRefSchema)
    label = one_of(*Label)
    uncertain = nested_or_null(UncertainSchema)
    sequences_used = some_of(Sequence, "Sequences that the answer rests on")
    outputs_withheld = list_of(WithheldSchema)
    warnings = fields.List(fields.String(), required=True)
    research_use_only = research_use_only()

    @post_dump
    def drop_absent(self, dumped: Mapping[str, object], **_: object) -> dict[str, object]:
        """Leave out what was not asked for."""
        return {
            name: value
            for name, value in dumped.items()
            if value is not None or name not in self.if_asked
        }


class PredictionSchema(AnswerSchema):
    """The answer for one slice. Research use only."""

    if_asked: ClassVar[tuple[str, ...]] = ("heatmap", "mask", "preview")

    input = nested(InputSchema)
    probability = number("Calibrated P(tumour)")
    probabilities = nested(ProbabilitiesSchema)
    threshold = number('P(tumour) from here on is "tumor"')
    uncertain_band = nested(UncertainBandSchema)
    lesion = nested_or_null(LesionSchema)
    heatmap = fields.String(
        metadata={
            "description": "PNG data URL on the input's grid, 8-bit grey, 0 to 255 stands for "
            "0 to 1; only with explain=true"
        }
    )
    mask = fields.String(
        metadata={
            "description": "PNG data URL on the input's grid, 8-bit grey, 255 in the lesion and 0 "
            "elsewhere; only with mask=true, and from a model that outlines"
        }
    )
    preview = fields.String(
        metadata={
            "description": "PNG data URL of the windowed slice, 8-bit grey; only with "
            "explain=true or mask=true"
        }
    )
    timings_ms = nested(TimingsSchema)


class VersionsSchema(Schema):
    """Versions of what answers."""

    brainai = text("This package")
    python = text("The interpreter")
    engine = text("The inference engine")


class JobCountsSchema(Schema):
    """Jobs, and who works on them."""

    queued = whole("Jobs that wait")
    running = whole("Jobs under way")
    workers = whole("Workers heard of lately; with none, jobs wait")


class HealthSchema(Schema):
    """The state of the server."""

    status = one_of("ok", "starting", "failed")
    model = nested_or_null(ModelRefSchema)
    versions = nested(VersionsSchema)
    uptime_s = number("Seconds since the server started")
    jobs = fields.Nested(
        JobCountsSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Null where the store of the jobs does not answer"},
    )


class LiveSchema(Schema):
    """The process answers."""

    status = one_of("alive")


class ReadySchema(Schema):
    """The model has reproduced its golden logits."""

    status = one_of("ready")

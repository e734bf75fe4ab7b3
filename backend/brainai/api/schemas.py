"""What goes over the wire (marshmallow); openapi.json is made from these.

Every field is marked as required unless an answer may leave it out, so that the types generated
from openapi.json are exact.
"""

from collections.abc import Mapping

from marshmallow import Schema, fields, post_dump, validate

from brainai.imaging.sniff import FORMATS
from brainai.labels import Label, Sequence


def _text(description: str) -> fields.String:
    return fields.String(required=True, metadata={"description": description})


def _number(description: str) -> fields.Float:
    return fields.Float(required=True, metadata={"description": description})


def _whole(description: str) -> fields.Integer:
    return fields.Integer(required=True, metadata={"description": description})


def _one_of(*choices: str) -> fields.String:
    return fields.String(required=True, validate=validate.OneOf(choices))


def _research_use_only() -> fields.Boolean:
    return fields.Boolean(
        required=True,
        metadata={"description": "Always true: not a medical device.", "enum": [True]},
    )


class ProblemSchema(Schema):
    """RFC 9457 problem details."""

    type = _text("URN of the kind of problem")
    title = _text("The HTTP status in words")
    status = _whole("The HTTP status")
    detail = _text("What was found, what was expected, what to do")
    code = _text("Stable code of the problem, for programs")
    request_id = _text("Id of the request, as in the X-Request-ID header and the server's log")


class PredictQuerySchema(Schema):
    """Query of POST /predict."""

    explain = fields.Boolean(
        load_default=False,
        truthy={"true"},
        falsy={"false"},
        error_messages={"invalid": "explain must be true or false."},
        metadata={"description": "Also answer with the heat map and the windowed preview"},
    )


class ModelRefSchema(Schema):
    """Which model answers."""

    name = _text("Name of the model folder")
    version = _text("Version of the model")
    sha256 = _text("SHA-256 of the ONNX file, hex")


class InputSchema(Schema):
    """What the upload was taken for."""

    kind = _one_of("slice")
    format = _one_of(*FORMATS)
    width_px = _whole("Columns of the slice")
    height_px = _whole("Rows of the slice")
    sequence = _one_of(*Sequence)


class ProbabilitiesSchema(Schema):
    """Calibrated probabilities, which sum to 1."""

    tumor = _number("P(tumour)")
    no_tumor = _number("P(no tumour)")


class UncertainBandSchema(Schema):
    """Probabilities from low to high are answered with "uncertain"."""

    low = _number("Lower end")
    high = _number("Upper end")


class TimingsSchema(Schema):
    """Milliseconds by stage."""

    read = _number("Bytes to pixels")
    preprocess = _number("Pixels to tensor")
    run = _number("Tensor to probability")
    explain = fields.Float(metadata={"description": "Heat map and preview, only with explain=true"})
    total = _number("All stages")


class PredictionSchema(Schema):
    """The answer for one slice. Research use only."""

    id = _text("Id of the prediction")
    model = fields.Nested(ModelRefSchema, required=True)
    input = fields.Nested(InputSchema, required=True)
    label = _one_of(*Label)
    probability = _number("Calibrated P(tumour)")
    probabilities = fields.Nested(ProbabilitiesSchema, required=True)
    threshold = _number('P(tumour) from here on is "tumor"')
    uncertain_band = fields.Nested(UncertainBandSchema, required=True)
    heatmap = fields.String(
        metadata={
            "description": "PNG data URL on the input's grid, 8-bit grey, 0 to 255 stands for "
            "0 to 1; only with explain=true"
        }
    )
    preview = fields.String(
        metadata={
            "description": "PNG data URL of the windowed slice, 8-bit grey; only with explain=true"
        }
    )
    warnings = fields.List(fields.String(), required=True)
    timings_ms = fields.Nested(TimingsSchema, required=True)
    research_use_only = _research_use_only()

    @post_dump
    def drop_absent(self, dumped: Mapping[str, object], **_: object) -> dict[str, object]:
        """Leave out what was not asked for, instead of sending null."""
        return {name: value for name, value in dumped.items() if value is not None}


class VersionsSchema(Schema):
    """Versions of what answers."""

    brainai = _text("This package")
    python = _text("The interpreter")
    engine = _text("The inference engine")


class HealthSchema(Schema):
    """The state of the server."""

    status = _one_of("ok", "starting")
    model = fields.Nested(ModelRefSchema, required=True, allow_none=True)
    versions = fields.Nested(VersionsSchema, required=True)
    uptime_s = _number("Seconds since the server started")


class LiveSchema(Schema):
    """The process answers."""

    status = _one_of("alive")


class ReadySchema(Schema):
    """The model has reproduced its golden logits."""

    status = _one_of("ready")


def _share(description: str) -> fields.Float:
    return fields.Float(required=True, allow_none=True, metadata={"description": description})


class IntervalSchema(Schema):
    """A figure and its 95 % bootstrap interval over patients; null ends for a single patient."""

    value = _number("The figure")
    low = _share("Lower end")
    high = _share("Upper end")


def _interval() -> fields.Nested:
    return fields.Nested(IntervalSchema, required=True, allow_none=True)


class FiguresSchema(Schema):
    """What one method reaches on one data source."""

    source = _text("Short name of the data source")
    title = _text("Its title")
    note = _text("What to know before reading the figures")
    method = _one_of("model", "flair_threshold")
    patients = _whole("Patients")
    slices = _whole("Slices")
    tumor_slices = _whole("Slices with tumour")
    auroc = _interval()
    sensitivity = _interval()
    specificity = _interval()
    balanced_accuracy = _interval()
    accuracy = _interval()
    ece = _share("Expected calibration error")
    uncertain_share = _share('Share of slices answered with "uncertain"')


class ForerunnerSchema(Schema):
    """Figures that an earlier tool published."""

    balanced_accuracy = _number("Mean of sensitivity and specificity")
    accuracy = _number("Share of right answers")
    sensitivity = _number("Share of tumour slices found")
    specificity = _number("Share of normal slices passed")
    note = _text("What to know before comparing")


class ModelSchema(Schema):
    """A model, with its figures."""

    name = _text("Name of the model folder")
    version = _text("Version of the model")
    sha256 = _text("SHA-256 of the ONNX file, hex")
    task = _text("What the model does")
    sequences = fields.List(_one_of(*Sequence), required=True)
    architecture = _text("The network")
    input_size_px = _whole("Side of the square that the network sees")
    threshold = _number('P(tumour) from here on is "tumor"')
    uncertain_band = fields.Nested(UncertainBandSchema, required=True)
    temperature = _number("Logits are divided by this before softmax")
    created = _text("ISO date of the training run")
    licence = _text("Licence of the weights")
    figures = fields.List(fields.Nested(FiguresSchema), required=True)
    forerunner = fields.Nested(ForerunnerSchema, required=True, allow_none=True)
    research_use_only = _research_use_only()


class ModelsSchema(Schema):
    """The models that this server answers with."""

    models = fields.List(fields.Nested(ModelSchema), required=True)

"""The answer for a volume over the wire (marshmallow)."""

from typing import Any

from marshmallow import Schema, fields, validate

from brainai.api.fields import (
    list_of,
    nested,
    nested_or_null,
    number,
    number_or_null,
    one_of,
    some_of,
    text,
    whole,
)
from brainai.api.schemas import AnswerSchema, UncertainBandSchema
from brainai.imaging.sniff import VOLUME_FORMATS
from brainai.labels import Label, Sequence

EMPTY = "empty"


def _three(kind: "fields.Field[Any]", description: str) -> "fields.List[Any]":
    return fields.List(
        kind,
        required=True,
        validate=validate.Length(equal=3),
        metadata={"description": description},
    )


class SeriesSchema(Schema):
    """Which series of several was taken for the FLAIR."""

    number = whole("From 1, in the order of the upload; series=N names another")
    of = whole("How many there were")
    reason = text("Why this one, in a sentence")


class VolumeInputSchema(Schema):
    """What the upload was taken for."""

    kind = one_of("volume")
    format = one_of(*VOLUME_FORMATS)
    shape = _three(fields.Integer(), "Voxels along each axis of the input's own array")
    spacing_mm = _three(fields.Float(), "Distance of neighbouring voxels along each of these axes")
    orientation = text(
        'Where each of these axes runs to: "LPS" is to the left, to the back, up (to the head)'
    )
    axial_axis = fields.Integer(
        required=True,
        validate=validate.OneOf((0, 1, 2)),
        metadata={"description": "Along which of these axes the axial slices are stacked"},
    )
    sequence = one_of(*Sequence)
    sequences_given = some_of(Sequence, "Sequences that the upload held")
    series = nested_or_null(SeriesSchema)


class StudySchema(Schema):
    """What is said of the study as a whole."""

    label = one_of(*Label)
    probability = number("Calibrated P(tumour) of the study")


class SliceFindingSchema(Schema):
    """What is said of one axial slice."""

    index = whole("Along the input's own axial axis")
    probability = number_or_null("Calibrated P(tumour) of the slice; null where it is empty")
    label = one_of(*Label, EMPTY)


class VolumeLesionSchema(Schema):
    """What the mask outlines, measured on the input's grid."""

    volume_ml = number("Voxels of the mask times the volume of one")
    longest_axial_diameter_mm = number(
        "Greatest distance between two pixels of one component in one axial slice"
    )
    slice_of_largest_area = whole("Index of the axial slice with the most of the mask")
    largest_area_mm2 = number("Area of the mask in that slice")
    components = whole("Parts of the mask that do not touch, not even by a corner")
    slices = whole("Axial slices with any of the mask")


class StudyPredictionSchema(AnswerSchema):
    """The answer for one volume. Research use only."""

    input = nested(VolumeInputSchema)
    probability = number("Calibrated P(tumour) of the study")
    threshold = number('P(tumour) of the study from here on is "tumor"')
    study = nested(StudySchema)
    slice_threshold = number('P(tumour) of a slice from here on is "tumor"')
    slice_uncertain_band = nested(UncertainBandSchema)
    slices = list_of(SliceFindingSchema)
    lesion = nested_or_null(VolumeLesionSchema)
    mask = fields.String(
        metadata={
            "description": "application/gzip data URL of a NIfTI file on the input's grid, uint8, "
            "1 in the lesion and 0 elsewhere; only with mask=true, and from a model that outlines"
        }
    )
    timings_ms = fields.Dict(
        keys=fields.String(),
        values=fields.Float(),
        required=True,
        metadata={"description": "Milliseconds by stage: read, preprocess, run, outline, total"},
    )

"""What GET /models sends of a model and its figures (marshmallow)."""

from marshmallow import Schema

from brainai.api.fields import (
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
from brainai.api.schemas import UncertainBandSchema
from brainai.labels import Sequence

OUTPUTS = ("label", "probability", "heatmap", "mask")
"""What a model may answer with."""


class IntervalSchema(Schema):
    """A figure and its 95 % bootstrap interval over patients; null ends for a single patient."""

    value = number("The figure")
    low = number_or_null("Lower end")
    high = number_or_null("Upper end")


class FiguresSchema(Schema):
    """What one method reaches on one group of slices."""

    source = text("Short name of the group")
    group = one_of("source", "site", "lesion_size", "edge", "look")
    title = text("Its title")
    note = text("What to know before reading the figures")
    method = one_of("model", "flair_threshold")
    patients = whole("Patients")
    slices = whole("Slices")
    tumor_slices = whole("Slices with tumour")
    auroc = nested_or_null(IntervalSchema)
    sensitivity = nested_or_null(IntervalSchema)
    specificity = nested_or_null(IntervalSchema)
    balanced_accuracy = nested_or_null(IntervalSchema)
    accuracy = nested_or_null(IntervalSchema)
    ece = number_or_null("Expected calibration error")
    uncertain_share = number_or_null("Share of slices whose probability is in the uncertain band")
    dice_mean = nested_or_null(IntervalSchema)
    dice_median = nested_or_null(IntervalSchema)
    heatmap_hits = nested_or_null(IntervalSchema)
    flip_change = number_or_null("Mean change of the probability when the slice is mirrored")


class ReliabilityBinSchema(Schema):
    """One bin of the reliability diagram: what was said, and what was so."""

    low = number("Lower end of the bin's probabilities")
    high = number("Upper end")
    slices = whole("Slices in the bin")
    mean_probability = number("Mean of what was said")
    tumor_share = number("Share of them that show a tumour")


class StudyFigureSchema(Schema):
    """Whole studies: a patient's slices judged together."""

    title = text("Which studies")
    note = text("What to know before reading the figures")
    tumor_studies = whole("Studies with tumour")
    tumor_free_studies = whole("Studies without")
    sensitivity = nested_or_null(IntervalSchema)
    false_alarms = nested_or_null(IntervalSchema)


class RefusalFigureSchema(Schema):
    """How often the gate refused one kind of image that it was not fitted on."""

    title = text("The kind of image")
    note = text("What to know before reading the figures")
    should_refuse = flag("False for what the model is made for")
    images = whole("Images")
    refused = number("Share that was refused")
    with_true_reason = number_or_null("Share that was refused with the right code")
    refused_or_warned = number_or_null(
        "Share that was refused, or answered with a warning that it may be no brain FLAIR"
    )


class ForerunnerSchema(Schema):
    """Figures that an earlier tool published."""

    balanced_accuracy = number("Mean of sensitivity and specificity")
    accuracy = number("Share of right answers")
    sensitivity = number("Share of tumour slices found")
    specificity = number("Share of normal slices passed")
    note = text("What to know before comparing")


class GateSchema(Schema):
    """From where on an image is refused, or answered with "uncertain"."""

    not_brain_mr = number("Probability of not being brain MR from which an image is refused")
    wrong_sequence = number("Probability of another sequence from which an image is refused")
    refuse_distance = number("Distance from the training slices from which an image is refused")
    unsure_distance = number("Distance from which an answer is uncertain")


class ModelSchema(Schema):
    """A model, with its figures."""

    name = text("Name of the model folder")
    version = text("Version of the model")
    sha256 = text("SHA-256 of the ONNX file, hex")
    task = text("What the model does")
    sequences = some_of(Sequence, "Sequences that the model reads")
    outputs = some_of(OUTPUTS, "What the model answers with")
    architecture = text("The network")
    input_size_px = whole("Side of the square that the network sees")
    threshold = number('P(tumour) from here on is "tumor"')
    uncertain_band = nested(UncertainBandSchema)
    level = number("Share of each class that the uncertain band was set to cover")
    lesion_threshold = number_or_null(
        "Lesion probability from which a pixel is in the mask; null for a model that outlines "
        "nothing"
    )
    gate = nested_or_null(GateSchema)
    temperature = number("P(tumour) is sigmoid((margin of the logits - offset) / temperature)")
    offset = number("The margin of the logits that is called a probability of one half")
    created = text("ISO date of the training run")
    licence = text("Licence of the weights")
    protocol = text("How patients were kept apart, in a sentence; empty where it is not told")
    figures = list_of(FiguresSchema)
    reliability = list_of(ReliabilityBinSchema)
    studies = list_of(StudyFigureSchema)
    refusals = list_of(RefusalFigureSchema)
    forerunner = nested_or_null(ForerunnerSchema)
    research_use_only = research_use_only()


class ModelsSchema(Schema):
    """The models that this server answers with."""

    models = list_of(ModelSchema)

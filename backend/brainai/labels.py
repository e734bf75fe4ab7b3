"""The one true order of sequences and labels, and the words of an answer."""

from enum import StrEnum


class Sequence(StrEnum):
    """MRI sequences that brainai names."""

    FLAIR = "FLAIR"
    T1 = "T1"
    T1C = "T1c"
    T2 = "T2"


class Label(StrEnum):
    """What an answer says of a slice, or of a study."""

    NO_TUMOR = "no_tumor"
    TUMOR = "tumor"
    UNCERTAIN = "uncertain"


class UncertainReason(StrEnum):
    """Why a label is "uncertain"."""

    PROBABILITY_IN_BAND = "probability_in_band"
    OUT_OF_DISTRIBUTION = "out_of_distribution"
    SLICES_DISAGREE = "slices_disagree"
    BOTH_SIDES_ALIKE = "both_sides_alike"


CLASSES: tuple[Label, Label] = (Label.NO_TUMOR, Label.TUMOR)
"""The order of a model's logits along their last axis."""

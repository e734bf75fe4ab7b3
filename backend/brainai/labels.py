"""The one true order of sequences and labels."""

from enum import StrEnum


class Sequence(StrEnum):
    """MRI sequences that brainai names."""

    FLAIR = "FLAIR"
    T1 = "T1"
    T1C = "T1c"
    T2 = "T2"


class Label(StrEnum):
    """What an answer says of a slice."""

    NO_TUMOR = "no_tumor"
    TUMOR = "tumor"
    UNCERTAIN = "uncertain"


CLASSES: tuple[Label, Label] = (Label.NO_TUMOR, Label.TUMOR)
"""The order of a model's logits along their last axis."""

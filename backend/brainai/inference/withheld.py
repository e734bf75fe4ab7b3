"""What an answer leaves out because the input or the model can't support it."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from brainai.inference.outline import Lesion
from brainai.inference.spec import ModelSpec
from brainai.labels import Sequence


class Output(StrEnum):
    """An output that may be withheld."""

    ENHANCING_CORE = "enhancing_core"
    MASK = "mask"
    AREA_MM2 = "area_mm2"
    LONGEST_DIAMETER_MM = "longest_diameter_mm"


class WithheldReason(StrEnum):
    """Why an output is withheld."""

    NEEDS_T1C = "needs_t1c"
    NOT_LEARNED = "model_has_no_enhancing_core"
    NO_SEGMENTATION = "model_has_no_segmentation"
    SPACING_UNKNOWN = "spacing_unknown"


@dataclass(frozen=True)
class Withheld:
    """One output that is left out. detail: the reason in a sentence, with what to do."""

    output: Output
    reason: WithheldReason
    detail: str


_ENHANCING_CORE = Withheld(
    Output.ENHANCING_CORE,
    WithheldReason.NEEDS_T1C,
    "The enhancing core shows on T1 after contrast alone, which this answer does not rest on.",
)
_NO_CORE = Withheld(
    Output.ENHANCING_CORE,
    WithheldReason.NOT_LEARNED,
    "T1 after contrast was read, but this model outlines the whole lesion alone: too few patients "
    "with an outlined core were there to learn it from.",
)
_MASK = Withheld(
    Output.MASK,
    WithheldReason.NO_SEGMENTATION,
    "This model classifies the slice and outlines nothing.",
)
_MILLIMETRES = tuple(
    Withheld(
        output,
        WithheldReason.SPACING_UNKNOWN,
        "The file does not say how far its pixels are apart. Send the slice as DICOM with "
        "PixelSpacing to have it in millimetres.",
    )
    for output in (Output.AREA_MM2, Output.LONGEST_DIAMETER_MM)
)


def withhold(
    spec: ModelSpec, lesion: Lesion | None, used: Collection[Sequence]
) -> tuple[Withheld, ...]:
    """List what an answer leaves out.

    lesion: None where nothing was outlined. used: the sequences that the answer rests on.
    """
    withheld: tuple[Withheld, ...] = (_NO_CORE if Sequence.T1C in used else _ENHANCING_CORE,)
    if spec.file.lesion is None:
        withheld += (_MASK,)
    if lesion is not None and lesion.area_mm2 is None:
        withheld += _MILLIMETRES
    return withheld

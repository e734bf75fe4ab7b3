"""Is this what the model is made for? What the header says, what any eye sees, what it learned."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brainai.imaging.intensity import TINY
from brainai.imaging.study import BodyPart, Facts, Modality, MrSequence, Study
from brainai.inference.calibrate import decide
from brainai.inference.runtime import Outputs
from brainai.inference.spec import GATE_KINDS, GateSpec, ModelSpec
from brainai.labels import Label, UncertainReason

_NOT_BRAIN_MR, _WRONG_SEQUENCE = "not_brain_mr", "wrong_sequence"

_SEND_BRAIN = "Send an axial FLAIR slice of the brain."
_SEND_FLAIR = "Send the same slice of the FLAIR series."
_OR_FORCE = "If it is one, it can be judged all the same (force=true)."

_LOOKS_LIKE = {
    _WRONG_SEQUENCE: "brain MR of another sequence than FLAIR (T1, T2 or proton density)",
    _NOT_BRAIN_MR: "something else than MR of a brain",
}
# As likely as not: what is passed beyond that is answered with a warning.
_DOUBTED = 0.5

# The limits lie outside of what 37 000 preparations of FLAIR slices showed: raw, windowed, as JPEG,
# cropped to the head, brightened, with a tenth of the head saturated.

# Neighbours in noise have nothing in common; in slices of air alone it is 0.28 and more.
_NOISE_CORRELATION = 0.2
# Around a head there is air: of four corners, each a twelfth of the sides, one is dark, however
# tight the crop. Pages and full-frame photographs have none. A slice beyond the head is grain
# alone, whose darkest corner may reach 0.8; it is told by how little its neighbours share.
_CORNER_SHARE, _CORNER_BRIGHT = 12, 0.6
_GRAIN_CORRELATION, _GRAIN_BRIGHT = 0.5, 0.85


@dataclass(frozen=True)
class Refusal:
    """Why an image is not judged. found, advice: sentences, without text from the file."""

    code: str
    found: str
    advice: str

    @property
    def message(self) -> str:
        """What was found, and what to do."""
        return f"{self.found} {self.advice} {_OR_FORCE}"

    @property
    def warning(self) -> str:
        """The same for an answer that was forced."""
        return (
            f"This image would have been refused ({self.code}) but for force=true, so the answer "
            f"may mean nothing. {self.found}"
        )


@dataclass(frozen=True)
class Unsure:
    """Why the label is "uncertain". detail: a sentence."""

    reason: UncertainReason
    detail: str


def check_study(study: Study) -> Refusal | None:
    """Judge what a header says and what the pixels show without any network."""
    return check_facts(study.facts) or _check_pixels(study.slice.pixels)


def check_outputs(outputs: Outputs, gate: GateSpec | None, facts: Facts) -> Refusal | None:
    """Judge what the network says of the one slice of a batch; None where it has no gate.

    Where the header says FLAIR, the network's doubt of the sequence does not count.
    """
    if gate is None or outputs.gate is None:
        return None
    shares = gate_probabilities(outputs.gate)[0]
    other = float(shares[GATE_KINDS.index(_WRONG_SEQUENCE)])
    outside = float(shares[GATE_KINDS.index(_NOT_BRAIN_MR)])
    far = outputs.distance is not None and float(outputs.distance[0]) >= gate.refuse_distance
    wrong = other >= gate.wrong_sequence and facts.sequence is not MrSequence.FLAIR
    strange = outside >= gate.not_brain_mr or far
    if wrong and (not strange or other > outside):
        return Refusal(
            _WRONG_SEQUENCE,
            f"The image looks like {_LOOKS_LIKE[_WRONG_SEQUENCE]}.",
            _SEND_FLAIR,
        )
    if strange:
        return Refusal(_NOT_BRAIN_MR, "The image does not look like MR of a brain.", _SEND_BRAIN)
    return None


def warn_of_doubt(outputs: Outputs, facts: Facts) -> tuple[str, ...]:
    """Warn where the one slice of a batch looks less like brain FLAIR than like all else.

    What is surely something else is refused before (check_outputs). Where the header says FLAIR,
    the network's doubt of the sequence does not count.
    """
    if outputs.gate is None:
        return ()
    shares = dict(zip(GATE_KINDS, gate_probabilities(outputs.gate)[0].tolist(), strict=True))
    against = {code: shares[code] for code in (_WRONG_SEQUENCE, _NOT_BRAIN_MR)}
    if facts.sequence is MrSequence.FLAIR:
        del against[_WRONG_SEQUENCE]
    if sum(against.values()) < _DOUBTED:
        return ()
    likeliest = max(against, key=against.__getitem__)
    return (
        f"The image looks more like {_LOOKS_LIKE[likeliest]} than like brain FLAIR, though not "
        "surely enough to be refused. If it is, the answer means nothing.",
    )


def find_unsure(probability: float, outputs: Outputs, spec: ModelSpec) -> Unsure | None:
    """Tell why a slice can't be called; None where it can."""
    if (
        spec.gate is not None
        and outputs.distance is not None
        and float(outputs.distance[0]) >= spec.gate.unsure_distance
    ):
        return Unsure(
            UncertainReason.OUT_OF_DISTRIBUTION,
            "The slice is unlike those that the model was trained on, so its probability may not "
            "hold.",
        )
    if decide(probability, spec.decision) is not Label.UNCERTAIN:
        return None
    band = spec.decision.uncertain_band
    return Unsure(
        UncertainReason.PROBABILITY_IN_BAND,
        f"The probability lies between {band.low:.3g} and {band.high:.3g}, where slices with and "
        "without tumour can't be told apart.",
    )


def gate_probabilities(gate_logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """Softmax over the last axis: float64 [N, 3] in [0, 1], in the order of GATE_KINDS."""
    wide = gate_logits.astype(np.float64)
    powers = np.exp(wide - wide.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def check_facts(facts: Facts) -> Refusal | None:
    """Judge what a header says."""
    if facts.modality not in {None, Modality.MR}:
        made = "" if facts.modality is Modality.OTHER else f" but {facts.modality}"
        return Refusal(_NOT_BRAIN_MR, f"The file says that it is not MR{made}.", _SEND_BRAIN)
    if facts.body_part is BodyPart.OTHER:
        found = "The file says that it shows another part of the body than the head."
        return Refusal(_NOT_BRAIN_MR, found, _SEND_BRAIN)
    if facts.sequence not in {None, MrSequence.FLAIR}:
        found = f"The file says that its sequence is {facts.sequence}, not FLAIR."
        return Refusal(_WRONG_SEQUENCE, found, _SEND_FLAIR)
    return None


def _check_pixels(pixels: NDArray[np.float32]) -> Refusal | None:
    """Refuse what no MR slice can be: noise, and what has no dark air around it."""
    above = pixels - pixels.min()
    correlation = _neighbour_correlation(above)
    limit = _CORNER_BRIGHT if correlation >= _GRAIN_CORRELATION else _GRAIN_BRIGHT
    bright = float(np.percentile(above, 95))
    if correlation < _NOISE_CORRELATION:
        found = "The image is noise: neighbouring pixels have nothing in common."
    elif bright > 0 and _darkest_corner(above) > limit * bright:
        found = "The image has no dark air around it, as a page or a photograph has none."
    else:
        return None
    return Refusal(_NOT_BRAIN_MR, found, _SEND_BRAIN)


def _neighbour_correlation(pixels: NDArray[np.float32]) -> float:
    centred = pixels - pixels.mean()
    variance = float((centred * centred).mean())
    along = float((centred[:, 1:] * centred[:, :-1]).mean())
    down = float((centred[1:] * centred[:-1]).mean())
    return (along + down) / 2 / max(variance, TINY)


def _darkest_corner(pixels: NDArray[np.float32]) -> float:
    """Return the least mean of the four corners."""
    height, width = (max(2, side // _CORNER_SHARE) for side in pixels.shape)
    rows, columns = (slice(height), slice(-height, None)), (slice(width), slice(-width, None))
    return min(float(pixels[row, column].mean()) for row in rows for column in columns)

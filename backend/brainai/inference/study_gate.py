"""Is this volume what the model is made for? Its header first, then the slices of its middle."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from brainai.imaging.study import Facts
from brainai.inference.gate import Refusal, check_facts

# Of the slices in the middle third of a head. Its ends (neck, face, the crown) are unlike what the
# model has learned from in any series, so they have no say. Of FLAIR series that the gate never saw
# none had more than a quarter refused (docs/decisions/007).
_REFUSE_SHARE, _WARN_SHARE = 1 / 3, 0.2
# Neighbours in a stack of thin slices look alike: more of them cost time and say nothing new. The
# verdicts on the 18 volumes at hand are those of all (docs/decisions/008).
_MOST_ASKED = 24

_FOUND = {
    "not_brain_mr": "do not look like MR of a brain",
    "wrong_sequence": "look like brain MR of another sequence than FLAIR (T1, T2 or proton "
    "density)",
}
_ADVICE = {
    "not_brain_mr": "Send a FLAIR series of the brain.",
    "wrong_sequence": "Send the FLAIR series of the same study.",
}


def choose_asked(filled: list[int]) -> list[int]:
    """Choose the slices that the gate is asked about, of those that hold more than air.

    At most _MOST_ASKED, evenly spread over the middle third; at least one of one.
    """
    first = len(filled) // 3
    middle = filled[first : len(filled) - first]
    count = min(len(middle), _MOST_ASKED)
    places = np.linspace(0, len(middle) - 1, count).round().astype(int)
    return [middle[place] for place in places]


def check_header(facts: Facts) -> Refusal | None:
    """Judge what the header says alone."""
    refusal = check_facts(facts)
    return refusal and replace(refusal, advice=_ADVICE[refusal.code])


def check_middle(refusals: Sequence[Refusal | None]) -> Refusal | None:
    """Refuse where more than a third of the slices that were asked would be refused alone."""
    code, count = _commonest(refusals)
    if count <= _REFUSE_SHARE * len(refusals):
        return None
    return Refusal(code, _sentence(code, count, len(refusals)), _ADVICE[code])


def warn_of_middle(refusals: Sequence[Refusal | None]) -> tuple[str, ...]:
    """Warn where a fifth or more of the slices that were asked would be refused alone."""
    code, count = _commonest(refusals)
    if not refusals or count < _WARN_SHARE * len(refusals):
        return ()
    return (f"{_sentence(code, count, len(refusals))} The answer may be less sure than it says.",)


def _commonest(refusals: Sequence[Refusal | None]) -> tuple[str, int]:
    """Return the code that most would be refused with, and how many would be, by any code."""
    codes = Counter(refusal.code for refusal in refusals if refusal is not None)
    return (codes.most_common(1)[0][0], codes.total()) if codes else ("", 0)


def _sentence(code: str, count: int, of: int) -> str:
    return (
        f"Of {of} slices in the middle of the volume {count} would be refused on their own: "
        f"most of these {_FOUND[code]}."
    )

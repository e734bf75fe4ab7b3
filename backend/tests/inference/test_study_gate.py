from itertools import pairwise

import pytest

from brainai.imaging.study import BodyPart, Facts, Modality, MrSequence
from brainai.inference.gate import Refusal
from brainai.inference.study_gate import (
    check_header,
    check_middle,
    choose_asked,
    warn_of_middle,
)

STRANGE = Refusal("not_brain_mr", "Found.", "Advice.")
OTHER = Refusal("wrong_sequence", "Found.", "Advice.")


@pytest.mark.parametrize(
    ("filled", "middle"),
    [([7], [7]), ([3, 4], [3, 4]), ([1, 2, 3], [2]), (list(range(9)), [3, 4, 5])],
)
def test_the_middle_third_is_asked_and_is_never_empty(filled: list[int], middle: list[int]) -> None:
    assert choose_asked(filled) == middle


@pytest.mark.parametrize("count", [72, 73, 137, 3000])
def test_of_many_slices_some_are_asked_evenly_spread(count: int) -> None:
    asked = choose_asked(list(range(10, 10 + count)))
    first = count // 3
    assert len(asked) == len(set(asked)) == 24
    assert (asked[0], asked[-1]) == (10 + first, 9 + count - first)
    gaps = {after - before for before, after in pairwise(asked)}
    assert max(gaps) - min(gaps) <= 1


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (Facts(), None),
        (Facts(Modality.MR, BodyPart.HEAD, MrSequence.FLAIR), None),
        (Facts(modality=Modality.CT), "not_brain_mr"),
        (Facts(body_part=BodyPart.OTHER), "not_brain_mr"),
        (Facts(sequence=MrSequence.T2), "wrong_sequence"),
    ],
)
def test_a_header_that_says_what_it_is_decides(facts: Facts, code: str | None) -> None:
    refusal = check_header(facts)
    assert (None if refusal is None else refusal.code) == code
    if refusal is not None:
        assert "slice" not in refusal.message


@pytest.mark.parametrize("count", [1, 2, 3, 6, 24])
def test_more_than_a_third_of_the_middle_refuses_the_volume(count: int) -> None:
    third = count // 3
    assert check_middle([OTHER] * third + [None] * (count - third)) is None
    assert check_middle([OTHER] * (third + 1) + [None] * (count - third - 1)) is not None


def test_a_volume_is_refused_by_the_commonest_reason() -> None:
    refusal = check_middle([STRANGE, OTHER, OTHER, *[None] * 5])
    assert refusal is not None
    assert refusal.code == "wrong_sequence"
    assert "Of 8 slices" in refusal.found
    assert "3 would be refused" in refusal.found


def test_a_fifth_of_the_middle_is_worth_a_warning() -> None:
    assert warn_of_middle([STRANGE, *[None] * 5]) == ()
    (warning,) = warn_of_middle([STRANGE, *[None] * 4])
    assert "do not look like MR of a brain" in warning
    assert warn_of_middle([]) == ()
    assert check_middle([]) is None

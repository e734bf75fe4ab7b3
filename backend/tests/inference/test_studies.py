import numpy as np
import pytest

from brainai.inference.spec import StudyDecision
from brainai.inference.studies import pool_margins, study_probability

PLAIN = StudyDecision(neighbours=3, top=2, slope=1.0, intercept=0.0, threshold=0.5)


def test_a_lesion_of_several_slices_counts_more_than_one_false_alarm() -> None:
    quiet = np.full(40, -4.0)
    lone, lesion = quiet.copy(), quiet.copy()
    lone[20] = 6.0
    lesion[18:23] = 3.0
    assert pool_margins(lesion, 3, 2) > pool_margins(lone, 3, 2)
    assert study_probability(lesion, PLAIN) > 0.5 > study_probability(lone, PLAIN)


def test_fewer_slices_than_neighbours_are_pooled_all_the_same() -> None:
    assert pool_margins(np.array([1.0, 3.0]), 3, 5) == pytest.approx(2.0)


def test_the_order_of_the_slices_may_be_turned_around() -> None:
    margins = np.random.default_rng(0).normal(size=30)
    assert pool_margins(margins, 3, 5) == pytest.approx(pool_margins(margins[::-1], 3, 5))

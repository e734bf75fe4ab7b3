import numpy as np
import pytest

from brainai.inference.spec import StudyDecision
from brainai.inference.studies import THIN_MM, heed_neighbours, pool_margins, study_probability

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


def test_thin_slices_hear_their_neighbours_and_thick_or_unknown_ones_do_not() -> None:
    margins, places = np.array([0.0, 5.0, 0.0, -5.0]), np.arange(4)
    np.testing.assert_allclose(heed_neighbours(margins, places, 1.0), [1.0, 3.0, 0.0, -4.0])
    for distance_mm in (THIN_MM, 5.0, None):
        assert heed_neighbours(margins, places, distance_mm) is margins


def test_a_gap_between_slices_is_not_heard_across() -> None:
    margins = np.array([0.0, 5.0, -5.0])
    heeded = heed_neighbours(margins, np.array([3, 4, 6]), 1.0)
    np.testing.assert_allclose(heeded, [1.0, 4.0, -5.0])
    np.testing.assert_allclose(heed_neighbours(margins[:1], np.array([3]), 1.0), margins[:1])
    assert heed_neighbours(margins[:0], np.array([], dtype=np.intp), 1.0).size == 0

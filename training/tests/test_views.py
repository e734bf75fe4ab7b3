import dataclasses

import numpy as np
import pytest

from brainai.imaging.intensity import measure_intensity
from brainai.imaging.study import Slice
from brainai.inference.preprocess import Beside, to_tensor
from brainai.inference.spec import InputSpec
from brainai.labels import Sequence
from brainai_training.datasets.case import Stack
from brainai_training.views import View, find_views, volume_stats
from tests.making import case, slice_of, stack

SPEC = InputSpec(size_px=48, beside=(Sequence.T1C, Sequence.T2))
BLANK = Slice(np.zeros((96, 96), dtype=np.float32))
AFTER = (slice_of(11, True), slice_of(12, False))


@pytest.fixture(scope="module")
def seen() -> Stack:
    return dataclasses.replace(stack((1, 2)), beside={Sequence.T1C: AFTER})


def _views(seen: Stack) -> dict[tuple[bool, bool], View]:
    return {(view.stripped, view.by_volume): view for view in find_views(case("anna"), seen)}


def test_a_head_is_seen_with_skull_and_without_alone_and_by_its_volume(seen: Stack) -> None:
    views = list(find_views(case("anna"), seen))
    kinds = [(view.stripped, view.by_volume) for view in views]
    assert kinds == [(False, False), (False, True), (True, False), (True, True)]


def test_a_brain_without_skull_is_not_stripped_again(seen: Stack) -> None:
    bare = dataclasses.replace(case("anna"), has_skull=False)
    assert {view.stripped for view in find_views(bare, seen)} == {False}


def test_slices_that_are_no_volume_are_seen_alone(seen: Stack) -> None:
    apart = dataclasses.replace(seen, is_volume=False)
    assert {view.by_volume for view in find_views(case("anna"), apart)} == {False}


@pytest.mark.parametrize("by_volume", [False, True])
def test_each_sequence_is_prepared_as_serving_does_it(seen: Stack, by_volume: bool) -> None:
    view = _views(seen)[False, by_volume]
    stats = volume_stats(list(seen.slices)) if by_volume else None
    other = volume_stats(list(AFTER)) if by_volume else None
    expected = to_tensor(seen.slices[1], SPEC, stats, {Sequence.T1C: Beside(AFTER[1], other)})
    made = view.prepare(1, SPEC)
    assert made is not None
    assert np.array_equal(made.tensor, expected.tensor)
    assert made.tensor[1].any()
    assert not made.tensor[2].any()


def test_the_skull_is_removed_from_every_sequence(seen: Stack) -> None:
    view = _views(seen)[True, False]
    flair, (others, _) = view.slices[0], view.further[Sequence.T1C]
    after = others[0]
    assert flair is not None
    assert after is not None
    brain = flair.pixels > 0
    assert not after.pixels[~brain].any()
    assert np.array_equal(after.pixels[brain], AFTER[0].pixels[brain] - AFTER[0].pixels.min())


def test_flair_alone_is_seen_without_the_others(seen: Stack) -> None:
    made = _views(seen)[False, False].flair_alone().prepare(0, SPEC)
    assert made is not None
    assert np.array_equal(made.tensor[0], to_tensor(seen.slices[0], SPEC).tensor[0])
    assert not made.tensor[1:].any()


def test_a_blank_slice_can_not_be_prepared() -> None:
    view = View(False, False, [BLANK, None], None, {})
    assert view.prepare(0, SPEC) is None
    assert view.prepare(1, SPEC) is None


def test_a_volume_is_measured_as_a_whole_but_for_slices_that_are_absent() -> None:
    one, other = slice_of(1, False), slice_of(2, True)
    together = measure_intensity(np.concatenate([one.pixels.ravel(), other.pixels.ravel()]))
    assert volume_stats([one, None, other]) == together
    assert volume_stats([None, None]) is None
    assert volume_stats([Slice(np.zeros((40, 40), dtype=np.float32))]) is None

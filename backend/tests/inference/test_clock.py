import time

import pytest

from brainai.inference.clock import Clock


def test_stages_and_the_total_are_told_in_milliseconds() -> None:
    clock = Clock()
    with clock.stage("read"):
        time.sleep(0.02)
    time.sleep(0.01)
    timings = clock.timings_ms()
    assert set(timings) == {"read", "total"}
    assert 20 <= timings["read"] < timings["total"]
    assert timings["total"] >= 30


def test_a_stage_that_fails_is_not_told() -> None:
    clock = Clock()
    with pytest.raises(ValueError, match="no"), clock.stage("read"):
        raise ValueError("no")
    assert set(clock.timings_ms()) == {"total"}

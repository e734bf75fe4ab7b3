from dataclasses import asdict

import numpy as np
import pytest

from brainai.errors import UnusableImage
from brainai.imaging.intensity import foreground_mask, measure_intensity, normalise, window
from tests.files import phantom

PIXELS = phantom(size_px=256).astype(np.float32)


def test_the_foreground_of_a_phantom_is_its_head() -> None:
    stats = measure_intensity(PIXELS)
    assert stats is not None
    mask = foreground_mask(PIXELS, stats)
    assert mask[128, 128]
    assert mask[:10].mean() < 0.01
    assert stats.foreground_share == pytest.approx(mask.mean(), abs=1e-6)


def test_normalised_foreground_has_mean_zero_and_deviation_one() -> None:
    stats = measure_intensity(PIXELS)
    assert stats is not None
    z = normalise(PIXELS, stats, (-3, 5))[foreground_mask(PIXELS, stats)]
    assert z.dtype == np.float32
    assert abs(float(z.mean())) < 0.05
    assert float(z.std()) == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("factor", [1e-6, 0.3, 1 / 255])
def test_whole_values_have_the_same_foreground_however_they_are_scaled(factor: float) -> None:
    # Their 99th percentile is 75, of which 6 is the least share that counts as foreground.
    whole = np.resize(np.arange(76, dtype=np.float32), (100, 100))
    whole[:2] = 75
    scaled = (whole * factor).astype(np.float32)
    plain, other = measure_intensity(whole), measure_intensity(scaled)
    assert plain is not None
    assert other is not None
    assert (foreground_mask(whole, plain) == foreground_mask(scaled, other)).all()


def test_normalised_values_stay_within_the_limits() -> None:
    stats = measure_intensity(PIXELS)
    assert stats is not None
    z = normalise(PIXELS * 100, stats, (-1, 5))
    assert (z.min(), z.max()) == (-1, 5)


def test_a_floor_other_than_zero_changes_nothing() -> None:
    plain, raised = measure_intensity(PIXELS), measure_intensity(PIXELS - 700)
    assert plain is not None
    assert raised is not None
    np.testing.assert_allclose(
        normalise(PIXELS, plain, (-3, 5)), normalise(PIXELS - 700, raised, (-3, 5)), atol=1e-3
    )


@pytest.mark.parametrize("factor", [1e18, 1e36, -1e36])
def test_values_whose_statistics_overflow_are_refused(factor: float) -> None:
    with pytest.raises(UnusableImage) as caught:
        measure_intensity(PIXELS * np.float32(factor))
    assert caught.value.code == "not_finite"


def test_large_values_whose_statistics_do_not_overflow_are_measured() -> None:
    plain, large = measure_intensity(PIXELS), measure_intensity(PIXELS * np.float32(2.0**50))
    assert plain is not None
    assert large is not None
    assert large.std == plain.std * 2.0**50


@pytest.mark.parametrize("exponent", [-20, -40])
def test_tiny_values_are_normalised_and_windowed_like_others(exponent: int) -> None:
    tiny = PIXELS * np.float32(2.0**exponent)
    plain, small = measure_intensity(PIXELS), measure_intensity(tiny)
    assert plain is not None
    assert small is not None
    np.testing.assert_allclose(
        normalise(tiny, small, (-3, 5)), normalise(PIXELS, plain, (-3, 5)), atol=1e-4
    )
    np.testing.assert_array_equal(window(tiny, small), window(PIXELS, plain))


@pytest.mark.parametrize("value", [0, 1, -3])
def test_a_constant_image_has_no_statistics(value: float) -> None:
    assert measure_intensity(np.full((8, 8), value, np.float32)) is None


def test_the_window_uses_the_whole_range_of_grey() -> None:
    stats = measure_intensity(PIXELS)
    assert stats is not None
    shown = window(PIXELS, stats)
    assert shown.dtype == np.uint8
    assert (shown.min(), shown.max()) == (0, 255)


def test_a_volume_is_measured_as_a_slice_is() -> None:
    volume = np.stack([PIXELS] * 3, axis=2)
    whole, alone = measure_intensity(volume), measure_intensity(PIXELS)
    assert whole is not None
    assert alone is not None
    # A percentile may fall between two pixels of the slice and on one of the volume.
    assert asdict(whole) == pytest.approx(asdict(alone), rel=0.01)

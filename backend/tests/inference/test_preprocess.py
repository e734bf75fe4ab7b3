import numpy as np
import pytest
from numpy.typing import NDArray

from brainai.errors import UnusableImage
from brainai.imaging.intensity import measure_intensity, normalise
from brainai.imaging.sniff import read_study
from brainai.imaging.study import Slice
from brainai.inference.preprocess import Beside, check_slice, to_tensor
from brainai.inference.spec import InputSpec
from brainai.labels import Sequence
from tests.files import MAX_PIXELS, dicom, phantom, png

SPEC = InputSpec(size_px=64)
HEAD = phantom().astype(np.float32)


def _slice(pixels: NDArray[np.generic]) -> Slice:
    return Slice(np.asarray(pixels, dtype=np.float32))


def test_the_tensor_has_the_shape_and_type_of_the_spec() -> None:
    tensor = to_tensor(_slice(HEAD), InputSpec(size_px=96, channels=3)).tensor
    assert tensor.shape == (3, 96, 96)
    assert tensor.dtype == np.float32
    np.testing.assert_array_equal(tensor[0], tensor[2])
    assert tensor.flags.c_contiguous


BESIDE = InputSpec(size_px=64, beside=(Sequence.T1C, Sequence.T2))


def test_each_further_sequence_is_a_channel_of_its_own_on_the_crop_of_the_flair() -> None:
    rolled = _slice(np.roll(HEAD * 3, 2, axis=0))
    prepared = to_tensor(_slice(HEAD), BESIDE, beside={Sequence.T2: Beside(rolled)})
    flair, t1c, t2 = prepared.tensor
    np.testing.assert_array_equal(flair, to_tensor(_slice(HEAD), SPEC).tensor[0])
    assert not t1c.any()
    stats = measure_intensity(rolled.pixels)
    assert stats is not None
    scaled = normalise(rolled.pixels, stats, BESIDE.clip)
    np.testing.assert_allclose(t2, prepared.crop.apply(scaled, fill=float(scaled.min())), atol=1e-5)


def test_a_further_sequence_is_normalised_by_its_own_volume() -> None:
    shown = _slice(HEAD * 3)
    stats = measure_intensity(np.concatenate([shown.pixels.ravel(), shown.pixels.ravel() * 2]))
    of_volume = {Sequence.T1C: Beside(shown, stats)}
    made = to_tensor(_slice(HEAD), BESIDE, beside=of_volume).tensor
    np.testing.assert_array_equal(made[1], to_tensor(shown, SPEC, stats).tensor[0])
    own = to_tensor(_slice(HEAD), BESIDE, beside={Sequence.T1C: Beside(shown)}).tensor
    assert not np.array_equal(made[1], own[1])


def test_a_blank_further_sequence_counts_as_not_given() -> None:
    blank = {Sequence.T1C: Beside(_slice(np.zeros_like(HEAD)))}
    made = to_tensor(_slice(HEAD), BESIDE, beside=blank).tensor
    np.testing.assert_array_equal(made, to_tensor(_slice(HEAD), BESIDE).tensor)


def test_a_sequence_that_the_spec_does_not_name_is_not_used() -> None:
    beside = {Sequence.T1: Beside(_slice(HEAD * 2))}
    made = to_tensor(_slice(HEAD), BESIDE, beside=beside).tensor
    np.testing.assert_array_equal(made, to_tensor(_slice(HEAD), BESIDE).tensor)
    assert to_tensor(_slice(HEAD), SPEC, beside=beside).tensor.shape == (1, 64, 64)


def test_the_depth_counts_all_channels() -> None:
    assert (SPEC.depth, BESIDE.depth, InputSpec(size_px=8, channels=3).depth) == (1, 3, 3)


def test_the_same_file_gives_the_same_tensor() -> None:
    first, second = (to_tensor(read_study(png(), MAX_PIXELS).slice, SPEC) for _ in range(2))
    np.testing.assert_array_equal(first.tensor, second.tensor)
    assert first.crop == second.crop


def test_the_same_pixels_give_the_same_tensor_whatever_the_format() -> None:
    as_png = to_tensor(read_study(png(), MAX_PIXELS).slice, SPEC).tensor
    as_dicom = to_tensor(read_study(dicom(), MAX_PIXELS).slice, SPEC).tensor
    np.testing.assert_array_equal(as_png, as_dicom)


def test_empty_borders_do_not_change_what_the_network_sees() -> None:
    framed = np.pad(HEAD, 40)
    np.testing.assert_allclose(
        to_tensor(_slice(framed), SPEC).tensor, to_tensor(_slice(HEAD), SPEC).tensor, atol=0.1
    )


@pytest.mark.parametrize("crop", ["pad", "squish"])
def test_the_whole_image_may_be_kept(crop: str) -> None:
    spec = InputSpec(size_px=64, crop=crop)  # type: ignore[arg-type]
    made = to_tensor(_slice(HEAD[:, :100]), spec)
    assert made.crop.width == (128 if crop == "pad" else 100)


@pytest.mark.parametrize("unit", [1e-16, 1, 1e12])
def test_unit_range_lies_between_zero_and_one(unit: float) -> None:
    pixels = (HEAD * 9 + 3) * unit
    tensor = to_tensor(_slice(pixels), InputSpec(size_px=64, intensity="unit_range")).tensor
    assert tensor.min() >= 0
    assert 0.9 < tensor.max() <= 1


def test_mean_and_deviation_are_applied_last() -> None:
    plain = to_tensor(_slice(HEAD), SPEC).tensor
    shifted = to_tensor(_slice(HEAD), InputSpec(size_px=64, mean=(1.0,), std=(2.0,))).tensor
    np.testing.assert_allclose(shifted, (plain - 1) / 2, rtol=1e-6)


def test_the_statistics_of_the_volume_are_used_where_the_spec_says_so() -> None:
    stats = measure_intensity(HEAD * 3)
    alone = to_tensor(_slice(HEAD), InputSpec(size_px=64, intensity_of="slice"), stats)
    within = to_tensor(_slice(HEAD), SPEC, stats)
    assert within.stats == stats
    assert alone.stats != stats


def test_what_lies_outside_of_the_image_looks_like_air() -> None:
    pixels = HEAD[:, 40:88]  # the head is cut on both sides, so the square reaches outside
    tensor = to_tensor(_slice(pixels), SPEC).tensor
    air = to_tensor(_slice(pixels), SPEC).tensor.min()
    np.testing.assert_allclose(tensor[0, :, 0], air, atol=0.05)


@pytest.mark.parametrize(
    ("pixels", "code"),
    [
        (np.zeros((1, 1)), "image_too_small"),
        (HEAD[:31], "image_too_small"),
        (np.tile(HEAD[:64, 32:96], (1, 5)), "image_too_narrow"),
        (np.zeros((64, 64)), "blank_image"),
        (np.full((64, 64), 255.0), "blank_image"),
        (np.full((64, 64), 1000.0) + np.eye(64), "blank_image"),
        (np.where(np.eye(128), np.nan, HEAD), "unreadable_image"),
        (np.where(np.eye(128), np.inf, HEAD), "unreadable_image"),
    ],
)
def test_a_slice_that_can_not_be_judged_is_refused(pixels: NDArray[np.float64], code: str) -> None:
    with pytest.raises(UnusableImage) as caught:
        to_tensor(_slice(pixels), SPEC)
    assert caught.value.code == code


def test_a_slice_of_the_least_size_is_let_through() -> None:
    check_slice(_slice(HEAD[48:80, 48:80]), SPEC)

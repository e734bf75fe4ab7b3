import numpy as np
import pytest

from brainai.imaging.geometry import Crop, whole_image
from brainai.inference.explain import to_heatmap

WHOLE = whole_image((100, 120), 64, keep_aspect=False)


def test_the_heat_map_lies_on_the_grid_of_the_input() -> None:
    heatmap = to_heatmap(np.ones((4, 4), np.float32), WHOLE, probability=0.9)
    assert heatmap.shape == (100, 120)
    assert heatmap.dtype == np.float32


def test_the_strongest_cell_has_the_probability_of_the_slice() -> None:
    evidence = np.full((8, 8), -9.0, np.float32)
    evidence[1:7, 1:7] = 7.0
    assert to_heatmap(evidence, WHOLE, 0.8)[50, 60] == pytest.approx(0.8, abs=0.01)
    assert to_heatmap(np.full((4, 4), 3.0, np.float32), WHOLE, 0.3) == pytest.approx(0.3, abs=1e-6)


@pytest.mark.parametrize("probability", [0.02, 0.3, 0.97])
@pytest.mark.parametrize("side", [40, 256, 700])
def test_the_peak_of_the_heat_map_is_the_probability_of_the_slice(
    probability: float, side: int
) -> None:
    # Bicubic enlargement overshoots within a step like this one.
    evidence = np.full((8, 8), -9.0, np.float32)
    evidence[:, 4:] = 9.0
    crop = whole_image((side, side), 256, keep_aspect=False)
    heatmap = to_heatmap(evidence, crop, probability)
    assert heatmap.max() == pytest.approx(probability, abs=1e-6)
    evidence = np.full((8, 8), -9.0, np.float32)
    evidence[3, 5] = 9.0
    assert to_heatmap(evidence, crop, probability).max() == pytest.approx(probability, rel=0.03)


def test_cells_that_speak_against_a_tumour_or_for_neither_stay_dark() -> None:
    evidence = np.array([[0.0, -5.0]], np.float32)
    assert to_heatmap(evidence, WHOLE, probability=0.9).max() == 0


def test_the_hottest_cell_is_shown_where_it_lies() -> None:
    evidence = np.full((4, 4), -9.0, np.float32)
    evidence[1, 3] = 9.0
    row, column = divmod(int(to_heatmap(evidence, WHOLE, 1.0).argmax()), 120)
    assert 25 <= row < 50
    assert 90 <= column < 120


def test_extreme_evidence_stays_between_zero_and_one() -> None:
    evidence = np.array([[-1e6, 1e6, 1e6]], np.float32)
    heatmap = to_heatmap(evidence, WHOLE, probability=1.0)
    assert (heatmap.min(), heatmap.max()) == (0, 1)


def test_outside_of_the_crop_it_is_dark() -> None:
    crop = Crop(40, 40, 20, 20, 100, 120, 64)
    heatmap = to_heatmap(np.full((4, 4), 9.0, np.float32), crop, 1.0)
    assert heatmap[:39].max() == 0
    assert heatmap[50, 50] > 0.99

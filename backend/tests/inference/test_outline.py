import numpy as np
import pytest

from brainai.imaging.geometry import Crop
from brainai.inference.outline import BoundingBox, Change, lesion_probability, measure_lesion


def _mask(*pixels: tuple[int, int], shape: tuple[int, int] = (12, 16)) -> np.ndarray:
    mask = np.zeros(shape, dtype=bool)
    for row, column in pixels:
        mask[row, column] = True
    return mask


def test_an_empty_mask_has_no_lesion() -> None:
    assert measure_lesion(_mask(), None) is None


def test_a_lone_pixel_has_an_area_and_no_diameter() -> None:
    lesion = measure_lesion(_mask((3, 5)), (2.0, 0.5))
    assert lesion is not None
    assert (lesion.area_px, lesion.area_mm2) == (1, 1.0)
    assert (lesion.longest_diameter_px, lesion.longest_diameter_mm) == (0.0, 0.0)
    assert lesion.bounding_box == BoundingBox(left=5, top=3, width=1, height=1)


def test_the_spacing_decides_which_diameter_is_the_longest() -> None:
    cross = _mask(*((5, c) for c in range(3, 12)), *((r, 7) for r in range(2, 9)))
    lesion = measure_lesion(cross, (3.0, 1.0))
    assert lesion is not None
    assert lesion.longest_diameter_px == 8.0  # across
    assert lesion.longest_diameter_mm == 18.0  # down: six rows of 3 mm


def test_without_a_spacing_there_are_no_millimetres() -> None:
    lesion = measure_lesion(_mask((1, 1), (1, 2)), None)
    assert lesion is not None
    assert lesion.area_mm2 is None
    assert lesion.longest_diameter_mm is None


def test_a_diameter_stays_within_one_component() -> None:
    lesion = measure_lesion(_mask((0, 0), (0, 1), (11, 15)), None)
    assert lesion is not None
    assert lesion.components == 2
    assert lesion.longest_diameter_px == 1.0
    assert lesion.bounding_box == BoundingBox(left=0, top=0, width=16, height=12)


@pytest.mark.parametrize(
    ("pixels", "count"),
    [
        ([(1, 1), (2, 2), (3, 1)], 1),  # by their corners
        ([(1, 1), (1, 3)], 2),
        ([(0, 0), (0, 4), (1, 0), (1, 4), (2, 0), (2, 1), (2, 2), (2, 3), (2, 4)], 1),  # a U
        ([(r, c) for r in range(0, 12, 2) for c in range(0, 16, 2)], 48),
    ],
)
def test_components_are_counted_as_they_touch(pixels: list[tuple[int, int]], count: int) -> None:
    lesion = measure_lesion(_mask(*pixels), None)
    assert lesion is not None
    assert lesion.components == count


def test_measures_agree_with_a_plain_count_on_random_masks() -> None:
    rng = np.random.default_rng(3)
    for _ in range(40):
        mask = rng.random((14, 11)) < 0.55
        lesion = measure_lesion(mask, (1.5, 0.7))
        assert lesion is not None
        assert lesion.area_px == mask.sum()
        labels = _flood(mask)
        assert lesion.components == labels.max()
        longest = 0.0
        for part in range(1, labels.max() + 1):
            points = np.argwhere(labels == part) * (1.5, 0.7)
            apart = points[:, None] - points[None]
            longest = max(longest, float(np.hypot(*np.moveaxis(apart, -1, 0)).max()))
        assert lesion.longest_diameter_mm == pytest.approx(longest)


def _flood(mask: np.ndarray) -> np.ndarray:
    labels, count = np.zeros(mask.shape, dtype=int), 0
    for start in map(tuple, np.argwhere(mask)):
        if labels[start]:
            continue
        count += 1
        waiting = [start]
        while waiting:
            y, x = waiting.pop()
            inside = 0 <= y < mask.shape[0] and 0 <= x < mask.shape[1]
            if inside and mask[y, x] and not labels[y, x]:
                labels[y, x] = count
                waiting += [(y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
    return labels


def test_a_large_mask_is_measured_without_comparing_all_its_pixels() -> None:
    y, x = np.mgrid[:1024, :1024]
    lesion = measure_lesion(np.hypot(y - 512, x - 512) < 400, (1.0, 1.0))
    assert lesion is not None
    assert lesion.longest_diameter_px == pytest.approx(799, abs=1.5)


def test_the_probability_lies_where_the_crop_was_also_outside_of_the_image() -> None:
    # The crop reaches 4 px over the left and the top edge of a 20 x 24 image.
    crop = Crop(-4.0, -4.0, 16.0, 16.0, source_height=20, source_width=24, size_px=16)
    logits = np.full((16, 16), -9.0, np.float32)
    logits[10, 7] = 9.0  # row 6, column 3 of the image
    share = lesion_probability(logits, crop)
    assert share.shape == (20, 24)
    assert np.argwhere(share > 0.5).tolist() == [[6, 3]]
    assert (share[12:] == 0).all()
    assert (share[:, 12:] == 0).all()


def test_a_mirrored_map_gives_a_mirrored_probability() -> None:
    crop = Crop(3.0, 1.0, 18.0, 18.0, source_height=20, source_width=24, size_px=32)
    mirrored = Crop(3.0, 1.0, 18.0, 18.0, source_height=20, source_width=24, size_px=32)
    logits = np.random.default_rng(1).normal(size=(32, 32)).astype(np.float32)
    there = lesion_probability(logits, crop)
    back = lesion_probability(np.ascontiguousarray(logits[:, ::-1]), mirrored)
    np.testing.assert_allclose(back[:, ::-1], there, atol=1e-5)


def test_a_change_is_added_over_its_own_frame() -> None:
    crop = Crop(0, 0, 8, 8, 8, 8, 8)
    logits = np.zeros((8, 8), dtype=np.float32)
    left = Crop(0, 0, 4, 4, 8, 8, 4)
    change = Change(np.full((4, 4), 3, dtype=np.float32), left)
    share = lesion_probability(logits, crop, change)
    assert share[:4, :4] == pytest.approx(1 / (1 + np.exp(-3)))
    assert share[4:] == pytest.approx(0.5)
    assert share[:4, 4:] == pytest.approx(0.5)

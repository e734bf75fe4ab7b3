import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from brainai.imaging.geometry import Crop, whole_image

sides = st.integers(16, 80)


@given(height=sides, width=sides, size_px=st.integers(32, 96), keep_aspect=st.booleans())
def test_a_smooth_image_survives_there_and_back(
    height: int, width: int, size_px: int, keep_aspect: bool
) -> None:
    rows, columns = np.mgrid[0:height, 0:width]
    image = (rows / height + columns / width).astype(np.float32)
    crop = whole_image((height, width), size_px, keep_aspect)
    back = crop.invert(crop.apply(image, fill=0.0))
    inner = (slice(height // 4, -(height // 4)), slice(width // 4, -(width // 4)))
    step = 2 * max(height, width) / min(height, width) / size_px + 2 / min(height, width)
    assert np.abs(back[inner] - image[inner]).max() <= step


@given(
    left=st.floats(-60, 60),
    top=st.floats(-60, 60),
    side=st.floats(8, 150),
    height=sides,
    width=sides,
)
def test_any_crop_gives_its_grid_and_comes_back_to_the_source(
    left: float, top: float, side: float, height: int, width: int
) -> None:
    crop = Crop(left, top, side, side, height, width, 32)
    image = np.ones((height, width), np.float32)
    there = crop.apply(image, fill=0.0)
    back = crop.invert(there)
    assert (there.shape, back.shape) == ((32, 32), image.shape)
    assert there.min() >= 0
    assert max(there.max(), back.max()) <= 1 + 1e-5


@given(st.integers(2, 12), st.integers(2, 12), sides, sides)
def test_a_constant_map_stays_constant(rows: int, columns: int, height: int, width: int) -> None:
    crop = whole_image((height, width), 64, keep_aspect=True)
    back = crop.invert(np.full((rows, columns), 0.7, np.float32))
    np.testing.assert_allclose(back, 0.7, rtol=1e-6)

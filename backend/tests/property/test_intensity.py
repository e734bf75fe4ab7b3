import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from brainai.imaging.study import Slice
from brainai.inference.preprocess import to_tensor
from brainai.inference.spec import InputSpec
from tests.files import phantom

SPEC = InputSpec(size_px=64)
HEADS = [phantom(seed).astype(np.float32) for seed in range(4)]


@settings(max_examples=40)
@given(
    head=st.sampled_from(HEADS),
    factor=st.floats(0.01, 1000),
    offset=st.integers(-2000, 2000),
)
def test_the_network_sees_the_same_whatever_the_scanner_scales_by(
    head: np.ndarray[tuple[int, ...], np.dtype[np.float32]], factor: float, offset: int
) -> None:
    plain = to_tensor(Slice(head), SPEC).tensor
    scaled = to_tensor(Slice(head * np.float32(factor)), SPEC).tensor
    np.testing.assert_allclose(scaled, plain, atol=2e-3)
    # A shift of the whole range, as an intercept makes it, is taken back by the floor.
    shifted = to_tensor(Slice(head * 100 + np.float32(offset)), SPEC).tensor
    np.testing.assert_allclose(shifted, plain, atol=2e-2)

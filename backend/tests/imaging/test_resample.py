import numpy as np
import pytest

from brainai.errors import UnusableImage
from brainai.imaging.geometry import to_ras
from brainai.imaging.resample import is_whole, lay_on
from brainai.imaging.study import Volume
from tests.studies import AFFINE, asymmetric, oblique


def _ramp(affine: np.ndarray[tuple[int, ...], np.dtype[np.float64]], n: int = 40) -> Volume:
    """A volume whose value is 3x + 5y + 7z of the world, mm."""
    index = np.stack(np.meshgrid(*[np.arange(n)] * 3, indexing="ij"), axis=-1)
    world = index @ affine[:3, :3].T + affine[:3, 3]
    return to_ras(world @ [3.0, 5.0, 7.0], affine)


def _centred(affine: np.ndarray[tuple[int, ...], np.dtype[np.float64]], n: int) -> Volume:
    """The ramp on a grid of n voxels a side, around the world's origin."""
    placed = affine.copy()
    placed[:3, 3] = -placed[:3, :3] @ np.full(3, (n - 1) / 2)
    return _ramp(placed, n)


@pytest.mark.parametrize(
    "affine", [np.diag([0.7, 1.3, 0.9, 1.0]), oblique(30) @ np.diag([0.4, 0.3, 0.2, 1.0])]
)
def test_a_sequence_on_another_grid_is_laid_on_by_its_affine(
    affine: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> None:
    fixed = _centred(np.diag([1.0, 1.2, 0.8, 1.0]), 12)
    laid, share = lay_on(_centred(affine, 60), fixed)
    assert laid.dtype == np.float32
    np.testing.assert_allclose(laid, fixed.voxels, atol=1e-3)
    assert share == 1


def test_a_sequence_on_the_same_grid_is_handed_on_as_it_is() -> None:
    volume = to_ras(asymmetric(), AFFINE)
    other = to_ras(asymmetric() * 2, AFFINE)
    laid, share = lay_on(other, volume)
    assert laid is other.voxels
    assert share == 1


@pytest.mark.parametrize("air", [0, 100, -2.5])  # some tools write no air as 0
def test_what_a_sequence_does_not_reach_is_air(air: float) -> None:
    fixed = to_ras(np.ones((20, 20, 20), np.float32), np.eye(4))
    shifted = np.eye(4)
    shifted[2, 3] = 10
    voxels = np.full((20, 20, 20), air + 1, np.float32)
    voxels[0] = air
    laid, share = lay_on(to_ras(voxels, shifted), fixed)
    assert (laid[..., :10] == air).all()
    assert (laid[1:, :, 10:] == air + 1).all()
    assert share == pytest.approx(0.5)
    assert not is_whole(share)


def test_a_sequence_is_not_cut_where_its_outer_voxels_end() -> None:
    """Slices of 5 mm under a FLAIR of 1 mm: two of its slices lie beyond the outermost centres."""
    fixed = to_ras(np.ones((10, 10, 20), np.float32), np.eye(4))
    thick = np.diag([1.0, 1.0, 5.0, 1.0])
    thick[2, 3] = 2
    voxels = np.ones((10, 10, 3), np.float32)
    voxels[0] = 0
    laid, share = lay_on(to_ras(voxels, thick), fixed)
    assert (laid[1:, :, :15] == 1).all()
    assert (laid[..., 15:] == 0).all()
    assert share == 0.75


@pytest.mark.parametrize("degrees", [0.0, 7.0, 20.0])
def test_rounding_cuts_no_slice_off_a_finer_sequence(degrees: float) -> None:
    coarse = oblique(degrees)
    fine = coarse @ np.diag([1 / 3, 1 / 3, 1 / 3, 1.0])
    fixed = to_ras(np.ones((12, 14, 9), np.float32), coarse)
    laid, share = lay_on(to_ras(np.ones((34, 40, 25), np.float32), fine), fixed)
    assert laid.min() == pytest.approx(1)
    assert share == 1


def test_sequences_of_different_places_are_refused() -> None:
    far = np.eye(4)
    far[0, 3] = 500
    fixed, moving = _ramp(np.eye(4), 10), _ramp(far, 10)
    with pytest.raises(UnusableImage) as caught:
        lay_on(moving, fixed)
    assert caught.value.code == "no_overlap"

import gzip

import nibabel as nib
import numpy as np
import pytest

from brainai.imaging.geometry import to_ras
from brainai.imaging.phantom_study import (
    SAMPLE_STUDIES,
    SHAPE,
    SPACING_MM,
    PhantomStudy,
    draw_phantom_study,
    phantom_file,
)


@pytest.fixture(scope="module")
def tumor() -> PhantomStudy:
    return draw_phantom_study(3, tumor=True)


@pytest.fixture(scope="module")
def normal() -> PhantomStudy:
    return draw_phantom_study(3, tumor=False)


def test_the_same_seed_draws_the_same_study_and_the_same_bytes(tumor: PhantomStudy) -> None:
    again = draw_phantom_study(3, tumor=True)
    np.testing.assert_array_equal(again.voxels, tumor.voxels)
    assert phantom_file(again) == phantom_file(tumor)


def test_another_seed_draws_another_study(tumor: PhantomStudy) -> None:
    assert (draw_phantom_study(4, tumor=True).voxels != tumor.voxels).any()


def test_a_lesion_is_bright_marked_and_in_one_half_of_the_brain(tumor: PhantomStudy) -> None:
    volume_ml = tumor.lesion.sum() * np.prod(SPACING_MM) / 1000
    assert 10 < volume_ml < 120
    brain = tumor.voxels[tumor.voxels > 60]
    assert tumor.voxels[tumor.lesion].mean() > 1.4 * np.median(brain)
    sides = np.flatnonzero(tumor.lesion.any(axis=(1, 2))) < SHAPE[0] / 2
    assert max(sides.mean(), 1 - sides.mean()) > 0.9


def test_a_study_without_tumor_has_no_lesion(normal: PhantomStudy) -> None:
    assert not normal.lesion.any()


def test_a_head_has_scalp_skull_brain_and_ventricles_from_the_outside_in(
    normal: PhantomStudy,
) -> None:
    # From the left ear to the middle, at the level of the ventricles and through one of them.
    line = normal.voxels[:, SHAPE[1] // 2, 24].astype(float)
    lit = np.flatnonzero(line > 60)
    scalp, middle = lit[0], SHAPE[0] // 2
    assert line[: scalp - 3].max() < 15  # air
    assert line[scalp + 3 : scalp + 16].min() < 40  # skull
    assert 80 < np.median(line[scalp + 20 : middle - 15]) < 150  # brain
    assert line[middle - 12 : middle].min() < 50  # ventricle


def test_the_feet_end_is_wide_and_over_the_crown_is_air(normal: PhantomStudy) -> None:
    filled = (normal.voxels > 60).mean(axis=(0, 1))
    assert filled[0] > 0.25
    assert filled[-4:].max() == 0


def test_the_file_opens_on_the_same_grid_in_ras(tumor: PhantomStudy) -> None:
    data = phantom_file(tumor)
    assert len(data) < 1_000_000  # shipped with the pages
    assert data[4:8] == bytes(4)  # RFC 1952: no time
    image = nib.Nifti1Image.from_bytes(gzip.decompress(data))
    np.testing.assert_array_equal(np.asarray(image.dataobj), tumor.voxels)
    np.testing.assert_allclose(image.get_qform(), tumor.affine, atol=1e-4)
    volume = to_ras(tumor.voxels.astype(np.float32), tumor.affine)
    assert volume.grid.orientation == "RAS"


def test_one_sample_has_a_lesion_and_one_has_none() -> None:
    assert [(name, tumor) for name, _, tumor in SAMPLE_STUDIES] == [
        ("study-tumor", True),
        ("study-normal", False),
    ]

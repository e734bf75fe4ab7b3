from pathlib import Path

import numpy as np
import pytest

from brainai_training.config import RefineConfig
from brainai_training.datasets.case import Case, masked_stack
from brainai_training.refine_run import gather_maps
from tests.making import phantom, slice_of
from tests.tiny_net import write_tiny_folder

CONFIG = RefineConfig(side_px=32, slice_mm=5.0)
TUMOR = (True, True, False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("refining") / "tiny"
    write_tiny_folder(made)
    return made


def _case(has_skull: bool, distance_mm: float | None = 2.5) -> Case:
    slices = [slice_of(seed, tumor) for seed, tumor in enumerate(TUMOR)]
    masks = [phantom(seed, tumor).lesion for seed, tumor in enumerate(TUMOR)]
    made = masked_stack(slices, masks, distance_mm=distance_mm)
    return Case("anna", "", "phantoms", "one", has_skull, lambda: made)


def test_a_head_is_gathered_with_its_skull_and_without(folder: Path) -> None:
    whole, bare = gather_maps(folder, CONFIG, [_case(has_skull=True)])
    assert len(gather_maps(folder, CONFIG, [_case(has_skull=False)])) == 1
    for maps in (whole, bare):
        assert maps.flair.shape == maps.truth.shape == (3, 32, 32)
        assert maps.lesion.shape == (2, 3, 32, 32)
        assert maps.tumor.tolist() == list(TUMOR)
        assert (maps.source, maps.patient, maps.step) == ("phantoms", "anna", 2)
    assert not np.allclose(whole.flair, bare.flair)


def test_the_truth_lies_where_the_lesion_is_bright(folder: Path) -> None:
    (maps,) = gather_maps(folder, CONFIG, [_case(has_skull=False)])
    for flair, truth, tumor in zip(maps.flair, maps.truth, maps.tumor, strict=True):
        assert truth.any() == tumor
        if tumor:
            head = (flair > 0.5) & (truth < 0.1)
            assert flair[truth > 0.9].mean() > 1.2 * flair[head].mean()


def test_what_is_said_of_the_mirror_image_is_turned_back(folder: Path) -> None:
    """The margins are those of two runs; the maps lie on one grid."""
    (maps,) = gather_maps(folder, CONFIG, [_case(has_skull=False)])
    assert not np.array_equal(maps.margin[0], maps.margin[1])
    plain, mirrored = maps.lesion.astype(np.float32)
    same = np.corrcoef(plain.ravel(), mirrored.ravel())[0, 1]
    turned = np.corrcoef(plain.ravel(), mirrored[:, :, ::-1].ravel())[0, 1]
    assert same > turned

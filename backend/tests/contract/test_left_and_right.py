"""The shipped model on real slices and on their mirror images, where the data is at hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from brainai.imaging.geometry import axial_slice
from brainai.imaging.nifti import read_nifti
from brainai.imaging.sniff import read_study
from brainai.inference.predict import Prediction, Predictor
from tests.conftest import REPOSITORY
from tests.files import encode

DATA = REPOSITORY.parent / "shared" / "data"
FOLDER = REPOSITORY / "models" / "flair-resnet50"

LEAST_LESION_PX = 200
LGG_PATIENTS, VOLUME_SLICES = 24, 6


@dataclass(frozen=True)
class Case:
    """A real slice, and whether a lesion of LEAST_LESION_PX is outlined on it."""

    pixels: NDArray[np.float32]
    has_lesion: bool


@dataclass(frozen=True)
class Pair:
    """What the model says of a slice and of its mirror image."""

    case: Case
    plain: Prediction
    mirrored: Prediction


def _lgg() -> Iterator[Case]:
    """Yield the slice with the largest lesion of each patient, and one without any."""
    folders = sorted(path for path in (DATA / "lgg").iterdir() if path.is_dir())
    for folder in folders[:: max(1, len(folders) // LGG_PATIENTS)]:
        areas = {path: _lesion_px(path) for path in sorted(folder.glob("*.webp"))}
        middle = sorted(areas, key=lambda path: path.stat().st_size)[len(areas) // 2 :]
        for path in {max(areas, key=lambda path: areas[path]), min(middle, key=areas.__getitem__)}:
            pixels = read_study(path.read_bytes(), 2**24).slice.pixels
            yield Case(pixels, areas[path] >= LEAST_LESION_PX)


def _lesion_px(path: Path) -> int:
    mask = path.with_name(f"{path.stem}_mask.png")
    if not mask.exists():
        return 0
    return int((read_study(mask.read_bytes(), 2**24).slice.pixels > 0).sum())


def _volumes() -> Iterator[Case]:
    """Yield slices from the middle half of each volume."""
    for path in [*sorted(DATA.glob("brats*/*/*_flair.nii.gz")), *sorted(DATA.glob("ms_flair/*/*"))]:
        volume = read_nifti(path.read_bytes())
        outlined = path.with_name(path.name.replace("_flair", "_seg"))
        lesion = read_nifti(outlined.read_bytes()) if "_flair" in path.name else None
        depth = volume.voxels.shape[2]
        for index in np.linspace(depth * 0.35, depth * 0.75, VOLUME_SLICES).astype(int):
            area = 0 if lesion is None else int((lesion.voxels[:, :, index] > 0).sum())
            yield Case(axial_slice(volume, int(index)).pixels, area >= LEAST_LESION_PX)


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    """Ask the model about every slice twice."""
    if not DATA.is_dir():
        pytest.skip("the real slices (../shared/data) are not on this machine")
    shipped = Predictor(FOLDER, max_pixels=2**24)
    assert shipped.spec.file.lesion is not None

    def ask(pixels: NDArray[np.float32]) -> Prediction:
        data = encode(np.ascontiguousarray(pixels), "TIFF")
        return shipped.predict(data, mask=True, force=True)

    cases = [*_lgg(), *_volumes()]
    assert len(cases) >= 60
    return [Pair(case, ask(case.pixels), ask(case.pixels[:, ::-1])) for case in cases]


def test_a_mirrored_slice_has_nearly_the_same_probability(pairs: list[Pair]) -> None:
    changes = [abs(pair.plain.probability - pair.mirrored.probability) for pair in pairs]
    assert np.mean(changes) <= 0.05


def test_the_mask_of_a_mirrored_slice_is_the_mirrored_mask(pairs: list[Pair]) -> None:
    shares = []
    for pair in pairs:
        there, back = pair.plain.mask, pair.mirrored.mask
        assert there is not None
        assert back is not None
        if pair.case.has_lesion and (there.any() or back.any()):
            both = int((there & back[:, ::-1]).sum())
            shares.append(2 * both / int(there.sum() + back.sum()))
    assert len(shares) >= 20
    assert np.mean(shares) >= 0.9

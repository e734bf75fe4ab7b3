"""Phantom volumes: slices of one drawn head, stacked, with air over and under it."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from brainai.imaging.geometry import to_ras
from brainai.imaging.phantom import draw_phantom
from brainai.imaging.study import Facts, VolumeStudy
from brainai.inference.predict import Predictor
from brainai.inference.spec import StudyDecision, UncertainBand
from tests.files import MAX_PIXELS
from tests.tiny_model import write_json, write_tiny_model

SLICES, SIZE_PX = 12, 64
HEAD = range(2, 11)
LESION = range(4, 8)
AFFINE = np.diag([1.0, 1.0, 3.0, 1.0])

# The tiny model's P(tumour) is 0.118 for these slices with a lesion, 0.092 without.
BETWEEN = 0.105


def phantom_volume(lesion: range = LESION) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
    """Voxels int16 [X, Y, Z] in RAS+, and the lesion, bool."""
    voxels = np.zeros((SIZE_PX, SIZE_PX, SLICES), np.int16)
    inside = np.zeros(voxels.shape, bool)
    for z in HEAD:
        drawn = draw_phantom(15, z in lesion, SIZE_PX, skull=False)
        # Drawn as radiologists see it: rows from the front back, columns from the patient's right.
        voxels[:, :, z] = drawn.pixels[::-1, ::-1].T
        inside[:, :, z] = drawn.lesion[::-1, ::-1].T
    return voxels, inside


def phantom_study(
    lesion: range = LESION, affine: NDArray[np.float64] = AFFINE, facts: Facts | None = None
) -> VolumeStudy:
    voxels, _ = phantom_volume(lesion)
    return VolumeStudy("nifti", to_ras(voxels.astype(np.float32), affine), facts or Facts())


def volume_predictor(
    folder: Path, threshold: float = BETWEEN, study: StudyDecision | None = None, **written: Any
) -> Predictor:
    """A predictor that tells the phantom's slices with a lesion from those without."""
    spec = write_tiny_model(folder, **written)
    decision = msgspec.structs.replace(
        spec.decision,
        threshold=threshold,
        uncertain_band=UncertainBand(threshold, threshold),
        study=study,
    )
    write_json(folder / "model.json", msgspec.structs.replace(spec, decision=decision))
    return Predictor(folder, MAX_PIXELS, threads=1)

"""Answers for whole studies, made by hand: what is written of them needs no network."""

import numpy as np
from numpy.typing import NDArray

from brainai.imaging.geometry import to_ras
from brainai.imaging.study import VolumeStudy
from brainai.inference.findings import SliceFinding, StudyPrediction, VolumeLesion
from brainai.inference.spec import ModelSpec
from brainai.labels import Label, Sequence

SHAPE = (20, 26, 12)
SPACING_MM = (0.9, 1.1, 4.0)


def asymmetric_volume() -> tuple[NDArray[np.float32], NDArray[np.float64], NDArray[np.bool_]]:
    """Return voxels, affine and lesion of a head-like box, all of its axes of another length.

    It lies in RAS+ order; to_ras and Grid take it elsewhere.
    """
    voxels = np.zeros(SHAPE, np.float32)
    voxels[3:17, 3:23, 2:11] = 400
    voxels[4:6, 18:22, 3:5] = 900
    lesion = np.zeros(SHAPE, bool)
    lesion[12:15, 15:19, 6:9] = True
    voxels[lesion] = 800
    affine = np.diag([*SPACING_MM, 1.0])
    affine[:3, 3] = (-11.0, 7.5, -30.25)
    return voxels, affine, lesion


def study_prediction(
    spec: ModelSpec,
    voxels: NDArray[np.float32],
    affine: NDArray[np.float64],
    lesion: NDArray[np.bool_],
) -> StudyPrediction:
    """Answer for an input's array [I, J, K] with its affine, as if ``lesion`` had been outlined."""
    volume = to_ras(voxels, affine)
    mask = to_ras(lesion.astype(np.float32), affine).voxels > 0
    areas = np.count_nonzero(mask, axis=(0, 1))
    tissue = volume.voxels.max(axis=(0, 1)) > 0
    slices = []
    for index in range(mask.shape[2]):
        z = volume.grid.input_index(index)
        probability = float(np.round(0.03 + 0.9 * (areas[z] > 0), 2)) if tissue[z] else None
        label = None if probability is None else Label.TUMOR if areas[z] else Label.NO_TUMOR
        slices.append(SliceFinding(index, probability, label))
    x_mm, y_mm, z_mm = np.linalg.norm(volume.affine[:3, :3], axis=0)
    found = VolumeLesion(
        volume_ml=float(areas.sum() * x_mm * y_mm * z_mm / 1000),
        longest_axial_diameter_mm=4.5,
        slice_of_largest_area=volume.grid.input_index(int(areas.argmax())),
        largest_area_mm2=float(areas.max() * x_mm * y_mm),
        components=1,
        slices=int((areas > 0).sum()),
    )
    return StudyPrediction(
        id="0123456789abcdef0123456789abcdef",
        spec=spec,
        study=VolumeStudy("nifti", volume),
        label=Label.TUMOR if lesion.any() else Label.NO_TUMOR,
        probability=0.97 if lesion.any() else 0.04,
        threshold=0.29,
        unsure=None,
        slices=tuple(slices),
        lesion=found if lesion.any() else None,
        mask=mask,
        sequences_used=(Sequence.FLAIR,),
        withheld=(),
        warnings=(),
        timings_ms={"total": 1.0},
    )

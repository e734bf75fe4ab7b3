"""Volume and mask -> ``.nii.gz`` on the input's own grid, without a word of the input's header."""

import gzip

import nibabel as nib
import numpy as np
from numpy.typing import NDArray

from brainai.imaging.geometry import to_grid
from brainai.imaging.intensity import IntensityStats
from brainai.imaging.study import Grid, Volume

# Level 6 takes four times as long on a volume of 240 x 240 x 155 and saves a twentieth.
_GZIP_LEVEL = 1
# NIfTI-1, qform_code and sform_code: coordinates of the scanner.
_SCANNER = 1
_INT16 = np.iinfo(np.int16)


def volume_file(volume: Volume, stats: IntensityStats | None) -> bytes:
    """Write the voxels of a volume, int16 where that loses nothing, else float32.

    stats: of the volume; where there are any, viewers open the file windowed by them.
    """
    voxels = to_grid(volume.voxels, volume.grid)
    whole = bool(
        voxels.min() >= _INT16.min
        and voxels.max() <= _INT16.max
        and (voxels == voxels.round()).all()
    )
    limits = None if stats is None else (stats.floor, stats.floor + stats.high)
    return _write(voxels.astype(np.int16) if whole else voxels, volume.grid, limits)


def mask_file(mask: NDArray[np.bool_], grid: Grid) -> bytes:
    """Write a mask bool [X, Y, Z] in RAS+ as uint8, 0 and 1."""
    return _write(to_grid(mask.astype(np.uint8), grid), grid, (0.0, 1.0))


def _write(
    voxels: NDArray[np.int16] | NDArray[np.uint8] | NDArray[np.float32],
    grid: Grid,
    limits: tuple[float, float] | None,
) -> bytes:
    image = nib.Nifti1Image(voxels, grid.affine)
    # Some readers go by one form, some by the other. Only a sheared grid has no qform.
    image.set_sform(grid.affine, _SCANNER)
    image.set_qform(grid.affine, _SCANNER)
    if not np.allclose(image.get_qform(), grid.affine, atol=1e-3):
        image.set_qform(None, 0)
    image.header.set_xyzt_units("mm")
    if limits is not None:
        image.header["cal_min"], image.header["cal_max"] = limits
    return gzip.compress(image.to_bytes(), _GZIP_LEVEL, mtime=0)

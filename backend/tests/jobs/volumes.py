"""Volumes for jobs: phantoms, stacked and written as NIfTI."""

import gzip

import nibabel as nib
import numpy as np

from tests.files import phantom

AFFINE = np.array([[-2.0, 0, 0, 120], [0, -2.0, 0, 110], [0, 0, 5.0, -40], [0, 0, 0, 1]])
"""Voxels run to the left, to the back and up, as most scanners write them: LPS."""


def volume_nii_gz(slices: int = 8, size_px: int = 128) -> bytes:
    """A head of ``slices`` axial slices, with a lesion in those in the middle."""
    middle = range(slices // 4, slices - slices // 4)
    drawn = [phantom(4, tumor=z in middle, size_px=size_px).T for z in range(slices)]
    image = nib.Nifti1Image(np.stack(drawn, axis=2).astype(np.int16) * 4, AFFINE)
    return gzip.compress(image.to_bytes(), 1)

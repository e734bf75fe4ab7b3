"""NIfTI-1 and NIfTI-2 -> Volume."""

import gzip
import io

import nibabel as nib
import numpy as np

from brainai.errors import UnusableImage
from brainai.imaging.geometry import to_ras
from brainai.imaging.study import Volume


def read_nifti(data: bytes) -> Volume:
    """Read a three-dimensional ``.nii`` or ``.nii.gz`` into RAS+ order.

    Raises UnusableImage (unreadable_image).
    """
    try:
        raw = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
        kind = (
            nib.Nifti2Image
            if raw[:4] in (b"\x1c\x02\x00\x00", b"\x00\x00\x02\x1c")
            else nib.Nifti1Image
        )
        image = kind.from_stream(io.BytesIO(raw))
        voxels = np.asarray(image.dataobj, dtype=np.float32)
    except Exception as error:  # nibabel raises every kind on damaged headers
        raise UnusableImage(
            "unreadable_image", "The NIfTI file can't be decoded: it is damaged or cut short."
        ) from error
    if voxels.ndim != 3:
        raise UnusableImage(
            "unreadable_image", f"The NIfTI file has {voxels.ndim} dimensions; 3 were expected."
        )
    return to_ras(voxels, np.asarray(image.affine, dtype=np.float64))

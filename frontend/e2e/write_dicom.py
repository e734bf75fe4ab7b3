"""write_dicom.py VOLUME.nii.gz OUT.zip [MODALITY]: a volume as a zip of single DICOM files.

Written by the back end's own test tools; runs in its virtual environment.
"""

import sys
from pathlib import Path

import nibabel
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "backend"))

from tests.dicom_files import write_series, write_zip

source, target, *rest = sys.argv[1:]
modality = rest[0] if rest else "MR"
volume = nibabel.load(source)
voxels = np.asarray(volume.get_fdata(), dtype=np.float32)
voxels = (voxels * (4000 / max(float(voxels.max()), 1))).astype(np.uint16)
# Down the table, as scanners number their files: the reader has to sort by position.
files = write_series(
    voxels[:, :, ::-1],
    volume.affine
    @ np.array(
        [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, -1, voxels.shape[2] - 1], [0, 0, 0, 1]]
    ),
    Modality=modality,
    SeriesDescription="AX FLAIR" if modality == "MR" else "HEAD",
)
Path(target).write_bytes(write_zip(files))

"""An asymmetric phantom in world space, and the limits that the tests read uploads by."""

import numpy as np
from numpy.typing import NDArray

from brainai.imaging.collect import Limits, UploadedFile

LIMITS = Limits(
    max_pixels=1024 * 1024,
    max_voxels=8 * 1024 * 1024,
    max_unpacked_bytes=64 * 1024 * 1024,
    max_files=300,
)

AFFINE = np.array([[2.0, 0, 0, -20], [0, 3.0, 0, -30], [0, 0, 4.0, 5], [0, 0, 0, 1]])


def asymmetric(shape: tuple[int, int, int] = (20, 18, 12)) -> NDArray[np.int16]:
    """A box of tissue with a bright corner to the right, front and top: no two ways look alike."""
    x, y, z = np.meshgrid(*(np.arange(n) for n in shape), indexing="ij")
    voxels = 100 + 3 * x + 5 * y + 7 * z
    voxels[: shape[0] // 6] = voxels[:, : shape[1] // 6] = 0
    voxels[-shape[0] // 3 :, -shape[1] // 3 :, -shape[2] // 3 :] += 400
    return voxels.astype(np.int16)


def upload(*files: bytes | tuple[str, bytes]) -> list[UploadedFile]:
    """Name files by number, or as they are told."""
    return [
        UploadedFile(*file) if isinstance(file, tuple) else UploadedFile(f"file{index}", file)
        for index, file in enumerate(files)
    ]

"""A folder of phantoms in the kaggle_3m layout, for smoke training and tests."""

from pathlib import Path

import numpy as np
from PIL import Image

from brainai.imaging.phantom import draw_phantom


def write_phantom_patients(root: Path, patients: int, slices: int = 6, size_px: int = 96) -> None:
    """Write ``patients`` folders of ``slices`` slices under ``root``; every other has a lesion."""
    for patient in range(patients):
        name = f"phantom{patient:02d}"
        folder = root / name
        folder.mkdir(parents=True)
        for index in range(1, slices + 1):
            drawn = draw_phantom(1000 * patient + index, index % 2 == 0, size_px)
            grey = Image.fromarray(drawn.pixels)
            Image.merge("RGB", (grey, grey, grey)).save(folder / f"{name}_{index}.png")
            mask = Image.fromarray(drawn.lesion.astype(np.uint8) * 255)
            mask.save(folder / f"{name}_{index}_mask.png")

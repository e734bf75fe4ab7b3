import io
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from brainai.api import slice_pictures
from brainai.api.slice_pictures import SlicePictures
from brainai.artefacts import Overlay, Shown
from brainai.errors import NotFound
from brainai.imaging.geometry import to_ras
from brainai.imaging.intensity import measure_intensity


def _shown(upside_down: bool = False) -> Shown:
    """A ramp from dark feet to a bright crown, stacked from either end."""
    ramp: NDArray[np.float32] = np.zeros((40, 40, 10), np.float32)
    ramp[10:30, 10:30] = np.arange(1, 11, dtype=np.float32) * 100
    affine = np.diag([1.0, 1.0, -1.0 if upside_down else 1.0, 1.0])
    volume = to_ras(ramp[:, :, ::-1] if upside_down else ramp, affine)
    return Shown(volume, np.zeros((40, 40, 10), bool), measure_intensity(volume.voxels))


class Loads:
    """Counts how often something is loaded."""

    def __init__(self) -> None:
        self.count = 0

    def of(self, shown: Shown) -> Callable[[], Shown]:
        def load() -> Shown:
            self.count += 1
            return shown

        return load


def _brightness(png: bytes) -> float:
    return float(np.asarray(Image.open(io.BytesIO(png))).mean())


def test_slices_are_counted_as_the_input_stacks_them() -> None:
    pictures, loads = SlicePictures(), Loads()
    upright, turned = loads.of(_shown()), loads.of(_shown(upside_down=True))
    for index in (0, 9):
        one = pictures.draw("a", upright, index, Overlay.NONE)
        other = pictures.draw("b", turned, 9 - index, Overlay.NONE)
        assert one == other
    dark = pictures.draw("a", upright, 0, Overlay.NONE)
    assert _brightness(dark) < _brightness(pictures.draw("a", upright, 9, Overlay.NONE))


@pytest.mark.parametrize("index", [10, 1000])
def test_a_slice_that_is_not_there_is_not_found(index: int) -> None:
    with pytest.raises(NotFound, match="0 to 9"):
        SlicePictures().draw("a", _shown, index, Overlay.NONE)


def test_the_last_few_jobs_are_decoded_once() -> None:
    pictures, loads = SlicePictures(), Loads()
    load = loads.of(_shown())
    for job in ("a", "b", "c", "d", "a", "b", "c", "d"):
        pictures.draw(job, load, 3, Overlay.FILL)
    assert loads.count == 4
    pictures.draw("e", load, 3, Overlay.FILL)
    pictures.draw("a", load, 3, Overlay.FILL)
    assert loads.count == 6


def test_no_more_is_kept_than_the_bound_and_always_the_last_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(slice_pictures, "_MOST_BYTES", 1)
    pictures, loads = SlicePictures(), Loads()
    load = loads.of(_shown())
    for job in ("a", "a", "b", "a"):
        pictures.draw(job, load, 3, Overlay.FILL)
    assert loads.count == 3


def test_an_erased_job_is_forgotten() -> None:
    pictures, loads = SlicePictures(), Loads()
    pictures.draw("a", loads.of(_shown()), 3, Overlay.FILL)
    pictures.forget("a")
    pictures.forget("never seen")
    pictures.draw("a", loads.of(_shown()), 3, Overlay.FILL)
    assert loads.count == 2

import io
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from brainai.imaging.upright import turn_upright
from tests.files import encode, phantom

WIDE = phantom()[:, :96]
TURNS: dict[int, Callable[[NDArray[Any]], NDArray[Any]]] = {
    1: lambda pixels: pixels,
    2: np.fliplr,
    3: lambda pixels: np.rot90(pixels, 2),
    4: np.flipud,
    5: lambda pixels: pixels.T,
    6: lambda pixels: np.rot90(pixels, -1),
    7: lambda pixels: np.rot90(pixels, 2).T,
    8: lambda pixels: np.rot90(pixels, 1),
}


def _read(data: bytes) -> NDArray[Any]:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(turn_upright(image))


def _exif(orientation: int, *odd: bytes) -> bytes:
    """EXIF of an orientation and of further entries (tag, type, count, value) as they are."""
    entries = [struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0), *odd]
    return (
        b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + b"".join(entries) + bytes(4)
    )


@pytest.mark.parametrize("orientation", TURNS)
@pytest.mark.parametrize("name", ["PNG", "TIFF", "WEBP"])
def test_an_image_is_turned_as_its_orientation_says(name: str, orientation: int) -> None:
    turned = TURNS[orientation](WIDE)
    if name == "TIFF":
        data = encode(WIDE, name, tiffinfo={0x0112: orientation})
    elif name == "WEBP":  # which has no grey
        data = encode(np.stack([WIDE] * 3, axis=2), name, exif=_exif(orientation), lossless=True)
        turned = np.stack([turned] * 3, axis=2)
    else:
        data = encode(WIDE, name, exif=_exif(orientation))
    np.testing.assert_array_equal(_read(data), turned)


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP"])
def test_exif_that_can_not_be_written_anew_is_no_obstacle(name: str) -> None:
    # The unit of the resolution, a whole number by the standard, as a fraction.
    odd = struct.pack("<HHII", 0x0128, 5, 1, 8)
    pixels = _read(encode(WIDE, name, exif=_exif(6, odd)))
    assert pixels.shape[:2] == WIDE.T.shape


@pytest.mark.parametrize("exif", [b"Exif\0\0", b"Exif\0\0nonsense"])
def test_exif_that_can_not_be_read_turns_nothing(exif: bytes) -> None:
    np.testing.assert_array_equal(_read(encode(WIDE, "PNG", exif=exif)), WIDE)

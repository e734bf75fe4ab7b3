import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from brainai.errors import UnusableImage
from brainai.imaging.deep_colour import is_deep_colour
from brainai.imaging.raster import COLOUR_WARNING, read_raster
from brainai.imaging.study import Study
from tests.files import MAX_PIXELS, encode, phantom

# Ten bits, as scanners have them: nearly all of it lies in the lower byte.
GREY = phantom().astype(np.uint16) * 4 + 1
RGB = np.stack([np.roll(GREY, 20, axis=0), GREY, np.roll(GREY, 20, axis=1)], axis=2)
ALPHA = np.full_like(GREY, 65535)


def _png(pixels: NDArray[np.uint16], *chunks: tuple[bytes, bytes]) -> bytes:
    """A 16-bit PNG of [H, W, 2] (grey and alpha), 3 or 4 channels."""
    height, width, channels = pixels.shape
    colour_type = {2: 4, 3: 2, 4: 6}[channels]
    head = struct.pack(">IIBBBBB", width, height, 16, colour_type, 0, 0, 0)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    told = [(b"IHDR", head), *chunks, (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in told
    )


def _tiff(
    pixels: NDArray[np.uint16],
    order: str = "<",
    packed: bool = False,
    photometric: int = 2,
    planar: int = 1,
    extra: int = 2,
) -> bytes:
    """A 16-bit TIFF of [H, W, 3 or 4] in one strip; extra: what a fourth channel is."""
    height, width, channels = pixels.shape
    stored = pixels if planar == 1 else pixels.transpose(2, 0, 1)
    strip = stored.astype(order + "u2").tobytes()
    strip = zlib.compress(strip) if packed else strip
    strips = 1 if planar == 1 else channels
    size = len(strip) // strips
    tail = 8 + len(strip)
    tables = [
        struct.pack(f"{order}{channels}H", *[16] * channels),
        struct.pack(f"{order}{strips}I", *[8 + size * n for n in range(strips)]),
        struct.pack(f"{order}{strips}I", *[size] * strips),
    ]
    places = [tail, tail + len(tables[0]), tail + len(tables[0]) + len(tables[1])]
    bits, offsets, counts = places if strips > 1 else (places[0], 8, size)
    tags = [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, channels, bits),
        (259, 4, 1, 8 if packed else 1),
        (262, 4, 1, photometric),
        (273, 4, strips, offsets),
        (277, 4, 1, channels),
        (278, 4, 1, height),
        (279, 4, strips, counts),
        (284, 4, 1, planar),
        *([(338, 4, 1, extra)] if channels == 4 and photometric == 2 else []),
    ]
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(
        order + "I", tail + sum(map(len, tables))
    )
    entries = b"".join(struct.pack(order + "HHII", *tag) for tag in tags)
    directory = struct.pack(order + "H", len(tags)) + entries + bytes(4)
    return head + strip + b"".join(tables) + directory


def _read(data: bytes) -> Study:
    return read_raster(data, "png" if data[:1] == b"\x89" else "tiff", MAX_PIXELS)


def _in_colour(pixels: NDArray[np.uint16]) -> list[bytes]:
    ways: list[dict[str, Any]] = [{}, {"order": ">"}, {"packed": True}]
    return [
        _png(pixels),
        *(_tiff(pixels, **way) for way in ways),
        _tiff(pixels, order=">", packed=True),
    ]


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("way", range(5))
def test_deep_colour_keeps_every_value(channels: int, way: int) -> None:
    pixels = RGB if channels == 3 else np.dstack([RGB, ALPHA])
    study = _read(_in_colour(pixels)[way])
    np.testing.assert_array_equal(study.slice.pixels, GREY)
    assert study.slice.pixels.dtype == np.float32
    assert study.warnings == (COLOUR_WARNING,)


@pytest.mark.parametrize("way", range(5))
def test_deep_grey_kept_as_colour_becomes_grey_again(way: int) -> None:
    study = _read(_in_colour(np.stack([GREY] * 3, axis=2))[way])
    np.testing.assert_array_equal(study.slice.pixels, GREY)
    assert study.warnings == ()


def test_deep_grey_with_alpha_keeps_every_value() -> None:
    study = _read(_png(np.dstack([GREY, ALPHA])))
    np.testing.assert_array_equal(study.slice.pixels, GREY)
    assert study.warnings == ()


@pytest.mark.parametrize("channels", [2, 4])
def test_transparent_pixels_of_deep_colour_become_black(channels: int) -> None:
    alpha = ALPHA.copy()
    alpha[:40] = 0
    alpha[40:50] = 0x8000
    pixels = _read(_png(np.dstack([*[GREY] * (channels - 1), alpha]))).slice.pixels
    assert pixels[:40].max() == 0
    np.testing.assert_allclose(pixels[40:50], GREY[40:50] * (0x8000 / 65535), rtol=1e-6)
    np.testing.assert_array_equal(pixels[50:], GREY[50:])


def test_the_one_colour_that_a_png_names_as_transparent_becomes_black() -> None:
    value = int(GREY[64, 64])
    key = struct.pack(">3H", value, value, value)
    pixels = _read(_png(np.stack([GREY] * 3, axis=2), (b"tRNS", key))).slice.pixels
    np.testing.assert_array_equal(pixels, np.where(value == GREY, 0, GREY))


def test_a_fourth_channel_that_is_no_alpha_is_left_out() -> None:
    pixels = np.dstack([RGB, np.zeros_like(GREY)])
    np.testing.assert_array_equal(_read(_tiff(pixels, extra=0)).slice.pixels, GREY)


def test_the_exif_rotation_is_applied_to_deep_colour() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    wide = RGB[:, :96]
    data = _png(wide, (b"eXIf", exif.tobytes()[6:]))
    np.testing.assert_array_equal(_read(data).slice.pixels, np.rot90(wide[..., 1], -1))


@pytest.mark.parametrize(
    "data",
    [
        _tiff(RGB, planar=2),
        _tiff(np.dstack([RGB, ALPHA]), photometric=5),
        _tiff(np.dstack([RGB, ALPHA]), extra=1),
    ],
    ids=["planes apart", "CMYK", "premultiplied alpha"],
)
def test_deep_colour_kept_in_another_way_is_refused(data: bytes) -> None:
    with pytest.raises(UnusableImage, match="16-bit grey") as caught:
        _read(data)
    assert caught.value.code == "unreadable_image"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_deep_colour_cut_short_is_refused(share: float) -> None:
    data = _png(RGB)
    with pytest.raises(UnusableImage, match="cut short"):
        _read(data[: int(len(data) * share)])


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "I", "F", "CMYK"])
def test_nothing_else_is_deep_colour(mode: str) -> None:
    image = Image.fromarray(GREY) if mode == "I;16" else Image.new(mode, (8, 8))
    with Image.open(io.BytesIO(encode(image, "TIFF"))) as opened:
        assert opened.mode == mode
        assert not is_deep_colour(opened)

import struct
import zlib
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from brainai.errors import TooLarge, UnusableImage
from brainai.imaging.raster import COLOUR_WARNING, check_pixel_count, read_raster
from brainai.imaging.study import Study
from tests.files import MAX_PIXELS, encode, phantom

GREY = phantom()


def _read(image: Image.Image | Any, name: str = "PNG", **options: Any) -> Study:
    return read_raster(encode(image, name, **options), name.lower(), MAX_PIXELS)


@pytest.mark.parametrize("name", ["PNG", "BMP", "TIFF"])
def test_lossless_grey_keeps_every_value(name: str) -> None:
    study = _read(GREY, name)
    assert study.slice.pixels.dtype == np.float32
    np.testing.assert_array_equal(study.slice.pixels, GREY)
    assert study.warnings == ()


@pytest.mark.parametrize(
    ("name", "options"), [("JPEG", {"quality": 95}), ("WEBP", {"quality": 95})]
)
def test_lossy_grey_stays_close(name: str, options: dict[str, int]) -> None:
    study = _read(GREY, name, **options)
    assert np.abs(study.slice.pixels - GREY).mean() < 3
    assert study.warnings == ()


@pytest.mark.parametrize("name", ["PNG", "TIFF"])
def test_sixteen_bit_grey_keeps_every_value(name: str) -> None:
    wide = GREY.astype(np.uint16) * 257
    np.testing.assert_array_equal(_read(wide, name).slice.pixels, wide)


def test_a_sixteen_bit_tiff_may_be_big_endian() -> None:
    wide = (GREY.astype(np.uint16) * 257).astype(">u2")
    image = Image.frombytes("I;16B", (128, 128), wide.tobytes())
    np.testing.assert_array_equal(_read(image, "TIFF").slice.pixels, wide)


@pytest.mark.parametrize("dtype", [np.int32, np.float32])
def test_a_tiff_may_hold_wide_integers_and_floats(dtype: type) -> None:
    values: NDArray[Any] = GREY.astype(dtype) * 1000
    np.testing.assert_array_equal(_read(values, "TIFF").slice.pixels, values.astype(np.float32))


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("kind", ["u2", "i2", "i4", "f4", "f8"])
def test_a_tiff_may_hold_numbers_in_either_byte_order_packed_or_not(
    kind: str, order: str, packed: bool
) -> None:
    values: NDArray[Any] = GREY.astype(kind) * 100 + 7
    study = read_raster(_tiff(values, order, packed), "tiff", MAX_PIXELS)
    np.testing.assert_array_equal(study.slice.pixels, values.astype(np.float32))


def test_a_double_over_single_precision_is_refused_later_as_not_finite() -> None:
    pixels = read_raster(_tiff(np.full((32, 32), 1e300), "<", False), "tiff", MAX_PIXELS).slice
    assert np.isinf(pixels.pixels).all()


def _tiff(values: NDArray[Any], order: str, packed: bool) -> bytes:
    """One strip of grey in a byte order that Pillow does not write. Source: TIFF 6.0, section 2."""
    raw = values.astype(order + values.dtype.str[1:]).tobytes()
    strip = zlib.compress(raw) if packed else raw
    height, width = values.shape
    tags = {
        256: width,
        257: height,
        258: values.dtype.itemsize * 8,
        259: 8 if packed else 1,
        262: 1,
        273: 8 + 2 + 10 * 12 + 4,  # what comes before the strip
        277: 1,
        278: height,
        279: len(strip),
        339: {"u": 1, "i": 2, "f": 3}[values.dtype.kind],
    }
    entries = b"".join(struct.pack(f"{order}HHII", tag, 4, 1, value) for tag, value in tags.items())
    start = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(f"{order}IH", 8, len(tags))
    return start + entries + bytes(4) + strip


def _tagged(values: NDArray[Any], tag: int, told: int) -> Study:
    """A TIFF of which one tag, a short, says something else than Pillow writes."""
    data = bytearray(encode(values, "TIFF"))
    entry = data.index(struct.pack("<HHI", tag, 3, 1))
    struct.pack_into("<I", data, entry + 8, told)
    return read_raster(bytes(data), "tiff", MAX_PIXELS)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_a_tiff_whose_zero_is_white_is_turned(dtype: type) -> None:
    values: NDArray[Any] = 255 - GREY.astype(dtype)
    np.testing.assert_array_equal(_tagged(values, 262, 0).slice.pixels, GREY)
    np.testing.assert_array_equal(_tagged(values, 262, 1).slice.pixels, values)


def test_a_tiff_may_hold_wide_integers_without_a_sign() -> None:
    values: NDArray[Any] = GREY.astype(np.uint32) * 16_000_000
    assert values.max() > 2**31
    pixels = _tagged(values.view(np.int32), 339, 1).slice.pixels
    np.testing.assert_array_equal(pixels, values.astype(np.float32))
    assert _tagged(GREY.astype(np.int32) - 9, 339, 2).slice.pixels.min() == -9


def test_a_tiff_may_hold_bytes_with_a_sign() -> None:
    values = (GREY.astype(np.int16) - 128).astype(np.int8)
    pixels = _signed_bytes(values).slice.pixels
    np.testing.assert_array_equal(pixels, values.astype(np.float32))


def _signed_bytes(values: NDArray[np.int8]) -> Study:
    """A TIFF whose bytes are signed; Pillow writes SampleFormat (339) where it is told to."""
    image = Image.fromarray(values.view(np.uint8))
    return _read(image, "TIFF", tiffinfo={339: 2})


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "P", "CMYK"])
def test_grey_kept_in_another_mode_becomes_grey_again(mode: str) -> None:
    name = "TIFF" if mode == "CMYK" else "PNG"
    study = _read(Image.fromarray(GREY).convert(mode), name)
    assert np.abs(study.slice.pixels - GREY).max() <= 1
    assert study.warnings == ()


def test_a_cmyk_jpeg_is_read_as_grey() -> None:
    study = _read(Image.fromarray(GREY).convert("CMYK"), "JPEG", quality=95)
    assert np.abs(study.slice.pixels - GREY).mean() < 3
    assert study.warnings == ()


def test_a_one_bit_image_becomes_black_and_white() -> None:
    study = _read(Image.fromarray(GREY).convert("1"))
    assert set(np.unique(study.slice.pixels)) == {0.0, 255.0}


def test_transparent_pixels_become_black() -> None:
    alpha = np.full_like(GREY, 255)
    alpha[:40] = 0
    image = Image.merge("LA", (Image.fromarray(np.maximum(GREY, 9)), Image.fromarray(alpha)))
    pixels = _read(image).slice.pixels
    assert pixels[:40].max() == 0
    assert pixels[40:].min() >= 9


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_the_one_grey_that_a_png_names_as_transparent_becomes_black(dtype: type) -> None:
    # Tools that make a PNG smaller put it in place of an alpha channel.
    values: NDArray[Any] = np.minimum(GREY, 250).astype(dtype)
    values[:40] = 255
    pixels = _read(values, transparency=255).slice.pixels
    np.testing.assert_array_equal(pixels, np.where(values == 255, 0, values))


def test_one_bit_that_a_png_names_as_transparent_becomes_black() -> None:
    image = Image.fromarray(GREY).convert("1")
    assert _read(image, transparency=255).slice.pixels.max() == 0


def test_of_a_colour_image_the_green_channel_is_taken_with_a_warning() -> None:
    before, after = np.roll(GREY, 20, axis=0), np.roll(GREY, 20, axis=1)
    study = _read(np.stack([before, GREY, after], axis=2))
    np.testing.assert_array_equal(study.slice.pixels, GREY)
    assert study.warnings == (COLOUR_WARNING,)


@pytest.mark.parametrize(("orientation", "turned"), [(3, 2), (6, -1), (8, 1)])
def test_the_exif_rotation_is_applied(orientation: int, turned: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    wide = GREY[:, :96]
    pixels = _read(wide, "PNG", exif=exif).slice.pixels
    np.testing.assert_array_equal(pixels, np.rot90(wide, turned))


@pytest.mark.parametrize("name", ["PNG", "TIFF", "WEBP"])
def test_an_image_of_several_frames_is_refused(name: str) -> None:
    frames = [Image.fromarray(phantom(seed)) for seed in (1, 2)]
    with pytest.raises(UnusableImage) as caught:
        _read(frames[0], name, save_all=True, append_images=frames[1:])
    assert caught.value.code == "multiple_frames"
    assert "several images" in caught.value.message


def test_the_pages_of_a_tiff_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    sought: list[int] = []
    seek = TiffImageFile._seek

    def note(image: TiffImageFile, frame: int) -> None:
        sought.append(frame)
        seek(image, frame)

    monkeypatch.setattr(TiffImageFile, "_seek", note)
    pages = [Image.fromarray(phantom(seed)) for seed in range(5)]
    with pytest.raises(UnusableImage):
        _read(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    assert max(sought) == 1


def test_an_image_that_claims_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(TooLarge) as caught:
        _read(Image.new("1", (4000, 4000)))
    assert caught.value.code == "too_many_pixels"
    assert "4000 x 4000" in caught.value.message


def test_exactly_the_largest_number_of_pixels_is_let_through() -> None:
    check_pixel_count(10, 10, 100)
    with pytest.raises(TooLarge):
        check_pixel_count(10, 11, 100)


@pytest.mark.parametrize("name", ["PNG", "JPEG", "TIFF", "WEBP", "BMP"])
@pytest.mark.parametrize("share", [0.1, 0.5])
def test_a_file_cut_short_is_refused_as_unreadable(name: str, share: float) -> None:
    data = encode(GREY, name)
    with pytest.raises(UnusableImage) as caught:
        read_raster(data[: int(len(data) * share)], name.lower(), MAX_PIXELS)
    assert caught.value.code == "unreadable_image"
    assert name in caught.value.message


def test_a_file_of_another_format_than_its_first_bytes_say_is_refused() -> None:
    with pytest.raises(UnusableImage):
        read_raster(b"\x89PNG\r\n\x1a\n" + encode(GREY, "JPEG"), "png", MAX_PIXELS)

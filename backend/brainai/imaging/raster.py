"""PNG, JPEG, TIFF, WebP and BMP -> Study."""

import io
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, TiffImagePlugin, UnidentifiedImageError

from brainai.errors import TooLarge, UnusableImage
from brainai.imaging.deep_colour import is_deep_colour, read_deep_colour
from brainai.imaging.frame import FRAME_WARNING, remove_frame
from brainai.imaging.study import Slice, Study
from brainai.imaging.upright import turn_upright

# The size is checked below, before anything is decoded, against the caller's own limit;
# Pillow's global limit would only turn some of those refusals into warnings.
Image.MAX_IMAGE_PIXELS = None

# Pillow unpacks doubles, but its list of what a TIFF may hold leaves them out. Keys: byte order,
# photometric interpretation (0: white is zero), sample format (3: float), fill order, bits, extra.
TiffImagePlugin.OPEN_INFO.update(
    {
        (order, photometric, (3,), 1, (64,), ()): ("F", raw_mode)
        for order, raw_mode in ((b"II", "F;64F"), (b"MM", "F;64BF"))
        for photometric in (0, 1)
    }
)

# Raw modes of big-endian files -> those of numbers as this machine has them.
_NATIVE = {"I;16BS": "I;16NS", "I;32BS": "I;32NS", "F;32BF": "F;32NF", "F;64BF": "F;64NF"}

# An RGB image is grey when its channels differ, on average, by less than this share of its mean
# brightness (JPEG's rounding alone reaches 0.01 on dark slices).
_GREY_TOLERANCE = 0.02

_ROWS_PER_BLOCK = 64

# Tags of TIFF 6.0, and the values of them that Pillow does not heed (white as zero: over 8 bits).
_BITS_PER_SAMPLE, _PHOTOMETRIC, _SAMPLE_FORMAT = 258, 262, 339
_WHITE_IS_ZERO, _UNSIGNED, _SIGNED = 0, (1,), (2,)

COLOUR_WARNING = (
    "The image is in colour. Its green channel was taken as FLAIR, as in the kaggle_3m layout "
    "(red: before contrast, green: FLAIR, blue: after contrast)."
)


def read_raster(data: bytes, format_name: str, max_pixels: int) -> Study:
    """Decode one still image to a Study with a float32 [H, W] slice.

    Grey stays as it is (8, 16, 32 bit or float), with white high; transparent pixels become black;
    grey kept as RGB loses its copies; of a colour image (8 or 16 bit) the green channel is taken,
    with a warning. A frame that was drawn around it is left out, with a warning.

    Raises TooLarge (too_many_pixels), UnusableImage (unreadable_image, multiple_frames).
    """
    try:
        with Image.open(io.BytesIO(data), formats=[format_name.upper()]) as image:
            check_pixel_count(image.width, image.height, max_pixels)
            if _holds_several(image):
                raise UnusableImage(
                    "multiple_frames",
                    "The file holds several images; one slice was expected. Send one slice a file.",
                )
            if is_deep_colour(image):
                pixels, warnings = take_green(read_deep_colour(data, format_name))
            else:
                _heed_byte_order(image)
                pixels, warnings = _to_grey(image)
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        IndexError,
        EOFError,
    ) as error:
        raise _unreadable(format_name) from error
    except (KeyError, TypeError, AttributeError, OverflowError, MemoryError, struct.error) as error:
        # Pillow's parsers raise these on damaged directories (TIFF tags of the wrong type).
        raise _unreadable(format_name) from error
    shown = remove_frame(pixels)
    if shown is not pixels:
        warnings = (*warnings, FRAME_WARNING)
    return Study(format_name, Slice(shown), warnings=warnings)


def check_pixel_count(width: int, height: int, max_pixels: int) -> None:
    """Raise TooLarge (too_many_pixels) when width x height is over ``max_pixels``."""
    if width * height > max_pixels:
        raise TooLarge(
            "too_many_pixels",
            f"The image claims {width} x {height} pixels; at most {max_pixels} pixels are decoded. "
            "Send the slice at its own resolution.",
        )


def _holds_several(image: Image.Image) -> bool:
    """Tell without counting: Pillow takes quadratic time to count the pages of a TIFF."""
    if image.format != "TIFF":
        return int(getattr(image, "n_frames", 1)) > 1
    try:
        image.seek(1)
    except EOFError:
        return False
    return True


def _unreadable(format_name: str) -> UnusableImage:
    return UnusableImage(
        "unreadable_image",
        f"The file begins like {format_name.upper()} but can't be decoded: it is damaged, cut "
        "short, or of a variant that is not read. Export the slice again and send the new file.",
    )


def _heed_byte_order(image: ImageFile.ImageFile) -> None:
    """Let packed grey be read as libtiff hands it out, in this machine's order of bytes.

    Pillow heeds that for 16 bits without a sign alone and swaps the bytes of all others again.
    """
    image.tile = [
        tile._replace(args=(_NATIVE.get(tile.args[0], tile.args[0]), *tile.args[1:]))
        if tile.codec_name == "libtiff" and isinstance(tile.args, tuple)
        else tile
        for tile in image.tile
    ]


def _to_grey(image: Image.Image) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    upright = turn_upright(image)
    if image.mode == "1":
        upright = upright.convert("L")
    elif image.mode not in ("L", "I", "F") and not image.mode.startswith("I;16"):
        return take_green(np.asarray(upright.convert("RGBA")))
    grey = np.asarray(upright)
    pixels = _as_stored(grey, getattr(image, "tag_v2", {}))
    key = image.info.get("transparency")  # a PNG may name one grey that is transparent
    return (pixels if key is None else np.where(grey == key, np.float32(0), pixels)), ()


def _as_stored(grey: NDArray[Any], tags: Mapping[int, Any]) -> NDArray[np.float32]:
    """Take grey for what a TIFF's tags say that it is; tags: empty of other formats."""
    kind = tags.get(_BITS_PER_SAMPLE), tags.get(_SAMPLE_FORMAT, _UNSIGNED)
    turned = tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO and grey.dtype != np.uint8
    if kind == ((32,), _UNSIGNED):
        grey = grey.view(np.uint32)
    elif kind == ((8,), _SIGNED):
        grey = grey.view(np.int8)
    pixels = np.asarray(grey, dtype=np.float32)
    return pixels.max() - pixels if turned else pixels


def take_green(colour: NDArray[Any]) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """Reduce [H, W, 3 or 4] to its green channel, and warn where it is more than grey.

    By blocks of rows: all its floats at once would take a gigabyte. A fourth channel is alpha,
    opaque at the greatest value of its (integer) type.
    """
    green = np.empty(colour.shape[:2], dtype=np.float32)
    spread = total = 0.0
    for start in range(0, colour.shape[0], _ROWS_PER_BLOCK):
        rows = slice(start, start + _ROWS_PER_BLOCK)
        block = colour[rows].astype(np.float32)
        rgb = block[..., :3]
        if colour.shape[2] == 4:
            rgb = rgb * (block[..., 3:] / float(np.iinfo(colour.dtype).max))
        green[rows] = rgb[..., 1]
        spread += float(np.abs(rgb - rgb[..., 1:2]).sum(dtype=np.float64))
        total += float(rgb.sum(dtype=np.float64))
    return green, () if spread <= _GREY_TOLERANCE * abs(total) else (COLOUR_WARNING,)

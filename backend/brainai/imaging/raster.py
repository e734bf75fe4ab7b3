"""PNG, JPEG, TIFF, WebP and BMP -> Study."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from brainai.errors import TooLarge, UnusableImage
from brainai.imaging.study import Slice, Study

# The size is checked below, before anything is decoded, against the caller's own limit;
# Pillow's global limit would only turn some of those refusals into warnings.
Image.MAX_IMAGE_PIXELS = None

# An RGB image is grey when its channels differ, on average, by less than this share of its mean
# brightness (JPEG's rounding alone reaches 0.01 on dark slices).
_GREY_TOLERANCE = 0.02

_ROWS_PER_BLOCK = 64

COLOUR_WARNING = (
    "The image is in colour. Its green channel was taken as FLAIR, as in the kaggle_3m layout "
    "(red: before contrast, green: FLAIR, blue: after contrast)."
)


def read_raster(data: bytes, format_name: str, max_pixels: int) -> Study:
    """Decode one still image to a Study with a float32 [H, W] slice.

    Grey stays as it is (8, 16, 32 bit or float); transparent pixels become black; grey kept as RGB
    loses its copies; of a colour image the green channel is taken, with a warning.

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
            pixels, warnings = _to_grey(ImageOps.exif_transpose(image))
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        IndexError,
        EOFError,
    ) as error:
        raise _unreadable(format_name) from error
    except (KeyError, TypeError, AttributeError, OverflowError, MemoryError) as error:
        # Pillow's parsers raise these on damaged directories (TIFF tags of the wrong type).
        raise _unreadable(format_name) from error
    return Study(format_name, Slice(pixels), warnings=warnings)


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


def _to_grey(image: Image.Image) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    if image.mode in ("L", "I", "F") or image.mode.startswith("I;16"):
        return np.asarray(image, dtype=np.float32), ()
    if image.mode == "1":
        return np.asarray(image.convert("L"), dtype=np.float32), ()
    return _take_green(np.asarray(image.convert("RGBA")))


def _take_green(rgba: NDArray[np.uint8]) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """Reduce uint8 [H, W, 4] by blocks of rows: all its floats at once would take a gigabyte."""
    green = np.empty(rgba.shape[:2], dtype=np.float32)
    spread = total = 0.0
    for start in range(0, rgba.shape[0], _ROWS_PER_BLOCK):
        rows = slice(start, start + _ROWS_PER_BLOCK)
        block = rgba[rows].astype(np.float32)
        rgb = block[..., :3] * (block[..., 3:] / 255.0)
        green[rows] = rgb[..., 1]
        spread += float(np.abs(rgb - rgb[..., 1:2]).sum(dtype=np.float64))
        total += float(rgb.sum(dtype=np.float64))
    return green, () if spread <= _GREY_TOLERANCE * total else (COLOUR_WARNING,)

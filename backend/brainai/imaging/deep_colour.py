"""Colour of 16 bits a channel, of which Pillow by itself keeps the upper 8."""

import io
import sys

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from brainai.errors import UnusableImage
from brainai.imaging.upright import turn_upright

_BITS_PER_SAMPLE, _PLANAR_CONFIGURATION = 258, 284  # TIFF 6.0, section 8
_GREY_MODES = ("1", "L", "I", "F")

# Of each channel Pillow unpacks the byte that a raw mode calls the upper one (B: the first, L: the
# second, N: as this machine has it). Called by its other name, the same file gives the lower one.
_OTHER_ORDER = {"B": "L", "L": "B", "N": "B" if sys.byteorder == "little" else "L"}
_COLOUR = frozenset({"RGB;16", "RGBX;16", "RGBA;16"})
_GREY_AND_ALPHA = "LA;16B"


def is_deep_colour(image: Image.Image) -> bool:
    """Tell if an image, not yet decoded, has several channels of more than 8 bits each."""
    if image.mode in _GREY_MODES or image.mode.startswith("I;16"):
        return False
    bits = getattr(image, "tag_v2", {}).get(_BITS_PER_SAMPLE, (8,))
    return max(bits) > 8 or any(";16" in raw_mode for raw_mode in _raw_modes(image))


def read_deep_colour(data: bytes, format_name: str) -> NDArray[np.uint16]:
    """Decode a PNG or TIFF of deep colour to uint16 [H, W, 3] or, with alpha, [H, W, 4].

    Raises UnusableImage (unreadable_image) where its channels are kept in another way than as RGB,
    or as grey with alpha; and what Pillow raises on damaged files.
    """
    with _open(data, format_name) as image:
        raw_modes, key = _raw_modes(image), image.info.get("transparency")
        apart = getattr(image, "tag_v2", {}).get(_PLANAR_CONFIGURATION, 1) != 1
    raw_mode = "" if apart or len(raw_modes) != 1 else raw_modes.pop()
    if raw_mode == _GREY_AND_ALPHA:  # each of whose bytes becomes a channel
        first = _decode(data, format_name, "RGBA")
        return np.repeat(_join(first[..., 0::2], first[..., 1::2]), [3, 1], axis=2)
    kind, order = raw_mode[:-1], raw_mode[-1:]
    if kind not in _COLOUR:
        raise UnusableImage(
            "unreadable_image",
            "The image has more than 8 bits a channel, kept in a way that is not read (CMYK, "
            "planes apart or premultiplied alpha). Send the slice as 16-bit grey.",
        )
    upper = _decode(data, format_name, raw_mode)
    colour = _join(upper, _decode(data, format_name, kind + _OTHER_ORDER[order]))
    if key is None or colour.shape[2] == 4:
        return colour
    # A PNG may name one colour that is transparent.
    return np.dstack([colour, (colour != key).any(axis=2) * np.uint16(65535)])


def _open(data: bytes, format_name: str) -> ImageFile.ImageFile:
    return Image.open(io.BytesIO(data), formats=[format_name.upper()])


def _raw_modes(image: Image.Image) -> set[str]:
    """Name the orders of channels and bytes that the tiles of an image are kept in."""
    arguments = [tile.args for tile in getattr(image, "tile", ())]
    return {str(args[0] if isinstance(args, tuple) else args) for args in arguments}


def _decode(data: bytes, format_name: str, raw_mode: str) -> NDArray[np.uint8]:
    """Decode upright uint8 [H, W, 3 or 4], as if the file were kept in ``raw_mode``."""
    with _open(data, format_name) as image:
        image.tile = [
            tile._replace(
                args=(raw_mode, *tile.args[1:]) if isinstance(tile.args, tuple) else raw_mode
            )
            for tile in image.tile
        ]
        return np.asarray(turn_upright(image))


def _join(upper: NDArray[np.uint8], lower: NDArray[np.uint8]) -> NDArray[np.uint16]:
    joined = upper.astype(np.uint16)
    joined <<= 8
    joined |= lower
    return joined

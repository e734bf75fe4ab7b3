"""The way up that an image's metadata (EXIF, XMP) say."""

from PIL import Image, ImageOps

# Where Pillow keeps EXIF: as it came, and as ImageMagick writes it into a PNG.
_KEPT_IN = ("exif", "Raw profile type exif")


def turn_upright(image: Image.Image) -> Image.Image:
    """Decode an image, turned as its orientation says; EXIF that can't be read says nothing.

    Pillow would write the rest of the EXIF anew for the turned image, which nobody asks for and
    which fails where any of it is odd.
    """
    image.load()
    try:
        image.getexif()
    except Exception:  # noqa: BLE001  Pillow raises every kind on damaged EXIF
        return image
    for name in _KEPT_IN:
        image.info.pop(name, None)
    return ImageOps.exif_transpose(image)

"""The pixels of DICOM data sets, by decoders that withstand damaged frames."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.encaps import generate_frames
from pydicom.pixels.utils import pixel_array
from pydicom.uid import (
    JPEG2000,
    UID,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    RLELossless,
)

from brainai.imaging.codestream import coded_size, rle_fits
from brainai.imaging.dicom_parts import read_pixel_elements
from brainai.imaging.isolated import decode_apart

_SAFE_DECODERS = {
    RLELossless: "pydicom",
    JPEGBaseline8Bit: "pillow",
    JPEG2000: "pillow",
    JPEG2000Lossless: "pillow",
}


def needs_gdcm(syntax: UID) -> bool:
    """Tell if a transfer syntax is decoded by GDCM alone, in a process of its own."""
    return syntax.is_compressed and syntax not in _SAFE_DECODERS


def decode(data: bytes, syntax: UID) -> NDArray[Any]:
    """Decode the pixels of one whole DICOM file: see ``decode_many``."""
    return next(decode_many([(data, syntax)]))


def decode_many(files: Sequence[tuple[bytes, UID]]) -> Iterator[NDArray[Any]]:
    """Decode whole DICOM files (bytes, transfer syntax) in turn.

    Yields [H, W], [H, W, 3] or, of several frames, [N, H, W] or [N, H, W, 3]. Those files that
    need GDCM go through one process together, which is slow to start. What pads an image to a
    rectangle is air.

    Raises ValueError, or whatever a decoder raises, where the pixels are not the header's.
    """
    apart = [data for data, syntax in files if needs_gdcm(syntax)]
    for data in apart:
        _check_coded_size(read_pixel_elements(data))
    decoded = iter(decode_apart(apart) if apart else ())
    for data, syntax in files:
        dataset = read_pixel_elements(data)
        if needs_gdcm(syntax):
            pixels = next(decoded)
        elif syntax.is_compressed:
            _check_coded_size(dataset)
            pixels = pixel_array(dataset, decoding_plugin=_SAFE_DECODERS[syntax])
        else:
            pixels = _decode_plain(dataset)
        yield _fill_padding(dataset, _extend_sign(dataset, _check_shape(dataset, pixels)))


def _decode_plain(dataset: pydicom.Dataset) -> NDArray[Any]:
    """Decode uncompressed pixels; pydicom takes the stored bits for the lowest of each word.

    In old files they may lie higher, as High Bit (0028,0102) says: PS3.5 8.1.1.
    """
    stored = int(dataset.BitsStored) if "BitsStored" in dataset else 0
    below = int(dataset.get("HighBit", 0)) + 1 - stored
    if stored == 0 or below <= 0 or stored + below > int(dataset.BitsAllocated):
        return dataset.pixel_array
    dataset.BitsStored = stored + below
    return dataset.pixel_array >> below


def _extend_sign(dataset: pydicom.Dataset, pixels: NDArray[Any]) -> NDArray[Any]:
    """Give signed pixels the sign of their stored bits; GDCM does where no more bits were coded.

    Of 12 stored bits among 16 that were coded, -1 would else be 4095.
    """
    bits, stored = 8 * pixels.dtype.itemsize, int(dataset.get("BitsStored", 0))
    if pixels.dtype.kind != "i" or not 0 < stored < bits:
        return pixels
    if pixels.min() < 0 or pixels.max() >= 1 << stored:  # they have it, or the header is wrong
        return pixels
    return np.asarray((pixels << (bits - stored)) >> (bits - stored))


def _frame_count(dataset: pydicom.Dataset) -> int:
    return int(dataset.get("NumberOfFrames", 1) or 1)


def _check_shape(dataset: pydicom.Dataset, pixels: NDArray[Any]) -> NDArray[Any]:
    """Refuse other pixels than the header's: pydicom hands out all that the bytes suffice for."""
    frames = _frame_count(dataset)
    expected = (int(dataset.Rows), int(dataset.Columns))
    start = 0 if frames == 1 else 1
    if pixels.shape[start : start + 2] != expected or pixels.ndim > start + 3:
        raise ValueError("more pixels than the header's")
    if start and len(pixels) != frames:
        raise ValueError("more frames than the header's")
    return pixels


def _fill_padding(dataset: pydicom.Dataset, pixels: NDArray[Any]) -> NDArray[Any]:
    """Put air where a scanner or a reformatting has padded the image with a value of no meaning.

    The value lies far from all others, often -32768, which would be the darkest of the slice. Air
    is 0, or the least of the image where that is negative. Source: PS3.3 C.7.5.1.1.2.
    """
    first = dataset.get("PixelPaddingValue")
    last = dataset.get("PixelPaddingRangeLimit")
    if not isinstance(first, int) or pixels.dtype.kind not in "iu" or dataset.SamplesPerPixel != 1:
        return pixels
    # Some writers tell a negative value without its sign.
    low, high = sorted(
        value - 2**16 if pixels.dtype == np.int16 and value >= 2**15 else value
        for value in (first, last if isinstance(last, int) else first)
    )
    padding = (pixels >= low) & (pixels <= high)
    inverted = dataset.get("PhotometricInterpretation") == "MONOCHROME1"
    if not padding.any() or (inverted and padding.all()):
        return pixels
    image = pixels[~padding]
    air = image.max() if inverted else image.min(initial=0)
    return np.where(padding, air, pixels)


def _check_coded_size(dataset: pydicom.Dataset) -> None:
    """Refuse compressed frames of another size than the header's: decoders believe the frame.

    Two kilobytes of JPEG 2000 can claim, and take, gigabytes.
    """
    syntax = dataset.file_meta.TransferSyntaxUID
    rows, columns, count = int(dataset.Rows), int(dataset.Columns), _frame_count(dataset)
    for frame in generate_frames(dataset.PixelData, number_of_frames=count):
        if syntax == RLELossless:
            fits = rle_fits(frame, rows * columns)
        else:
            fits = coded_size(frame) == (rows, columns)
        if not fits:
            raise ValueError("a frame's size is not the header's")

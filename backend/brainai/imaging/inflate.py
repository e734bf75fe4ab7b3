"""Deflate streams (gzip, zlib) unpacked into bounded memory."""

import zlib

from brainai.errors import TooLarge

# zlib's windowBits: 15 bits of window, and both headers (gzip, zlib) told apart by themselves.
_EITHER = 15 + 32


def inflate(data: bytes | memoryview, wanted_bytes: int, max_bytes: int) -> bytes:
    """Unpack the first ``wanted_bytes`` of a stream, which may be of several gzip members.

    Raises TooLarge (unpacks_too_large) before anything is unpacked where more than ``max_bytes``
    are wanted; ValueError or zlib.error where the stream is damaged, or ends before.
    """
    if wanted_bytes > max_bytes:
        raise unpacks_too_large(max_bytes)
    parts: list[bytes] = []
    missing = wanted_bytes
    rest: bytes | memoryview = data
    while True:
        stream = zlib.decompressobj(_EITHER)
        part = stream.decompress(rest, missing) if missing else b""
        parts.append(part)
        missing -= len(part)
        if missing == 0:
            _check_end(stream, rest if not part else stream.unconsumed_tail)
            return parts[0] if len(parts) == 1 else b"".join(parts)
        if not stream.eof or not stream.unused_data:
            raise ValueError("the stream ends before its data")
        rest = stream.unused_data


def peek(data: bytes, wanted_bytes: int) -> bytes:
    """Unpack the beginning of a gzip stream; what is there of it where it is damaged or short."""
    try:
        return zlib.decompressobj(_EITHER).decompress(data[: 16 * wanted_bytes], wanted_bytes)
    except zlib.error:
        return b""


def unpacks_too_large(max_bytes: int) -> TooLarge:
    """Say that a compressed file holds more than is unpacked."""
    return TooLarge(
        "unpacks_too_large",
        f"The compressed file unpacks to more than {max_bytes} bytes, which is the most that is "
        "unpacked. Send one study at a time, at its own resolution.",
    )


def _check_end(stream: "zlib._Decompress", rest: bytes | memoryview) -> None:
    """Let a stream that ends here check its sum; what follows the wanted data is not unpacked."""
    if stream.eof:
        return
    more = stream.decompress(rest, 1)
    if not more and not stream.eof:
        raise ValueError("the stream is cut before its end")

"""The size that a compressed frame claims, read from its markers before anything is decoded."""

import struct

# ISO 10918-1 B.1.1.3 (SOF0 to SOF15, without DHT, JPG and DAC) and ISO 14495-1 (SOF55, JPEG-LS).
_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC} | {0xF7}
_SIZ = b"\xff\x4f\xff\x51"  # ISO 15444-1 A.5: SOC, then at once SIZ


def coded_size(frame: bytes) -> tuple[int, int] | None:
    """Return (rows, columns) of a JPEG, JPEG-LS or JPEG 2000 frame; None where none is found."""
    if frame.startswith(b"\xff\xd8"):
        return _jpeg_size(frame)
    start = frame.find(_SIZ, 0, 4096)  # JP2 boxes may come before the codestream
    if start < 0 or len(frame) < start + 24:
        return None
    width, height, left, top = struct.unpack_from(">4I", frame, start + 8)
    return height - top, width - left


def _jpeg_size(frame: bytes) -> tuple[int, int] | None:
    place = 2
    while place + 9 <= len(frame) and frame[place] == 0xFF:
        marker = frame[place + 1]
        if marker in _FRAME_MARKERS:
            rows, columns = struct.unpack_from(">2H", frame, place + 5)
            return rows, columns
        # 0xFF may be repeated before a marker (B.1.1.2).
        length = struct.unpack_from(">H", frame, place + 2)[0]
        place += 1 if marker == 0xFF else 2 + length
    return None


def rle_fits(frame: bytes, segment_bytes: int) -> bool:
    """Tell if each segment of an RLE frame decodes to ``segment_bytes``, or not much more.

    Some writers pad, so twice the size is let through. Source: DICOM PS3.5 annex G.
    """
    count, *offsets = struct.unpack_from("<16I", frame)
    if count > 15:
        return False
    bounds = [*offsets[:count], len(frame)]
    return all(
        _unpacked_fits(frame[bounds[i] : bounds[i + 1]], 2 * segment_bytes) for i in range(count)
    )


def _unpacked_fits(segment: bytes, limit: int) -> bool:
    place = total = 0
    while place < len(segment) and total <= limit:
        head = segment[place]
        if head < 128:  # PackBits: a run of head + 1 bytes as they are
            total, place = total + head + 1, place + head + 2
        elif head > 128:  # one byte, repeated
            total, place = total + 257 - head, place + 2
        else:  # nothing
            place += 1
    return total <= limit

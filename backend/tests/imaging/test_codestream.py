import struct

import numpy as np
import pytest

from brainai.imaging.codestream import coded_size, rle_fits
from tests.files import encode

PIXELS = np.zeros((40, 70), np.uint8)


def _rle(*segments: bytes) -> bytes:
    offsets = [64 + sum(map(len, segments[:i])) for i in range(len(segments))]
    header = [len(segments), *offsets, *[0] * (15 - len(segments))]
    return struct.pack("<16I", *header) + b"".join(segments)


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"comment": b"x" * 300}])
def test_a_jpeg_says_its_size_in_its_frame_header(options: dict[str, object]) -> None:
    assert coded_size(encode(PIXELS, "JPEG", **options)) == (40, 70)


@pytest.mark.parametrize("bare", [True, False])
def test_a_jpeg_2000_says_its_size_with_boxes_or_without(bare: bool) -> None:
    assert coded_size(encode(PIXELS, "JPEG2000", no_jp2=bare)) == (40, 70)


def test_fill_bytes_before_a_marker_are_skipped() -> None:
    coded = encode(PIXELS, "JPEG")
    assert coded_size(coded[:2] + b"\xff\xff" + coded[2:]) == (40, 70)


@pytest.mark.parametrize(
    "frame", [b"", b"\xff\xd8", b"\xff\xd8\xff\xdb\xff\xff", b"\xff\x4f\xff\x51", b"nothing"]
)
def test_a_frame_without_a_size_has_none(frame: bytes) -> None:
    assert coded_size(frame) is None


def test_an_rle_segment_of_the_right_size_fits() -> None:
    literal, repeated, nothing = b"\x03abcd", b"\xfdz", b"\x80"
    assert rle_fits(_rle(literal + repeated + nothing), segment_bytes=8)


def test_an_rle_segment_that_grows_far_over_its_size_does_not_fit() -> None:
    assert not rle_fits(_rle(b"\x81\0" * 100), segment_bytes=64)


def test_every_rle_segment_is_looked_at() -> None:
    assert not rle_fits(_rle(b"\x00a", b"\x81\0" * 100), segment_bytes=64)


def test_an_rle_header_of_too_many_segments_does_not_fit() -> None:
    assert not rle_fits(struct.pack("<16I", 16, *[64] * 15), segment_bytes=64)

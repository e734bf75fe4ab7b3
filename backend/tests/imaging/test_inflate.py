import gzip
import zlib
from collections.abc import Callable

import numpy as np
import pytest

from brainai.errors import TooLarge
from brainai.imaging.inflate import inflate, peek

DATA = np.random.default_rng(0).integers(0, 50, 100_000).astype(np.uint8).tobytes()
MOST = 1 << 20


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_a_stream_comes_out_as_it_went_in(pack: Callable[[bytes], bytes]) -> None:
    assert inflate(pack(DATA), len(DATA), MOST) == DATA


def test_the_beginning_alone_can_be_wanted() -> None:
    assert inflate(gzip.compress(DATA), 1000, MOST) == DATA[:1000]


def test_a_file_of_several_members_is_one() -> None:
    packed = b"".join(gzip.compress(DATA[i : i + 7000]) for i in range(0, len(DATA), 7000))
    assert inflate(packed, len(DATA), MOST) == DATA


@pytest.mark.parametrize("keep", [0, 5, 1000, -1, -4, -8])
def test_a_stream_that_is_cut_is_refused(keep: int) -> None:
    with pytest.raises((ValueError, zlib.error)):
        inflate(gzip.compress(DATA)[:keep], len(DATA), MOST)


def test_a_stream_that_is_shorter_than_wanted_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before"):
        inflate(gzip.compress(DATA), len(DATA) + 1, MOST)


def test_a_wrong_sum_is_refused() -> None:
    packed = bytearray(gzip.compress(DATA))
    packed[-6] ^= 1
    with pytest.raises(zlib.error):
        inflate(bytes(packed), len(DATA), MOST)


def test_more_than_the_most_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(TooLarge) as caught:
        inflate(b"no stream at all", MOST + 1, MOST)
    assert caught.value.code == "unpacks_too_large"


def test_a_bomb_gives_no_more_than_was_wanted() -> None:
    assert len(inflate(gzip.compress(bytes(50_000_000)), 1000, MOST)) == 1000


def test_a_peek_shows_the_beginning_and_never_fails() -> None:
    assert peek(gzip.compress(DATA), 600) == DATA[:600]
    assert peek(b"\x1f\x8bnonsense", 600) == b""

import itertools
import time
from collections.abc import Iterator

import pytest

from brainai.api import streams
from brainai.api.streams import Streams
from brainai.errors import Busy


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_LOOK_S", 0.001)


def _tell(*data: str) -> Iterator[tuple[str, bool]]:
    return ((one, n == len(data) - 1) for n, one in enumerate(data))


def test_each_change_is_told_once_and_the_last_ends_the_stream() -> None:
    told = _tell("a", "a", "b", "b", "c")
    assert list(Streams(1).open(lambda: next(told))) == [
        "event: job\ndata: a\n\n",
        "event: job\ndata: b\n\n",
        "event: job\ndata: c\n\n",
    ]


def test_what_is_gone_ends_the_stream() -> None:
    assert list(Streams(1).open(lambda: None)) == []


def test_a_comment_keeps_a_silent_stream_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_COMMENT_S", 0.0)
    stream = Streams(1).open(lambda: ("a", False))
    assert list(itertools.islice(stream, 3)) == ["event: job\ndata: a\n\n", ":\n\n", ":\n\n"]


def test_no_stream_is_held_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_LONGEST_S", 0.05)
    assert len(list(Streams(1).open(lambda: ("a", False)))) == 1


def test_a_server_that_stops_need_not_wait_for_its_streams() -> None:
    room = Streams(1)
    stream = room.open(lambda: (str(time.monotonic()), False))
    next(stream)
    room.stopping = lambda: True
    assert list(stream) == []


def test_a_place_is_free_again_once_its_stream_is_closed_even_unread() -> None:
    room = Streams(2)
    first, _ = room.open(lambda: None), room.open(lambda: None)
    with pytest.raises(Busy) as caught:
        room.open(lambda: None)
    assert caught.value.code == "too_many_streams"
    first.close()  # type: ignore[attr-defined]
    first.close()  # type: ignore[attr-defined]
    room.open(lambda: None)
    with pytest.raises(Busy):
        room.open(lambda: None)


def test_there_may_be_none_at_all() -> None:
    with pytest.raises(Busy):
        Streams(0).open(lambda: None)

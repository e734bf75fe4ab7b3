"""A job as server-sent events: told at once, on each change, and for the last time when it ends.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import threading
import time
from collections.abc import Callable, Iterator

from brainai.errors import Busy

_LOOK_S = 0.3
# Proxies cut a connection that is long silent, and that a client has gone shows only on writing.
_COMMENT_S = 15.0
# Then the stream ends and the browser asks for another: no thread is held for ever.
_LONGEST_S = 600.0


class Streams:
    """Bounds the streams at the same time: each holds a thread of the server.

    stopping: whether the server is to stop; streams then end, and it need not wait for them.
    """

    def __init__(self, most: int) -> None:
        self._room = threading.BoundedSemaphore(most) if most else None
        self.stopping: Callable[[], bool] = lambda: False

    def open(self, tell: Callable[[], tuple[str, bool] | None]) -> Iterator[str]:
        """Return the text of a stream.

        tell: returns the data of the moment (one line) and whether it is the last, or None where
        there is nothing any more. Raises Busy (too_many_streams).
        """
        if self._room is None or not self._room.acquire(blocking=False):
            raise Busy(
                "too_many_streams",
                "As many event streams are open as this server can keep. "
                "Ask for the job itself every second instead.",
            )
        return _Stream(self._follow(tell), self._room.release)

    def _follow(self, tell: Callable[[], tuple[str, bool] | None]) -> Iterator[str]:
        said, said_at_s = "", time.monotonic()
        end_s = said_at_s + _LONGEST_S
        while time.monotonic() < end_s and not self.stopping():
            told = tell()
            if told is None:
                return
            data, last = told
            if data != said:
                yield f"event: job\ndata: {data}\n\n"
                said, said_at_s = data, time.monotonic()
            elif time.monotonic() - said_at_s > _COMMENT_S:
                yield ":\n\n"
                said_at_s = time.monotonic()
            if last:
                return
            time.sleep(_LOOK_S)


class _Stream:
    """An iterator that gives its place back when it is closed, also where it was never begun."""

    def __init__(self, lines: Iterator[str], release: Callable[[], None]) -> None:
        self._lines = lines
        self._release: Callable[[], None] | None = release

    def __iter__(self) -> "_Stream":
        return self

    def __next__(self) -> str:
        return next(self._lines)

    def close(self) -> None:
        """Give the place back. The server calls it however the answer ends."""
        release, self._release = self._release, None
        if release is not None:
            release()

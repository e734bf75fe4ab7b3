"""The queue that wakes workers. It may lose a call or repeat one; the store loses no job.

A call says only that a job waits: whoever gets it takes the oldest from the store. A call too many
finds nothing to do, and where one is missing, upkeep calls again.
"""

import json
import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path

from huey import Huey, RedisHuey, SqliteHuey
from huey.consumer import Consumer
from huey.registry import Message
from huey.serializer import Serializer
from redis.exceptions import RedisError

from brainai.errors import SettingsError, StoreUnavailable

_log = logging.getLogger("brainai.queue")

# An idle worker asks SQLite for work this often; Redis wakes it.
_LONGEST_PAUSE_S = 0.5


class JsonMessages(Serializer):  # type: ignore[misc]  # huey ships no types
    """Messages as JSON. Huey's own are pickles, which run what whoever reaches the queue sends."""

    def _serialize(self, data: Message) -> bytes:
        return json.dumps(data).encode()

    def _deserialize(self, data: bytes) -> Message:
        return Message(*json.loads(data))


class WorkerThreads(Consumer):  # type: ignore[misc]
    """Huey's consumer without its signal handlers: the worker has its own."""

    def _set_signal_handlers(self) -> None:
        """Leave the signals alone."""

    def wait(self, timeout_s: float) -> None:
        """Wait until the thread has ended, after ``stop``."""
        for _, thread in self.worker_threads:
            thread.join(timeout_s)


class JobQueue:
    """A queue of calls: on Redis (redis://, rediss://, unix://), or in a SQLite file.

    answer: what a worker does on a call; None on a side that only calls. Raises SettingsError for
    a URL that can't be used, StoreUnavailable for a file that can't; Redis is not asked yet.
    """

    def __init__(self, url: str, file: Path, answer: Callable[[], None] | None = None) -> None:
        self._huey = _make_huey(url, file)

        def run_a_job() -> None:
            if answer is not None:
                answer()

        self._task = self._huey.task()(run_a_job)

    def call(self) -> None:
        """Say that a job waits. Where the queue does not answer, it waits until upkeep calls."""
        try:
            self._task()
        except (RedisError, sqlite3.Error) as error:
            _log.warning("queue_unavailable", extra={"error": type(error).__name__})

    def empty(self) -> bool:
        """Whether no call is in the queue; False where it does not answer."""
        try:
            return int(self._huey.pending_count()) == 0
        except (RedisError, sqlite3.Error):
            return False

    def close(self) -> None:
        """Close the connections."""
        self._huey.storage.close()
        if isinstance(self._huey, RedisHuey):
            self._huey.storage.pool.disconnect()

    def threads(self) -> WorkerThreads:
        """Return, not started, the one thread that answers call after call."""
        return WorkerThreads(self._huey, workers=1, periodic=False, max_delay=_LONGEST_PAUSE_S)


def _make_huey(url: str, file: Path) -> Huey:
    shared = {"results": False, "serializer": JsonMessages()}
    if url:
        try:
            made = RedisHuey("brainai", url=url, **shared)
            # Not connected; an option that Redis does not have would else end the first call.
            made.storage.pool.make_connection()
        except (ValueError, TypeError):
            # Not as its cause: the URL may hold a password.
            raise SettingsError(
                "BRAINAI_QUEUE_URL can't be read; redis://HOST:PORT/NUMBER was expected."
            ) from None
        return made
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return SqliteHuey("brainai", filename=str(file), strict_fifo=True, timeout=30, **shared)
    except (OSError, sqlite3.Error) as error:
        raise StoreUnavailable from error

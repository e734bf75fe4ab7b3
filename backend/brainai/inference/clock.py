"""How long each stage of an answer took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Clock:
    """A stop watch that runs from its making on."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._stages: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time the block that follows as stage ``name``."""
        start = time.perf_counter()
        yield
        self._stages[name] = (time.perf_counter() - start) * 1000

    def timings_ms(self) -> dict[str, float]:
        """Return the stages so far, and "total" since the making."""
        total = (time.perf_counter() - self._start) * 1000
        return {**self._stages, "total": total}

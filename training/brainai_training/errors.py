"""Errors of the training tools; their messages may name files, since they stay on one machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class DataError(Exception):
    """The data can't be trained on: a file is missing or broken, a patient is in two splits."""


class ConfigError(Exception):
    """The TOML configuration has an unknown key or a value out of range."""


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what torch raises where a file can't be written, as on a full disk, into a DataError."""
    try:
        yield
    except RuntimeError as error:
        raise DataError(f"{path} can't be written; the disk may be full: {error}") from error

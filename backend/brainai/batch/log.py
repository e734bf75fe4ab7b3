"""The work log: what is finished survives whatever ends the run.

Beside ``results.parquet`` lies the folder ``results.parquet.parts`` with a small table for each few
seconds of work. Another run takes its rows over; the last one merges them all into the table.
"""

import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from brainai.batch.row import SCHEMA, Row, to_rows, to_table
from brainai.errors import SettingsError

# So much work at most is done again after a kill.
_MOST_ROWS, _MOST_SECONDS = 64, 5.0
_HOW, _ARCHIVE = b"brainai", b"brainai_archive"
_OTHER_KINDS = {".csv", ".tsv", ".txt", ".json", ".jsonl", ".xlsx"}


@contextmanager
def open_log(out: Path, how: str, archive: str) -> Iterator["WorkLog"]:
    """Open, or go on with, the log of a table, and keep other runs out of it.

    how: by which model and with which flags rows are made, in words; rows of two ways don't mix.
    archive: which one the paths of rows belong to, in a word that names no place.
    Raises SettingsError where the rows that are there were made another way or are of another
    archive, where another run is at work, and where ``out`` is no file (a folder, a pipe) or has
    the name of another kind of file.
    """
    if out.exists() and not out.is_file():
        raise SettingsError(
            "--out is a folder, a pipe or a device; a file was expected, such as results.parquet."
        )
    if out.suffix.lower() in _OTHER_KINDS:
        raise SettingsError(
            "The table is Parquet, and --out gives it the name of another kind of file. Choose one "
            "such as results.parquet; pandas and DuckDB read it, and write it as CSV."
        )
    parts = out.with_name(f"{out.name}.parts")
    parts.mkdir(parents=True, exist_ok=True)
    with (parts / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:  # and no other: some file systems have no locks
            raise SettingsError(
                "Another run is writing to this table. Wait for its end, or choose another file "
                "with --out."
            ) from error
        try:
            log = WorkLog(out, parts, how, archive)
        except SettingsError:
            if [*parts.iterdir()] == [parts / "lock"]:  # a refused run leaves nothing beside a file
                shutil.rmtree(parts)
            raise
        yield log


class WorkLog:
    """Finished rows, on disk."""

    def __init__(self, out: Path, parts: Path, how: str, archive: str) -> None:
        self._out = out
        self._parts = parts
        self._how = how
        self._archive = archive
        self._fresh: list[Row] = []
        self._flushed = time.monotonic()
        for unfinished in parts.glob("*.tmp"):  # a killed run's
            unfinished.unlink()
        self._finished = {row.path: row for row in self._read_all()}

    @property
    def finished(self) -> frozenset[str]:
        """Paths of the studies that have a row."""
        return frozenset(self._finished)

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows, in order of their paths."""
        return tuple(self._finished[path] for path in sorted(self._finished))

    def add(self, row: Row) -> None:
        """Keep one more row; it is on disk a few seconds later."""
        self._finished[row.path] = row
        self._fresh.append(row)
        late = time.monotonic() - self._flushed > _MOST_SECONDS
        if late or len(self._fresh) >= _MOST_ROWS:
            self.flush()

    def flush(self) -> None:
        """Write what is not on disk yet."""
        if self._fresh:
            self._write(self._fresh, self._parts / f"{secrets.token_hex(8)}.parquet")
        self._fresh = []
        self._flushed = time.monotonic()

    def merge(self) -> None:
        """Write the table, and remove the parts."""
        self.flush()
        self._write(self.rows, self._out)
        shutil.rmtree(self._parts)

    def _write(self, rows: Iterable[Row], file: Path) -> None:
        """Write a table whole or not at all."""
        told = {_HOW: self._how.encode(), _ARCHIVE: self._archive.encode()}
        table = to_table(list(rows)).replace_schema_metadata(told)
        # Among the parts, also the table's own: what a kill leaves goes with them.
        unfinished = self._parts / f"{secrets.token_hex(4)}.tmp"
        try:
            with unfinished.open("wb") as stream:
                pq.write_table(table, stream, compression="zstd")
                stream.flush()
                os.fsync(stream.fileno())
            unfinished.replace(file)
        finally:
            # There still only where the disk is full, and each try would leave another.
            unfinished.unlink(missing_ok=True)

    def _read_all(self) -> Iterable[Row]:
        files = [self._out] if self._out.exists() else []
        for file in [*files, *sorted(self._parts.glob("*.parquet"))]:
            yield from _read(file, self._how, self._archive)


def _read(file: Path, how: str, archive: str) -> list[Row]:
    try:
        with file.open("rb") as stream:  # PyArrow itself opens no name that is no UTF-8
            table = pq.read_table(stream)
    except (OSError, pa.ArrowException) as error:
        raise SettingsError(
            "There is a file of that name already, and it is no table of brainai batch. Choose "
            "another with --out."
        ) from error
    told = table.schema.metadata or {}
    found = told.get(_HOW, b"").decode()
    if found != how or not table.schema.equals(SCHEMA):
        raise SettingsError(
            "The rows that are there already were made in another way "
            f"({found or 'by another program'}) than now ({how}). Choose another file with --out, "
            "or remove the table and its .parts folder."
        )
    # A table of an earlier version does not say it.
    if told.get(_ARCHIVE, archive.encode()).decode() != archive:
        raise SettingsError(
            "The rows that are there already are of another archive, or of this one at another "
            "place, and a path says only where a study lies in its own. Choose another file with "
            "--out."
        )
    return to_rows(table)

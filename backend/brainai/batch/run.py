"""The work of brainai batch, from the archive to the table."""

import argparse
import hashlib
import os
import sys
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from tqdm import tqdm

from brainai.batch.archive import Archive, ArchiveStudy, find_studies
from brainai.batch.judge import Work
from brainai.batch.local import judge_locally
from brainai.batch.log import open_log
from brainai.batch.on_ray import judge_on_ray
from brainai.batch.row import Row
from brainai.errors import SettingsError
from brainai.imaging.upload import Limits
from brainai.inference.spec import ModelSpec


class Settings(Protocol):
    """Those of the program's settings that a batch goes by."""

    @property
    def model_dir(self) -> Path:
        """The model folder."""

    @property
    def multi_model_dir(self) -> Path | None:
        """The folder of the model that reads other sequences beside FLAIR."""

    @property
    def max_upload_bytes(self) -> int:
        """Most bytes of one study's files together."""

    @property
    def engine_threads(self) -> int:
        """Threads of one run of the network; 0 lets the engine choose."""

    @property
    def limits(self) -> Limits:
        """How much of a file is read."""


def run_batch(parsed: argparse.Namespace, settings: Settings) -> int:
    """Judge what has no row yet, and write the table; return the exit status.

    A study that can't be answered is a row with its error, and no failure of the run.
    """
    if not sys.warnoptions:
        # Decoders warn of what they find odd, values included; a file is answered or refused.
        warnings.simplefilter("ignore")
    work = _plan(parsed, settings)
    predictor = work.load()
    predictor.check_golden()
    models = [spec for _, spec in predictor.models]
    del predictor  # its workers hold their own
    parsed.out.parent.mkdir(parents=True, exist_ok=True)
    how = _describe(models, force=parsed.force)
    with open_log(parsed.out, how, _name_archive(work.folder)) as log:
        archive = find_studies(work.folder)
        left = [study for study in archive.studies if study.path not in log.finished]
        try:
            for row in _shown(_judge(work, left, parsed), left):
                log.add(row)
        finally:
            log.flush()
        log.merge()
    _report(archive, log.rows, new=len(left))
    return 0


def _plan(parsed: argparse.Namespace, settings: Settings) -> Work:
    if not parsed.folder.is_dir():
        raise SettingsError("The archive is no folder that can be read.")
    if parsed.workers < 1:
        raise SettingsError(f"--workers is {parsed.workers}; 1 or more was expected.")
    # On one machine workers share the processors; on a cluster each has one to itself.
    shared = 1 if parsed.engine == "ray" else max(1, (os.cpu_count() or 1) // parsed.workers)
    return Work(
        folder=parsed.folder.resolve(),
        model_dir=settings.model_dir.resolve(),
        multi_model_dir=settings.multi_model_dir and settings.multi_model_dir.resolve(),
        limits=settings.limits,
        max_bytes=settings.max_upload_bytes,
        threads=settings.engine_threads or shared,
        force=parsed.force,
    )


def _describe(models: Sequence[ModelSpec], *, force: bool) -> str:
    made = "; ".join(f"{m.name} {m.version}, sha256 {m.file.sha256[:12]}" for m in models)
    return f"{made}, forced" if force else made


def _name_archive(folder: Path) -> str:
    """Tell archives apart; a table goes to others, whom a path is no business of."""
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]


def _judge(
    work: Work, studies: Sequence[ArchiveStudy], parsed: argparse.Namespace
) -> Iterator[Row]:
    judge = judge_on_ray if parsed.engine == "ray" else judge_locally
    return judge(work, studies, parsed.workers)


def _shown(rows: Iterator[Row], studies: Sequence[ArchiveStudy]) -> Iterator[Row]:
    quiet = not sys.stderr.isatty()
    yield from tqdm(rows, total=len(studies), unit="study", file=sys.stderr, disable=quiet)


def _report(archive: Archive, rows: Sequence[Row], new: int) -> None:
    counts = Counter(row.label or "no answer" for row in rows)
    said = ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
    sys.stderr.write(f"brainai: {len(rows)} studies, {new} of them new: {said or 'none'}.\n")
    if archive.others:
        sys.stderr.write(f"brainai: {archive.others} files are no images and were passed over.\n")
    if archive.closed:
        sys.stderr.write(f"brainai: {archive.closed} folders can't be read and were passed over.\n")

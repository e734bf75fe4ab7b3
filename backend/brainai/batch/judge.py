"""One study of an archive -> its row, whatever is in its files."""

import time
from dataclasses import dataclass
from pathlib import Path

from brainai.batch.archive import ArchiveStudy
from brainai.batch.row import Row, answered, failed
from brainai.errors import BrainAIError, MalformedInput, TooLarge
from brainai.imaging.upload import Limits, UploadedFile
from brainai.inference.predict import Predictor
from brainai.inference.spec import ModelSpec

WORKER_DIED = (
    "The process that judged this study died, twice: its files break a decoder, or need more "
    "memory than there is."
)


@dataclass(frozen=True)
class Work:
    """What a worker must know; it can be sent to another process or machine.

    folder: of the archive, absolute. multi_model_dir: what Predictor calls multi. threads: of one
    run of the network, 0 lets the engine choose.
    max_bytes: of one study's files together. force: answer what the gate refuses, with a warning.
    """

    folder: Path
    model_dir: Path
    multi_model_dir: Path | None
    limits: Limits
    max_bytes: int
    threads: int
    force: bool

    def load(self) -> Predictor:
        """Load the model. Raises ModelError."""
        return Predictor(
            self.model_dir,
            self.limits.max_pixels,
            self.threads,
            self.limits,
            self.multi_model_dir,
        )


def judge_study(predictor: Predictor, work: Work, study: ArchiveStudy) -> Row:
    """Answer for one study; an error becomes its row."""
    start = time.perf_counter()
    try:
        predicted = predictor.predict_upload(_read(study, work), force=work.force)
    except BrainAIError as error:
        return failed(study.path, predictor.spec, error.code, error.message, _since(start))
    except Exception as error:  # noqa: BLE001  one study's fault must not end an archive's run
        detail = f"The program failed on this study ({type(error).__name__}): please report it."
        return failed(study.path, predictor.spec, "internal_error", detail, _since(start))
    return answered(study.path, predicted, _since(start))


def worker_died(study: ArchiveStudy, spec: ModelSpec) -> Row:
    """Make the row of a study that has ended its worker, and the next one too."""
    return failed(study.path, spec, "worker_died", WORKER_DIED, 0.0)


def _since(start: float) -> float:
    return round(time.perf_counter() - start, 3)


def _read(study: ArchiveStudy, work: Work) -> list[UploadedFile]:
    """Read a study's files. Raises MalformedInput (no_file) and TooLarge (too_large)."""
    left = work.max_bytes
    files = []
    for name in study.files:
        try:
            with (work.folder / name).open("rb") as stream:
                data = stream.read(left + 1)
        except OSError as error:
            raise MalformedInput("no_file", f"A file can't be read: {error.strerror}.") from error
        left -= len(data)
        if left < 0:
            raise TooLarge(
                "too_large",
                f"The study's files are larger than {work.max_bytes} bytes together "
                "(BRAINAI_MAX_UPLOAD_BYTES).",
            )
        files.append(UploadedFile(name, data))
    return files

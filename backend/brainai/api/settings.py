"""Environment -> frozen Settings, read once, when a command starts."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from brainai.errors import SettingsError
from brainai.imaging.upload import Limits
from brainai.jobs.config import JobsConfig

_MODEL_FOLDER = Path("models") / "flair-resnet50"
_MULTI_MODEL_NAME = "flair-t1c-t2-resnet50"
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?")
_LOG_LEVELS = ("debug", "info", "warning", "error")


@dataclass(frozen=True)
class Setting:
    """One BRAINAI_* variable: its name, default, unit and a line of help."""

    name: str
    default: str
    unit: str
    help: str


SETTINGS = (
    Setting(
        "BRAINAI_MODEL_DIR",
        "models/flair-resnet50",
        "folder",
        "Model folder: model.json, model.onnx, golden.npz, metrics.json.",
    ),
    Setting(
        "BRAINAI_MULTI_MODEL_DIR",
        "flair-t1c-t2-resnet50 beside the model folder, where it is there",
        "folder",
        "Model folder for studies that hold T1c or T2 beside FLAIR; empty: FLAIR alone is read.",
    ),
    Setting(
        "BRAINAI_MAX_UPLOAD_BYTES",
        "524288000",
        "bytes",
        "Largest upload of a job, all its files together.",
    ),
    Setting(
        "BRAINAI_MAX_PREDICT_BYTES",
        "134217728",
        "bytes",
        "Largest upload of POST /predict, which holds it in memory; at most the limit of a job.",
    ),
    Setting("BRAINAI_MAX_FILES", "4096", "files", "Most files in one upload, or in its archive."),
    Setting(
        "BRAINAI_MAX_UNPACKED_BYTES",
        "2147483648",
        "bytes",
        "Most that an upload may unpack to.",
    ),
    Setting(
        "BRAINAI_MAX_PIXELS",
        "16777216",
        "pixels",
        "Largest image (width x height) that is decoded.",
    ),
    Setting(
        "BRAINAI_MAX_VOXELS",
        "268435456",
        "voxels",
        "Largest volume that is decoded; each sequence of a study counts by itself.",
    ),
    Setting(
        "BRAINAI_CORS_ORIGINS",
        "http://127.0.0.1:5173,http://localhost:5173",
        "origins, by comma",
        "Web origins whose pages may call the API. Empty: none but the API's own.",
    ),
    Setting(
        "BRAINAI_ENGINE_THREADS",
        "0",
        "threads",
        "Processor threads of one run of the network; 0 lets the engine choose.",
    ),
    Setting("BRAINAI_HOST", "127.0.0.1", "address", "Address that the server listens on."),
    Setting("BRAINAI_PORT", "8000", "port", "Port that the server listens on."),
    Setting(
        "BRAINAI_SERVER_THREADS", "12", "threads", "Requests that are answered at the same time."
    ),
    Setting(
        "BRAINAI_MAX_STREAMS",
        "8",
        "streams",
        "Event streams at the same time; each holds a thread, so fewer than those.",
    ),
    Setting(
        "BRAINAI_STATE_DIR",
        "~/.local/state/brainai",
        "folder",
        "Where job records, the queue and files lie, as far as no URL puts them elsewhere.",
    ),
    Setting(
        "BRAINAI_DATABASE_URL",
        "",
        "URL",
        "Job records: postgresql:// or sqlite:///. Empty: SQLite in the state folder.",
    ),
    Setting(
        "BRAINAI_QUEUE_URL",
        "",
        "URL",
        "Queue of jobs: redis://, rediss:// or unix://. Empty: SQLite in the state folder.",
    ),
    Setting(
        "BRAINAI_FILES_URL",
        "",
        "URL",
        "Uploads and artefacts: any fsspec URL. Empty: a folder in the state folder.",
    ),
    Setting("BRAINAI_MAX_QUEUED", "64", "jobs", "Jobs that may wait; a further one gets a 429."),
    Setting(
        "BRAINAI_KEEP_S",
        "86400",
        "seconds",
        "How long an ended job and its artefacts are kept.",
    ),
    Setting(
        "BRAINAI_JOB_TRIES",
        "2",
        "tries",
        "How often a job is begun whose worker dies, or ends with a fault, before it fails.",
    ),
    Setting(
        "BRAINAI_LEASE_S",
        "30",
        "seconds",
        "A worker that has not been heard of for so long is taken for dead.",
    ),
    Setting("BRAINAI_LOG_LEVEL", "info", "level", "debug, info, warning or error."),
)


@dataclass(frozen=True)
class Settings:
    """What a deployment may choose; see SETTINGS for units and meaning."""

    model_dir: Path
    multi_model_dir: Path | None
    max_upload_bytes: int
    max_predict_bytes: int
    max_files: int
    max_unpacked_bytes: int
    max_pixels: int
    max_voxels: int
    cors_origins: tuple[str, ...]
    engine_threads: int
    host: str
    port: int
    server_threads: int
    max_streams: int
    state_dir: Path
    database_url: str
    queue_url: str
    files_url: str
    max_queued: int
    keep_s: int
    job_tries: int
    lease_s: int
    log_level: str

    @property
    def model_dirs(self) -> list[Path]:
        """Every model folder that is served, the one of slices first."""
        return [folder for folder in (self.model_dir, self.multi_model_dir) if folder]

    @property
    def limits(self) -> Limits:
        """How much of an upload is read."""
        return Limits(
            max_pixels=self.max_pixels,
            max_voxels=self.max_voxels,
            max_unpacked_bytes=self.max_unpacked_bytes,
            max_files=self.max_files,
        )

    @property
    def jobs(self) -> JobsConfig:
        """Where jobs lie and how many may."""
        return JobsConfig(
            database_url=self.database_url,
            queue_url=self.queue_url,
            files_url=self.files_url,
            state_dir=self.state_dir,
            max_queued=self.max_queued,
            keep_s=self.keep_s,
            lease_s=self.lease_s,
        )


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read every BRAINAI_* variable. Raises SettingsError where one can't be used."""
    values = {setting.name: environ.get(setting.name, setting.default) for setting in SETTINGS}
    number = _number_reader(values)
    max_upload_bytes = number("BRAINAI_MAX_UPLOAD_BYTES", 1, 2**36)
    server_threads = number("BRAINAI_SERVER_THREADS", 1, 256)
    state_dir = _state_dir(values["BRAINAI_STATE_DIR"])
    model_dir = _model_dir(environ.get("BRAINAI_MODEL_DIR"))
    return Settings(
        model_dir=model_dir,
        multi_model_dir=_multi_model_dir(environ.get("BRAINAI_MULTI_MODEL_DIR"), model_dir),
        max_upload_bytes=max_upload_bytes,
        max_predict_bytes=min(number("BRAINAI_MAX_PREDICT_BYTES", 1, 2**31), max_upload_bytes),
        max_files=number("BRAINAI_MAX_FILES", 1, 2**20),
        max_unpacked_bytes=number("BRAINAI_MAX_UNPACKED_BYTES", 1, 2**36),
        max_pixels=number("BRAINAI_MAX_PIXELS", 1, 2**31),
        max_voxels=number("BRAINAI_MAX_VOXELS", 1, 2**34),
        cors_origins=_origins(values["BRAINAI_CORS_ORIGINS"]),
        engine_threads=number("BRAINAI_ENGINE_THREADS", 0, 1024),
        host=_host(values["BRAINAI_HOST"]),
        port=number("BRAINAI_PORT", 1, 65535),
        server_threads=server_threads,
        max_streams=min(number("BRAINAI_MAX_STREAMS", 0, 255), server_threads - 1),
        state_dir=state_dir,
        database_url=_url(
            "BRAINAI_DATABASE_URL",
            values["BRAINAI_DATABASE_URL"],
            ("postgresql://", "sqlite:///"),
            _sqlite_url(state_dir / "jobs.sqlite3"),
        ),
        queue_url=_url(
            "BRAINAI_QUEUE_URL",
            values["BRAINAI_QUEUE_URL"],
            ("redis://", "rediss://", "unix://"),
            "",
        ),
        files_url=values["BRAINAI_FILES_URL"].strip() or f"file://{state_dir / 'files'}",
        max_queued=number("BRAINAI_MAX_QUEUED", 1, 10**6),
        keep_s=number("BRAINAI_KEEP_S", 1, 10**9),
        job_tries=number("BRAINAI_JOB_TRIES", 1, 100),
        lease_s=number("BRAINAI_LEASE_S", 2, 3600),
        log_level=_log_level(values["BRAINAI_LOG_LEVEL"]),
    )


def _number_reader(values: Mapping[str, str]) -> Callable[[str, int, int], int]:
    def read(name: str, low: int, high: int) -> int:
        text = values[name].strip()
        digits = text.isascii() and text.isdigit() and len(text) <= 12
        if not (digits and low <= int(text) <= high):
            raise SettingsError(
                f"{name} is {text[:40]!r}; a whole number from {low} to {high} was expected."
            )
        return int(text)

    return read


def _model_dir(text: str | None) -> Path:
    """Take the folder that was named; else the working directory's; else the repository's."""
    if text is not None and text.strip():
        return Path(text.strip())
    if _MODEL_FOLDER.is_dir():
        return _MODEL_FOLDER
    # An editable install lies in <repository>/backend/brainai/api.
    return Path(__file__).resolve().parents[3] / _MODEL_FOLDER


def _multi_model_dir(text: str | None, model_dir: Path) -> Path | None:
    """Take the folder that was named; else the one beside the model's, where it is there."""
    if text is not None:
        return Path(text.strip()) if text.strip() else None
    beside = model_dir.parent / _MULTI_MODEL_NAME
    return beside if beside.is_dir() and beside.resolve() != model_dir.resolve() else None


def _state_dir(text: str) -> Path:
    if not text.strip():
        raise SettingsError("BRAINAI_STATE_DIR is empty; a folder was expected.")
    try:
        return Path(text.strip()).expanduser().absolute()
    except RuntimeError as error:  # a user without a home, as a container's may be
        raise SettingsError(
            "BRAINAI_STATE_DIR is in a home folder (~) that is not there; another was expected."
        ) from error


def _url(name: str, text: str, schemes: tuple[str, ...], otherwise: str) -> str:
    """Check how a URL begins. It is never quoted: it may hold a password."""
    url = text.strip()
    if url and not url.startswith(schemes):
        raise SettingsError(
            f"{name} begins with no scheme that is known here; "
            f"{' or '.join(schemes)} was expected, or nothing."
        )
    return url or otherwise


def _sqlite_url(file: Path) -> str:
    # What a URL would take for an escape, or for the begin of its query: the file lay elsewhere.
    return f"sqlite:///{str(file).replace('%', '%25').replace('?', '%3F')}"


def _origins(text: str) -> tuple[str, ...]:
    origins = tuple(part.strip().rstrip("/") for part in text.split(",") if part.strip())
    for origin in origins:
        # Flask-CORS would read "*" or brackets as a pattern: an allow-list holds whole origins.
        if not _ORIGIN.fullmatch(origin):
            raise SettingsError(
                f"BRAINAI_CORS_ORIGINS holds {origin[:80]!r}; origins such as "
                "https://brainai.example.org, separated by commas, were expected."
            )
    return origins


def _host(text: str) -> str:
    if not text.strip():
        raise SettingsError("BRAINAI_HOST is empty; an address such as 127.0.0.1 was expected.")
    try:
        text.strip().encode("idna")
    except UnicodeError as error:
        raise SettingsError(
            "BRAINAI_HOST can be no host's name; an address such as 127.0.0.1 was expected."
        ) from error
    return text.strip()


def _log_level(text: str) -> str:
    level = text.strip().lower()
    if level not in _LOG_LEVELS:
        raise SettingsError(
            f"BRAINAI_LOG_LEVEL is {text!r}; one of {', '.join(_LOG_LEVELS)} was expected."
        )
    return level

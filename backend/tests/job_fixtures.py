"""Fixtures for jobs: the two forms of a deployment, and a worker in a thread."""

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from brainai.api.settings import Settings, read_settings
from brainai.api.study_answers import dump_study
from brainai.inference.predict import Predictor
from brainai.jobs.database import open_database
from brainai.jobs.service import JobService
from brainai.jobs.store import JobStore
from brainai.jobs.worker import Worker
from tests.files import MAX_PIXELS
from tests.job_servers import Servers, run_servers


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    with run_servers() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'state' / 'jobs.sqlite3'}"
    found: Servers = request.getfixturevalue("servers")
    return found.new_database()


@pytest.fixture(params=["local", "scaled out"])
def places(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """Where jobs lie: SQLite and a local folder; or PostgreSQL, Redis and another file system."""
    if request.param == "local":
        return {"BRAINAI_STATE_DIR": str(tmp_path / "state")}
    found: Servers = request.getfixturevalue("servers")
    found.empty_redis()
    return {
        "BRAINAI_STATE_DIR": str(tmp_path / "state"),
        "BRAINAI_DATABASE_URL": found.new_database(),
        "BRAINAI_QUEUE_URL": found.redis_url,
        "BRAINAI_FILES_URL": f"memory://{uuid.uuid4().hex}",
    }


@pytest.fixture
def shared_places(places: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """As places, for several processes: what lies in memory is no other process's."""
    chosen = dict(places)
    if "BRAINAI_FILES_URL" in chosen:
        chosen["BRAINAI_FILES_URL"] = f"local://{tmp_path / 'shared'}"
    return chosen


@pytest.fixture
def job_environ(tiny_folder: Path) -> dict[str, str]:
    """Settings of quick jobs: a short lease, a small model."""
    return {
        "BRAINAI_MODEL_DIR": str(tiny_folder),
        "BRAINAI_ENGINE_THREADS": "1",
        "BRAINAI_MAX_UPLOAD_BYTES": "400000",
        "BRAINAI_MAX_PIXELS": str(MAX_PIXELS),
        "BRAINAI_LEASE_S": "4",
        "BRAINAI_MAX_FILES": "20",
        "BRAINAI_LOG_LEVEL": "error",
    }


@pytest.fixture
def job_settings(places: dict[str, str], job_environ: dict[str, str]) -> Settings:
    return read_settings({**job_environ, **places})


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = open_database(database_url)
    yield made
    made.dispose()


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now_s = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(engine: Engine, clock: Clock) -> JobStore:
    return JobStore(engine, clock)


@pytest.fixture
def service(job_settings: Settings) -> Iterator[JobService]:
    made = JobService(job_settings.jobs)
    yield made
    made.close()


@contextmanager
def working(settings: Settings, predictor: Predictor) -> Iterator[Worker]:
    """Run a worker in a thread, as ``brainai worker`` runs one in a process."""
    worker = Worker(settings.jobs, predictor, settings.limits, dump_study, settings.job_tries)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop()
        thread.join()

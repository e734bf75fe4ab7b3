"""The tables: made by migrations, the same as the code's, by however many start at once."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from brainai.api.settings import read_settings
from brainai.errors import SettingsError, StoreUnavailable
from brainai.jobs.database import open_database
from brainai.jobs.tables import Base
from tests.conftest import REPOSITORY
from tests.job_servers import Servers


def test_the_migrations_make_the_tables_that_the_code_reads(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []


def test_opening_a_database_again_changes_nothing(database_url: str) -> None:
    open_database(database_url).dispose()
    again = open_database(database_url)
    with again.connect() as connection:
        versions = connection.execute(text("SELECT version_num FROM alembic_version")).all()
    again.dispose()
    assert len(versions) == 1


def test_several_processes_may_start_at_once(database_url: str) -> None:
    code = "import sys; from brainai.jobs.database import open_database; open_database(sys.argv[1])"
    starting = [
        subprocess.Popen(
            [sys.executable, "-c", code, database_url],
            cwd=REPOSITORY / "backend",
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    ended = [(process.communicate(timeout=60)[1], process.returncode) for process in starting]
    assert [returncode for _, returncode in ended] == [0] * 4, ended
    engine = open_database(database_url)
    assert {"jobs", "workers", "alembic_version"} <= set(inspect(engine).get_table_names())
    engine.dispose()


def test_a_state_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path / 'state' / 'jobs.sqlite3'}").dispose()
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", ["with space", "a#b", "a?b=c", "a%20b", "Köln"])
def test_the_records_lie_in_the_state_folder_whatever_it_is_called(
    tmp_path: Path, name: str
) -> None:
    settings = read_settings({"BRAINAI_STATE_DIR": str(tmp_path / name)})
    open_database(settings.database_url).dispose()
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name / "jobs.sqlite3").exists()


def test_a_database_that_does_not_answer_is_unavailable(free_port: int, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        open_database(f"postgresql://nobody:secret@127.0.0.1:{free_port}/none")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreUnavailable):
        open_database(f"sqlite:///{tmp_path}/file/jobs.sqlite3")


def test_a_connection_that_has_gone_silent_is_given_up(servers: Servers) -> None:
    engine = open_database(servers.new_database())
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        # Milliseconds; the system's own patience is a quarter of an hour.
        assert driver.info.get_parameters()["tcp_user_timeout"] == "10000"
    engine.dispose()


def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "jobs.sqlite3").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreUnavailable):
        open_database(f"sqlite:///{tmp_path}/jobs.sqlite3")


@pytest.mark.parametrize(
    "url",
    ["postgresql://u:secret@host:port/jobs", "sqlite:///", "sqlite:///:memory:"],
)
def test_a_url_that_can_not_be_used_is_a_wrong_setting(url: str) -> None:
    with pytest.raises(SettingsError, match="BRAINAI_DATABASE_URL") as caught:
        open_database(url)
    assert "secret" not in caught.value.message

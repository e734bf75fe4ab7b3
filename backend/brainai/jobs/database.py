"""A database URL -> an engine whose tables are those of this version."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from brainai.errors import SettingsError, StoreUnavailable

# One writer at a time: with SQLite the others wait for it, and no transaction here is long.
_WAIT_S = 30

# Any number will do, as long as nothing else in the same database takes it.
_MIGRATION_LOCK = 0x627261696E


def read_database_url(url: str) -> URL:
    """Take a URL apart, without connecting. Raises SettingsError where it can't be used."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        parsed = None
    # In memory it is no other process's: its jobs would wait for ever.
    in_memory = (
        parsed is not None
        and parsed.get_backend_name() == "sqlite"
        and parsed.database in {None, "", ":memory:"}
    )
    if parsed is None or in_memory:
        # The URL is never quoted: it may hold a password.
        raise SettingsError(
            "BRAINAI_DATABASE_URL can't be read, or names no file; sqlite:////FOLDER/FILE or "
            "postgresql://USER:PASSWORD@HOST:PORT/NAME was expected."
        )
    return parsed


def open_database(url: str) -> Engine:
    """Connect to sqlite:///FILE or postgresql://..., and bring its tables up to date.

    Several processes may do so at once. Raises StoreUnavailable where it does not answer or is no
    database that can be written, SettingsError for a URL that can't be used.
    """
    engine = _make_engine(url)
    try:
        with _only_one(engine) as connection:
            config = Config()
            config.set_main_option("script_location", "brainai.jobs:migrations")
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except (DBAPIError, OSError) as error:
        engine.dispose()
        raise StoreUnavailable from error
    return engine


def _make_engine(url: str) -> Engine:
    parsed = read_database_url(url)
    if parsed.get_backend_name() == "postgresql":
        return create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            # A connection that a restart of the server has cut is replaced, not handed out.
            pool_pre_ping=True,
            # Nor one that is silent: what a firewall has forgotten would be waited for a quarter of
            # an hour, with the request, or the worker, that asked.
            connect_args={"connect_timeout": 5, "tcp_user_timeout": 10_000},
        )
    engine = create_engine(parsed, connect_args={"timeout": _WAIT_S})
    event.listen(engine, "connect", _let_readers_and_a_writer_coexist)
    return engine


def _let_readers_and_a_writer_coexist(connection: object, _: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]  # DB-API's, which has no type
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.close()


@contextmanager
def _only_one(engine: Engine) -> Iterator[Connection]:
    """Yield a connection in a transaction, while every other process waits here."""
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
            yield connection
        return
    file = Path(engine.url.database or "")
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The lock goes with the open file, also where the process is killed.
    with file.with_name(file.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with engine.begin() as connection:
            yield connection

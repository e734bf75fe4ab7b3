"""Redis and PostgreSQL, started for one test run on free ports and in temporary folders."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import redis

REPOSITORY = Path(__file__).resolve().parents[2]
START_S = 60


@dataclass(frozen=True)
class Servers:
    """Where the two listen, on the loopback interface."""

    redis_port: int
    postgres_port: int

    @property
    def redis_url(self) -> str:
        return f"redis://127.0.0.1:{self.redis_port}/0"

    def new_database(self) -> str:
        """Make an empty database and return its URL."""
        name = f"test_{uuid.uuid4().hex}"
        root = f"postgresql://postgres@127.0.0.1:{self.postgres_port}"
        with psycopg.connect(f"{root}/postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        return f"{root}/{name}"

    def empty_redis(self) -> None:
        with redis.Redis(port=self.redis_port) as client:
            client.flushall()


@contextmanager
def run_servers() -> Iterator[Servers]:
    """Install what is missing (scripts/test-servers), start both, and stop them at the end."""
    told = subprocess.run(
        [str(REPOSITORY / "scripts" / "test-servers")],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    redis_folder, postgres_folder = told.stdout.split()
    # Not pytest's own folder: the account that PostgreSQL runs as may not enter it.
    scratch = Path(tempfile.mkdtemp(prefix="brainai-servers-"))
    ports = _free_port(), _free_port()
    processes = []
    try:
        processes.append(_start_redis(Path(redis_folder), scratch, ports[0]))
        processes.append(_start_postgres(Path(postgres_folder), scratch, ports[1]))
        servers = Servers(*ports)
        _wait(servers)
        yield servers
    finally:
        for process in processes:
            # Of PostgreSQL's ways to stop, the one that waits for no client.
            process.send_signal(signal.SIGINT)
            process.wait(START_S)
        shutil.rmtree(scratch)


def _start_redis(folder: Path, scratch: Path, port: int) -> subprocess.Popen[bytes]:
    options = ["--bind", "127.0.0.1", "--port", str(port), "--dir", str(scratch), "--save", ""]
    return subprocess.Popen([str(folder / "redis-server"), *options], stdout=subprocess.DEVNULL)


def _start_postgres(folder: Path, scratch: Path, port: int) -> subprocess.Popen[bytes]:
    data = scratch / "postgres"
    data.mkdir()
    as_user: dict[str, object] = {}
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        scratch.chmod(0o755)
        shutil.chown(data, "postgres", "postgres")
        as_user = {"user": "postgres", "group": "postgres"}
    subprocess.run(
        [str(folder / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-N"],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd="/",
        **as_user,  # type: ignore[call-overload]
    )
    options = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": "",
        "fsync": "off",
        "max_connections": 200,
        "log_min_messages": "fatal",
    }
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
        [str(folder / "postgres"), "-D", str(data), *settings],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        **as_user,
    )


def _wait(servers: Servers) -> None:
    end = time.monotonic() + START_S
    while True:
        try:
            servers.empty_redis()
            servers.new_database()
        except (redis.RedisError, psycopg.Error):
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port

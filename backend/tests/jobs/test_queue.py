"""The queue, on SQLite and on Redis alike."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from brainai.errors import SettingsError, StoreUnavailable
from brainai.jobs.queue import JobQueue
from tests.job_servers import Servers


@pytest.fixture(params=["sqlite", "redis"])
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return ""
    servers: Servers = request.getfixturevalue("servers")
    servers.empty_redis()
    return servers.redis_url


@contextmanager
def _answering(queue: JobQueue) -> Iterator[None]:
    threads = queue.threads()
    threads.start()
    try:
        yield
    finally:
        threads.stop()
        threads.wait(20)
        queue.close()


def test_every_call_is_answered_by_another_process_once(url: str, tmp_path: Path) -> None:
    caller = JobQueue(url, tmp_path / "queue.sqlite3")
    assert caller.empty()
    for _ in range(3):
        caller.call()
    assert not caller.empty()
    answered = threading.Semaphore(0)
    worker = JobQueue(url, tmp_path / "queue.sqlite3", answered.release)
    with _answering(worker):
        for _ in range(3):
            assert answered.acquire(timeout=20)
        assert not answered.acquire(timeout=1.5)
    assert caller.empty()
    caller.close()


def test_an_answer_that_raises_does_not_end_the_worker(url: str, tmp_path: Path) -> None:
    answered = threading.Semaphore(0)

    def fail() -> None:
        answered.release()
        raise RuntimeError("on purpose")

    queue = JobQueue(url, tmp_path / "queue.sqlite3", fail)
    with _answering(queue):
        queue.call()
        assert answered.acquire(timeout=20)
        queue.call()
        assert answered.acquire(timeout=20)


def test_messages_are_json_and_never_pickles(servers: Servers, tmp_path: Path) -> None:
    servers.empty_redis()
    queue = JobQueue(servers.redis_url, tmp_path / "queue.sqlite3")
    queue.call()
    queue.close()
    with redis.Redis(port=servers.redis_port) as client:
        (message,) = client.lrange("huey.redis.brainai", 0, -1)
    assert json.loads(message)[1] == "brainai.jobs.queue.run_a_job"


def test_a_message_of_another_kind_does_not_end_the_worker(
    servers: Servers, tmp_path: Path
) -> None:
    servers.empty_redis()
    answered = threading.Semaphore(0)
    queue = JobQueue(servers.redis_url, tmp_path / "queue.sqlite3", answered.release)
    with redis.Redis(port=servers.redis_port) as client:
        client.lpush("huey.redis.brainai", b"\x80\x04cos\nsystem\n.", b'["a", "other.task"]')
    with _answering(queue):
        queue.call()
        assert answered.acquire(timeout=20)


def test_a_queue_that_does_not_answer_loses_a_call_and_says_nothing(
    free_port: int, tmp_path: Path
) -> None:
    queue = JobQueue(f"redis://127.0.0.1:{free_port}/0", tmp_path / "queue.sqlite3")
    queue.call()
    assert not queue.empty()
    queue.close()


@pytest.mark.parametrize(
    "url",
    ["redis://:secret@host:port/0", "redis://:secret@[::1", "redis://:secret@host/0?timeout_s=1"],
)
def test_a_url_that_can_not_be_read_is_a_wrong_setting(url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="BRAINAI_QUEUE_URL") as caught:
        JobQueue(url, tmp_path / "queue.sqlite3")
    assert "secret" not in caught.value.message


def test_a_file_that_can_not_be_a_queue_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"no database" * 1000)
    for file in (tmp_path / "file", tmp_path / "file" / "queue.sqlite3"):
        with pytest.raises(StoreUnavailable):
            JobQueue("", file)

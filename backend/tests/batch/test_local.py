import multiprocessing
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from brainai.batch.archive import ArchiveStudy
from brainai.batch.judge import Work
from brainai.batch.local import judge_locally
from brainai.imaging.upload import Limits
from tests.files import MAX_PIXELS, png


@pytest.fixture
def work(tmp_path: Path, tiny_folder: Path) -> Work:
    return Work(tmp_path, tiny_folder, None, Limits(MAX_PIXELS, 2**24, 2**26, 100), 10**6, 1, False)


def _studies(work: Work, count: int) -> list[ArchiveStudy]:
    names = [f"{number}.png" for number in range(count)]
    for number, name in enumerate(names):
        (work.folder / name).write_bytes(png(number))
    return [ArchiveStudy(name, (name,)) for name in names]


@pytest.mark.parametrize("workers", [1, 2])
def test_each_study_has_its_row(work: Work, workers: int) -> None:
    rows = list(judge_locally(work, _studies(work, 6), workers))
    assert sorted(row.path for row in rows) == [f"{number}.png" for number in range(6)]
    assert all(row.label is not None for row in rows)


def test_no_study_is_no_row(work: Work) -> None:
    assert list(judge_locally(work, [], 1)) == []


@contextmanager
def _workers_killed_at(place: Path) -> Iterator[None]:
    """Kill whichever worker opens the pipe ``place``, as the system kills for want of memory."""
    os.mkfifo(place)
    over = threading.Event()

    def wait_and_kill() -> None:
        while not over.is_set():
            with place.open("wb"):  # blocks until a worker reads from it
                if over.is_set():
                    return
                for worker in multiprocessing.active_children():
                    worker.kill()
                    worker.join()

    killer = threading.Thread(target=wait_and_kill)
    killer.start()
    try:
        yield
    finally:
        over.set()
        place.open("rb").close()  # lets the killer's open return
        killer.join()


def test_a_study_that_kills_its_worker_is_a_row_and_the_others_are_answered(work: Work) -> None:
    deadly = ArchiveStudy("deadly.png", ("deadly.png",))
    studies = _studies(work, 4)
    studies.insert(1, deadly)
    with _workers_killed_at(work.folder / "deadly.png"):
        rows = {row.path: row for row in judge_locally(work, studies, 1)}
    assert rows["deadly.png"].error_code == "worker_died"
    assert len(rows) == 5
    assert all(row.label for path, row in rows.items() if path != "deadly.png")

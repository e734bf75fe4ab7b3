"""Studies -> rows on one machine, in processes of their own."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

from brainai.batch.archive import ArchiveStudy
from brainai.batch.judge import Work, judge_study, worker_died
from brainai.batch.row import Row
from brainai.inference.predict import Predictor
from brainai.inference.spec import load_spec

# One study is read while another is judged, in each worker.
_AHEAD = 2


def judge_locally(work: Work, studies: Iterable[ArchiveStudy], workers: int) -> Iterator[Row]:
    """Yield the row of each study as it is done, not in order.

    Workers are processes, so a study that ends its worker ends nothing else: it is judged once
    more, alone, and has a row that says so where that ends a worker too.
    """
    left = deque(studies)
    while left:
        for suspect in (yield from _judge_until_one_dies(work, left, workers)):
            yield _judge_alone(work, suspect)


def _judge_until_one_dies(
    work: Work, left: deque[ArchiveStudy], workers: int
) -> Generator[Row, None, list[ArchiveStudy]]:
    """Yield rows until all are done, or a worker has died: return what was under way then."""
    under_way: dict[Future[Row], ArchiveStudy] = {}
    with _pool(work, workers) as pool:
        try:
            while left or under_way:
                while left and len(under_way) < _AHEAD * workers:
                    under_way[_submit(pool, left[0])] = left[0]
                    left.popleft()
                done, _ = wait(under_way, return_when=FIRST_COMPLETED)
                for future in done:
                    row = future.result()
                    del under_way[future]
                    yield row
        except BrokenProcessPool:
            return list(under_way.values())
    return []


def _judge_alone(work: Work, study: ArchiveStudy) -> Row:
    with _pool(work, 1) as pool:
        try:
            return _submit(pool, study).result()
        except BrokenProcessPool:
            return worker_died(study, load_spec(work.model_dir))


@contextmanager
def _pool(work: Work, workers: int) -> Iterator[ProcessPoolExecutor]:
    # Engine threads do not survive a fork.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, _begin, (work,))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _submit(pool: ProcessPoolExecutor, study: ArchiveStudy) -> Future[Row]:
    with _ctrl_c_waits():
        return pool.submit(_judge, study)


@contextmanager
def _ctrl_c_waits() -> Iterator[None]:
    """Let Ctrl-C wait while a worker may be begun, which gets all it needs and itself takes none.

    The parent ends the run. Blocked signals stay blocked in what is begun; here another thread may
    take them, and Python's main thread hears of it all the same.
    """
    came: list[int] = []
    heard = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        signal.signal(signal.SIGINT, heard)
    if came and callable(heard):
        heard(signal.SIGINT, None)


_loaded: tuple[Predictor, Work]  # in a worker, by _begin


def _begin(work: Work) -> None:
    """Load the model, in a worker."""
    global _loaded  # noqa: PLW0603  a worker's functions share nothing else
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _loaded = work.load(), work


def _end_with_parent() -> None:
    """End this worker when its parent is gone: a killed run must leave nothing behind."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _judge(study: ArchiveStudy) -> Row:
    predictor, work = _loaded
    return judge_study(predictor, work, study)

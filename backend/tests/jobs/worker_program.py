"""A worker in a process of its own, whose judging is slow, deadly or faulty as its argument says.

    python -m tests.jobs.worker_program plain|slow|deadly|faulty

It is the worker of ``brainai worker`` with one thing before the model is asked.
"""

import os
import signal
import sys
import time
from collections.abc import Callable

from brainai import worker
from brainai.api.settings import read_settings
from brainai.inference.volume import predict_volume
from brainai.jobs import run

Progress = Callable[[int, int], None]

SLOW_S = 0.4
"""Added to each slice by a slow worker."""


def _slow(judge: Callable[..., object]) -> Callable[..., object]:
    def judge_slowly(*given: object, progress: Progress, **named: object) -> object:
        def wait(done: int, total: int) -> None:
            time.sleep(SLOW_S)
            progress(done, total)

        return judge(*given, progress=wait, **named)

    return judge_slowly


def _deadly(_: Callable[..., object]) -> Callable[..., object]:
    def die(*_: object, **__: object) -> object:
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError

    return die


def _faulty(_: Callable[..., object]) -> Callable[..., object]:
    def fail(*_: object, **__: object) -> object:
        raise KeyError("secret of a patient")

    return fail


def _plain(judge: Callable[..., object]) -> Callable[..., object]:
    return judge


if __name__ == "__main__":
    before = {"plain": _plain, "slow": _slow, "deadly": _deadly, "faulty": _faulty}[sys.argv[1]]
    # In place of the name that run.py calls: what comes before and after it is the real thing.
    vars(run)["predict_volume"] = before(predict_volume)
    worker.work(read_settings(os.environ))

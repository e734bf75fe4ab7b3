"""What people see of a run: fastai's bars on a terminal, one plain line an epoch elsewhere."""

import sys

from fastai.callback.progress import ProgressCallback
from fastai.learner import Learner


def show_progress(learner: Learner) -> None:
    """Replace fastai's bars where standard output is no terminal: each step would stay there."""
    if not sys.stdout.isatty():
        learner.remove_cb(ProgressCallback)
        learner.logger = lambda log: _print_epoch(list(learner.recorder.metric_names), list(log))


def _print_epoch(names: list[str], values: list[object]) -> None:
    # An epoch that a resumed run skips has its number and its time alone, so nothing to say; one
    # without validation has no more than the training loss between them.
    if len(values) > 2:
        shown = [*names[: len(values) - 1], names[-1]]
        cells = (f"{v:.4f}" if isinstance(v, float) else str(v) for v in values)
        print(", ".join(f"{n} {c}" for n, c in zip(shown, cells, strict=True)), flush=True)

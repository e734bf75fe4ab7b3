"""Studies -> rows on a Ray cluster: an actor per worker, which holds the model."""

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

import pyarrow as pa

from brainai.batch.archive import ArchiveStudy
from brainai.batch.judge import Work, judge_study, worker_died
from brainai.batch.row import Row, to_rows, to_table
from brainai.errors import SettingsError
from brainai.inference.spec import load_spec

# Studies of one block come back together; of a small archive each alone.
_MOST_BLOCKS = 2000
_TRIES = 3


class _Judge:
    """An actor: loads the model once, then answers for blocks of studies."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._predictor = work.load()

    def __call__(self, block: pa.Table) -> pa.Table:
        return to_table(
            [judge_study(self._predictor, self._work, study) for study in to_studies(block)]
        )


def to_items(studies: Sequence[ArchiveStudy]) -> list[dict[str, object]]:
    """Lay studies out for a block of Ray Data. A name that is no UTF-8 goes as its bytes."""
    return [
        {"path": study.path, "files": [os.fsencode(name) for name in study.files]}
        for study in studies
    ]


def to_studies(block: pa.Table) -> list[ArchiveStudy]:
    """Read the studies of a block."""
    return [
        ArchiveStudy(study["path"], tuple(map(os.fsdecode, study["files"])))
        for study in block.to_pylist()
    ]


def judge_on_ray(work: Work, studies: Sequence[ArchiveStudy], workers: int) -> Iterator[Row]:
    """Yield the row of each study as it is done, not in order.

    The cluster is the one that RAY_ADDRESS names, else one that is begun here and ends with this
    process. Its machines must see the archive and the model at the same paths. Raises
    SettingsError where Ray is not installed, and where no machine has the processors for a worker.
    """
    if find_spec("ray") is None:
        raise SettingsError(
            "Ray is not installed. Install it (pip install 'brainai[ray]'), or leave --engine out."
        )
    if not studies:
        return
    data = _start(work.threads)
    left = {study.path: study for study in studies}
    items = to_items(studies)
    blocks = data.from_items(items, override_num_blocks=min(len(items), _MOST_BLOCKS))
    judged = blocks.map_batches(
        _Judge,
        fn_constructor_args=(work,),
        batch_size=1,
        batch_format="pyarrow",
        compute=data.ActorPoolStrategy(size=workers),
        num_cpus=max(1, work.threads),
        ray_remote_args_fn=_once_more,
    )
    for table in judged.iter_batches(batch_size=None, batch_format="pyarrow"):
        for row in to_rows(table):
            del left[row.path]
            yield row
    for study in left.values():
        yield worker_died(study, load_spec(work.model_dir))


def _once_more() -> dict[str, int]:
    """Judge a study again when its worker has died, but not for ever, as Ray Data would."""
    return {"max_task_retries": 1}


def check_threads(threads: int, nodes: Sequence[Mapping[str, Any]]) -> None:
    """Refuse more threads than any machine has processors: Ray would wait for one for ever.

    nodes: as ray.nodes tells of them. Where there is no processor at all yet, machines are to come.
    Raises SettingsError.
    """
    most = max((int(node["Resources"].get("CPU", 0)) for node in nodes if node["Alive"]), default=0)
    if 0 < most < threads:
        raise SettingsError(
            f"BRAINAI_ENGINE_THREADS is {threads}, and no machine of the Ray cluster has more than "
            f"{most} processors. Set it to {most} or less."
        )


def _start(threads: int) -> Any:
    """Join or begin a cluster, quietly, and return ray.data. Raises SettingsError."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # nothing is sent anywhere
    import ray  # noqa: PLC0415  an extra, and slow to load
    import ray.data  # noqa: PLC0415

    if not ray.is_initialized():
        _join_or_begin(ray)
    check_threads(threads, ray.nodes())  # type: ignore[no-untyped-call]  # it has no types
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    # A block that ends its worker is left out, and its studies get a row that says so.
    context.max_errored_blocks = -1
    return ray.data


def _join_or_begin(ray: Any) -> None:
    """Call ray.init; once more where a busy machine did not keep its limit of half a minute."""
    for left in range(_TRIES - 1, -1, -1):
        try:
            ray.init(include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
        except Exception as error:  # Ray raises every kind
            ray.shutdown()
            if not left:
                raise SettingsError(
                    "The Ray cluster can't be reached, or begun on this machine. See that "
                    "RAY_ADDRESS is right, or leave --engine out."
                ) from error
        else:
            return

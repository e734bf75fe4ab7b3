"""What Ray is given; that it answers as this machine does is tested in test_run."""

import os

import pyarrow as pa
import pytest

from brainai.batch.archive import ArchiveStudy
from brainai.batch.on_ray import check_threads, to_items, to_studies
from brainai.errors import SettingsError


def test_studies_are_the_same_at_the_other_end_whatever_their_names() -> None:
    studies = [
        ArchiveStudy("a/Köln.nii", ("a/Köln.nii",)),
        ArchiveStudy("caf\\xe9", (os.fsdecode(b"caf\xe9/1"), os.fsdecode(b"caf\xe9/2"))),
    ]
    assert to_studies(pa.Table.from_pylist(to_items(studies))) == studies


def test_more_threads_than_any_machine_has_processors_are_refused() -> None:
    def node(processors: float, alive: bool = True) -> dict[str, object]:
        return {"Alive": alive, "Resources": {"CPU": processors, "memory": 1e9}}

    check_threads(2, [node(1.0), node(2.0)])
    check_threads(4, [{"Alive": True, "Resources": {}}])  # a head, whose workers are to come
    with pytest.raises(SettingsError, match="4, and no machine"):
        check_threads(4, [node(1.0), node(2.0), node(8.0, alive=False)])

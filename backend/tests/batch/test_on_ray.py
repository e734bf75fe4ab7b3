"""What Ray is given; that it answers as this machine does is tested in test_run."""

import os

import pyarrow as pa

from brainai.batch.archive import ArchiveStudy
from brainai.batch.on_ray import to_items, to_studies


def test_studies_are_the_same_at_the_other_end_whatever_their_names() -> None:
    studies = [
        ArchiveStudy("a/Köln.nii", ("a/Köln.nii",)),
        ArchiveStudy("caf\\xe9", (os.fsdecode(b"caf\xe9/1"), os.fsdecode(b"caf\xe9/2"))),
    ]
    assert to_studies(pa.Table.from_pylist(to_items(studies))) == studies

from dataclasses import fields, replace

import msgspec
import pytest

from brainai.batch.row import SCHEMA, Row, answered, failed, to_rows, to_table
from brainai.inference.predict import Predictor
from tests.conftest import REPOSITORY
from tests.files import png
from tests.study_predictions import asymmetric_volume, study_prediction


@pytest.fixture
def rows(predictor: Predictor) -> list[Row]:
    volume = study_prediction(predictor.spec, *asymmetric_volume())
    return [
        answered("a/volume.nii.gz", volume, 1.5),
        answered("slice.png", predictor.predict(png()), 0.25),
        failed("bad.nii.gz", predictor.spec, "unreadable_volume", "It is damaged.", 0.0),
    ]


def test_a_volume_is_told_with_its_measures(rows: list[Row]) -> None:
    row = rows[0]
    assert (row.kind, row.format, row.label, row.probability) == ("volume", "nifti", "tumor", 0.97)
    assert row.volume_ml == pytest.approx(3 * 4 * 3 * 0.9 * 1.1 * 4 / 1000)
    assert (row.slices, row.slices_judged, row.slices_tumor) == (12, 9, 3)
    assert row.error_code is None


def test_the_volume_of_a_lesion_is_unknown_where_the_model_outlines_nothing(
    predictor: Predictor,
) -> None:
    voxels, affine, lesion = asymmetric_volume()
    empty = replace(study_prediction(predictor.spec, voxels, affine, lesion), lesion=None)
    assert answered("a.nii.gz", empty, 1.5).volume_ml == 0
    file = msgspec.structs.replace(predictor.spec.file, lesion=None)
    spec = msgspec.structs.replace(predictor.spec, file=file)
    assert answered("a.nii.gz", replace(empty, spec=spec), 1.5).volume_ml is None


def test_a_picture_has_no_volume(rows: list[Row]) -> None:
    row = rows[1]
    assert (row.kind, row.slices, row.volume_ml) == ("slice", 1, None)


def test_a_failure_says_why_and_nothing_of_a_tumour(rows: list[Row]) -> None:
    row = rows[2]
    assert (row.label, row.probability) == (None, None)
    assert (row.error_code, row.error_detail) == ("unreadable_volume", "It is damaged.")


def test_every_row_names_its_weights(rows: list[Row], predictor: Predictor) -> None:
    assert {row.model_sha256 for row in rows} == {predictor.spec.file.sha256}
    assert {row.model for row in rows} == {"tiny 0.1.0"}


def test_rows_survive_the_table(rows: list[Row]) -> None:
    table = to_table(rows)
    assert table.schema == SCHEMA
    assert to_rows(table) == rows


def test_every_column_is_documented() -> None:
    told = (REPOSITORY / "docs" / "batch.md").read_text()
    assert [field.name for field in fields(Row) if f"| `{field.name}` |" not in told] == []

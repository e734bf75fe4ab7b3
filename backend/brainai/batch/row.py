"""One study -> one row of the table."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

import pyarrow as pa

from brainai.inference.findings import StudyPrediction
from brainai.inference.predict import Prediction
from brainai.inference.spec import ModelSpec
from brainai.labels import Label


@dataclass(frozen=True)
class Row:
    """What is said of one study; None where it does not apply. docs/batch.md says it in full.

    probability: calibrated P(tumour) of the study, or of the picture. slices, slices_judged,
    slices_tumor: how many there are, were not empty, are called a tumour. error_code: why there
    is no answer.
    """

    path: str
    kind: str | None = None
    format: str | None = None
    label: str | None = None
    probability: float | None = None
    threshold: float | None = None
    uncertain_reason: str | None = None
    volume_ml: float | None = None
    longest_axial_diameter_mm: float | None = None
    slice_of_largest_area: int | None = None
    slices: int | None = None
    slices_judged: int | None = None
    slices_tumor: int | None = None
    warnings: tuple[str, ...] = ()
    error_code: str | None = None
    error_detail: str | None = None
    model: str | None = None
    model_sha256: str | None = None
    duration_s: float = 0.0


_TYPES = {
    "str": pa.string(),
    "str | None": pa.string(),
    "float": pa.float64(),
    "float | None": pa.float64(),
    "int | None": pa.int32(),
    "tuple[str, ...]": pa.list_(pa.string()),
}


def _type_of(annotation: object) -> pa.DataType:
    return _TYPES[annotation.__name__ if isinstance(annotation, type) else str(annotation)]


SCHEMA = pa.schema([pa.field(field.name, _type_of(field.type)) for field in fields(Row)])


def to_table(rows: Sequence[Row]) -> pa.Table:
    """Lay rows out as a table of SCHEMA."""
    return pa.Table.from_pylist([asdict(row) for row in rows], schema=SCHEMA)


def to_rows(table: pa.Table) -> list[Row]:
    """Read the rows of a table of SCHEMA."""
    return [Row(**{**row, "warnings": tuple(row["warnings"])}) for row in table.to_pylist()]


def answered(path: str, prediction: Prediction | StudyPrediction, duration_s: float) -> Row:
    """Make the row of a study that was answered."""
    if isinstance(prediction, StudyPrediction):
        return _of_volume(path, prediction, duration_s)
    return Row(
        path=path,
        kind="slice",
        format=prediction.study.format,
        label=prediction.label.value,
        probability=prediction.probability,
        threshold=prediction.spec.decision.threshold,
        uncertain_reason=prediction.unsure.reason.value if prediction.unsure else None,
        slices=1,
        slices_judged=1,
        slices_tumor=int(prediction.label is Label.TUMOR),
        warnings=prediction.warnings,
        model=_name(prediction.spec),
        model_sha256=prediction.spec.file.sha256,
        duration_s=duration_s,
    )


def _of_volume(path: str, prediction: StudyPrediction, duration_s: float) -> Row:
    lesion = prediction.lesion
    outlines = prediction.spec.file.lesion is not None
    return Row(
        path=path,
        kind="volume",
        format=prediction.study.format,
        label=prediction.label.value,
        probability=prediction.probability,
        threshold=prediction.threshold,
        uncertain_reason=prediction.unsure.reason.value if prediction.unsure else None,
        volume_ml=lesion.volume_ml if lesion else 0.0 if outlines else None,
        longest_axial_diameter_mm=lesion.longest_axial_diameter_mm if lesion else None,
        slice_of_largest_area=lesion.slice_of_largest_area if lesion else None,
        slices=len(prediction.slices),
        slices_judged=sum(found.label is not None for found in prediction.slices),
        slices_tumor=sum(found.label is Label.TUMOR for found in prediction.slices),
        warnings=prediction.warnings,
        model=_name(prediction.spec),
        model_sha256=prediction.spec.file.sha256,
        duration_s=duration_s,
    )


def failed(path: str, spec: ModelSpec, code: str, detail: str, duration_s: float) -> Row:
    """Make the row of a study that has no answer."""
    return Row(
        path=path,
        error_code=code,
        error_detail=detail,
        model=_name(spec),
        model_sha256=spec.file.sha256,
        duration_s=duration_s,
    )


def _name(spec: ModelSpec) -> str:
    return f"{spec.name} {spec.version}"

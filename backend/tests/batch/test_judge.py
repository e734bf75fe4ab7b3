from dataclasses import replace
from pathlib import Path

import pytest

from brainai.batch.archive import ArchiveStudy
from brainai.batch.judge import Work, judge_study
from brainai.imaging.upload import Limits
from brainai.inference.predict import Predictor
from tests.files import MAX_PIXELS, dicom, png


@pytest.fixture
def work(tmp_path: Path, tiny_folder: Path) -> Work:
    (tmp_path / "a.png").write_bytes(png(1))
    (tmp_path / "bad.png").write_bytes(b"hello")
    (tmp_path / "knee").write_bytes(dicom(BodyPartExamined="KNEE"))
    limits = Limits(MAX_PIXELS, 2**24, 2**26, 100)
    return Work(tmp_path, tiny_folder, None, limits, 10**6, 1, False)


def _study(*names: str) -> ArchiveStudy:
    return ArchiveStudy(names[0], names)


def test_a_study_is_answered_as_predict_answers_it(work: Work, predictor: Predictor) -> None:
    row = judge_study(predictor, work, _study("a.png"))
    assert row.error_code is None
    assert row.probability == predictor.predict(png(1)).probability
    assert row.duration_s > 0


@pytest.mark.parametrize(
    ("names", "code"),
    [(["bad.png"], "unsupported_format"), (["absent.png"], "no_file"), (["knee"], "not_brain_mr")],
)
def test_what_can_not_be_answered_is_a_row_with_its_error(
    work: Work, predictor: Predictor, names: list[str], code: str
) -> None:
    row = judge_study(predictor, work, _study(*names))
    assert (row.path, row.error_code, row.label) == (names[0], code, None)
    assert row.error_detail


def test_what_is_refused_is_answered_when_it_is_forced(work: Work, predictor: Predictor) -> None:
    row = judge_study(predictor, replace(work, force=True), _study("knee"))
    assert row.label is not None
    assert "not_brain_mr" in row.warnings[0]


def test_the_limit_holds_for_all_files_of_a_study(work: Work, predictor: Predictor) -> None:
    small = replace(work, max_bytes=len(png(1)) + 2)
    assert judge_study(predictor, small, _study("a.png")).error_code is None
    assert judge_study(predictor, small, _study("a.png", "bad.png")).error_code == "too_large"


def test_a_fault_of_the_program_is_a_row_without_its_text(work: Work, predictor: Predictor) -> None:
    # A name that no file can have is a ValueError of the system, which nothing expects.
    row = judge_study(predictor, work, _study("a\0.png"))
    assert row.error_code == "internal_error"
    assert row.error_detail is not None
    assert "ValueError" in row.error_detail
    assert "null" not in row.error_detail


def test_the_work_loads_its_own_model(work: Work) -> None:
    assert work.load().spec.name == "tiny"

from dataclasses import replace

from brainai.api.job_answers import job_answer
from brainai.api.job_schemas import JobSchema
from brainai.jobs.job import Failure, JobState, StoredArtefact
from tests.jobs.test_job import JOB


def test_a_waiting_job_says_null_where_nothing_is_known_yet() -> None:
    told = JobSchema().dump(job_answer(JOB, None))
    assert JobSchema().validate(told) == {}
    assert (told["ended_at"], told["expires_at"], told["error"], told["result"]) == (None,) * 4
    assert told["created_at"] == "1970-01-01T00:00:00.000+00:00"
    assert (told["progress"], told["artefacts"]) == (0.25, [])


def test_a_failed_job_tells_why() -> None:
    failed = replace(
        JOB, state=JobState.FAILED, ended_at_s=60.0, failure=Failure("a_code", "Why.", True)
    )
    told = JobSchema().dump(job_answer(failed, 3660.0))
    assert told["error"] == {"code": "a_code", "detail": "Why.", "forceable": True}
    assert told["ended_at"] == "1970-01-01T00:01:00.000+00:00"
    assert told["expires_at"] == "1970-01-01T01:01:00.000+00:00"


def test_artefacts_are_told_by_where_they_are_from_the_root_of_the_api() -> None:
    stored = StoredArtefact("mask.dcm", "application/dicom", 7)
    (told,) = JobSchema().dump(job_answer(replace(JOB, artefacts=(stored,)), None))["artefacts"]
    assert told["href"] == f"/jobs/{JOB.id}/mask.dcm"
    assert (told["media_type"], told["size_bytes"]) == ("application/dicom", 7)

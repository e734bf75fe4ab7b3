import time
from dataclasses import replace

import pytest

from brainai.jobs.job import (
    ENDED,
    NEXT,
    Job,
    JobState,
    Stage,
    born_at_s,
    is_job_id,
    new_job_id,
)

JOB = Job(
    id=new_job_id(),
    state=JobState.RUNNING,
    stage=Stage.JUDGING,
    slices_done=3,
    slices_total=12,
    attempts=1,
    force=False,
    series=None,
    owner="x",
    created_at_s=0.0,
    ended_at_s=None,
    failure=None,
    result_json=None,
    artefacts=(),
)


def test_every_state_but_the_ends_leads_somewhere_and_all_can_be_reached() -> None:
    assert set(NEXT) == set(JobState)
    assert {JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED} == ENDED
    reached = {JobState.QUEUED}.union(*NEXT.values())
    assert reached == set(JobState)


def test_progress_is_counted_by_slices() -> None:
    assert JOB.progress == 0.25
    assert replace(JOB, slices_total=0, slices_done=0).progress == 0.0
    assert replace(JOB, state=JobState.SUCCEEDED).progress == 1.0


@pytest.mark.parametrize("state", JobState)
def test_a_job_has_ended_where_nothing_follows(state: JobState) -> None:
    assert replace(JOB, state=state).ended == (not NEXT[state])


def test_an_id_tells_its_age_and_nothing_else_that_could_be_guessed() -> None:
    one, other = new_job_id(), new_job_id()
    assert is_job_id(one)
    assert abs(born_at_s(one) - time.time()) < 5
    assert one[12:] != other[12:]


@pytest.mark.parametrize("text", ["", "x" * 32, "A" * 32, "0" * 31, "0" * 33, "../" + "0" * 29])
def test_what_is_no_id_is_taken_for_none(text: str) -> None:
    assert not is_job_id(text)

from dataclasses import replace
from pathlib import Path

import pytest

from brainai.api.served_jobs import ServedJobs
from brainai.api.settings import Settings
from brainai.errors import StoreUnavailable
from brainai.jobs.job import new_job_id


def test_nothing_is_touched_before_jobs_are_asked_for(settings: Settings, tmp_path: Path) -> None:
    state = tmp_path / "state"
    config = replace(
        settings.jobs,
        state_dir=state,
        database_url=f"sqlite:///{state}/jobs.sqlite3",
        files_url=f"file://{state}/files",
    )
    served = ServedJobs(config)
    served.close()
    assert not state.exists()
    assert served.service() is served.service()
    assert state.is_dir()
    served.close()


def test_a_database_that_comes_later_is_found(settings: Settings, tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_bytes(b"")
    url = f"sqlite:///{blocked}/jobs.sqlite3"
    served = ServedJobs(replace(settings.jobs, database_url=url, state_dir=tmp_path))
    with pytest.raises(StoreUnavailable):
        served.service()
    blocked.unlink()
    assert served.service().store.find(new_job_id()) is None
    served.close()

from pathlib import Path

import pytest

from brainai.api.settings import SETTINGS, read_settings
from brainai.errors import SettingsError


def test_an_empty_environment_gives_the_defaults_of_the_table() -> None:
    settings = read_settings({})
    assert (settings.max_upload_bytes, settings.max_predict_bytes) == (500 * 2**20, 128 * 2**20)
    assert (settings.max_pixels, settings.max_voxels) == (2**24, 2**28)
    assert (settings.max_files, settings.max_unpacked_bytes) == (4096, 2**31)
    assert settings.cors_origins == ("http://127.0.0.1:5173", "http://localhost:5173")
    assert (settings.host, settings.port, settings.log_level) == ("127.0.0.1", 8000, "info")
    assert (settings.engine_threads, settings.server_threads, settings.max_streams) == (0, 12, 8)
    assert (settings.max_queued, settings.job_tries, settings.lease_s) == (64, 2, 30)
    assert settings.keep_s == 24 * 60 * 60


def test_without_urls_everything_lies_in_the_state_folder(tmp_path: Path) -> None:
    settings = read_settings({"BRAINAI_STATE_DIR": str(tmp_path)})
    assert settings.database_url == f"sqlite:///{tmp_path}/jobs.sqlite3"
    assert settings.files_url == f"file://{tmp_path}/files"
    assert settings.queue_url == ""


def test_the_state_folder_may_be_named_from_the_home_or_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert read_settings({}).state_dir == tmp_path / ".local" / "state" / "brainai"
    assert read_settings({"BRAINAI_STATE_DIR": "here"}).state_dir == tmp_path / "here"


def test_some_threads_are_left_for_other_requests_than_streams() -> None:
    assert read_settings({"BRAINAI_SERVER_THREADS": "4"}).max_streams == 3


def test_a_prediction_may_not_be_larger_than_a_job() -> None:
    assert read_settings({"BRAINAI_MAX_UPLOAD_BYTES": "10"}).max_predict_bytes == 10


def test_a_password_in_a_url_is_never_told() -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({"BRAINAI_DATABASE_URL": "mysql://user:secret@db/brainai"})
    assert "secret" not in caught.value.message


def test_every_variable_is_read() -> None:
    settings = read_settings(
        {
            "BRAINAI_MODEL_DIR": "elsewhere",
            "BRAINAI_MULTI_MODEL_DIR": "further",
            "BRAINAI_MAX_UPLOAD_BYTES": "10",
            "BRAINAI_MAX_PREDICT_BYTES": "9",
            "BRAINAI_MAX_FILES": "7",
            "BRAINAI_MAX_UNPACKED_BYTES": "30",
            "BRAINAI_MAX_PIXELS": "20",
            "BRAINAI_MAX_VOXELS": "40",
            "BRAINAI_CORS_ORIGINS": "https://a.example, http://b.example:8080/",
            "BRAINAI_ENGINE_THREADS": "2",
            "BRAINAI_HOST": "::1",
            "BRAINAI_PORT": "8100",
            "BRAINAI_SERVER_THREADS": "3",
            "BRAINAI_MAX_STREAMS": "1",
            "BRAINAI_STATE_DIR": "/state",
            "BRAINAI_DATABASE_URL": "postgresql://db/brainai",
            "BRAINAI_QUEUE_URL": "redis://queue:6379/0",
            "BRAINAI_FILES_URL": "s3://bucket/brainai",
            "BRAINAI_MAX_QUEUED": "5",
            "BRAINAI_KEEP_S": "60",
            "BRAINAI_JOB_TRIES": "4",
            "BRAINAI_LEASE_S": "3",
            "BRAINAI_LOG_LEVEL": "DEBUG",
        }
    )
    assert settings.model_dirs == [settings.model_dir, settings.multi_model_dir]
    assert settings.model_dirs == [Path("elsewhere"), Path("further")]
    assert (settings.max_upload_bytes, settings.max_predict_bytes) == (10, 9)
    assert (settings.max_files, settings.max_unpacked_bytes) == (7, 30)
    assert (settings.max_pixels, settings.max_voxels) == (20, 40)
    assert (settings.max_streams, settings.state_dir) == (1, Path("/state"))
    assert settings.database_url == "postgresql://db/brainai"
    assert settings.queue_url == "redis://queue:6379/0"
    assert settings.files_url == "s3://bucket/brainai"
    assert (settings.max_queued, settings.keep_s) == (5, 60)
    assert (settings.job_tries, settings.lease_s) == (4, 3)
    assert settings.cors_origins == ("https://a.example", "http://b.example:8080")
    assert (settings.engine_threads, settings.server_threads) == (2, 3)
    assert (settings.host, settings.port, settings.log_level) == ("::1", 8100, "debug")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BRAINAI_MAX_UPLOAD_BYTES", "20MB"),
        ("BRAINAI_MAX_UPLOAD_BYTES", "0"),
        ("BRAINAI_MAX_PIXELS", "-1"),
        ("BRAINAI_MAX_PIXELS", ""),
        ("BRAINAI_PORT", "65536"),
        ("BRAINAI_PORT", "\uff18\uff10"),
        ("BRAINAI_PORT", "9" * 5000),
        ("BRAINAI_ENGINE_THREADS", "1.5"),
        ("BRAINAI_SERVER_THREADS", "0"),
        ("BRAINAI_CORS_ORIGINS", "*"),
        ("BRAINAI_CORS_ORIGINS", "http://*.example.org"),
        ("BRAINAI_CORS_ORIGINS", "example.org"),
        ("BRAINAI_CORS_ORIGINS", "http://example.org/path"),
        ("BRAINAI_CORS_ORIGINS", "http://[broken"),
        ("BRAINAI_HOST", " "),
        ("BRAINAI_HOST", "\udcff"),
        ("BRAINAI_STATE_DIR", " "),
        ("BRAINAI_STATE_DIR", "~nobody-is-called-so/x"),
        ("BRAINAI_DATABASE_URL", "mysql://db/brainai"),
        ("BRAINAI_QUEUE_URL", "amqp://queue"),
        ("BRAINAI_JOB_TRIES", "0"),
        ("BRAINAI_LEASE_S", "1"),
        ("BRAINAI_LOG_LEVEL", "loud"),
    ],
)
def test_a_value_that_can_not_be_used_is_named_in_one_sentence(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({name: value})
    assert name in caught.value.message
    assert "expected" in caught.value.message
    assert len(caught.value.message) < 300


def test_the_model_for_more_sequences_is_the_one_beside_where_none_is_named(
    tmp_path: Path,
) -> None:
    own = {"BRAINAI_MODEL_DIR": str(tmp_path / "flair-resnet50")}
    assert read_settings(own).multi_model_dir is None
    beside = tmp_path / "flair-t1c-t2-resnet50"
    beside.mkdir()
    assert read_settings(own).multi_model_dir == beside
    assert read_settings({**own, "BRAINAI_MULTI_MODEL_DIR": " "}).multi_model_dir is None
    # It answers for FLAIR too, where it is chosen.
    assert read_settings({"BRAINAI_MODEL_DIR": str(beside)}).multi_model_dir is None


def test_no_origin_may_be_allowed() -> None:
    assert read_settings({"BRAINAI_CORS_ORIGINS": ""}).cors_origins == ()


def test_the_model_of_the_working_directory_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    of_the_repository = read_settings({}).model_dir
    (tmp_path / "models" / "flair-resnet50").mkdir(parents=True)
    assert read_settings({}).model_dir == Path("models/flair-resnet50")
    assert of_the_repository == Path(__file__).resolve().parents[3] / "models" / "flair-resnet50"


def test_every_setting_has_a_unit_and_a_line_of_help() -> None:
    for setting in SETTINGS:
        assert setting.name.startswith("BRAINAI_")
        assert setting.unit
        assert setting.help.endswith(".")

from pathlib import Path

import pytest

from brainai.api.settings import SETTINGS, read_settings
from brainai.errors import SettingsError


def test_an_empty_environment_gives_the_defaults_of_the_table() -> None:
    settings = read_settings({})
    assert settings.max_upload_bytes == 20 * 1024 * 1024
    assert settings.max_pixels == 16_777_216
    assert settings.cors_origins == ("http://127.0.0.1:5173", "http://localhost:5173")
    assert (settings.host, settings.port, settings.log_level) == ("127.0.0.1", 8000, "info")
    assert (settings.engine_threads, settings.server_threads) == (0, 4)


def test_every_variable_is_read() -> None:
    settings = read_settings(
        {
            "BRAINAI_MODEL_DIR": "elsewhere",
            "BRAINAI_MAX_UPLOAD_BYTES": "10",
            "BRAINAI_MAX_PIXELS": "20",
            "BRAINAI_CORS_ORIGINS": "https://a.example, http://b.example:8080/",
            "BRAINAI_ENGINE_THREADS": "2",
            "BRAINAI_HOST": "::1",
            "BRAINAI_PORT": "8100",
            "BRAINAI_SERVER_THREADS": "3",
            "BRAINAI_LOG_LEVEL": "DEBUG",
        }
    )
    assert settings.model_dir == Path("elsewhere")
    assert (settings.max_upload_bytes, settings.max_pixels) == (10, 20)
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
        ("BRAINAI_LOG_LEVEL", "loud"),
    ],
)
def test_a_value_that_can_not_be_used_is_named_in_one_sentence(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({name: value})
    assert name in caught.value.message
    assert "expected" in caught.value.message
    assert len(caught.value.message) < 300


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

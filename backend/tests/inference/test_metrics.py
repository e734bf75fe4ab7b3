from pathlib import Path

import msgspec
import pytest

from brainai.errors import ModelError
from brainai.inference.metrics import load_metrics
from brainai.inference.spec import load_spec
from tests.tiny_model import tiny_metrics, write_json


def test_the_figures_of_a_folder_are_read(tiny_folder: Path) -> None:
    metrics = load_metrics(tiny_folder, load_spec(tiny_folder))
    assert metrics is not None
    assert metrics.figures[0].auroc is not None
    assert metrics.figures[0].auroc.value == 0.9
    assert metrics.figures[0].accuracy is None


def test_what_is_written_is_what_is_read(tiny_folder: Path) -> None:
    spec = load_spec(tiny_folder)
    assert load_metrics(tiny_folder, spec) == tiny_metrics(spec.file.sha256)


def test_a_folder_may_have_no_figures(own_folder: Path) -> None:
    (own_folder / "metrics.json").unlink()
    assert load_metrics(own_folder, load_spec(own_folder)) is None


def test_figures_of_another_file_are_refused(own_folder: Path) -> None:
    write_json(own_folder / "metrics.json", tiny_metrics("0" * 64))
    with pytest.raises(ModelError, match="another ONNX file"):
        load_metrics(own_folder, load_spec(own_folder))


@pytest.mark.parametrize("changes", [{"version": "0.0.9"}, {"model": "another"}])
def test_figures_of_another_version_are_refused(own_folder: Path, changes: dict[str, str]) -> None:
    spec = load_spec(own_folder)
    changed = msgspec.structs.replace(tiny_metrics(spec.file.sha256), **changes)
    write_json(own_folder / "metrics.json", changed)
    with pytest.raises(ModelError, match=r"metrics\.json was measured on"):
        load_metrics(own_folder, spec)


def test_figures_of_another_format_are_refused(own_folder: Path) -> None:
    spec = load_spec(own_folder)
    changed = msgspec.structs.replace(tiny_metrics(spec.file.sha256), format=9)
    write_json(own_folder / "metrics.json", changed)
    with pytest.raises(ModelError, match="format 9"):
        load_metrics(own_folder, spec)


@pytest.mark.parametrize("text", ["", "{}", '{"surprise": 1}'])
def test_malformed_figures_are_refused(own_folder: Path, text: str) -> None:
    (own_folder / "metrics.json").write_text(text)
    with pytest.raises(ModelError, match="not valid"):
        load_metrics(own_folder, load_spec(own_folder))

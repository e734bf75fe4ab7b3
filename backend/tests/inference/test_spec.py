import json
from pathlib import Path
from typing import Any

import pytest

from brainai.errors import ModelError
from brainai.inference.spec import load_spec
from brainai.labels import Label


def _alter(folder: Path, **changes: Any) -> None:
    spec = json.loads((folder / "model.json").read_text())
    spec.update(changes)
    (folder / "model.json").write_text(json.dumps(spec))


def test_a_folder_written_by_export_is_read(tiny_folder: Path) -> None:
    spec = load_spec(tiny_folder)
    assert spec.name == "tiny"
    assert spec.labels == (Label.NO_TUMOR, Label.TUMOR)
    assert spec.decision.uncertain_band.low == 0.4


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"format": 2}, "format 2; this version reads 1"),
        ({"surprise": 1}, "unknown field `surprise`"),
        ({"labels": ["tumor", "tumor"]}, "once each"),
        ({"labels": ["tumor", "uncertain"]}, "once each"),
        ({"sequences": ["CT"]}, "not valid"),
        ({"input": {"size_px": 64, "crop": "guess"}}, "not valid"),
        ({"decision": {}}, "missing required field"),
    ],
)
def test_a_spec_that_can_not_be_followed_is_refused(
    own_folder: Path, changes: dict[str, Any], said: str
) -> None:
    _alter(own_folder, **changes)
    with pytest.raises(ModelError) as caught:
        load_spec(own_folder)
    assert said in caught.value.message


def test_a_spec_that_is_no_json_is_refused(own_folder: Path) -> None:
    (own_folder / "model.json").write_text("{")
    with pytest.raises(ModelError, match="not valid"):
        load_spec(own_folder)


def test_a_folder_without_a_spec_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="BRAINAI_MODEL_DIR"):
        load_spec(tmp_path)


def test_another_onnx_file_than_the_one_that_is_named_is_refused(own_folder: Path) -> None:
    with (own_folder / "model.onnx").open("ab") as stream:
        stream.write(b"\0")
    with pytest.raises(ModelError, match="sha256 differs"):
        load_spec(own_folder)


def test_a_missing_onnx_file_is_refused(own_folder: Path) -> None:
    (own_folder / "model.onnx").unlink()
    with pytest.raises(ModelError, match="not in the folder"):
        load_spec(own_folder)


def test_no_refusal_holds_a_path(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        load_spec(tmp_path)
    assert str(tmp_path) not in caught.value.message

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import numpy as np
import pytest

from brainai.errors import ModelError
from brainai.inference.runtime import (
    ENGINE,
    Outputs,
    Runtime,
    begin,
    compile_parts,
    engine_config,
    infer,
)
from brainai.inference.spec import GateFile, load_spec
from tests.tiny_model import CELL_PX, SIZE_PX, write_tiny_model

RNG = np.random.default_rng(7)


def _tensor(count: int = 1) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return RNG.normal(size=(count, 1, SIZE_PX, SIZE_PX)).astype(np.float32)


def test_every_output_has_its_shape(tiny_folder: Path) -> None:
    outputs = Runtime(tiny_folder, load_spec(tiny_folder).file).run(_tensor(3))
    cells = SIZE_PX // CELL_PX
    shapes = {
        "logits": (3, 2),
        "evidence": (3, cells, cells),
        "lesion": (3, SIZE_PX, SIZE_PX),
        "gate": (3, 3),
        "distance": (3,),
    }
    for name, shape in shapes.items():
        given = getattr(outputs, name)
        assert given.shape == shape
        assert given.dtype == np.float32


def test_a_model_may_have_logits_alone(tmp_path: Path) -> None:
    spec = write_tiny_model(tmp_path, with_evidence=False, with_lesion=False, gate=None)
    outputs = Runtime(tmp_path, spec.file).run(_tensor())
    assert outputs == Outputs(outputs.logits)


def test_a_batch_answers_as_its_parts_do(tiny_folder: Path) -> None:
    runtime, tensor = Runtime(tiny_folder, load_spec(tiny_folder).file), _tensor(4)
    parts = np.concatenate([runtime.run(tensor[i : i + 1]).logits for i in range(4)])
    np.testing.assert_allclose(runtime.run(tensor).logits, parts, atol=1e-5)


def test_eight_threads_get_the_same_logits_as_one(tiny_folder: Path) -> None:
    runtime = Runtime(tiny_folder, load_spec(tiny_folder).file, threads=1)
    tensors = [_tensor() for _ in range(64)]
    alone = [runtime.run(tensor).logits for tensor in tensors]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda tensor: runtime.run(tensor).logits, tensors))
    np.testing.assert_array_equal(np.stack(together), np.stack(alone))


def test_an_answer_is_kept_when_the_next_one_is_asked_for(tiny_folder: Path) -> None:
    runtime = Runtime(tiny_folder, load_spec(tiny_folder).file)
    first = runtime.run(_tensor()).logits
    kept = first.copy()
    runtime.run(_tensor())
    np.testing.assert_array_equal(first, kept)


@pytest.mark.parametrize("precision", ["bfloat16", "int8"])
def test_lower_precision_stays_close_and_repeats_itself(tiny_folder: Path, precision: str) -> None:
    file = load_spec(tiny_folder).file
    exact, tensor = Runtime(tiny_folder, file), _tensor(2)
    rough = Runtime(tiny_folder, msgspec.structs.replace(file, precision=precision))
    np.testing.assert_allclose(rough.run(tensor).logits, exact.run(tensor).logits, atol=0.05)
    np.testing.assert_array_equal(rough.run(tensor).logits, rough.run(tensor).logits)


@pytest.mark.parametrize("change", [{"logits": "nothing"}, {"lesion": "nothing"}])
def test_an_output_that_the_file_lacks_is_refused(
    tiny_folder: Path, change: dict[str, str]
) -> None:
    file = msgspec.structs.replace(load_spec(tiny_folder).file, **change)
    with pytest.raises(ModelError, match="can't load"):
        Runtime(tiny_folder, file)


def test_a_gate_in_a_file_of_its_own_answers_when_asked_and_else_does_not_run(
    own_folder: Path,
) -> None:
    shutil.copy(own_folder / "model.onnx", own_folder / "gate.onnx")
    file = load_spec(own_folder).file
    file = msgspec.structs.replace(file, gate_file=GateFile("gate.onnx", ""))
    parts, tensor = compile_parts(own_folder, file, engine_config(file.precision)), _tensor()
    requests = begin(parts)
    asked = infer(parts, requests, tensor)
    assert asked.gate is not None
    assert asked.distance is not None
    requests[1].infer([np.zeros_like(tensor)], share_inputs=True)
    spared = infer(parts, requests, tensor, gated=False)
    np.testing.assert_array_equal(spared.logits, asked.logits)
    assert (spared.gate, spared.distance) == (None, None)
    assert not requests[1].get_input_tensor(0).data.any()  # still what it was given last


def test_a_gate_in_the_same_file_is_left_out_where_it_is_not_asked(tiny_folder: Path) -> None:
    file = load_spec(tiny_folder).file
    parts = compile_parts(tiny_folder, file, engine_config(file.precision))
    spared = infer(parts, begin(parts), _tensor(), gated=False)
    assert (spared.gate, spared.distance) == (None, None)
    assert spared.lesion is not None


def test_a_file_that_is_no_onnx_is_refused(own_folder: Path) -> None:
    file = load_spec(own_folder).file
    (own_folder / "model.onnx").write_bytes(b"not a model")
    with pytest.raises(ModelError, match="can't load"):
        Runtime(own_folder, file)


def test_the_engine_names_itself_with_its_version() -> None:
    assert ENGINE.split()[0] == "OpenVINO"
    assert ENGINE.split()[1][0].isdigit()

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from brainai.errors import ModelError
from brainai.inference.runtime import Runtime
from brainai.inference.spec import load_spec
from brainai.inference.study_runtime import StudyRuntime
from tests.tiny_model import SIZE_PX


@pytest.fixture(scope="module")
def tensors() -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.random.default_rng(0).normal(size=(12, 1, SIZE_PX, SIZE_PX)).astype(np.float32)


def test_a_study_is_judged_as_its_slices_alone_are(
    tiny_folder: Path, tensors: np.ndarray[tuple[int, ...], np.dtype[np.float32]]
) -> None:
    spec = load_spec(tiny_folder).file
    whole = StudyRuntime(tiny_folder, spec, 1).run(tensors, gated=True)
    alone = Runtime(tiny_folder, spec, 1).run(tensors)
    for name in ("logits", "lesion", "gate", "distance"):
        assert np.allclose(getattr(whole, name), getattr(alone, name), atol=1e-5)
    assert whole.evidence is None


def test_more_threads_than_streams_share_them(
    tiny_folder: Path, tensors: np.ndarray[tuple[int, ...], np.dtype[np.float32]]
) -> None:
    runtime = StudyRuntime(tiny_folder, load_spec(tiny_folder).file, 1)
    expected = runtime.run(tensors, gated=False).logits
    with ThreadPoolExecutor(runtime.workers + 4) as pool:
        said = list(pool.map(lambda each: runtime.run(each[None], gated=False).logits[0], tensors))
    assert np.allclose(said, expected, atol=1e-5)


def test_a_run_that_fails_gives_its_stream_back(tiny_folder: Path) -> None:
    runtime = StudyRuntime(tiny_folder, load_spec(tiny_folder).file, 1)
    for _ in range(runtime.workers + 1):
        with pytest.raises(RuntimeError):
            runtime.run(np.zeros((1, 3, SIZE_PX, SIZE_PX), np.float32), gated=True)
    blank = np.zeros((1, 1, SIZE_PX, SIZE_PX), np.float32)
    assert runtime.run(blank, gated=True).logits.shape == (1, 2)


def test_a_file_that_can_not_be_loaded_is_a_model_error(own_folder: Path) -> None:
    spec = load_spec(own_folder).file
    (own_folder / "model.onnx").write_bytes(b"not a network")
    with pytest.raises(ModelError):
        StudyRuntime(own_folder, spec)

import threading
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from brainai.api.served_model import ServedModel
from brainai.api.server import load_predictor
from brainai.api.settings import Settings
from brainai.errors import NotReady
from brainai.inference.predict import Predictor


def _started(folder: Path, settings: Settings) -> ServedModel:
    model = ServedModel(folder, partial(load_predictor, settings))
    model.start()
    model.wait(30)
    return model


def test_a_good_folder_becomes_ready(tiny_folder: Path, settings: Settings) -> None:
    model = _started(tiny_folder, settings)
    assert (model.ready, model.failed) == (True, False)
    assert model.predictor().spec.name == "tiny"
    ((spec, metrics),) = model.described()
    assert metrics is not None
    assert metrics.sha256 == spec.file.sha256


def test_while_it_loads_it_says_that_it_is_starting(tiny_folder: Path, settings: Settings) -> None:
    gate = threading.Event()

    def load_late(folder: Path) -> Predictor:
        gate.wait(30)
        return load_predictor(settings, folder)

    model = ServedModel(tiny_folder, load_late)
    model.start()
    assert (model.ready, model.failed) == (False, False)
    assert model.spec is None
    for ask in (model.predictor, model.described):
        with pytest.raises(NotReady, match="still starting"):
            ask()
    gate.set()
    model.wait(30)
    assert model.ready


def test_an_empty_folder_fails_with_the_reason(tmp_path: Path, settings: Settings) -> None:
    model = _started(tmp_path, settings)
    with pytest.raises(NotReady, match=r"no model\.json"):
        model.predictor()


def test_altered_golden_logits_fail_but_the_model_is_still_described(
    own_folder: Path, settings: Settings
) -> None:
    with np.load(own_folder / "golden.npz") as golden:
        tensor, logits = golden["tensor"], golden["logits"]
    np.savez(own_folder / "golden.npz", tensor=tensor, logits=logits + 1)
    model = _started(own_folder, settings)
    assert (model.ready, model.failed) == (False, True)
    with pytest.raises(NotReady, match="golden logits"):
        model.predictor()
    assert model.described()[0][0].name == "tiny"


def test_malformed_figures_fail_with_the_reason(own_folder: Path, settings: Settings) -> None:
    (own_folder / "metrics.json").write_text("{}")
    with pytest.raises(NotReady, match=r"metrics\.json"):
        _started(own_folder, settings).predictor()


def test_a_failure_that_nobody_foresaw_names_its_kind_and_no_more(tmp_path: Path) -> None:
    def burst(folder: Path) -> Predictor:
        raise ZeroDivisionError(str(folder))

    model = ServedModel(tmp_path, burst)
    model.start()
    model.wait(30)
    with pytest.raises(NotReady, match="ZeroDivisionError") as caught:
        model.predictor()
    assert str(tmp_path) not in caught.value.message

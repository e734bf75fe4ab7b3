import dataclasses
import shutil
from pathlib import Path
from urllib.error import URLError

import pytest
import torch
from msgspec.structs import replace
from safetensors.torch import save_file
from torchvision.models import ResNet50_Weights

from brainai.inference.metrics import load_metrics
from brainai.inference.runtime import Runtime
from brainai.inference.spec import load_spec
from brainai_training import gate_run
from brainai_training.config import PackageImages
from brainai_training.errors import DataError
from brainai_training.gate_images import FLAIR, GateImages, gather_images, gather_made
from brainai_training.gate_run import GATE_NAME, gate_folder, make_gates, measure_gates
from brainai_training.gate_series import FLAIR_SERIES
from brainai_training.gate_stem import as_batch, make_stem
from brainai_training.tensors import TensorStore
from tests.conftest import Trained
from tests.making import (
    NOT_BRAIN_MR,
    SMOKE,
    WRONG_SEQUENCE,
    config_with,
    dicom_ct,
    package,
    write_sequences,
    write_wheel,
)


def test_refusals_of_the_smoke_run_are_counted_by_kind(
    trained: Trained, store: TensorStore
) -> None:
    metrics = load_metrics(trained.out, load_spec(trained.out))
    assert metrics is not None
    figures = {figure.title: figure for figure in metrics.refusals}
    flair = figures[FLAIR]
    assert not flair.should_refuse
    assert flair.with_true_reason is None
    assert flair.images == len(store.find(stripped=False, volume_stats=False))
    series = figures[FLAIR_SERIES]
    assert not series.should_refuse
    assert series.refused_or_warned is None
    assert series.images == len({row.patient for row in store.rows})
    others = [figure for figure in metrics.refusals if figure.should_refuse]
    assert len(others) >= 8
    for figure in others:
        assert figure.with_true_reason is not None
        assert figure.with_true_reason <= figure.refused <= 1
        assert figure.images > 0
        if "series" not in figure.title:
            assert figure.refused_or_warned is not None
            assert figure.refused <= figure.refused_or_warned <= 1
    assert figures["noise"].refused > 0.9
    assert figures["text"].refused > 0.9


def test_the_gates_of_the_folds_are_three_files_and_the_last_is_shipped(trained: Trained) -> None:
    folder = gate_folder(trained.work, SMOKE)
    files = {(folder / f"{name}.onnx").read_bytes() for name in ("fold0", "fold1", "final")}
    assert len(files) == 3
    assert (trained.out / GATE_NAME).read_bytes() == (folder / "final.onnx").read_bytes()


def test_the_shipped_folder_says_gate_and_distance_of_each_slice(
    trained: Trained, store: TensorStore
) -> None:
    spec = load_spec(trained.out)
    tensors = as_batch(store.tensors[:3], spec.input)
    outputs = Runtime(trained.out, spec.file).run(tensors)
    assert outputs.gate is not None
    assert outputs.distance is not None
    assert outputs.gate.shape == (3, 3)
    assert outputs.distance.min() >= 0


def test_an_image_is_in_the_fold_of_its_patient(
    store: TensorStore, phantom_data: Path, tmp_path: Path
) -> None:
    images = gather_images(store, SMOKE, phantom_data, tmp_path)
    fold_of = {row.patient: row.fold for row in store.rows}
    heads = [k for k, group in enumerate(images.group.tolist()) if group in fold_of]
    assert [images.fold[k] for k in heads] == [fold_of[images.group[k]] for k in heads]
    folds: dict[str, set[int]] = {}
    for group, fold in zip(images.group.tolist(), images.fold.tolist(), strict=True):
        folds.setdefault(group, set()).add(fold)
    assert all(len(found) == 1 for found in folds.values())


def test_what_is_made_anew_is_in_the_fold_of_its_patient(
    store: TensorStore, tmp_path: Path
) -> None:
    patients = sorted({row.patient for row in store.rows})[:2]
    for name in patients:
        write_sequences(tmp_path / "phantoms", name, before=True, after=False)
    fold_of = {row.patient: row.fold for row in store.rows}
    made = gather_made(store, SMOKE, tmp_path)
    assert set(made.group) == set(patients)
    assert [fold_of[group] for group in made.group.tolist()] == made.fold.tolist()
    assert made.tensors.shape[1:] == store.tensors.shape[1:]
    assert set(made.kind) == {0, WRONG_SEQUENCE}


def test_where_no_head_has_a_t1_none_is_made(store: TensorStore, phantom_data: Path) -> None:
    assert len(gather_made(store, SMOKE, phantom_data).kind) == 0


def test_the_images_of_packages_are_among_them(
    store: TensorStore, phantom_data: Path, tmp_path: Path
) -> None:
    wheel = write_wheel(
        tmp_path / "packages", {"knees/1.dcm": dicom_ct(), "knees/2.dcm": dicom_ct()}
    )
    knees = PackageImages("knees/*.dcm", "not_brain_mr", "CT", "knees")
    images = gather_images(
        store, config_with(packages=(package(wheel, knees),)), phantom_data, tmp_path
    )
    here = images.title == "CT"
    assert here.sum() == 6
    assert set(images.kind[here]) == {NOT_BRAIN_MR}
    assert len(set(images.fold[here])) == 1
    assert not images.plain[here].any()


def test_without_the_gates_of_the_folds_nothing_is_measured(
    store: TensorStore, phantom_data: Path, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=r"fold0\.onnx is not there\. The gates"):
        measure_gates(store, SMOKE, phantom_data, tmp_path)


def test_gates_of_other_data_measure_nothing_and_are_not_taken_over(
    trained: Trained, store: TensorStore, phantom_data: Path
) -> None:
    dealt_anew = [replace(row, fold=1 - row.fold) for row in store.rows]
    other = dataclasses.replace(store, rows=dealt_anew)
    with pytest.raises(DataError, match="fitted on other data"):
        measure_gates(other, SMOKE, phantom_data, trained.work)
    taken = config_with(name="more", gate_of="smoke")
    with pytest.raises(DataError, match="fitted on other data"):
        make_gates(other, taken, phantom_data, None, trained.work)


def test_the_stem_sees_where_something_is_bright() -> None:
    stem = make_stem(None, pretrained=False)
    left, right = torch.zeros(1, 1, 64, 64), torch.zeros(1, 1, 64, 64)
    left[..., :32], right[..., 32:] = 1.0, 1.0
    with torch.inference_mode():
        features, maps = zip(stem(left), stem(right), strict=True)
    assert float((features[0] - features[1]).abs().max()) > 0.01
    assert float((maps[0] - maps[1]).abs().max()) > 0.01


class Fitting(Exception):
    """A gate is about to be fitted."""


def _stop_fitting(monkeypatch: pytest.MonkeyPatch) -> None:
    def gather(*_: object) -> GateImages:
        raise Fitting

    monkeypatch.setattr(gate_run, "gather_images", gather)


def test_the_gate_of_another_configuration_is_taken_as_it_is(
    trained: Trained,
    store: TensorStore,
    phantom_data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = config_with(name="more", gate_of="smoke")
    assert gate_folder(trained.work, other) == gate_folder(trained.work, SMOKE)
    before = (gate_folder(trained.work, SMOKE) / "final.onnx").stat().st_mtime_ns
    make_gates(store, other, phantom_data, None, trained.work)
    assert (gate_folder(trained.work, SMOKE) / "final.onnx").stat().st_mtime_ns == before

    _stop_fitting(monkeypatch)
    with pytest.raises(Fitting):  # where it is not there, whoever is trained first makes it
        make_gates(store, other, phantom_data, None, tmp_path)


def test_gates_that_were_not_all_fitted_are_of_no_data(
    trained: Trained,
    store: TensorStore,
    phantom_data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shutil.copytree(gate_folder(trained.work, SMOKE), gate_folder(tmp_path, SMOKE))
    measure_gates(store, SMOKE, phantom_data, tmp_path)

    _stop_fitting(monkeypatch)
    with pytest.raises(Fitting):
        make_gates(store, SMOKE, phantom_data, None, tmp_path)
    with pytest.raises(DataError, match="fitted on other data"):
        measure_gates(store, SMOKE, phantom_data, tmp_path)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"conv1.weight": torch.zeros(1, 3, 3, 3)}, "is not a torchvision ResNet-50 state dict"),
        ({"module.conv1.weight": torch.zeros(64, 3, 7, 7)}, "is not a whole ResNet-50"),
    ],
)
def test_weights_of_another_network_are_named(
    tmp_path: Path, state: dict[str, torch.Tensor], said: str
) -> None:
    save_file(state, tmp_path / "other.safetensors")
    with pytest.raises(DataError, match=rf"other\.safetensors {said}"):
        make_stem(tmp_path / "other.safetensors", pretrained=True)


def test_weights_that_can_not_be_downloaded_are_said_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object, **given: object) -> None:
        raise URLError("no network")

    monkeypatch.setattr(ResNet50_Weights, "get_state_dict", fail)
    with pytest.raises(DataError, match=r"can't be downloaded.*no network.* --weights FILE"):
        make_stem(None, pretrained=True)

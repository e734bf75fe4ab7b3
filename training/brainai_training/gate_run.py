"""The gates of all folds and the shipped one: fitted, written, measured on what they never saw."""

import hashlib
import shutil
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from brainai.imaging.study import Facts
from brainai.inference.gate import Refusal, check_outputs, warn_of_doubt
from brainai.inference.metrics import RefusalFigure
from brainai.inference.runtime import Outputs, Runtime
from brainai.inference.spec import GATE_KINDS, FileSpec, GateFile, GateSpec
from brainai_training.config import Config
from brainai_training.errors import DataError
from brainai_training.export import export_float, halve
from brainai_training.gate import (
    Examples,
    MadeExamples,
    ask_gate,
    choose_limits,
    fit_gate,
)
from brainai_training.gate_images import GateImages, double, gather_images, gather_made
from brainai_training.gate_series import find_series, refuse_series
from brainai_training.gate_stem import (
    DISTANCE,
    GATE,
    GateModel,
    Seen,
    as_batch,
    make_stem,
    see_images,
)
from brainai_training.tensors import TensorStore, data_hashes

GATE_NAME = "gate.onnx"
# Beside the gates: sha256 of the data and of the split that they are of.
_DATA = "data.json"


def gate_folder(work: Path, config: Config) -> Path:
    """Name the folder where the gates of a configuration are left."""
    return work / (config.gate_of or config.name) / "gate"


def make_gates(
    store: TensorStore, config: Config, data: Path, weights: Path | None, work: Path
) -> None:
    """Fit a gate without each fold in turn, and one on everything; leave them in ``work``.

    Each has an ONNX file and, beside it, its limits. They are chosen on the FLAIR slices of the
    other folds, each judged by the gate that never saw its patient; those of the gate that is
    fitted on everything, on all folds'. Where the configuration takes another's gate, and it is
    there already, nothing is done.

    Raises DataError where the gates that are there already are of other data.
    """
    folder = gate_folder(work, config)
    if config.gate_of is not None and _path(folder, None).exists():
        _check_data(folder, store)
        return
    folder.mkdir(parents=True, exist_ok=True)
    # Fitting that is cut short leaves gates of two kinds of data, and no word of which.
    (folder / _DATA).unlink(missing_ok=True)
    images = gather_images(store, config, data, work)
    stem = make_stem(weights, config.train.pretrained)
    seen, images = see_images(stem, images.tensors, config, folder), double(images)
    made = gather_made(store, config, data)
    anew = seen.features[:0]
    if len(made.tensors):
        anew = see_images(stem, made.tensors, config, folder).features
    made = double(made)
    folds = range(config.split.folds)
    gates = {
        fold: fit_gate(
            _examples(seen, images, _apart(images, fold)), _made(anew, made, _apart(made, fold))
        )
        for fold in (*folds, None)
    }
    said = {
        fold: ask_gate(gates[fold], _examples(seen, images, images.fold == fold)) for fold in folds
    }
    for fold, gate in gates.items():
        # What a gate is measured on has no say in its limits.
        limits, shift = choose_limits([said[other] for other in folds if other != fold])
        gate.shift.fill_(shift)
        path = _path(folder, fold)
        _export(GateModel(stem, gate), config, path)
        path.with_suffix(".json").write_bytes(msgspec.json.encode(limits))
    (folder / _DATA).write_bytes(msgspec.json.encode(data_hashes(store)))


def _apart(images: GateImages, fold: int | None) -> NDArray[np.bool_]:
    """Find the images of all folds but one."""
    return images.fold != (-1 if fold is None else fold)


def _examples(seen: Seen, images: GateImages, here: NDArray[np.bool_]) -> Examples:
    kind, plain, bare = images.kind[here], images.plain[here], images.bare[here]
    return Examples(seen.features[here], seen.maps, np.flatnonzero(here), kind, plain, bare)


def _made(
    features: NDArray[np.float32], images: GateImages, here: NDArray[np.bool_]
) -> MadeExamples:
    return MadeExamples(features[here], images.kind[here], images.bare[here])


def ship_gate(config: Config, work: Path, out: Path) -> tuple[GateSpec, GateFile]:
    """Copy the gate that was fitted on everything into a model folder; name it."""
    path = _path(gate_folder(work, config), None)
    shutil.copyfile(path, out / GATE_NAME)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return _limits(path), GateFile(GATE_NAME, sha256)


def measure_gates(
    store: TensorStore, config: Config, data: Path, work: Path
) -> list[RefusalFigure]:
    """Count what is refused of each kind of image, each by a gate that never saw its group.

    Cheap checks and gate together, as serving does; of FLAIR slices the gate alone. After the
    slices come whole series, of which serving asks the gate about those in the middle.

    Raises DataError where the gates of the folds are not in ``work``, or are of other data.
    """
    folder = gate_folder(work, config)
    for fold in range(config.split.folds):
        _check_there(_path(folder, fold))
    _check_data(folder, store)
    images = gather_images(store, config, data, work)
    gates = [_Asked(_path(folder, fold), config) for fold in range(config.split.folds)]
    slices: dict[tuple[int, str], list[_Verdict]] = defaultdict(list)
    for fold, kind, title, tensor, early in zip(
        images.fold.tolist(),
        images.kind.tolist(),
        images.title.tolist(),
        images.tensors,
        images.early.tolist(),
        strict=True,
    ):
        slices[kind, title].append(_Verdict(early, True) if early else gates[fold].judge(tensor))
    whole: dict[tuple[int, str], list[_Verdict]] = defaultdict(list)
    fold_of = {row.patient: row.fold for row in store.rows}
    for series in find_series(data, config):
        check = gates[fold_of[series.patient]].check
        code = refuse_series(series, config.input, check)
        whole[series.kind, series.title].append(_Verdict(code, None))
    return [
        _figure(kind, title, verdicts)
        for said in (slices, whole)
        for (kind, title), verdicts in sorted(said.items())
    ]


def _check_there(path: Path) -> None:
    if not path.exists():
        raise DataError(
            f"{path} is not there. The gates of a configuration are what brainai-train train and "
            "brainai-train gate leave of it in their work folder."
        )


def _check_data(folder: Path, store: TensorStore) -> None:
    path = folder / _DATA
    if not path.exists() or path.read_bytes() != msgspec.json.encode(data_hashes(store)):
        raise DataError(
            f"The gates in {folder} were fitted on other data, so they may have seen what they are "
            "to be measured on. Fit them anew: brainai-train gate, or remove them and train."
        )


@dataclass(frozen=True)
class _Verdict:
    """code: that of the refusal, or "". doubted: refused or warned of; None of a series."""

    code: str
    doubted: bool | None


class _Asked:
    """The gate in a file, through the engine, as serving asks it of what has no header."""

    def __init__(self, path: Path, config: Config) -> None:
        self._limits, self._spec = _limits(path), config.input
        self._runtime = Runtime(path.parent, _gate_alone(path.name))

    def judge(self, tensor: NDArray[np.float32]) -> _Verdict:
        """Judge a slice as the network sees it, float32 [S, S]."""
        outputs = self._ask(tensor)
        refusal = check_outputs(outputs, self._limits, Facts())
        if refusal is not None:
            return _Verdict(refusal.code, True)
        return _Verdict("", bool(warn_of_doubt(outputs, Facts())))

    def check(self, tensor: NDArray[np.float32]) -> Refusal | None:
        """Tell why a slice is refused."""
        return check_outputs(self._ask(tensor), self._limits, Facts())

    def _ask(self, tensor: NDArray[np.float32]) -> Outputs:
        return self._runtime.run(as_batch(tensor[None], self._spec))


def _gate_alone(name: str) -> FileSpec:
    """Describe a file whose every output is the gate's."""
    return FileSpec(
        name=name,
        sha256="",
        logits=GATE,
        evidence=None,
        gate=GATE,
        distance=DISTANCE,
        precision="float32",
        golden_tolerance=0.0,
    )


def _export(model: GateModel, config: Config, path: Path) -> None:
    shape = (config.input.channels, config.input.size_px, config.input.size_px)
    export_float(model, shape, path, [GATE, DISTANCE])
    halve(path, path)


def _path(folder: Path, fold: int | None) -> Path:
    return folder / ("final.onnx" if fold is None else f"fold{fold}.onnx")


def _limits(path: Path) -> GateSpec:
    return msgspec.json.decode(path.with_suffix(".json").read_bytes(), type=GateSpec)


def _figure(kind: int, title: str, verdicts: list[_Verdict]) -> RefusalFigure:
    codes = [verdict.code for verdict in verdicts]
    doubted = [verdict.doubted for verdict in verdicts if verdict.doubted is not None]
    wanted = kind != 0
    right = sum(code == GATE_KINDS[kind] for code in codes)
    return RefusalFigure(
        title=title,
        note="",
        should_refuse=wanted,
        images=len(codes),
        refused=round(sum(map(bool, codes)) / len(codes), 4),
        with_true_reason=round(right / len(codes), 4) if wanted else None,
        refused_or_warned=round(sum(doubted) / len(doubted), 4) if doubted else None,
    )

"""Which engine and precision to ship: the fastest that is as right as float32."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import onnxruntime
import torch
from msgspec.structs import replace
from numpy.typing import NDArray
from torch import nn

from brainai.inference.calibrate import sigmoid
from brainai.inference.runtime import ENGINE, Runtime
from brainai.inference.spec import FileSpec, Precision
from brainai_training.answers import LESION_THRESHOLDS
from brainai_training.export import (
    EVIDENCE,
    FLOAT_NAME,
    INPUT,
    INT8_NAME,
    LESION,
    LOGITS,
    Served,
)
from brainai_training.looks import Look, margin_of, run_file
from brainai_training.metrics import (
    auroc,
    balanced_accuracy_at,
    choose_threshold,
    dice,
    fit_calibration,
)

ALLOWED_LOSS = 0.003
"""Balanced accuracy that a faster file may lose against float32."""
ALLOWED_DICE_LOSS = 0.005
"""Dice that a faster file may lose against float32."""
THREADS = 2
_ROUNDS, _WARM = 60, 10


@dataclass(frozen=True)
class Candidate:
    """One way to run the model, and what it was measured to do on held-out slices."""

    engine: str
    precision: Precision
    file: str
    size_mb: float
    ms: float
    balanced_accuracy: float | None
    auroc: float | None
    dice: float | None
    """Mean over patients, on the network's grid, at the lesion probability that suits it."""


def compare(folder: Path, network: Served, held_out: Look) -> list[Candidate]:
    """Time each way, batch 1, in one interleaved run; measure those that serving can use."""
    one = held_out.tensors[:1]
    exact = file_spec(FLOAT_NAME, "float32", outlines=network.outlines)
    short = replace(exact, precision="bfloat16")
    rounded = file_spec(INT8_NAME, "int8", outlines=network.outlines)
    runners = {
        ("torch", "float32", FLOAT_NAME): _torch_runner(network, one),
        ("ONNX Runtime", "float32", FLOAT_NAME): _ort_runner(folder / FLOAT_NAME, one),
        (ENGINE, "float32", FLOAT_NAME): _served_runner(folder, exact, one),
        (ENGINE, "bfloat16", FLOAT_NAME): _served_runner(folder, short, one),
        (ENGINE, "int8", INT8_NAME): _served_runner(folder, rounded, one),
    }
    times: dict[tuple[str, str, str], list[float]] = {key: [] for key in runners}
    for round_ in range(_ROUNDS + _WARM):
        for key, runner in runners.items():
            start = time.perf_counter()
            runner()
            if round_ >= _WARM:
                times[key].append((time.perf_counter() - start) * 1000)
    return [
        _measure(folder, key, median(spent), held_out, outlines=network.outlines)
        for key, spent in times.items()
    ]


def choose(candidates: list[Candidate]) -> Candidate:
    """Pick the smallest served candidate that loses no more than allowed against float32.

    The fastest of one file: bfloat16 is fast on few processors, int8 on all.
    """
    served = [c for c in candidates if c.balanced_accuracy is not None]
    reference = next(c for c in served if c.precision == "float32")
    good = [
        c
        for c in served
        if (c.balanced_accuracy or 0.0) >= (reference.balanced_accuracy or 0.0) - ALLOWED_LOSS
        and (c.dice or 0.0) >= (reference.dice or 0.0) - ALLOWED_DICE_LOSS
    ]
    return min(good, key=lambda c: (c.size_mb, c.ms))


def to_markdown(candidates: list[Candidate], chosen: Candidate) -> str:
    """Draw the table, the chosen row marked."""
    lines = [
        "| engine | precision | ms a slice | ratio | file, MB | balanced accuracy | AUROC | Dice "
        "| shipped |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    base = next(c.ms for c in candidates if c.engine == ENGINE and c.precision == "float32")
    for c in candidates:
        figures = (c.balanced_accuracy, c.auroc, c.dice)
        right, area, overlap = ("" if value is None else f"{value:.4f}" for value in figures)
        mark = "yes" if c == chosen else ""
        lines.append(
            f"| {c.engine} | {c.precision} | {c.ms:.1f} | {c.ms / base:.2f} | {c.size_mb:.1f} "
            f"| {right} | {area} | {overlap} | {mark} |"
        )
    return "\n".join(lines) + "\n"


def _measure(
    folder: Path, key: tuple[str, str, str], ms: float, look: Look, *, outlines: bool
) -> Candidate:
    engine, precision, file = key
    size = (folder / file).stat().st_size / 1e6
    if engine != ENGINE:
        return Candidate(engine, "float32", file, size, ms, None, None, None)
    kind: Precision = precision  # type: ignore[assignment]
    logits, lesion = run_file(folder, file_spec(file, kind, outlines=outlines), look.tensors)
    margin = margin_of(logits)
    temperature, offset = fit_calibration(margin, look.tumor)
    probability = sigmoid((margin - offset) / temperature)
    threshold = choose_threshold(probability, look.tumor)
    balanced = balanced_accuracy_at(threshold)(probability, look.tumor)
    area = auroc(margin, look.tumor)
    return Candidate(engine, kind, file, size, ms, balanced, area, best_dice(look, lesion))


def best_dice(look: Look, lesion: NDArray[np.float32]) -> float | None:
    """Return the mean over patients at the threshold that suits the file; None without lesions.

    lesion: logits [n, S, S]. The threshold is one of those that serving's is chosen from, so a file
    that says the same a little more or less loudly loses nothing.
    """
    means = []
    for threshold in LESION_THRESHOLDS:
        called = lesion > np.log(threshold / (1 - threshold))
        values = []
        for patient in np.unique(look.patients):
            here = look.patients == patient
            said, truth = called[here], look.masks[here]
            if truth.any():
                values.append(dice(int(said.sum()), int((said & truth).sum()), int(truth.sum())))
        if values:
            means.append(float(np.mean(values)))
    return max(means, default=None)


def file_spec(name: str, precision: Precision, *, outlines: bool = True) -> FileSpec:
    """Name an exported file before its place in model.json is known. outlines: see Served."""
    return FileSpec(
        name=name,
        sha256="",
        logits=LOGITS,
        evidence=EVIDENCE,
        lesion=LESION if outlines else None,
        precision=precision,
        golden_tolerance=0.0,
    )


def _served_runner(folder: Path, spec: FileSpec, one: NDArray[np.float32]) -> Callable[[], object]:
    runtime = Runtime(folder, spec, THREADS)
    return lambda: runtime.run(one)


def _ort_runner(path: Path, one: NDArray[np.float32]) -> Callable[[], object]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, {INPUT: one})


def _torch_runner(network: nn.Module, one: NDArray[np.float32]) -> Callable[[], object]:
    torch.set_num_threads(THREADS)
    network = network.eval()
    tensor = torch.from_numpy(one)

    def run() -> None:
        with torch.inference_mode():
            network(tensor)

    return run

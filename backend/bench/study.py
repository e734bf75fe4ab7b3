"""How much a whole study costs over the bare engine, from the file's bytes to the answer's JSON.

    python -m bench.study [--rounds 5] [--file STUDY.nii.gz]

The engine with tensors that lie ready, which it runs through the model's network alone, without the
gate, and the whole path, with the gate, take turns, so that their ratio holds
on a busy machine too; of the rounds the median counts. Processor seconds are those of this process
alone: what others do at the same time hardly changes them. Without a file the volume is a phantom
of 240 x 240 x 155. The model and the threads are those of the BRAINAI_* settings.
"""

import argparse
import gzip
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import nibabel as nib
import numpy as np
from numpy.typing import NDArray

from brainai.api.server import load_predictor
from brainai.api.settings import read_settings
from brainai.api.study_answers import dump_study
from brainai.imaging.geometry import axial_slice
from brainai.imaging.intensity import measure_intensity
from brainai.imaging.nifti import read_nifti
from brainai.imaging.phantom import draw_phantom
from brainai.imaging.upload import UploadedFile
from brainai.inference.findings import StudyPrediction
from brainai.inference.judge import find_filled
from brainai.inference.predict import Predictor
from brainai.inference.preprocess import to_tensor

_SHAPE = (240, 240, 155)
_EMPTY_BELOW, _EMPTY_ABOVE = 3, 15
_DRAWINGS = 8


def main() -> None:
    """Measure, and print what docs/performance.md shows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--file", type=Path, help="a volume, .nii or .nii.gz; else a phantom")
    parser.add_argument("--memory", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    data = asked.file.read_bytes() if asked.file else draw_file()
    settings = read_settings(os.environ)
    predictor = load_predictor(settings, settings.model_dir)
    if asked.memory:
        answer(predictor, data)
        print(read_peak_mib(os.getpid()))
        return
    compare(predictor, data, asked.rounds)
    print(f"peak memory of a process that answers one: {peak_mib(asked.file)} MiB")


def draw_file() -> bytes:
    """Write a phantom volume of 137 slices of head, a lesion in half of them, as ``.nii.gz``."""
    drawn = [draw_phantom(seed, seed % 2 == 0, _SHAPE[0]).pixels.T for seed in range(_DRAWINGS)]
    head = range(_EMPTY_BELOW, _SHAPE[2] - _EMPTY_ABOVE)
    voxels = np.zeros(_SHAPE, dtype=np.int16)
    for z in head:
        voxels[:, :, z] = drawn[(z - head.start) * _DRAWINGS // len(head)]
    image = nib.Nifti1Image(voxels, np.diag([-1.0, -1.0, 1.0, 1.0]))
    return gzip.compress(image.to_bytes(), 6)


def answer(predictor: Predictor, data: bytes) -> dict[str, object]:
    """From the bytes to the JSON with its mask. The gate has no say: it may refuse a drawing."""
    predicted = predictor.predict_upload([UploadedFile("flair.nii.gz", data)], force=True)
    if not isinstance(predicted, StudyPrediction):
        raise SystemExit("The file is no volume.")
    return dump_study(predicted, mask=True)


def compare(predictor: Predictor, data: bytes, rounds: int) -> None:
    """Let the ways take turns, and print the seconds of each and their ratios to the first."""
    tensors = prepare(predictor, data)
    runtime = predictor.study_runtime

    def bare() -> None:
        with ThreadPoolExecutor(runtime.workers) as pool:
            list(pool.map(partial(runtime.run, gated=False), tensors))

    ways: dict[str, Callable[[], object]] = {
        "engine": bare,
        "file to answer": lambda: answer(predictor, data),
    }
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for turn in range(rounds + 1):
        for name, way in ways.items():
            start, start_cpu = time.perf_counter(), time.process_time()
            way()
            if turn:  # the first warms up
                took = (time.perf_counter() - start, time.process_time() - start_cpu)
                spent[name].append(took)
                print(f"  {name}: {took[0]:.2f} s, processor {took[1]:.2f} s", file=sys.stderr)
    print(f"{len(tensors)} slices, {runtime.workers} in the engine at a time, {rounds} rounds")
    show(spent, len(tensors))


def show(spent: dict[str, list[tuple[float, float]]], slices: int) -> None:
    """Print medians of (wall, processor) seconds, and of their ratios to the first way's."""
    print(f"{'':18}{'wall s':>8}{'ms a slice':>12}{'ratio':>7}{'processor s':>13}{'ratio':>7}")
    first = next(iter(spent.values()))
    for name, each in spent.items():
        wall, cpu = (statistics.median(took[kind] for took in each) for kind in (0, 1))
        ratios = [
            statistics.median(
                one[kind] / beside[kind] for one, beside in zip(each, first, strict=True)
            )
            for kind in (0, 1)
        ]
        print(
            f"{name:18}{wall:8.2f}{wall / slices * 1000:12.1f}{ratios[0]:7.2f}"
            f"{cpu:13.2f}{ratios[1]:7.2f}"
        )


def prepare(predictor: Predictor, data: bytes) -> list[NDArray[np.float32]]:
    """Make the tensors [1, C, S, S] of all slices that are judged."""
    volume = read_nifti(data)
    stats = measure_intensity(volume.voxels)
    filled = find_filled(volume.voxels, stats)
    slices = (axial_slice(volume, index) for index in filled)
    return [to_tensor(one, predictor.spec.input, stats).tensor[None] for one in slices]


def read_peak_mib(process: int) -> int:
    """Read the peak resident memory of a process (Linux: VmHWM in /proc).

    getrusage would count what the process that started it had in memory.
    """
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024


def peak_mib(file: Path | None) -> int:
    """Answer once in a process of its own, and return its peak resident memory (Linux)."""
    command = [sys.executable, "-m", "bench.study", "--memory"]
    command += ["--file", str(file)] if file else []
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  ours
    return int(done.stdout)


if __name__ == "__main__":
    main()

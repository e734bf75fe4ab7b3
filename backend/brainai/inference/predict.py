"""bytes -> Prediction: composes the arrows, and times each."""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from brainai.errors import ModelError, NotReady
from brainai.imaging.intensity import window
from brainai.imaging.sniff import read_study
from brainai.imaging.study import Study
from brainai.inference.calibrate import calibrate, decide
from brainai.inference.explain import to_heatmap
from brainai.inference.preprocess import Prepared, to_tensor
from brainai.inference.runtime import Runtime
from brainai.inference.spec import ModelSpec, load_spec
from brainai.labels import Label

NO_HEATMAP_WARNING = "This model's head has no class activation map, so there is no heat map."


@dataclass(frozen=True)
class Prediction:
    """The answer for one slice.

    probability: calibrated P(tumour). heatmap: float32 [H, W] in [0, 1]; preview: uint8 [H, W],
    windowed for eyes; both on the input's grid, both None unless asked for.
    timings_ms: by stage (read, preprocess, run, explain, total).
    """

    id: str
    spec: ModelSpec
    study: Study
    label: Label
    probability: float
    heatmap: NDArray[np.float32] | None
    preview: NDArray[np.uint8] | None
    warnings: tuple[str, ...]
    timings_ms: dict[str, float]


class Predictor:
    """A model folder, ready to answer. May be shared between threads."""

    def __init__(self, folder: Path, max_pixels: int, threads: int = 0) -> None:
        """Load a model folder. Raises ModelError where it can't be served."""
        self.spec = load_spec(folder)
        self._folder = folder
        self._max_pixels = max_pixels
        self._runtime = Runtime(folder, self.spec.file, threads)
        self.ready = False

    def check_golden(self) -> None:
        """Reproduce the golden logits, and be ready from then on.

        Raises NotReady where they differ by more than the spec's tolerance, ModelError where the
        golden file is absent.
        """
        try:
            # np.load itself leaves a damaged archive open.
            with (self._folder / "golden.npz").open("rb") as stream, np.load(stream) as golden:
                tensor, expected = golden["tensor"], golden["logits"]
        except (OSError, KeyError, ValueError, EOFError, BadZipFile) as error:
            raise ModelError("The model folder has no readable golden.npz.") from error
        logits, _ = self._runtime.run(tensor)
        difference = float(np.abs(logits - expected).max())
        self.ready = difference <= self.spec.file.golden_tolerance
        if not self.ready:
            raise NotReady(
                f"The model does not reproduce its golden logits on this machine (they differ by "
                f"{difference:.3f}; {self.spec.file.golden_tolerance} is allowed)."
            )

    def predict(self, data: bytes, explain: bool = False) -> Prediction:
        """Answer for the bytes of one file. Raises InputError where it can't be answered."""
        clock = _Clock()
        with clock.stage("read"):
            study = read_study(data, self._max_pixels)
        with clock.stage("preprocess"):
            prepared = to_tensor(study.slice, self.spec.input)
        with clock.stage("run"):
            logits, evidence = self._runtime.run(prepared.tensor[None])
            probability = round(float(calibrate(logits, self.spec)[0]), 6)
        heatmap, preview, warnings = None, None, study.warnings
        if explain:
            with clock.stage("explain"):
                heatmap = _heatmap(evidence, prepared, probability)
                preview = window(study.slice.pixels, prepared.stats)
            warnings += (NO_HEATMAP_WARNING,) if heatmap is None else ()
        label = decide(probability, self.spec.decision)
        return Prediction(
            id=uuid.uuid4().hex,
            spec=self.spec,
            study=study,
            label=label,
            probability=probability,
            heatmap=heatmap,
            preview=preview,
            warnings=warnings,
            timings_ms=clock.timings_ms(),
        )


def _heatmap(
    evidence: NDArray[np.float32] | None, prepared: Prepared, probability: float
) -> NDArray[np.float32] | None:
    if evidence is None:
        return None
    return to_heatmap(evidence[0], prepared.crop, probability)


class _Clock:
    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._stages: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self._stages[name] = (time.perf_counter() - start) * 1000

    def timings_ms(self) -> dict[str, float]:
        total = (time.perf_counter() - self._start) * 1000
        return {**self._stages, "total": total}

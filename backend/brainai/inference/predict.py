"""bytes -> Prediction: composes the arrows, and times each."""

import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from brainai.errors import ModelError, NotReady, RefusedInput
from brainai.imaging.collect import read_upload
from brainai.imaging.geometry import Squared, square_slice
from brainai.imaging.intensity import window
from brainai.imaging.sniff import read_study
from brainai.imaging.study import Study, VolumeStudy
from brainai.imaging.upload import Limits, UploadedFile
from brainai.inference.calibrate import calibrate, decide
from brainai.inference.clock import Clock
from brainai.inference.explain import to_heatmap
from brainai.inference.findings import StudyPrediction
from brainai.inference.gate import (
    Refusal,
    Unsure,
    check_outputs,
    check_study,
    find_unsure,
    warn_of_doubt,
)
from brainai.inference.judge import Progress
from brainai.inference.outline import Lesion, lesion_probability, measure_lesion
from brainai.inference.preprocess import Prepared, to_tensor
from brainai.inference.refine import Refiner
from brainai.inference.runtime import Outputs, Runtime
from brainai.inference.sides import find_alike
from brainai.inference.spec import ModelSpec, load_spec
from brainai.inference.study_runtime import StudyRuntime
from brainai.inference.volume import predict_volume
from brainai.inference.withheld import Withheld, withhold
from brainai.labels import Label

NO_HEATMAP_WARNING = "This model's head has no class activation map, so there is no heat map."


@dataclass(frozen=True)
class Prediction:
    """The answer for one slice.

    probability: calibrated P(tumour). unsure: why the label is "uncertain", else None.
    lesion: None where the mask is empty, and always where the label is "no_tumor".
    heatmap: float32 [H, W] in [0, 1]; mask: bool [H, W]; preview: uint8 [H, W], windowed for eyes;
    all on the input's grid, and None unless asked for.
    timings_ms: by stage (read, preprocess, run, outline, explain, total).
    """

    id: str
    spec: ModelSpec
    study: Study
    label: Label
    probability: float
    unsure: Unsure | None
    lesion: Lesion | None
    withheld: tuple[Withheld, ...]
    heatmap: NDArray[np.float32] | None
    mask: NDArray[np.bool_] | None
    preview: NDArray[np.uint8] | None
    warnings: tuple[str, ...]
    timings_ms: dict[str, float]


class Predictor:
    """A model folder, ready to answer. May be shared between threads."""

    def __init__(
        self,
        folder: Path,
        max_pixels: int,
        threads: int = 0,
        limits: Limits | None = None,
        multi: Path | None = None,
    ) -> None:
        """Load a model folder. Raises ModelError where it can't be served.

        max_pixels: of one slice. limits: of what predict_upload reads; where none are given, those
        of a workstation, with ``max_pixels``. multi: the folder of a model that reads other
        sequences beside FLAIR, for the studies that hold any of them.
        """
        self.spec = load_spec(folder)
        self.multi_spec = load_spec(multi) if multi else None
        if self.multi_spec is not None and not self.multi_spec.input.beside:
            raise ModelError("The model for several sequences (BRAINAI_MULTI_MODEL_DIR) reads one.")
        self._multi_folder = multi
        self._multi: Predictor | None = None
        self._folder = folder
        self._max_pixels = max_pixels
        self._limits = limits or Limits(max_pixels, 2**28, 2**31, 4096)
        self._threads = threads
        self._runtime = Runtime(folder, self.spec.file, threads)
        self._study_runtime: StudyRuntime | None = None
        self._refiner: Refiner | None = None
        self._lock = threading.Lock()
        self.ready = False

    @property
    def study_runtime(self) -> StudyRuntime:
        """The engine for the slices of a study, compiled when the first study comes."""
        with self._lock:
            if self._study_runtime is None:
                self._study_runtime = StudyRuntime(self._folder, self.spec.file, self._threads)
            return self._study_runtime

    @property
    def refiner(self) -> Refiner | None:
        """The network that lets a study's slices hear each other, loaded when the first comes."""
        with self._lock:
            if self._refiner is None and self.spec.refine is not None:
                self._refiner = Refiner(self._folder, self.spec.refine, self._threads)
            return self._refiner

    @property
    def models(self) -> tuple[tuple[Path, ModelSpec], ...]:
        """Folder and spec of each model that answers: the one of slices first."""
        own = (self._folder, self.spec)
        if self._multi_folder is None or self.multi_spec is None:
            return (own,)
        return own, (self._multi_folder, self.multi_spec)

    def for_study(self, study: VolumeStudy) -> "Predictor":
        """Return the predictor that answers for a study, by the sequences that it holds.

        Raises NotReady as check_golden does, when the first study comes that wants another model.
        """
        if self.multi_spec is None or not set(self.multi_spec.input.beside) & set(study.others):
            return self
        with self._lock:
            if self._multi is None and self._multi_folder is not None:
                multi = Predictor(self._multi_folder, self._max_pixels, self._threads, self._limits)
                multi.check_golden()
                self._multi = multi
            return self._multi or self

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
        logits = self._runtime.run(tensor).logits
        difference = float(np.abs(logits - expected).max())
        self.ready = difference <= self.spec.file.golden_tolerance
        if not self.ready:
            raise NotReady(
                f"The model does not reproduce its golden logits on this machine (they differ by "
                f"{difference:.3f}; {self.spec.file.golden_tolerance} is allowed)."
            )

    def predict(
        self, data: bytes, *, explain: bool = False, mask: bool = False, force: bool = False
    ) -> Prediction:
        """Answer for the bytes of one file.

        explain: with heat map and preview. mask: with mask and preview. force: answer, with a
        warning, what the gate refuses.

        Raises InputError where it can't be answered; of those, RefusedInput (not_brain_mr,
        wrong_sequence) where it could.
        """
        clock = Clock()
        with clock.stage("read"):
            study = read_study(data, self._max_pixels)
        return self._predict_slice(study, clock, explain=explain, mask=mask, force=force)

    def predict_upload(  # noqa: PLR0913  the request's own parameters, by name
        self,
        files: Sequence[UploadedFile],
        *,
        series: int | None = None,
        explain: bool = False,
        mask: bool = False,
        force: bool = False,
        progress: Progress | None = None,
    ) -> Prediction | StudyPrediction:
        """Answer for all files of one request: a slice, or a volume.

        series: which of several to take for the FLAIR, from 1. explain: of a slice, with heat map
        and preview; a volume has neither. mask: of a slice, with mask and preview; a volume always
        has its mask. force, progress: as predict_volume takes them.

        Raises InputError as ``predict`` does.
        """
        clock = Clock()
        with clock.stage("read"):
            study = read_upload(files, self._limits, series)
        if isinstance(study, VolumeStudy):
            return predict_volume(self, study, force=force, progress=progress, clock=clock)
        return self._predict_slice(study, clock, explain=explain, mask=mask, force=force)

    def _predict_slice(
        self, study: Study, clock: Clock, *, explain: bool, mask: bool, force: bool
    ) -> Prediction:
        with clock.stage("preprocess"):
            image, squared = square_slice(study.slice)
            prepared = to_tensor(image, self.spec.input)
            refusal = check_study(study)
            _raise_unless(refusal, force)
        with clock.stage("run"):
            outputs = self._runtime.run(prepared.tensor[None])
            probability = round(float(calibrate(outputs.logits, self.spec)[0]), 6)
            refusal = refusal or check_outputs(outputs, self.spec.gate, study.facts)
            _raise_unless(refusal, force)
        unsure = find_unsure(probability, outputs, self.spec)
        label = Label.UNCERTAIN if unsure else decide(probability, self.spec.decision)
        outlined, lesion = None, None
        if outputs.lesion is not None:
            with clock.stage("outline"):
                outlined = self._outline(outputs.lesion[0], prepared, squared, label)
                lesion = measure_lesion(outlined, study.slice.spacing_mm)
                if label is Label.TUMOR:
                    unsure = find_alike(outlined, study.slice.pixels, prepared.stats)
                    label = Label.UNCERTAIN if unsure else label
        heatmap, preview = None, None
        if explain or mask:
            with clock.stage("explain"):
                heatmap = _heatmap(outputs, prepared, squared, probability) if explain else None
                preview = window(study.slice.pixels, prepared.stats)
        warnings = study.warnings
        warnings += (refusal.warning,) if refusal else warn_of_doubt(outputs, study.facts)
        warnings += (NO_HEATMAP_WARNING,) if explain and heatmap is None else ()
        return Prediction(
            id=uuid.uuid4().hex,
            spec=self.spec,
            study=study,
            label=label,
            probability=probability,
            unsure=unsure,
            lesion=lesion,
            withheld=withhold(self.spec, lesion, (study.sequence,)),
            heatmap=heatmap,
            mask=outlined if mask else None,
            preview=preview,
            warnings=warnings,
            timings_ms=clock.timings_ms(),
        )

    def _outline(
        self,
        lesion_logits: NDArray[np.float32],
        prepared: Prepared,
        squared: Squared,
        label: Label,
    ) -> NDArray[np.bool_]:
        """Return the mask, bool [H, W]: empty where the answer is that there is no tumour."""
        if label is Label.NO_TUMOR:
            return np.zeros(squared.source_shape, dtype=bool)
        probability = squared.invert(lesion_probability(lesion_logits, prepared.crop))
        return np.asarray(probability >= self.spec.decision.lesion_threshold)


def _raise_unless(refusal: Refusal | None, force: bool) -> None:
    if refusal is not None and not force:
        raise RefusedInput(refusal.code, refusal.message)


def _heatmap(
    outputs: Outputs, prepared: Prepared, squared: Squared, probability: float
) -> NDArray[np.float32] | None:
    if outputs.evidence is None:
        return None
    return squared.invert(to_heatmap(outputs.evidence[0], prepared.crop, probability))

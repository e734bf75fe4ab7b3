"""model.json, typed: all that serving must know of a model, written by export, never by hand."""

import hashlib
from pathlib import Path
from typing import Literal

import msgspec

from brainai.errors import ModelError
from brainai.labels import Label, Sequence

Precision = Literal["float32", "bfloat16", "int8"]

FORMAT = 1
"""The version of model.json that this code reads."""


class InputSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The path from a slice to the tensor float32 [N, depth, size_px, size_px]."""

    size_px: int
    channels: int = 1
    """1, or 3 for a network that wants grey repeated as RGB."""
    beside: tuple[Sequence, ...] = ()
    """Sequences that follow FLAIR as a channel each, all of it 0 where one is not given."""
    crop: Literal["foreground", "pad", "squish"] = "foreground"
    """foreground: a square around the head; pad, squish: the whole image."""
    margin: float = 0.04
    """Added on each side of the foreground, as a share of its side."""
    min_side: float = 0.35
    """Least side of the crop, as a share of the image's longer side."""
    intensity: Literal["foreground_z", "unit_range"] = "foreground_z"
    """foreground_z: (x - mean) / std of the foreground; unit_range: 0..1 between its ends."""
    intensity_of: Literal["volume_or_slice", "slice"] = "volume_or_slice"
    """Whose statistics: the volume's where there is one, else the slice's own."""
    clip: tuple[float, float] = (-3.0, 5.0)
    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (1.0,)
    """Per channel, applied last: (x - mean) / std."""
    min_side_px: int = 32
    """Smaller images are refused."""

    @property
    def depth(self) -> int:
        """How many channels the tensor has in all."""
        return self.channels + len(self.beside)


class UncertainBand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Calibrated probabilities from ``low`` to ``high`` are answered with "uncertain"."""

    low: float
    high: float


class StudyDecision(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """From the margins of a study's slices to the study's own probability."""

    neighbours: int
    """Margins are averaged over so many slices in a row."""
    top: int
    """The study's margin is the mean of its so many highest averages."""
    slope: float
    intercept: float
    """P(tumour) of the study = sigmoid(slope * margin + intercept)."""
    threshold: float


class DecisionSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """From logits to a label, all of it chosen on patients that the weights never saw."""

    temperature: float
    offset: float = 0.0
    """The margin of logits that is called a probability of one half."""
    threshold: float
    """P(tumour) from here on is "tumor"."""
    uncertain_band: UncertainBand
    level: float
    """Share of each class that split conformal prediction covers."""
    lesion_threshold: float = 0.5
    """Pixels whose lesion probability is at least this belong to the mask."""
    study: StudyDecision | None = None


class GateSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """When an image is refused, or answered as uncertain: what the model knows is brain FLAIR.

    All of it is chosen on patients and images that the gate was not fitted on.
    """

    not_brain_mr: float
    """Refuse (not_brain_mr) where the gate's probability of that kind is at least this."""
    wrong_sequence: float
    """Refuse (wrong_sequence) where the gate's probability of that kind is at least this."""
    refuse_distance: float
    """Refuse (not_brain_mr) from this distance on, whatever the kinds' probabilities."""
    unsure_distance: float
    """Answer "uncertain" (out_of_distribution) from this distance on."""


GATE_KINDS = ("flair", "wrong_sequence", "not_brain_mr")
"""The order of the gate's logits along their last axis."""


class GateFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An ONNX file beside the model's that holds the gate alone, of the same input."""

    name: str
    sha256: str


class RefineSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A network beside the model's that lets a study's neighbouring slices speak to each other."""

    name: str
    sha256: str
    side_px: int
    """It sees maps of this side over the square that holds the head in every slice."""
    slice_mm: float
    """And slices about this far apart: of thinner ones each so many together."""
    decision: DecisionSpec
    """The decision for its margins and lesion logits, chosen like the one for slices alone. That of
    the study itself (decision.study) is for the margins of the slices by themselves."""


class FileSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The ONNX file and how it is run."""

    name: str = "model.onnx"
    sha256: str
    logits: str = "logits"
    evidence: str | None = "evidence"
    """Name of the class activation output [N, h, w], or None where the head has none."""
    lesion: str | None = None
    """Name of the lesion logits [N, size_px, size_px], or None where nothing is outlined."""
    gate: str | None = None
    """Name of the gate's logits [N, 3] in the order of GATE_KINDS; None where there is no gate."""
    distance: str | None = None
    """Name of the distance [N] from the FLAIR slices of training; there where ``gate`` is."""
    gate_file: GateFile | None = None
    """Where ``gate`` and ``distance`` are said; None: in the same file as the rest."""
    precision: Precision
    golden_tolerance: float
    """Largest absolute difference of the golden logits on another processor."""


class TrainingRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where the weights come from."""

    created: str
    """ISO date."""
    architecture: str
    sources: list[str]
    data_sha256: str | None
    split_sha256: str | None
    versions: dict[str, str]


class ModelSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole of model.json."""

    format: int
    name: str
    version: str
    task: Literal["slice_classification"] = "slice_classification"
    labels: tuple[Label, Label]
    """Order of the logits."""
    sequences: list[Sequence]
    licence: str
    input: InputSpec
    decision: DecisionSpec
    gate: GateSpec | None = None
    file: FileSpec
    refine: RefineSpec | None = None
    """None: a study's slices are judged one by one."""
    training: TrainingRecord

    @property
    def study_decision(self) -> DecisionSpec:
        """The decision for the slices of a study, and for the study."""
        return self.decision if self.refine is None else self.refine.decision


def load_spec(folder: Path) -> ModelSpec:
    """Read and check ``model.json`` in a model folder.

    Raises ModelError where it is absent, malformed, of another format, or where the ONNX file
    beside it is absent or not the one that it names (sha256).
    """
    try:
        spec = msgspec.json.decode((folder / "model.json").read_bytes(), type=ModelSpec)
    except OSError as error:
        raise ModelError(
            "The model folder has no model.json. Set BRAINAI_MODEL_DIR (BRAINAI_MULTI_MODEL_DIR "
            "likewise) to a folder that brainai-train train has written."
        ) from error
    except msgspec.DecodeError as error:
        raise ModelError(f"model.json is not valid: {error}") from error
    if spec.format != FORMAT:
        raise ModelError(f"model.json has format {spec.format}; this version reads {FORMAT}.")
    if set(spec.labels) != {Label.NO_TUMOR, Label.TUMOR}:
        raise ModelError("model.json must name the labels no_tumor and tumor, once each.")
    if spec.refine is not None and spec.file.lesion is None:
        raise ModelError("model.json refines outlines (refine), and the model draws none.")
    for file in (spec.file, spec.file.gate_file, spec.refine):
        if file is not None:
            _check_file(folder / file.name, file.sha256)
    return spec


def _check_file(path: Path, sha256: str) -> None:
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ModelError("An ONNX file that model.json names is not in the folder.") from error
    if digest != sha256:
        raise ModelError("An ONNX file is not the one that model.json names (sha256 differs).")

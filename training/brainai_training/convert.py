"""Anyone's fastai image classifier (export.pkl) -> a model folder that brainai serves.

What serving makes of a picture then, next to what the learner made of it:

- Square 8-bit pictures that use the whole range 0 to 255 get the learner's own probability, to
  within rounding (fastai rounds to bytes after it has resized, serving does not).
- fastai's Resize crops the middle of a picture that is not square; serving pads it to a square, as
  it does for ResizeMethod.Pad, so that no part of a head is lost. Squish stays squish.
- fastai divides by 255; serving stretches darkest to brightest onto 0 to 1, since DICOM and 16-bit
  files have no 255.
- Where batch transforms resize again (aug_transforms(size=...)), serving goes to the last size in
  one step.
"""

import pickle as pickles
import warnings
from datetime import UTC, datetime
from pathlib import Path

import fastai
import torch
from fastai.data.transforms import Normalize
from fastai.learner import Learner, load_learner
from fastai.losses import BCEWithLogitsLossFlat
from fastai.vision.augment import Resize, ResizeMethod
from segmentation_models_pytorch import Unet
from torch import nn
from torch.onnx.errors import OnnxExporterError

from brainai.inference.spec import (
    FORMAT,
    DecisionSpec,
    FileSpec,
    InputSpec,
    ModelSpec,
    TrainingRecord,
    UncertainBand,
)
from brainai.labels import Label, Sequence
from brainai_training.errors import DataError
from brainai_training.export import LOGITS, export_float
from brainai_training.package import describe_file, write_spec

_PLAIN = FileSpec(
    sha256="", logits=LOGITS, evidence=None, precision="float32", golden_tolerance=0.0
)
_TUMOR_WORDS = {"yes", "tumor", "tumour", "positive", "1", "true"}
_NO_TUMOR_WORDS = {"no", "no_tumor", "no_tumour", "notumor", "healthy", "normal", "negative", "0",
                   "false"}  # fmt: skip


def convert(pickle: Path, out: Path, name: str, trust_pickle: bool) -> ModelSpec:
    """Write a model folder from a fastai classifier with two classes.

    Unpickling runs whatever code the file holds, so ``trust_pickle`` must be said. Size, labels
    and normalisation are read off the learner; the probability is not calibrated (temperature 1,
    threshold 0.5), and there is no class activation. See the module for what stays equal.

    Raises DataError where the file is no learner, or one that is not a two-class image classifier
    with a square input.
    """
    if not trust_pickle:
        raise DataError(
            "A pickle can run any code when it is opened. Say --trust-pickle if you made this "
            "file, or trust who did."
        )
    learner = _open(pickle)
    labels = _labels(learner)
    spec = _input(learner)
    _check_outputs(learner, spec)
    out.mkdir(parents=True, exist_ok=True)
    shape = (spec.channels, spec.size_px, spec.size_px)
    try:
        export_float(learner.model, shape, out / "model.onnx", [LOGITS])
    except OnnxExporterError as error:
        raise DataError(
            "The learner's network can't be written as ONNX: torch.export does not follow it, as "
            "where it branches on the picture."
        ) from error
    model = ModelSpec(
        format=FORMAT,
        name=name,
        version="0.0.0",
        labels=labels,
        sequences=[Sequence.FLAIR],
        licence="that of the converted model",
        input=spec,
        decision=DecisionSpec(
            temperature=1.0, threshold=0.5, uncertain_band=UncertainBand(0.5, 0.5), level=0.0
        ),
        file=describe_file(out, spec, _PLAIN),
        training=_record(learner.model),
    )
    write_spec(model, out)
    return model


def _open(path: Path) -> Learner:
    try:
        with warnings.catch_warnings():
            # fastai's warning about pickles: the caller has answered it.
            warnings.simplefilter("ignore")
            learner = load_learner(path)
    except OSError as error:
        raise DataError(f"{path} can't be read: {error.strerror}.") from error
    except (AttributeError, EOFError, ImportError, KeyError, pickles.UnpicklingError, RuntimeError,
            TypeError, ValueError) as error:  # fmt: skip
        raise DataError(f"{path} is not a learner that this fastai can open: {error}") from error
    if not isinstance(learner, Learner):
        raise DataError(f"{path} holds a {type(learner).__name__}; a fastai Learner was expected.")
    if isinstance(learner.model, Unet):
        raise DataError("This learner is brainai's own: brainai-train train made its folder.")
    return learner


def _check_outputs(learner: Learner, spec: InputSpec) -> None:
    """Refuse what does not end in two logits for softmax, which is all that serving knows."""
    model = learner.model
    if isinstance(learner.loss_func, BCEWithLogitsLossFlat):
        raise DataError("The learner gives several labels at once; one of two was expected.")
    try:
        with torch.inference_mode():
            output = model.eval()(torch.zeros(1, spec.channels, spec.size_px, spec.size_px))
    except (RuntimeError, TypeError, ValueError) as error:
        side, channels = spec.size_px, spec.channels
        raise DataError(
            f"The learner's network takes no picture of {side} x {side} px and {channels} channels "
            f"in float32: {error}"
        ) from error
    if not isinstance(output, torch.Tensor) or output.shape != (1, 2):
        raise DataError("The learner's network does not answer with two logits a picture.")


def _labels(learner: Learner) -> tuple[Label, Label]:
    vocab = [str(name).lower() for name in getattr(learner.dls, "vocab", [])]
    named = [_to_label(name) for name in vocab]
    if len(named) != 2 or set(named) != {Label.TUMOR, Label.NO_TUMOR}:
        raise DataError(f"The classes {vocab} are not one of tumour and one of no tumour.")
    return named[0], named[1]  # type: ignore[return-value]


def _to_label(name: str) -> Label | None:
    word = name.replace(" ", "_").replace("-", "_")
    if word in _TUMOR_WORDS:
        return Label.TUMOR
    return Label.NO_TUMOR if word in _NO_TUMOR_WORDS else None


def _input(learner: Learner) -> InputSpec:
    resize = next((t for t in learner.dls.after_item.fs if isinstance(t, Resize)), None)
    if resize is None or resize.size[0] != resize.size[1]:
        raise DataError("The learner has no square Resize, so its input size is not known.")
    later = [size for t in learner.dls.after_batch.fs if (size := getattr(t, "size", None))]
    height, width = _pair(later[-1]) if later else resize.size
    if height != width:
        raise DataError("The learner resizes batches to a rectangle; a square was expected.")
    first = next((m for m in learner.model.modules() if isinstance(m, nn.Conv2d)), None)
    if first is None:
        raise DataError("The learner's network has no convolution, so it takes no picture.")
    norm = next((t for t in learner.dls.after_batch.fs if isinstance(t, Normalize)), None)
    mean, std = (0.0,) * first.in_channels, (1.0,) * first.in_channels
    if norm is not None:
        mean = tuple(float(v) for v in norm.mean.flatten())
        std = tuple(float(v) for v in norm.std.flatten())
    if len(mean) != first.in_channels:
        raise DataError(
            f"The learner normalises {len(mean)} channels, and its network takes "
            f"{first.in_channels}."
        )
    return InputSpec(
        size_px=int(height),
        channels=first.in_channels,
        crop="squish" if resize.method == ResizeMethod.Squish else "pad",
        intensity="unit_range",
        intensity_of="slice",
        mean=mean,
        std=std,
    )


def _pair(size: int | tuple[int, int]) -> tuple[int, int]:
    return (size, size) if isinstance(size, int) else size


def _record(model: nn.Module) -> TrainingRecord:
    parameters = sum(p.numel() for p in model.parameters())
    return TrainingRecord(
        created=datetime.now(UTC).date().isoformat(),
        architecture=f"converted fastai learner ({parameters / 1e6:.0f} M parameters)",
        sources=[],
        data_sha256=None,
        split_sha256=None,
        versions={"fastai": fastai.__version__, "torch": str(torch.__version__)},
    )

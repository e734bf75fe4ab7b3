"""StudyPrediction -> the sentences of a report, as the web app says them."""

from collections import Counter

from brainai.inference.findings import StudyPrediction
from brainai.labels import Label

RESEARCH_USE = "Research use only. Not a medical device."
HEADINGS = {
    Label.TUMOR: "Signs of a tumour",
    Label.NO_TUMOR: "No sign of a tumour",
    Label.UNCERTAIN: "Uncertain",
}
LIMITS = (
    "This report was made by a program; no physician has read it. It must not be used to diagnose, "
    "to exclude a disease or to choose a treatment.",
    "The model was trained on adults with glioma and on a few patients with multiple sclerosis. "
    "Children, heads after surgery and other tumours were not measured. Its figures on patients "
    "that it had not seen, with their intervals, stand in the model's card.",
    "The probability was fitted on studies with a tumour and on studies without one, both weighing "
    "the same. Hold it against its threshold: whether nine in ten studies at 90 % show a tumour "
    "was not measured.",
    "Outline, volume and diameter are of the abnormal signal on FLAIR, oedema with it, not of "
    "the tumour alone. The diameter is the longest within one axial slice.",
)

# Of a probability in percent, which is rounded to a millionth.
_MOST_DIGITS = 4

_RUNS_TO = {"R": "right", "L": "left", "A": "front", "P": "back", "S": "head", "I": "feet"}
_FORMATS = {"nifti": "NIfTI", "metaimage": "MetaImage", "dicom": "DICOM"}


def heading(prediction: StudyPrediction) -> str:
    """Say the label in words."""
    return HEADINGS[prediction.label]


def answer_in_words(prediction: StudyPrediction) -> str:
    """Say how the probability stands to its threshold, and what speaks against the answer."""
    probability, threshold = _apart(prediction.probability, prediction.threshold)
    said = (
        f"The model gives this study a probability of {probability} of "
        f"showing a tumour; its threshold is {threshold}."
    )
    if prediction.forced:
        said += " It would have been refused and was judged by force: see the remarks."
    outlines = prediction.spec.file.lesion is not None
    if prediction.unsure is not None:
        said += f" {prediction.unsure.detail} A person has to decide here."
    elif prediction.label is Label.TUMOR and outlines and prediction.lesion is None:
        said += " Yet nothing is outlined: the two do not agree."
    elif prediction.label is Label.NO_TUMOR and prediction.lesion is not None:
        said += " Yet something is outlined: the two do not agree."
    return said


def percent(probability: float) -> str:
    """Say a probability in whole percent, never as a certainty: 0 and 1 are rounded, too."""
    if probability < 0.005:
        return "under 1 %"
    if probability >= 0.995:
        return "over 99 %"
    return f"{probability * 100:.0f} %"


def _apart(probability: float, threshold: float) -> tuple[str, str]:
    """Say both in percent, with decimals where they would else read the same."""
    said, digits = (percent(probability), percent(threshold)), 0
    while said[0] == said[1] and probability != threshold and digits < _MOST_DIGITS:
        digits += 1
        said = (f"{probability * 100:.{digits}f} %", f"{threshold * 100:.{digits}f} %")
    return said


def measures(prediction: StudyPrediction) -> tuple[tuple[str, str, str], ...]:
    """List (name, value, note) of what is measured of the lesion; empty where there is none."""
    lesion = prediction.lesion
    if lesion is None:
        return ()
    parts = f"in {_count(lesion.components, 'part')}"
    volume = "< 0.1" if lesion.volume_ml < 0.05 else f"{lesion.volume_ml:.1f}"
    length = lesion.longest_axial_diameter_mm
    diameter = f"{length:.1f}" if length < 9.95 else f"{length:.0f}"
    area = "< 1" if lesion.largest_area_mm2 < 0.5 else f"{lesion.largest_area_mm2:.0f}"
    return (
        ("Volume", f"{volume} mL", parts),
        ("Longest diameter", f"{diameter} mm", "within an axial slice"),
        ("Largest area", f"{area} mm²", f"in slice {lesion.slice_of_largest_area}"),
        ("Outlined in", _count(lesion.slices, "slice"), f"of {len(prediction.slices)}"),
    )


def facts(prediction: StudyPrediction) -> tuple[tuple[str, str], ...]:
    """List (name, value) of what was read and by what it was judged."""
    study, spec = prediction.study, prediction.spec
    grid = study.volume.grid
    shape = " x ".join(str(side) for side in grid.shape)
    spacing = " x ".join(f"{side:.2f}" for side in grid.spacing_mm)
    letters = ", ".join(_RUNS_TO[letter] for letter in grid.orientation)
    told = [
        ("Scan", f"{_FORMATS[study.format]}, {shape} voxels of {spacing} mm"),
        ("Orientation", f"{grid.orientation}: the array's axes run to {letters}"),
        ("Slices", _describe_slices(prediction)),
        ("Sequences", _describe_sequences(prediction)),
    ]
    if study.series is not None:
        series = f"{study.series.number} of {study.series.of}. {study.series.reason}"
        told.append(("Series", series))
    told += [
        ("Model", f"{spec.name} {spec.version}"),
        ("Weights", f"sha256 {spec.file.sha256}"),
        ("Licence", spec.licence),
        ("Answer", prediction.id),
    ]
    return tuple(told)


def _describe_slices(prediction: StudyPrediction) -> str:
    labels = Counter(found.label for found in prediction.slices)
    parts = [f"{labels[Label.TUMOR]} with signs of a tumour"]
    if labels[Label.UNCERTAIN]:
        parts.append(f"{labels[Label.UNCERTAIN]} uncertain")
    parts.append(f"{labels[Label.NO_TUMOR]} without")
    if labels[None]:
        parts.append(f"{labels[None]} empty and not judged")
    # Files of a DICOM series have numbers of their own, from 1 and in any order.
    counted = "by where they lie" if prediction.study.format == "dicom" else "as in the file"
    return f"{len(prediction.slices)} axial: {', '.join(parts)}. Numbered from 0, {counted}"


def _describe_sequences(prediction: StudyPrediction) -> str:
    used = ", ".join(prediction.sequences_used)
    role = "as which the scan was judged" if prediction.forced else "which the answer rests on"
    unused = ", ".join(
        given for given in prediction.study.others if given not in prediction.sequences_used
    )
    said = f"{used}, {role}"
    return f"{said}; given too and not used: {unused}" if unused else said


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

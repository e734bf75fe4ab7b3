"""A DICOM header -> Facts: words of our own, never text from the file."""

import re
from collections.abc import Iterable

from pydicom import Dataset

from brainai.imaging.candidate import Evidence
from brainai.imaging.study import BodyPart, Facts, Modality, MrSequence

# Modality (0008,0060), PS3.3 C.7.3.1.1.1. Tools that wrap a picture into DICOM write OT or SC:
# those say nothing certain.
_MODALITIES = {
    "MR": Modality.MR,
    "CT": Modality.CT,
    **dict.fromkeys(("CR", "DX", "MG", "RF", "XA", "RG", "PX", "IO", "DR"), Modality.XRAY),
    **dict.fromkeys(("US", "IVUS", "BDUS", "EPS", "ECHO"), Modality.ULTRASOUND),
    **dict.fromkeys(("PT", "NM", "ST"), Modality.NUCLEAR),
}

# Body Part Examined (0018,0015), PS3.16 annex L, without spaces. A term that is in neither set,
# or that may be said of a scan with the head in it (NECK, WHOLEBODY), says nothing certain.
_HEAD = ("BRAIN", "HEAD", "SKULL", "CEREBR", "CRANI", "NEURO", "HIPPOC", "PITUIT")
_ELSEWHERE = re.compile(
    r"CHEST|THORAX|LUNG|HEART|CARDIAC|BREAST|ABDOMEN|LIVER|PANCREAS|KIDNEY|SPLEEN|BOWEL|COLON"
    r"|PELVI|PROSTATE|UTERUS|OVARY|BLADDER|HIP|KNEE|ANKLE|FOOT|LEG|FEMUR|TIBIA|THIGH|CALF"
    r"|SHOULDER|ELBOW|WRIST|HAND|FINGER|TOE|ARM|HUMERUS|EXTREMITY|[CTL]SPINE|SSPINE|SPINE|SACRUM"
    r"|CLAVICLE|RIB|STERNUM|AORTA"
)

# Where a sequence is named: for people, the protocol, the pulse sequence (Siemens: *spcir_278ns).
_NAMED_IN = ("SeriesDescription", "ProtocolName", "SequenceName", "PulseSequenceName")

# Names in Series Description and Protocol Name, by the makers' habits; the first that fits counts.
# A FLAIR is often called T2 FLAIR and, by Siemens, TIRM or dark fluid; GE has a T1 FLAIR as well.
_NAMES = (
    (r"\bt1w?[ ]?flair", MrSequence.T1),
    (r"flair|dark ?fluid|\bda fl\b|\btirm\b|fluid atten|\bspcir\b", MrSequence.FLAIR),
    (r"\b(dwi|dti|adc|e?diff\w*|tracew?|hardi|ivim)\b|diffusion", MrSequence.DIFFUSION),
    (r"\b(swi|swan|swip|veno ?bold|qsm)\b|suscept|\bt2 ?(\*|star)", MrSequence.SUSCEPTIBILITY),
    (r"\b(tof|mra|mrv|cemra|pca)\b|angio|venogra", MrSequence.ANGIOGRAPHY),
    (r"\b(asl|dsc|dce|bold|fmri|r?cbf|r?cbv|mtt|ttp)\b|perf", MrSequence.PERFUSION),
    (r"\bt1\w*|mp2?rage|\b(spgr|fspgr|bravo|vibe)\b", MrSequence.T1),
    (r"\bt2\w*", MrSequence.T2),
    (r"\b(pd|pdw|dp)\b|proton ?dens", MrSequence.PD),
)
_CONTRAST = re.compile(
    r"\b(post|gado?|gd|ce|contrast|[ck]m|mdc|enh\w*)\b|\bt1 ?w?(c|ce|gd)\b|\+ ?c\b"
)
_NO_CONTRAST = re.compile(
    r"\b(pre|non?|wo|w o|without|before|ohne|sans|sin)( iv)? "
    r"(gado?\w*|gd|ce|contrast|[ck]m|mdc|enh\w*)\b"
)

# What is derived from a sequence has another contrast, whatever its name. By the values of Image
# Type from the third on: phase and imaginary part (P, PHASE MAP, I_SE and the like; a real part
# looks much like the magnitude), differences and projections. By a name: the latter two; of whom
# ("sub-01") or how fine ("sub-mm") it is, is no difference.
_DERIVED = re.compile(
    r"(p|phase|i|imag|imaginary)([ _].*)?|sub(tr\w*)?|m(in)?n?ip|(min|max)_ip|projection image",
    re.IGNORECASE,
)
_NAMED_DERIVED = re.compile(r"\b(subtr\w*|sub(?! ?(\d|mm|milli))|m(in)?n?ip)\b")


def read_facts(dataset: Dataset) -> Facts:
    """Tell modality, body part and sequence of a header, each where it says so for certain."""
    modality = _modality(dataset)
    # Of what is not MR the sequence's words mean something else.
    sequence = _sequence(dataset) if modality in {None, Modality.MR} else None
    return Facts(modality, _body_part(dataset), sequence)


def is_derived(kind: Iterable[str]) -> bool:
    """Tell if an image has another contrast than its sequence, by its Image Type's further values.

    Such are phases and imaginary parts, differences and projections.
    """
    return any(_DERIVED.fullmatch(part.strip()) for part in kind)


def read_evidence(dataset: Dataset) -> Evidence | None:
    """Tell what ``read_facts`` took the sequence from; None where it took none."""
    told = read_facts(dataset).sequence
    if told is None:
        return None
    named = told in {_by_name(_text(dataset, keyword)) for keyword in _NAMED_IN}
    return Evidence.SERIES_NAME if named else Evidence.TIMES


def _modality(dataset: Dataset) -> Modality | None:
    told = _text(dataset, "Modality").upper().strip()
    return None if told in {"", "OT", "SC"} else _MODALITIES.get(told, Modality.OTHER)


def _body_part(dataset: Dataset) -> BodyPart | None:
    told = re.sub(r"[^A-Z]", "", _text(dataset, "BodyPartExamined").upper())
    if any(word in told for word in _HEAD):
        return BodyPart.HEAD
    return BodyPart.OTHER if _ELSEWHERE.search(told) else None


def _sequence(dataset: Dataset) -> MrSequence | None:
    """Take the names first, then the times: a name is what a person has chosen."""
    if is_derived(str(part) for part in list(dataset.get("ImageType") or ())[2:]) or (
        _NAMED_DERIVED.search(_plain(_text(dataset, "SeriesDescription")))
    ):
        return MrSequence.DERIVED
    timed = _by_times(dataset)
    names = [_by_name(_text(dataset, keyword)) for keyword in _NAMED_IN]
    if MrSequence.FLAIR in {timed, *names} and MrSequence.DIFFUSION not in names:
        # "T2" alone is a common name of a FLAIR; its times, or its other name, tell.
        other = {told for told in names if told is not None} - {MrSequence.FLAIR, MrSequence.T2}
        return MrSequence.FLAIR if not other else None
    told = next((name for name in names if name is not None), None)
    return None if told is MrSequence.T2 and _inverts(dataset) else told or timed


def _by_name(text: str) -> MrSequence | None:
    plain = _plain(text)
    for pattern, sequence in _NAMES:
        if re.search(pattern, plain):
            contrast = sequence is MrSequence.T1 and _CONTRAST.search(_NO_CONTRAST.sub("", plain))
            return MrSequence.T1C if contrast else sequence
    return None


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9*+]+", " ", text.lower())


def _by_times(dataset: Dataset) -> MrSequence | None:
    """Tell the sequence by its times in ms, where no other has such times at 1.5 or 3 T.

    Source: Bernstein 2004, Handbook of MRI Pulse Sequences, chapters 14.2 and 14.3.
    """
    echo = _number(dataset, "EchoTime")
    repetition = _number(dataset, "RepetitionTime")
    inversion = _number(dataset, "InversionTime")
    if echo is None or repetition is None:
        return None
    if inversion is not None and inversion >= 1500:
        return MrSequence.FLAIR if echo >= 60 else None
    if _inverts(dataset) or "SE" not in _text(dataset, "ScanningSequence"):
        return None
    if echo <= 30 and repetition <= 900:
        return MrSequence.T1
    if echo <= 30 and 2000 <= repetition <= 6000:
        return MrSequence.PD
    return MrSequence.T2 if 70 <= echo <= 115 and 2500 <= repetition < 6000 else None


def _inverts(dataset: Dataset) -> bool:
    return (
        bool(_number(dataset, "InversionTime"))
        or "IR" in _text(dataset, "ScanningSequence")
        or "MP" in _text(dataset, "SequenceVariant")
        or "IR_GEMS" in _text(dataset, "ScanOptions")
    )


def _text(dataset: Dataset, keyword: str) -> str:
    """Read an element of one or several values as text, cut: a pattern runs over it."""
    value = dataset.get(keyword)
    values = [] if value is None else [value] if isinstance(value, str) else value
    try:
        return "\\".join(str(part) for part in values)[:256]
    except TypeError:
        return str(value)[:256]


def _number(dataset: Dataset, keyword: str) -> float | None:
    try:
        return float(str(dataset.get(keyword)))
    except ValueError:
        return None

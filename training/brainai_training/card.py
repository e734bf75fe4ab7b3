"""The model card, written from model.json, metrics.json and the manifest."""

from collections import Counter, defaultdict

from brainai.inference.metrics import Figure, Forerunner, Interval, Metrics
from brainai.inference.spec import ModelSpec
from brainai_training.manifest import Row

_HEAD = """# {name} {version}

**Research use only. Not a medical device.** It must not be used to diagnose, to exclude a disease
or to choose a treatment.

| | |
|---|---|
| task | is there a tumour in this axial FLAIR slice? |
| answer | calibrated P(tumour); label `tumor`, `no_tumor` or `uncertain`; heat map |
| network | {architecture}, one channel of {size} x {size} px, global average pooling, \
one linear layer |
| file | `model.onnx`, {precision}, sha256 `{sha}` |
| threshold | {threshold} on the calibrated probability (temperature {temperature}) |
| uncertain | {low} to {high}: split conformal prediction at {level:.0%} of each class |
| made | {created}, with {versions} |
| licence | {licence} |

## Intended use

Research on FLAIR slices: triage of archives, teaching, a baseline to beat. Input: one axial FLAIR
slice of an adult head, with skull or skull-stripped. Anything else (other sequences, other organs,
CT, children, after surgery) was not measured, and the answer means nothing there. Such input is
not recognised and refused yet: blank, tiny and unreadable images alone are.

## Path of the image

{path}

## Data and split

Each patient is in one split only; slices that look identical (perceptual hash) in two splits stop
the training. Blank slices, which serving refuses, are left out of every figure.

{data}

Temperature, threshold and uncertain band were chosen on the validation patients. The figures below
are of the test patients, who were used for nothing else.

## Figures on test patients

`{made_with}` writes them, through the ONNX file that is served, one slice at a time, each slice on
its own as `/predict` sees it. In brackets: 95 % interval by bootstrap over patients
({resamples} resamples). A source with one patient has no interval.

{figures}

FLAIR thresholding, the baseline, calls a slice a tumour when enough of its tissue is bright (both
numbers chosen on the training slices).{forerunner}

### The same slices, prepared in other ways

{variants}

![ROC](figures/roc.png) ![Precision and sensitivity](figures/precision_recall.png)
![Reliability](figures/reliability.png) ![Answers](figures/confusion.png)

## Limits

- Few patients: above all the skull-stripped and the tumour-free sources have one or two test
  patients each. Their figures are anecdotes, not estimates.
- A slice at a tumour's edge has a label that two readers would dispute; small lesions are missed
  most.
- Bright lesions that are not tumours (multiple sclerosis, white-matter disease, stroke) are known
  to it from two training patients alone.
- The heat map shows where the classifier looked. It is coarse (one value for each 32 x 32 px) and
  no outline of the lesion.
"""


def to_card(spec: ModelSpec, metrics: Metrics, rows: list[Row]) -> str:
    """Write the card as Markdown."""
    decision = spec.decision
    main = [f for f in metrics.figures if f.source in {"all", *(row.source for row in rows)}]
    return _HEAD.format(
        name=spec.name,
        version=spec.version,
        architecture=spec.training.architecture,
        size=spec.input.size_px,
        precision=spec.file.precision,
        sha=spec.file.sha256,
        threshold=decision.threshold,
        temperature=decision.temperature,
        low=decision.uncertain_band.low,
        high=decision.uncertain_band.high,
        level=decision.level,
        created=spec.training.created,
        versions=", ".join(f"{k} {v}" for k, v in spec.training.versions.items()),
        licence=spec.licence,
        path=_path(spec),
        data=_data_table(spec, rows),
        made_with=metrics.made_with,
        resamples=metrics.bootstrap.resamples,
        figures=_figure_table(main),
        forerunner=_forerunner(metrics.forerunner),
        variants=_figure_table([f for f in metrics.figures if f not in main]),
    )


def _forerunner(figures: Forerunner | None) -> str:
    if figures is None:
        return ""
    return (
        f" The forerunner of this project reached balanced\naccuracy "
        f"{figures.balanced_accuracy:.3f} (accuracy {figures.accuracy:.3f}, sensitivity "
        f"{figures.sensitivity:.3f}, specificity {figures.specificity:.3f})\non {figures.note}."
    )


def _path(spec: ModelSpec) -> str:
    i = spec.input
    return (
        f"Crop a square around the head ({i.margin:.0%} margin), resample it to {i.size_px} px, "
        "subtract the mean of the foreground and divide by its deviation, cut to "
        f"{i.clip[0]:g} .. {i.clip[1]:g}. The statistics are those of the whole volume where there "
        "is one, else of the slice alone; the network was trained on both."
    )


def _data_table(spec: ModelSpec, rows: list[Row]) -> str:
    patients: dict[tuple[str, str], set[str]] = defaultdict(set)
    slices: Counter[tuple[str, str]] = Counter()
    tumors: Counter[tuple[str, str]] = Counter()
    for row in rows:
        key = (row.source, row.split)
        patients[key].add(row.patient)
        slices[key] += 1
        tumors[key] += row.tumor
    lines = [
        "| source | split | patients | slices | with tumour |",
        "|---|---|---|---|---|",
    ]
    for source in dict.fromkeys(row.source for row in rows):
        for split in ("train", "validation", "test"):
            key = (source, split)
            if slices[key]:
                counts = f"{len(patients[key])} | {slices[key]} | {tumors[key]}"
                lines.append(f"| {source} | {split} | {counts} |")
    hashes = f"Data `{spec.training.data_sha256}`, split `{spec.training.split_sha256}` (sha256)."
    return "\n".join([*lines, "", hashes])


def _figure_table(figures: list[Figure]) -> str:
    lines = [
        "| slices of | method | patients | slices (tumour) | AUROC | sensitivity | specificity "
        "| balanced accuracy | accuracy | ECE | uncertain |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for f in figures:
        method = "model" if f.method == "model" else "FLAIR threshold"
        cells = [
            _interval(value)
            for value in (f.auroc, f.sensitivity, f.specificity, f.balanced_accuracy, f.accuracy)
        ]
        ends = ["" if v is None else f"{v:.3f}" for v in (f.ece, f.uncertain_share)]
        counts = f"{f.patients} | {f.slices} ({f.tumor_slices})"
        lines.append(f"| {f.title} | {method} | {counts} | {' | '.join(cells + ends)} |")
    return "\n".join(lines)


def _interval(value: Interval | None) -> str:
    if value is None:
        return ""
    if value.low is None or value.high is None:
        return f"{value.value:.3f}"
    return f"{value.value:.3f} ({value.low:.3f} to {value.high:.3f})"

"""The model card, written from model.json, metrics.json and the manifest."""

from collections import Counter, defaultdict

from brainai.inference.metrics import (
    Figure,
    Forerunner,
    Interval,
    Metrics,
    RefusalFigure,
    StudyFigure,
)
from brainai.inference.spec import ModelSpec
from brainai.labels import Sequence
from brainai_training.manifest import Row

_HEAD = """# {name} {version}

**Research use only. Not a medical device.** It must not be used to diagnose, to exclude a disease
or to choose a treatment.

| | |
|---|---|
| task | is there a tumour in this axial {sequences} slice, and where? |
| answer | calibrated P(tumour); label `tumor`, `no_tumor` or `uncertain`; {says_where}heat map; \
refusal of what is no brain FLAIR |
| network | {architecture}, {channels} of {size} x {size} px; P(tumour) from {heads} |
| file | `model.onnx`, {precision}, sha256 `{sha}` |
| threshold | {threshold} on the calibrated probability (temperature {temperature}, offset \
{offset}) |
| uncertain | {low} to {high}: split conformal prediction by patient at {level:.0%} of each class; \
and what is unlike the training slices |
{outline}{in_study}| made | {created}, with {versions} |
| licence | {licence} |

## Intended use

Research on FLAIR slices: triage of archives, teaching, a baseline to beat. Input: one axial FLAIR
slice of an adult head, with skull or skull-stripped{input}.
Children, heads after surgery, and tumours other than glioma were not measured. Other sequences,
other organs, CT and pictures of other things are refused, as far as the table of refusals below
says.

## Path of the image

{path}

## Data and folds

{protocol} Slices that look identical (perceptual hash) in two folds stop the training. Blank
slices, which serving refuses, are left out of every figure.

{data}

## Figures on held-out patients

`{made_with}` writes them, through ONNX files made and run as the served one is, one slice at a
time, each slice on its own as `/predict` sees it; those "in a study" as the slices of one. In
brackets: 95 % interval by bootstrap over patients ({resamples} resamples). A source with one
patient has no interval.

{figures}

FLAIR thresholding, the baseline, calls a slice a tumour when enough of its tissue is bright (both
numbers chosen on the folds that are not measured).{forerunner}

### By site, by size of the lesion, and at the tumour's ends

{groups}

### Outline, heat map, left and right

Dice is that of a patient's slices together; in a study, whatever the study as a whole is called
(where it is called free of tumour, no outline is served). The heat map says where the label head
looked; "peak inside" is the share of slices with tumour, called so, where its highest point lies in
the true lesion. "Flipped" is the mean change of the probability when left and right are swapped.

{outlines}

### The same slices, prepared in other ways

{variants}
{studies}{refusals}
![ROC](figures/roc.png) ![Precision and sensitivity](figures/precision_recall.png)
![Reliability](figures/reliability.png) ![Answers](figures/confusion.png)
![Dice](figures/dice.png)

## Limits

{few}{site_limit}\
- Single slices of other sequences pass now and then (the table of refusals). {outside_limit}\
 A DICOM header that names its sequence settles it.{beside_limit}
- A slice at a tumour's edge has a label that two readers would dispute; small lesions are missed
  most.
- Bright lesions that are not tumours (multiple sclerosis, white-matter disease, stroke) are \
{free_limit}.
- The heat map is coarse: one value for each 32 x 32 px.
"""

# Figures of a source of fewer patients are called anecdotes.
_FEW = 10

_SITES_MIXED = (
    "- Folds keep patients apart, not sites: no figure is of a site that was never trained on.\n"
)


def to_card(spec: ModelSpec, metrics: Metrics, rows: list[Row]) -> str:
    """Write the card as Markdown."""
    decision = spec.decision
    by_group = defaultdict(list)
    for figure in metrics.figures:
        by_group[figure.group].append(figure)
    return _HEAD.format(
        **_of_sequences(spec, rows),
        name=spec.name,
        version=spec.version,
        architecture=spec.training.architecture,
        size=spec.input.size_px,
        precision=spec.file.precision,
        sha=spec.file.sha256,
        threshold=decision.threshold,
        temperature=decision.temperature,
        offset=decision.offset,
        low=decision.uncertain_band.low,
        high=decision.uncertain_band.high,
        level=decision.level,
        **_of_outline(spec),
        in_study=_in_study(spec),
        created=spec.training.created,
        versions=", ".join(f"{k} {v}" for k, v in spec.training.versions.items()),
        licence=spec.licence,
        path=_path(spec),
        protocol=metrics.protocol,
        data=_data_table(spec, rows),
        few=_few_patients(rows),
        outside_limit=_outside_limit(metrics.refusals),
        free_limit=_free_limit(rows),
        site_limit="" if _are_sites_apart(rows) else _SITES_MIXED,
        made_with=metrics.made_with,
        resamples=metrics.bootstrap.resamples,
        figures=_figure_table(by_group["source"]),
        forerunner=_forerunner(metrics.forerunner),
        groups=_figure_table([*by_group["site"], *by_group["lesion_size"], *by_group["edge"]]),
        outlines=_outline_table(metrics.figures),
        variants=_figure_table(by_group["look"]),
        studies=_study_table(metrics.studies),
        refusals=_refusal_table(metrics.refusals),
    )


def _of_outline(spec: ModelSpec) -> dict[str, str]:
    """Say what is said of where a lesion lies: nothing by a model that no mask has taught."""
    label_head = "a label head (global average pooling, one linear layer)"
    if spec.file.lesion is None:
        return {"says_where": "", "heads": label_head, "outline": ""}
    least = spec.decision.lesion_threshold
    return {
        "says_where": "outline; ",
        "heads": f"the sum of {label_head} and the strongest spot of the lesion map",
        "outline": f"| outline | pixels with a lesion probability of {least} or more |\n",
    }


def _in_study(spec: ModelSpec) -> str:
    """Say what is other in a study: a line of the table of facts, or nothing."""
    if spec.refine is None:
        return ""
    own = spec.refine.decision
    study = own.study.threshold if own.study else own.threshold
    return (
        f"| in a study | its slices hear their neighbours (`{spec.refine.name}`, on "
        f"{spec.refine.side_px} x {spec.refine.side_px}, slices {spec.refine.slice_mm:g} mm "
        f"apart): threshold {own.threshold}, uncertain {own.uncertain_band.low} to "
        f"{own.uncertain_band.high}, outline from {own.lesion_threshold}; the study itself from "
        f"{study} |\n"
    )


def _outline_table(figures: list[Figure]) -> str:
    lines = [
        "| slices of | Dice, mean | Dice, median | peak inside | flipped |",
        "|---|---|---|---|---|",
    ]
    for f in figures:
        if f.method == "model" and f.group in ("source", "site", "look"):
            cells = [_interval(v) for v in (f.dice_mean, f.dice_median, f.heatmap_hits)]
            flipped = "" if f.flip_change is None else f"{f.flip_change:.3f}"
            lines.append(f"| {f.title} | {' | '.join(cells)} | {flipped} |")
    return "\n".join(lines)


def _study_table(studies: list[StudyFigure]) -> str:
    if not studies:
        return ""
    lines = [
        "",
        "### Whole studies",
        "",
        "| studies | with tumour | found | without tumour | false alarms |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {s.title}: {s.note} | {s.tumor_studies} | {_interval(s.sensitivity)} "
        f"| {s.tumor_free_studies} | {_interval(s.false_alarms)} |"
        for s in studies
    ]
    return "\n".join([*lines, ""])


def _refusal_table(refusals: list[RefusalFigure]) -> str:
    if not refusals:
        return ""
    measured = any(r.refused_or_warned is not None for r in refusals)
    warned_head = " refused or warned of |" if measured else ""
    lines = [
        "",
        "### Refusals",
        "",
        "Each image is judged by the gate of a fold that never saw its patient or its picture, "
        "with limits chosen on others; all folds together. Of a whole series up to 24 slices of "
        "its middle are asked, and it is refused where more than a third of them would be. What "
        "looks less like brain FLAIR than like all else, but not surely, is answered with a "
        "warning. Images are not patients: slices of a series are alike, and a slice of CT is "
        "shown in several windows.",
        "",
        f"| images | to be refused | number | refused | with the true reason |{warned_head}",
        f"|---|---|---|---|---|{'---|' if warned_head else ''}",
    ]
    for r in refusals:
        reason, warned = (
            "" if share is None else f"{share:.1%}"
            for share in (r.with_true_reason, r.refused_or_warned)
        )
        wanted = "yes" if r.should_refuse else "no"
        lines.append(
            f"| {r.title}{': ' + r.note if r.note else ''} | {wanted} | {r.images} "
            f"| {r.refused:.1%} | {reason} |{f' {warned} |' if measured else ''}"
        )
    return "\n".join([*lines, ""])


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


def _of_sequences(spec: ModelSpec, rows: list[Row]) -> dict[str, str]:
    """Say what the network reads beside FLAIR, and of how many patients there was any."""
    beside = spec.input.beside
    if not beside:
        return {"sequences": "FLAIR", "channels": "one channel", "input": "", "beside_limit": ""}
    named = " and ".join(beside)
    counts = ", ".join(f"{name} of {len(_patients_with(name, rows))}" for name in beside)
    return {
        "sequences": f"FLAIR (with {named})",
        "channels": f"a channel for each of FLAIR, {', '.join(beside)} (all 0 where it is absent)",
        "input": f", and beside it {named} of the same place, each where it is to be had",
        "beside_limit": (
            f"\n- Of {len({row.patient for row in rows})} patients there was {counts}. What a "
            "sequence of so few adds is not known, and nothing is claimed of it."
        ),
    }


def _few_patients(rows: list[Row]) -> str:
    """Name the sources of few patients: a line of the limits, or nothing."""
    patients: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        patients[row.source].add(row.patient)
    few = [f"{name} {len(here)}" for name, here in sorted(patients.items()) if len(here) < _FEW]
    if not few:
        return ""
    return f"- Few patients: {', '.join(few)}. Figures of so few are anecdotes, not estimates.\n"


def _outside_limit(refusals: list[RefusalFigure]) -> str:
    """Say what the gate was not asked of, or of little that is real."""
    titles = {figure.title for figure in refusals}
    made = "T2 and proton density were mostly made from T1 and FLAIR, so real ones are refused "
    other = f"{made}less surely" if any("made from T1" in title for title in titles) else ""
    if not any(title.startswith(("T1", "T2")) for title in titles):
        other = "Of real sequences beside FLAIR there was none"
    real = (
        "real CT and other organs are of a few series" if "CT" in titles else "there was no real CT"
    )
    return f"{other}; {real}." if other else f"{real[0].upper()}{real[1:]}."


def _free_limit(rows: list[Row]) -> str:
    """Say of how many patients the network can know what is bright and no tumour."""
    everybody = {row.patient for row in rows}
    free = len(everybody - {row.patient for row in rows if row.tumor})
    if not free:
        return "not known to it: every patient had a tumour"
    return f"known to it from {'one patient' if free == 1 else f'{free} patients'} at most"


def _are_sites_apart(rows: list[Row]) -> bool:
    """Tell whether each site, of the sources that have several, is in one fold."""
    folds: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for row in rows:
        folds[row.source][row.site].add(row.fold)
    several = [sites for sites in folds.values() if len(sites) > 1]
    return bool(several) and all(len(each) == 1 for sites in several for each in sites.values())


def _patients_with(name: Sequence, rows: list[Row]) -> set[str]:
    return {row.patient for row in rows if name in row.beside}


def _data_table(spec: ModelSpec, rows: list[Row]) -> str:
    patients: dict[tuple[str, int], set[str]] = defaultdict(set)
    slices: Counter[tuple[str, int]] = Counter()
    tumors: Counter[tuple[str, int]] = Counter()
    for row in rows:
        key = (row.source, row.fold)
        patients[key].add(row.patient)
        slices[key] += 1
        tumors[key] += row.tumor
    beside = spec.input.beside
    heads = ["source", "fold", "patients", "slices", "with tumour", *(f"with {n}" for n in beside)]
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    having = {name: _patients_with(name, rows) for name in beside}
    for source, fold in sorted(slices):
        key = (source, fold)
        counts = [len(patients[key]), slices[key], tumors[key]]
        counts += [len(patients[key] & having[name]) for name in beside]
        lines.append(f"| {source} | {fold} | {' | '.join(str(count) for count in counts)} |")
    hashes = f"Data `{spec.training.data_sha256}`, folds `{spec.training.split_sha256}` (sha256)."
    return "\n".join([*lines, "", hashes])


def _figure_table(figures: list[Figure]) -> str:
    lines = [
        "| slices of | method | patients | slices (tumour) | AUROC | sensitivity | specificity "
        "| balanced accuracy | accuracy | ECE | in the uncertain band |",
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

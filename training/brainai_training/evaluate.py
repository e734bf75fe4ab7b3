"""The figures of a model folder, on patients held out, through the files that are served."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from brainai.inference.metrics import (
    Bootstrap,
    Figure,
    Forerunner,
    Interval,
    Metrics,
    StudyFigure,
)
from brainai.inference.spec import DecisionSpec, ModelSpec, load_spec
from brainai_training.answers import ALONE, BY_VOLUME, FLAIR_ALONE, STRIPPED, SliceAnswer
from brainai_training.baseline import fit_baseline
from brainai_training.config import Config, Source, SplitConfig, load_config
from brainai_training.crossval import ask_folds
from brainai_training.decide import (
    as_studies,
    choose_decision,
    is_called,
    studies_of,
    without_tumor,
)
from brainai_training.errors import DataError
from brainai_training.gate_run import measure_gates
from brainai_training.looks import look_at
from brainai_training.manifest import Row, deal_out
from brainai_training.measure import (
    LEVEL,
    RESAMPLES,
    Group,
    Judged,
    join,
    judge,
    reliability,
    score_figure,
    share_interval,
    to_figure,
)
from brainai_training.tensors import TensorStore, check_split, prepare

FORERUNNER = Forerunner(
    accuracy=0.883,
    sensitivity=0.948,
    specificity=0.698,
    balanced_accuracy=0.823,
    note="BRATS 2013 slices; patients may have leaked between its splits",
)
ALL = "all"
DECISION_PARTS = 5
"""The decision that a patient is measured with is chosen on the patients of the other parts.

Where folds hold whole sites, they are the parts."""
LARGE_SHARE = 0.01
"""A lesion is large from this share of the slice's tissue on."""

Keep = Callable[[SliceAnswer], bool]


@dataclass(frozen=True)
class Evaluation:
    """What was measured: each slice alone, judged by a decision chosen on other patients."""

    spec: ModelSpec
    config: Config
    metrics: Metrics
    judged: Judged
    store: TensorStore


def evaluate(folder: Path, data: Path, work: Path) -> Evaluation:
    """Measure the model in ``folder`` on ``data``; write metrics.json; return what was measured.

    Each patient is judged by the model of the fold that held the patient out (from ``work``), with
    calibration, thresholds and band chosen on other held-out patients.

    Raises DataError where ``work`` has no fold models, or where the data's folds are not those
    that they were trained with.
    """
    spec = load_spec(folder)
    config = load_config(folder / "config.toml")
    store = prepare(data, config, work / "cache")
    check_split(spec, store)
    answers = ask_folds(data, store, config, work)
    # A model that refines has a decision of its own for the slices of a study.
    in_study = BY_VOLUME if spec.refine else ALONE
    parts = deal_parts(answers, store, config.split)
    decisions = {look: decide_apart(answers, parts, look) for look in {ALONE, in_study}}
    looks = {
        look: _judge(answers, decisions[in_study if look == BY_VOLUME else ALONE], look)
        for look in (ALONE, STRIPPED, BY_VOLUME, FLAIR_ALONE)
    }
    alone = looks[ALONE]
    if alone is None:
        raise AssertionError("prepare found slices, so there are answers")
    metrics = Metrics(
        format=1,
        model=spec.name,
        version=spec.version,
        sha256=spec.file.sha256,
        made_with=f"brainai-train evaluate models/{spec.name} --data DATA --work WORK",
        threshold=spec.decision.threshold,
        bootstrap=Bootstrap(resamples=RESAMPLES, unit="patient", level=LEVEL),
        figures=[
            *_figures(config, alone),
            *_baseline(config, store),
            *_look_figures(config, looks),
        ],
        forerunner=FORERUNNER,
        protocol=_protocol(config, len(decisions[ALONE]), len({row.patient for row in store.rows})),
        reliability=reliability(alone),
        studies=_studies(answers, decisions[ALONE]),
        refusals=measure_gates(store, config, data, work),
    )
    write_metrics(metrics, folder)
    return Evaluation(spec, config, metrics, alone, store)


def write_metrics(metrics: Metrics, folder: Path) -> None:
    """Write metrics.json."""
    encoded = msgspec.json.format(msgspec.json.encode(metrics), indent=2)
    (folder / "metrics.json").write_bytes(encoded + b"\n")


def check_others(store: TensorStore, split: SplitConfig) -> None:
    """Stop where a patient held out has no others by whom its decision can be chosen.

    Raises DataError that names the patients. Blank slices do not count.
    """
    rows = [row for row in store.rows if row.fold in split.held_out and row.tissue_px]
    part_of = deal_parts(rows, store, split)
    for part in sorted({part_of[row.patient] for row in rows}):
        if len({row.tumor for row in rows if part_of[row.patient] != part}) < 2:
            here = sorted({row.patient for row in rows if part_of[row.patient] == part})
            raise DataError(
                f"Thresholds for {', '.join(here)} are chosen on the other patients that are held "
                "out, who need slices with tumour and slices without. Add patients, or hold out "
                "more folds (split.measured)."
            )


def deal_parts(
    answers: Sequence[SliceAnswer | Row], store: TensorStore, split: SplitConfig
) -> dict[str, int]:
    """Deal patients out to parts, those of each source and site in turn, or take their folds."""
    if _parts_are_folds(split):
        return {row.patient: row.fold for row in store.rows}
    group_of = {answer.patient: f"{answer.source} {answer.site}" for answer in answers}
    return deal_out(group_of, DECISION_PARTS, seed=0)


def _parts_are_folds(split: SplitConfig) -> bool:
    """Tell whether decisions are chosen on other folds: then other sites alone have a say."""
    return split.by_site and len(split.held_out) > 1


def decide_apart(
    answers: list[SliceAnswer], part_of: Mapping[str, int], look: str = ALONE
) -> dict[str, DecisionSpec]:
    """Choose, for each patient, the decision on the answers about patients of other parts.

    part_of: the part of each patient. look: the one that the decision is for.
    """
    decisions = {
        part: choose_decision([a for a in answers if part_of[a.patient] != part], look)
        for part in sorted({part_of[answer.patient] for answer in answers})
    }
    return {answer.patient: decisions[part_of[answer.patient]] for answer in answers}


def _judge(
    answers: list[SliceAnswer], decisions: dict[str, DecisionSpec], look: str
) -> Judged | None:
    studies = list(studies_of([answer for answer in answers if answer.look == look]).values())
    parts = [judge(study, decisions[study[0].patient]) for study in studies]
    return join(parts) if parts else None


def _protocol(config: Config, measured: int, patients: int) -> str:
    folds, held_out = config.split.folds, len(config.split.held_out)
    which = "each of them" if held_out == folds else f"{held_out} of them"
    sites = ", sites kept apart where a source has several" if config.split.by_site else ""
    others = f"other held-out patients (in {DECISION_PARTS} parts)"
    if _parts_are_folds(config.split):
        others = "the held-out patients of other folds"
    return (
        f"{patients} patients in {folds} folds{sites}; {which} was held out, {measured} patients: "
        "each slice is judged by a model that never saw its patient, with calibration, thresholds "
        f"and uncertain band chosen on {others}. {_origin(config)}"
    )


def _origin(config: Config) -> str:
    """Say where the shipped weights come from."""
    if config.train.continued is None:
        return "The shipped weights were trained on all patients by the same recipe."
    weights = "The shipped weights are those of the last of these models"
    epochs = sum(stage.epochs for stage in config.train.continued)
    if epochs:
        several = any(stage.runs > 1 for stage in config.train.continued)
        mean = "; the mean of several runs" if several else ""
        said = f"{weights}, trained on with all patients (epochs: {epochs} more{mean})."
    else:
        said = f"{weights}, as it was measured: the patients of its fold were not trained on."
    if config.mean_with is None:
        return said
    other, share = config.mean_with.config, config.mean_with.share
    return f"{said} Served, and measured, is their mean with {other}, which counts {share:.0%}."


def _figures(config: Config, alone: Judged) -> list[Figure]:
    everything = Group("source", ALL, "All patients", "every source together")
    figures = [to_figure(everything, alone)]
    for group, keep in _groups(config, alone):
        here = alone.where(keep)
        if here.answers:
            figures.append(to_figure(group, here))
    return figures


def _groups(config: Config, alone: Judged) -> Iterator[tuple[Group, Keep]]:
    sources = config.sources
    for source in sources:
        yield Group("source", source.name, source.title, source.note), _of(source)
    for source in sources:
        sites = sorted({a.site for a in alone.answers if a.source == source.name} - {""})
        for site in sites if len(sites) > 1 else ():
            group = Group("site", f"{source.name}_{site.lower()}", f"{source.title}, {site}", "")
            yield group, _of(source, lambda a, site=site: a.site == site)  # type: ignore[misc]
    for source in sources:
        if not any(a.lesion_px > 0 and a.source == source.name for a in alone.answers):
            continue
        for key, title, note, keep in _SIZES:
            group = Group("lesion_size", f"{source.name}_{key}", f"{source.title}, {title}", note)
            yield group, _of(source, keep)
        edge = Group(
            "edge",
            f"{source.name}_edge",
            f"{source.title}, at the tumour's ends",
            "the last slices with tumour and the first without, whose label readers dispute",
        )
        yield edge, _of(source, lambda a: a.at_edge)


def _is_large(answer: SliceAnswer) -> bool:
    return answer.lesion_px >= LARGE_SHARE * answer.tissue_px


_SIZES: tuple[tuple[str, str, str, Keep], ...] = (
    (
        "large",
        "lesions of 1 % or more",
        "of the slice's tissue; all slices without tumour",
        lambda a: not a.tumor or _is_large(a),
    ),
    (
        "small",
        "lesions under 1 %",
        "of the slice's tissue; all slices without tumour",
        lambda a: not a.tumor or not _is_large(a),
    ),
)


def _of(source: Source, keep: Keep = lambda _: True) -> Keep:
    return lambda answer: answer.source == source.name and keep(answer)


def _look_figures(config: Config, looks: dict[str, Judged | None]) -> list[Figure]:
    figures = []
    for look, key, note in (
        (STRIPPED, "skull removed", "the same slices with the skull removed"),
        (BY_VOLUME, "in a study", "normalised by the study, among their neighbours"),
        (FLAIR_ALONE, "FLAIR alone", "the same slices without the sequences beside FLAIR"),
    ):
        judged = looks[look]
        if judged is None:
            continue
        for name, title, keep in _look_groups(config, judged, in_sizes=look == BY_VOLUME):
            here = judged.where(keep)
            if here.answers:
                named = f"{name} {key}".replace(" ", "_")
                figures.append(to_figure(Group("look", named, f"{title}, {key}", note), here))
    return figures


def _look_groups(
    config: Config, judged: Judged, *, in_sizes: bool
) -> Iterator[tuple[str, str, Keep]]:
    """Yield name, title and slices of each source; in_sizes: of all, and by size of the lesion."""
    if in_sizes:
        yield ALL, "All patients", lambda _: True
    for source in config.sources:
        yield source.name, source.title, _of(source)
        if in_sizes and any(a.lesion_px > 0 and a.source == source.name for a in judged.answers):
            for key, title, _, keep in _SIZES:
                yield f"{source.name} {key}", f"{source.title}, {title}", _of(source, keep)


def _baseline(config: Config, store: TensorStore) -> list[Figure]:
    """Figures of the thresholding baseline, fitted on the other folds as well."""
    rows: list[Row] = []
    scores, called = [], []
    for fold in config.split.held_out:
        others = set(range(config.split.folds)) - {fold}
        baseline = fit_baseline(look_at(store, config.input, others))
        look = look_at(store, config.input, {fold})
        score = baseline.score(look.tensors)
        rows += [store.rows[row] for row in look.rows]
        scores.append(score)
        called.append(score >= baseline.share)
    score, call = np.concatenate(scores), np.concatenate(called)
    tumor = np.array([row.tumor for row in rows], dtype=bool)
    figures = []
    for name, title, note in [
        (ALL, "All patients", "every source together"),
        *((s.name, s.title, s.note) for s in config.sources),
    ]:
        here = np.array([name in (ALL, row.source) for row in rows], dtype=bool)
        if here.any():
            patients = [row.patient for row, kept in zip(rows, here, strict=True) if kept]
            group = Group("source", name, title, note)
            figures.append(score_figure(group, score[here], call[here], tumor[here], patients))
    return figures


def _studies(answers: list[SliceAnswer], decisions: dict[str, DecisionSpec]) -> list[StudyFigure]:
    found: list[tuple[str, bool]] = []
    alarms: list[tuple[str, bool]] = []
    free_ends: list[tuple[str, bool]] = []
    for study in studies_of(as_studies(answers)).values():
        patient = study[0].patient
        decision = decisions[patient].study
        if decision is None:
            return []
        free = without_tumor(study)
        if len(free) == len(study):
            alarms.append((patient, is_called(study, decision)))
            continue
        found.append((patient, is_called(study, decision)))
        if free:
            free_ends.append((patient, is_called(free, decision)))
    return [
        StudyFigure(
            title=title,
            note=note,
            tumor_studies=len(found),
            tumor_free_studies=len(free),
            sensitivity=_share(found),
            false_alarms=_share(free),
        )
        for title, note, free in (
            ("Patients", "tumour patients; patients with other disease and no tumour", alarms),
            (
                "Heads and their tumour-free ends",
                "tumour patients; of the same patients the longest run of slices clear of tumour",
                free_ends,
            ),
        )
    ]


def _share(said: list[tuple[str, bool]]) -> Interval | None:
    return share_interval(np.array([yes for _, yes in said], dtype=bool), [p for p, _ in said])

import dataclasses
import shutil
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from brainai.errors import ModelError
from brainai.inference.calibrate import calibrated
from brainai.inference.metrics import Figure, load_metrics
from brainai.inference.spec import load_spec
from brainai_training.answers import SliceAnswer, load_answers
from brainai_training.baseline import fit_baseline
from brainai_training.config import Mean, SplitConfig, Stage
from brainai_training.decide import margins_of, tumors_of
from brainai_training.errors import ConfigError, DataError
from brainai_training.evaluate import (
    DECISION_PARTS,
    _origin,
    _protocol,
    check_others,
    deal_parts,
    decide_apart,
    evaluate,
)
from brainai_training.lineage import fold_folder
from brainai_training.looks import look_at
from brainai_training.metrics import auroc
from brainai_training.package import write_spec
from tests.making import SMOKE, answer, config_with
from tests.measured import FREE_SLICES, PATIENTS, REFUSALS, SLICES, Measured, with_split


def _fold(measured: Measured, fold: int) -> Path:
    return fold_folder(measured.work, measured.config, fold)


def _patients(measured: Measured, fold: int) -> set[str]:
    return {row.patient for row in measured.store.rows if row.fold == fold}


def _figure(measured: Measured, source: str, method: str = "model") -> Figure:
    (found,) = [
        figure
        for figure in measured.metrics.figures
        if (figure.source, figure.method) == (source, method)
    ]
    return found


def test_metrics_json_is_what_was_returned_and_serving_reads_it(measured: Measured) -> None:
    assert load_metrics(measured.folder, load_spec(measured.folder)) == measured.metrics


def test_metrics_say_how_and_on_what_they_were_measured(measured: Measured) -> None:
    metrics = measured.metrics
    assert metrics.sha256 == measured.spec.file.sha256
    assert metrics.threshold == measured.spec.decision.threshold
    assert (metrics.bootstrap.unit, metrics.bootstrap.level) == ("patient", 0.95)
    assert metrics.made_with == "brainai-train evaluate models/tiny --data DATA --work WORK"
    assert metrics.protocol.startswith("10 patients in 2 folds; each of them was held out")


def test_the_protocol_says_where_the_shipped_weights_come_from() -> None:
    def told(*stages: Stage, fresh: bool = False) -> str:
        continued = None if fresh else stages
        return _origin(config_with(train=replace(SMOKE.train, continued=continued)))

    assert "all patients by the same recipe" in told(fresh=True)
    assert "as it was measured" in told()
    assert "with all patients (epochs: 3 more)" in told(Stage(1, 1e-3), Stage(2, 1e-3))
    assert "(epochs: 2 more; the mean of several runs)" in told(Stage(2, 1e-3, runs=2))


def test_a_mean_says_whose_weights_are_in_it() -> None:
    recipe = replace(SMOKE.train, continued=())
    told = _origin(config_with(train=recipe, mean_with=Mean("other", 0.75)))
    assert told.endswith("is their mean with other, which counts 75%.")


def test_figures_are_of_sources_sites_sizes_edges_and_other_looks(measured: Measured) -> None:
    found = [(figure.group, figure.source, figure.method) for figure in measured.metrics.figures]
    assert found == [
        ("source", "all", "model"),
        ("source", "tcga", "model"),
        ("source", "healthy", "model"),
        ("site", "tcga_cs", "model"),
        ("site", "tcga_du", "model"),
        ("lesion_size", "tcga_large", "model"),
        ("lesion_size", "tcga_small", "model"),
        ("edge", "tcga_edge", "model"),
        ("source", "all", "flair_threshold"),
        ("source", "tcga", "flair_threshold"),
        ("source", "healthy", "flair_threshold"),
        ("look", "tcga_skull_removed", "model"),
        ("look", "healthy_skull_removed", "model"),
        ("look", "all_in_a_study", "model"),
        ("look", "tcga_in_a_study", "model"),
        ("look", "tcga_large_in_a_study", "model"),
        ("look", "tcga_small_in_a_study", "model"),
        ("look", "healthy_in_a_study", "model"),
    ]


def test_each_figure_is_of_the_slices_of_its_group(measured: Measured) -> None:
    tcga, healthy = len(PATIENTS) * SLICES, 4 * FREE_SLICES
    for method in ("model", "flair_threshold"):
        assert _figure(measured, "all", method).slices == tcga + healthy
        assert _figure(measured, "all", method).patients == 10
        assert _figure(measured, "tcga", method).slices == tcga
        assert _figure(measured, "healthy", method).tumor_slices == 0
    for site in ("tcga_cs", "tcga_du"):
        assert (_figure(measured, site).patients, _figure(measured, site).slices) == (3, tcga // 2)
    # The last slice with tumour and the first without, of each patient.
    edge = _figure(measured, "tcga_edge")
    assert (edge.slices, edge.tumor_slices) == (2 * len(PATIENTS), len(PATIENTS))
    # A phantom's lesion is large; slices without tumour are with either.
    large, small = _figure(measured, "tcga_large"), _figure(measured, "tcga_small")
    assert (large.slices, large.tumor_slices) == (tcga, tcga // 2)
    assert (small.slices, small.tumor_slices) == (tcga // 2, 0)


@pytest.mark.parametrize("fold", [0, 1])
def test_each_patient_is_asked_of_the_model_that_held_it_out(measured: Measured, fold: int) -> None:
    answers = load_answers(_fold(measured, fold) / "answers.jsonl")
    assert {each.patient for each in answers} == _patients(measured, fold)


def _drawn(patients: list[str], seed: int) -> Iterator[SliceAnswer]:
    rng = np.random.default_rng(seed)
    for patient in patients:
        for index in range(30):
            tumor = index % 2 == 0
            margin = float(rng.normal(1 if tumor else -1, 2))
            yield answer(patient, index, tumor, margin=margin)


def test_the_decision_of_a_patient_never_uses_its_own_slices() -> None:
    patients = [f"p{number}" for number in range(2 * DECISION_PARTS)]
    answers = list(_drawn(patients, 1))
    part_of = {name: place % DECISION_PARTS for place, name in enumerate(patients)}
    chosen = decide_apart(answers, part_of)
    assert len(set(map(repr, chosen.values()))) == DECISION_PARTS
    for patient in patients:
        # Other answers on the patient, the opposite even, change nothing for it.
        other = [
            replace(each, margin=9 - 5 * each.margin) if each.patient == patient else each
            for each in answers
        ]
        again = decide_apart(other, part_of)
        assert again[patient] == chosen[patient]
        changed = [name for name in patients if again[name] != chosen[name]]
        assert len(changed) == len(patients) - 2  # all but the two patients of this part


def test_patients_are_dealt_out_to_parts_or_keep_their_folds_where_those_hold_sites(
    measured: Measured,
) -> None:
    answers = [answer(patient, 0, True) for patient in PATIENTS]
    dealt = deal_parts(answers, measured.store, SplitConfig())
    assert len(set(dealt.values())) == min(DECISION_PARTS, len(PATIENTS))
    by_site = SplitConfig(folds=2, by_site=True)
    folds = {row.patient: row.fold for row in measured.store.rows}
    assert deal_parts(answers, measured.store, by_site) == folds
    # One fold has no other that could decide.
    assert deal_parts(answers, measured.store, replace(by_site, measured=1)) == dealt


def test_patients_whose_decision_others_can_choose_pass(measured: Measured) -> None:
    check_others(measured.store, measured.config.split)


@pytest.mark.parametrize("kept", [("CS_4941",), ("CS_4941", "healthy_a")])
def test_patients_whose_decision_no_others_can_choose_are_named(
    measured: Measured, kept: tuple[str, ...]
) -> None:
    rows = [replace(measured.store.rows[k], patient=name, fold=0, tumor=tumor, tissue_px=9)
            for k, (name, tumor) in enumerate(product(kept, (True, False)))
            if not (tumor and name.startswith("healthy"))]  # fmt: skip
    store = dataclasses.replace(measured.store, rows=rows)
    with pytest.raises(DataError, match=r"Thresholds for CS_4941 are chosen on the other"):
        check_others(store, SplitConfig(folds=2, measured=1))


def test_the_protocol_says_that_sites_were_kept_apart() -> None:
    def told(split: SplitConfig) -> str:
        return _protocol(config_with(split=split), 4, 5)

    assert "in 3 folds; each" in told(SplitConfig())
    assert "other held-out patients (in 5 parts)" in told(SplitConfig())
    apart = told(SplitConfig(by_site=True))
    assert "in 3 folds, sites kept apart where a source has several; each" in apart
    assert "chosen on the held-out patients of other folds." in apart


def test_each_patient_is_judged_by_its_own_decision(measured: Measured) -> None:
    answers = [
        each for fold in (0, 1) for each in load_answers(_fold(measured, fold) / "answers.jsonl")
    ]
    parts = deal_parts(answers, measured.store, measured.config.split)
    decisions = decide_apart(answers, parts)
    for each, said in zip(measured.judged.answers, measured.judged.probability, strict=True):
        expected = calibrated(margins_of([each]), decisions[each.patient])[0]
        assert said == pytest.approx(expected)


def test_the_figure_is_that_of_the_answers(measured: Measured) -> None:
    figure = measured.metrics.figures[0].auroc
    expected = auroc(measured.judged.probability, tumors_of(measured.judged.answers))
    assert figure is not None
    assert expected is not None
    assert figure.value == pytest.approx(expected, abs=1e-4)


def test_reliability_is_of_all_slices(measured: Measured) -> None:
    slices = sum(each.slices for each in measured.metrics.reliability)
    assert slices == len(measured.judged.answers)


def test_the_baseline_is_fitted_on_the_other_folds(measured: Measured) -> None:
    spec, right = measured.spec.input, []
    for fold in (0, 1):
        fitted = fit_baseline(look_at(measured.store, spec, {1 - fold}))
        held_out = look_at(measured.store, spec, {fold})
        bright = fitted.score(held_out.tensors) >= fitted.share
        right += (bright == held_out.tumor).tolist()
    figure = _figure(measured, "all", "flair_threshold").accuracy
    assert figure is not None
    assert figure.value == pytest.approx(float(np.mean(right)), abs=1e-4)


def test_studies_with_and_without_tumor_are_counted_by_patient(measured: Measured) -> None:
    whole, ends = measured.metrics.studies
    # The four healthy volumes have files of one name, and are four studies all the same.
    assert (whole.tumor_studies, whole.tumor_free_studies) == (len(PATIENTS), 4)
    assert (ends.tumor_studies, ends.tumor_free_studies) == (len(PATIENTS), len(PATIENTS))
    assert whole.sensitivity == ends.sensitivity
    assert whole.sensitivity is not None
    assert whole.sensitivity.value > 0.5


def test_refusals_are_those_of_the_gates_of_the_folds(measured: Measured) -> None:
    assert measured.metrics.refusals == REFUSALS


def _copy(measured: Measured, root: Path) -> tuple[Path, Path]:
    shutil.copytree(measured.folder, root / "tiny")
    shutil.copytree(measured.work, root / "work")
    return root / "tiny", root / "work"


def test_a_split_that_the_model_was_not_trained_with_stops_the_measuring(
    measured: Measured, tmp_path: Path
) -> None:
    folder, work = _copy(measured, tmp_path)
    write_spec(with_split(measured.spec, "0" * 64), folder)
    with pytest.raises(DataError, match="may have been trained on"):
        evaluate(folder, measured.data, work)


def test_a_fold_of_another_split_stops_the_measuring(measured: Measured, tmp_path: Path) -> None:
    folder, work = _copy(measured, tmp_path)
    fold = fold_folder(work, measured.config, 0) / "model"
    write_spec(with_split(load_spec(fold), "0" * 64), fold)
    with pytest.raises(DataError, match="may have been trained on"):
        evaluate(folder, measured.data, work)


def test_without_the_models_of_the_folds_there_are_no_figures(
    measured: Measured, tmp_path: Path
) -> None:
    folder, work = _copy(measured, tmp_path)
    shutil.rmtree(fold_folder(work, measured.config, 0))
    before = (folder / "metrics.json").read_bytes()
    with pytest.raises(DataError, match="fold0/model is not there"):
        evaluate(folder, measured.data, work)
    assert (folder / "metrics.json").read_bytes() == before


def test_a_folder_without_configuration_is_refused(measured: Measured, tmp_path: Path) -> None:
    folder, work = _copy(measured, tmp_path)
    (folder / "config.toml").unlink()
    with pytest.raises(ConfigError, match=r"config\.toml"):
        evaluate(folder, measured.data, work)


def test_an_onnx_file_that_was_altered_is_refused(measured: Measured, tmp_path: Path) -> None:
    folder, work = _copy(measured, tmp_path)
    with (folder / "model.onnx").open("ab") as file:
        file.write(b"\0")
    with pytest.raises(ModelError, match="sha256"):
        evaluate(folder, measured.data, work)


def test_metrics_json_names_every_figure(measured: Measured) -> None:
    written = msgspec.json.decode((measured.folder / "metrics.json").read_bytes())
    assert len(written["figures"]) == len(measured.metrics.figures)
    assert {"studies", "refusals", "reliability", "protocol", "forerunner"} <= set(written)

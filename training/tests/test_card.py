from msgspec.structs import replace

from brainai.inference.metrics import Interval
from brainai.inference.spec import RefineSpec
from brainai.labels import Sequence
from brainai_training.card import to_card
from tests.measured import REFUSALS, Measured


def _card(measured: Measured) -> str:
    return to_card(measured.spec, measured.metrics, measured.store.rows)


def _shown(interval: Interval | None) -> str:
    assert interval is not None
    if interval.low is None or interval.high is None:
        return f"{interval.value:.3f}"
    return f"{interval.value:.3f} ({interval.low:.3f} to {interval.high:.3f})"


def test_the_card_contains_every_figure(measured: Measured) -> None:
    lines = _card(measured).splitlines()
    intervals = 0
    for figure in measured.metrics.figures:
        method = "model" if figure.method == "model" else "FLAIR threshold"
        (line,) = [x for x in lines if x.startswith(f"| {figure.title} | {method} |")]
        assert f"| {figure.patients} | {figure.slices} ({figure.tumor_slices}) |" in line
        known = [
            interval
            for interval in (
                figure.auroc,
                figure.sensitivity,
                figure.specificity,
                figure.balanced_accuracy,
                figure.accuracy,
            )
            if interval is not None
        ]
        assert all(f"| {_shown(interval)} |" in line for interval in known)
        intervals += len(known)
        for share in (figure.ece, figure.uncertain_share):
            assert share is None or f"{share:.3f}" in line
    assert intervals > 50


def test_the_card_of_a_model_that_outlines_nothing_promises_no_outline(measured: Measured) -> None:
    assert "| outline |" in _card(measured)
    file = replace(measured.spec.file, lesion=None)
    spec = replace(measured.spec, file=file)
    facts = to_card(spec, measured.metrics, measured.store.rows).partition("## Intended use")[0]
    assert "outline" not in facts
    assert "lesion map" not in facts


def test_the_card_has_a_row_of_outlines_for_each_source_site_and_look(measured: Measured) -> None:
    outlines = _card(measured).partition("### Outline")[2].partition("###")[0]
    rows = [line for line in outlines.splitlines() if line.startswith("| ")][1:]
    figures = [
        figure
        for figure in measured.metrics.figures
        if figure.method == "model" and figure.group in {"source", "site", "look"}
    ]
    assert [row.split(" | ")[0] for row in rows] == [f"| {figure.title}" for figure in figures]
    first = measured.metrics.figures[0]
    for interval in (first.dice_mean, first.dice_median, first.heatmap_hits):
        assert f"| {_shown(interval)} |" in rows[0]
    assert first.flip_change is not None
    assert rows[0].endswith(f"| {first.flip_change:.3f} |")


def test_the_card_says_that_no_site_was_held_out_unless_each_was(measured: Measured) -> None:
    limit = "no figure is of a site that was never trained on"
    assert limit in _card(measured)
    rows = [
        replace(row, fold=("CS", "DU").index(row.site)) if row.site else row
        for row in measured.store.rows
    ]
    assert limit not in to_card(measured.spec, measured.metrics, rows)
    # Sources without sites say nothing of any.
    assert limit in to_card(measured.spec, measured.metrics, [row for row in rows if not row.site])


def test_the_limits_are_those_of_the_data(measured: Measured) -> None:
    card = _card(measured)
    assert "- Few patients: healthy 4, tcga 6. Figures of so few are anecdotes" in card
    assert "are known to it from 4 patients at most." in card
    assert "there was no real CT." in card
    many = [
        replace(row, patient=f"{row.patient}{k}", source="mine", tumor=True)
        for row in measured.store.rows
        for k in (1, 2)
    ]
    seen = [
        replace(REFUSALS[0], title=title) for title in ("CT", "T1", "T2, made from T1 and FLAIR")
    ]
    card = to_card(measured.spec, replace(measured.metrics, refusals=seen), many)
    assert "Few patients" not in card
    assert "not known to it: every patient had a tumour." in card
    assert "were mostly made from T1 and FLAIR, so real ones are refused less surely; real" in card
    assert "no real CT" not in card


def test_the_card_counts_studies_found_and_false_alarms(measured: Measured) -> None:
    card = _card(measured)
    for study in measured.metrics.studies:
        (line,) = [x for x in card.splitlines() if x.startswith(f"| {study.title}: ")]
        assert f"| {study.tumor_studies} | {_shown(study.sensitivity)} |" in line
        assert f"| {study.tumor_free_studies} | {_shown(study.false_alarms)} |" in line


def test_the_card_tells_refusals_wanted_from_those_that_are_not(measured: Measured) -> None:
    card = _card(measured)
    assert measured.metrics.refusals == REFUSALS
    assert "| noise: drawn | yes | 20 | 95.0% | 90.0% | 97.5% |" in card
    assert "| FLAIR of patients held out | no | 30 | 0.0% |  |  |" in card


def test_warnings_that_were_not_counted_have_no_column(measured: Measured) -> None:
    refusals = [replace(each, refused_or_warned=None) for each in REFUSALS]
    card = to_card(measured.spec, replace(measured.metrics, refusals=refusals), measured.store.rows)
    assert "| noise: drawn | yes | 20 | 95.0% | 90.0% |\n" in card
    assert "warned of" not in card


def test_what_was_not_measured_has_no_heading(measured: Measured) -> None:
    bare = replace(measured.metrics, studies=[], refusals=[])
    card = to_card(measured.spec, bare, measured.store.rows)
    assert "### Whole studies" not in card
    assert "### Refusals" not in card
    assert "## Limits" in card


def test_the_card_says_what_the_model_is_and_what_it_is_not(measured: Measured) -> None:
    card, spec = _card(measured), measured.spec
    assert "**Research use only. Not a medical device.**" in card
    for fact in (
        f"# {spec.name} {spec.version}",
        spec.file.sha256,
        spec.licence,
        spec.training.architecture,
        f"{spec.input.size_px} x {spec.input.size_px} px",
        f"| threshold | {spec.decision.threshold} on",
        f"temperature {spec.decision.temperature}",
        f"{spec.decision.uncertain_band.low} to {spec.decision.uncertain_band.high}",
        f"lesion probability of {spec.decision.lesion_threshold} or more",
        str(spec.training.split_sha256),
        measured.metrics.made_with,
        measured.metrics.protocol,
        "## Intended use",
        "## Limits",
    ):
        assert fact in card


def test_the_card_says_what_is_other_in_a_study_where_something_is(measured: Measured) -> None:
    assert "| in a study |" not in _card(measured)
    own = replace(measured.spec.decision, threshold=0.37, lesion_threshold=0.2)
    refine = RefineSpec(name="refine.onnx", sha256="", side_px=96, slice_mm=5.0, decision=own)
    card = to_card(replace(measured.spec, refine=refine), measured.metrics, measured.store.rows)
    (line,) = [line for line in card.splitlines() if line.startswith("| in a study |")]
    assert "threshold 0.37" in line
    assert "outline from 0.2" in line
    assert "`refine.onnx`" in line


def test_the_card_counts_patients_and_slices_of_each_fold(measured: Measured) -> None:
    card = _card(measured)
    for fold in (0, 1):
        assert f"| tcga | {fold} | 3 | 24 | 12 |" in card
        assert f"| healthy | {fold} | 2 | 8 | 0 |" in card


def test_the_card_has_the_figures_of_the_forerunner_where_there_is_one(measured: Measured) -> None:
    assert "0.823 (accuracy 0.883, sensitivity 0.948, specificity 0.698)" in _card(measured)
    alone = to_card(measured.spec, replace(measured.metrics, forerunner=None), measured.store.rows)
    assert "forerunner" not in alone


def test_every_table_of_the_card_is_even(measured: Measured) -> None:
    blocks = [block for block in _card(measured).split("\n\n") if block.startswith("|")]
    # The model, the data, sources, groups, outlines, looks, studies, refusals.
    assert len(blocks) == 8
    for block in blocks:
        assert len({line.count("|") for line in block.strip().splitlines()}) == 1


def test_a_figure_without_interval_or_value_leaves_no_none(measured: Measured) -> None:
    figure = replace(
        measured.metrics.figures[0],
        auroc=None,
        accuracy=Interval(0.5, None, None),
        dice_mean=None,
        flip_change=None,
    )
    metrics = replace(measured.metrics, figures=[figure])
    card = to_card(measured.spec, metrics, measured.store.rows)
    assert "| 0.500 |" in card
    assert "None" not in card


def test_the_card_of_more_sequences_says_of_how_many_patients_there_were_any(
    measured: Measured,
) -> None:
    rows = [
        replace(row, beside=(Sequence.T1C, Sequence.T2) if row.patient == "TCGA_CS_4941"
                else (Sequence.T1C,) if row.source == "tcga" else ())
        for row in measured.store.rows
    ]  # fmt: skip
    source = replace(measured.spec.input, beside=(Sequence.T1C, Sequence.T2))
    card = to_card(replace(measured.spec, input=source), measured.metrics, rows)
    assert "Of 10 patients there was T1c of 6, T2 of 1." in card
    assert "a channel for each of FLAIR, T1c, T2" in card
    assert "| source | fold | patients | slices | with tumour | with T1c | with T2 |" in card
    lines = [line for line in card.splitlines() if line.startswith("| tcga | ")]
    assert sum(int(line.split(" | ")[5]) for line in lines) == 6
    assert sum(int(line.split(" | ")[6].rstrip(" |")) for line in lines) == 1
    assert "T1c" not in _card(measured)

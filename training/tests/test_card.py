from msgspec.structs import replace

from brainai.inference.metrics import Interval
from brainai_training.card import to_card
from tests.measured import Measured


def _card(measured: Measured) -> str:
    return to_card(measured.spec, measured.metrics, measured.store.rows)


def test_the_card_contains_every_figure(measured: Measured) -> None:
    lines = _card(measured).splitlines()
    for figure in measured.metrics.figures:
        method = "model" if figure.method == "model" else "FLAIR threshold"
        (line,) = [x for x in lines if x.startswith(f"| {figure.title} | {method} |")]
        assert f"| {figure.patients} | {figure.slices} ({figure.tumor_slices}) |" in line
        for interval in (
            figure.auroc,
            figure.sensitivity,
            figure.specificity,
            figure.balanced_accuracy,
            figure.accuracy,
        ):
            assert interval is not None
            assert f"{interval.value:.3f} ({interval.low:.3f} to {interval.high:.3f})" in line
        for share in (figure.ece, figure.uncertain_share):
            assert share is None or f"{share:.3f}" in line


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
        str(spec.training.split_sha256),
        measured.metrics.made_with,
        "## Limits",
    ):
        assert fact in card


def test_the_card_counts_patients_and_slices_of_each_split(measured: Measured) -> None:
    card = _card(measured)
    assert "| phantoms | train | 4 | 24 | 12 |" in card
    assert "| phantoms | validation | 2 | 12 | 6 |" in card
    assert "| phantoms | test | 2 | 12 | 6 |" in card


def test_the_card_has_the_figures_of_the_forerunner_where_there_is_one(measured: Measured) -> None:
    assert "0.823 (accuracy 0.883, sensitivity 0.948, specificity 0.698)" in _card(measured)
    alone = to_card(measured.spec, replace(measured.metrics, forerunner=None), measured.store.rows)
    assert "forerunner" not in alone


def test_every_table_of_the_card_is_even(measured: Measured) -> None:
    blocks = [block for block in _card(measured).split("\n\n") if block.startswith("|")]
    assert len(blocks) == 4
    for block in blocks:
        assert len({line.count("|") for line in block.strip().splitlines()}) == 1


def test_a_figure_without_interval_or_value_leaves_no_none(measured: Measured) -> None:
    figure = replace(measured.metrics.figures[0], auroc=None, accuracy=Interval(0.5, None, None))
    metrics = replace(measured.metrics, figures=[figure])
    card = to_card(measured.spec, metrics, measured.store.rows)
    assert "| 0.500 |" in card
    assert "None" not in card

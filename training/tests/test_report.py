from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from brainai_training import report
from brainai_training.card import to_card
from brainai_training.decide import tumors_of
from brainai_training.report import write_gallery, write_report
from tests.measured import Measured

FIGURES = {"roc.png", "precision_recall.png", "reliability.png", "confusion.png", "dice.png"}


def test_figures_and_card_are_written(measured: Measured, tmp_path: Path) -> None:
    write_report(tmp_path, measured.evaluation)
    assert {path.name for path in (tmp_path / "figures").iterdir()} == FIGURES
    for name in FIGURES:
        with Image.open(tmp_path / "figures" / name) as drawn:
            assert drawn.size == (600, 552)
            assert len(np.unique(np.asarray(drawn.convert("L")))) > 10
    expected = to_card(measured.spec, measured.metrics, measured.store.rows)
    assert (tmp_path / "card.md").read_text() == expected


def test_each_source_has_its_curve_however_many_there_are(
    measured: Measured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: dict[str, list[str]] = {}

    def draw(path: Path, paint: Callable[[Axes], None]) -> None:
        axes = Figure().subplots()
        paint(axes)
        drawn[path.name] = axes.get_legend_handles_labels()[1]

    answers = [
        msgspec.structs.replace(answer, source=f"source{place % 8}", tumor=place // 8 % 2 == 0)
        for place, answer in enumerate(measured.judged.answers)
    ]
    judged = replace(measured.judged, answers=answers)
    monkeypatch.setattr(report, "_draw", draw)
    write_report(tmp_path, replace(measured.evaluation, judged=judged))
    for name in ("roc.png", "precision_recall.png"):
        assert len(drawn[name]) == 1 + 8


def test_the_card_shows_each_figure_that_is_drawn(measured: Measured) -> None:
    card = to_card(measured.spec, measured.metrics, measured.store.rows)
    assert {name for name in FIGURES if f"(figures/{name})" in card} == FIGURES


def test_the_same_answers_give_the_same_pictures(measured: Measured, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_report(tmp_path / name, measured.evaluation)
    for name in FIGURES:
        one, other = (tmp_path / k / "figures" / name for k in ("a", "b"))
        assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("tumor", [True, False])
def test_slices_of_one_class_are_drawn_without_curves(
    measured: Measured, tmp_path: Path, tumor: bool
) -> None:
    judged = measured.judged.where(lambda each: each.tumor == tumor)
    write_report(tmp_path, replace(measured.evaluation, judged=judged))
    assert {path.name for path in (tmp_path / "figures").iterdir()} == FIGURES


def test_other_answers_give_another_picture(measured: Measured, tmp_path: Path) -> None:
    wrong = replace(
        measured.judged,
        probability=1 - measured.judged.probability,
        called=~measured.judged.called,
        unsure=np.zeros_like(measured.judged.unsure),
    )
    for name, judged in (("right", measured.judged), ("wrong", wrong)):
        (tmp_path / name).mkdir()
        write_report(tmp_path / name, replace(measured.evaluation, judged=judged))
    # Reliability is drawn from the metrics, which stayed.
    for name in FIGURES - {"reliability.png"}:
        one, other = (tmp_path / k / "figures" / name for k in ("right", "wrong"))
        assert one.read_bytes() != other.read_bytes()


def test_the_gallery_shows_the_worst_errors_first(measured: Measured, tmp_path: Path) -> None:
    write_gallery(tmp_path, measured.evaluation)
    shown = sorted((tmp_path / "gallery").iterdir())
    assert [path.name for path in shown] == [f"{rank:02d}.png" for rank in range(1, 25)]
    judged, store = measured.judged, measured.store
    worst = judged.answers[int(np.abs(judged.probability - tumors_of(judged.answers)).argmax())]
    (row,) = [
        place
        for place, each in enumerate(store.rows)
        if (each.patient, each.slice_index) == (worst.patient, worst.slice_index)
    ]
    place = store.find(stripped=False, volume_stats=False)[row]
    grey = np.clip((store.tensors[place] + 3) / 8 * 255, 0, 255).astype(np.uint8)
    with Image.open(shown[0]) as picture:
        drawn = np.asarray(picture)
    # 64 px are drawn as 576: the middle of each pixel, below the line of text, outside the outline.
    middle = drawn[4::9, 4::9][8:]
    plain = (middle == middle[..., :1]).all(axis=2)
    assert plain.mean() > 0.8
    assert np.array_equal(middle[..., 0][plain], grey[8:][plain])


def test_the_gallery_outlines_the_true_lesion(measured: Measured, tmp_path: Path) -> None:
    ill = measured.judged.where(lambda each: each.tumor)
    write_gallery(tmp_path, replace(measured.evaluation, judged=ill))
    for path in (tmp_path / "gallery").iterdir():
        with Image.open(path) as picture:
            drawn = np.asarray(picture)[4::9, 4::9]
        outline = (drawn == (255, 90, 60)).all(axis=2)
        assert 8 <= outline.sum() <= 200

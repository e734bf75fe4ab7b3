from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from brainai_training.card import to_card
from brainai_training.evaluate import Answers
from brainai_training.report import write_gallery, write_report
from tests.measured import Measured

FIGURES = {"roc.png", "precision_recall.png", "reliability.png", "confusion.png"}


def test_figures_and_card_are_written(measured: Measured, tmp_path: Path) -> None:
    write_report(tmp_path, measured.spec, measured.metrics, measured.answers, measured.store)
    assert {path.name for path in (tmp_path / "figures").iterdir()} == FIGURES
    for name in FIGURES:
        with Image.open(tmp_path / "figures" / name) as drawn:
            assert drawn.size == (600, 552)
            assert len(np.unique(np.asarray(drawn.convert("L")))) > 10
    expected = to_card(measured.spec, measured.metrics, measured.store.rows)
    assert (tmp_path / "card.md").read_text() == expected


def test_the_card_shows_each_figure_that_is_drawn(measured: Measured) -> None:
    card = to_card(measured.spec, measured.metrics, measured.store.rows)
    assert {name for name in FIGURES if f"(figures/{name})" in card} == FIGURES


def test_the_same_answers_give_the_same_pictures(measured: Measured, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_report(
            tmp_path / name, measured.spec, measured.metrics, measured.answers, measured.store
        )
    for name in FIGURES:
        one, other = (tmp_path / k / "figures" / name for k in ("a", "b"))
        assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("tumor", [True, False])
def test_test_slices_of_one_class_are_drawn_without_curves(
    measured: Measured, tmp_path: Path, tumor: bool
) -> None:
    look, p = measured.answers.look, measured.answers.probability
    kept = look.tumor == tumor
    alone = Answers(
        replace(look, rows=look.rows[kept], tensors=look.tensors[kept], tumor=look.tumor[kept]),
        p[kept],
    )
    write_report(tmp_path, measured.spec, measured.metrics, alone, measured.store)
    assert {path.name for path in (tmp_path / "figures").iterdir()} == FIGURES


def test_the_gallery_shows_the_worst_errors_first(measured: Measured, tmp_path: Path) -> None:
    write_gallery(tmp_path, measured.answers, measured.store)
    shown = sorted((tmp_path / "gallery").iterdir())
    assert [path.name for path in shown] == [f"{rank:02d}.png" for rank in range(1, 13)]
    wrong = np.abs(measured.answers.probability - measured.answers.tumor)
    worst = measured.answers.look.rows[int(wrong.argmax())]
    place = measured.store.find(stripped=False, volume_stats=False)[int(worst)]
    grey = np.clip((measured.store.tensors[place] + 3) / 8 * 255, 0, 255).astype(np.uint8)
    with Image.open(shown[0]) as picture:
        drawn = np.asarray(picture)
    # 64 px are drawn as 576: the middle of each pixel, below the line of text, outside the outline.
    middle = drawn[4::9, 4::9][8:]
    plain = (middle == middle[..., :1]).all(axis=2)
    assert plain.mean() > 0.8
    assert np.array_equal(middle[..., 0][plain], grey[8:][plain])

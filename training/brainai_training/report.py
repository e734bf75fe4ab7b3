"""Figures, card and gallery of a model folder, from what evaluation measured."""

from collections.abc import Callable, Iterable
from itertools import cycle
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from PIL import Image, ImageDraw
from sklearn.metrics import precision_recall_curve, roc_curve

from brainai.inference.metrics import ReliabilityBin
from brainai_training.card import to_card
from brainai_training.decide import tumors_of
from brainai_training.evaluate import Evaluation
from brainai_training.measure import Judged, dices_of
from brainai_training.metrics import Bools, Floats, auroc

_COLOURS = ("#0f6fb8", "#c2571a", "#2b8a57", "#7a4fb5", "#8a94a0")
_WORST = 24


def write_report(folder: Path, measured: Evaluation) -> None:
    """Write figures/*.png and card.md into a model folder."""
    figures = folder / "figures"
    figures.mkdir(exist_ok=True)
    judged = measured.judged
    p, y, groups = judged.probability, tumors_of(judged.answers), _groups(judged)
    _draw(figures / "roc.png", lambda axes: _roc(axes, p, y, groups))
    _draw(figures / "precision_recall.png", lambda axes: _precision_recall(axes, p, y, groups))
    _draw(
        figures / "reliability.png", lambda axes: _reliability(axes, measured.metrics.reliability)
    )
    _draw(figures / "confusion.png", lambda axes: _confusion(axes, judged))
    _draw(figures / "dice.png", lambda axes: _dice(axes, judged))
    card = to_card(measured.spec, measured.metrics, measured.store.rows)
    (folder / "card.md").write_text(card)


def write_gallery(folder: Path, measured: Evaluation) -> None:
    """Draw the worst errors on real slices into gallery/, which git ignores."""
    gallery = folder / "gallery"
    gallery.mkdir(exist_ok=True)
    store, judged = measured.store, measured.judged
    places = store.find(stripped=False, volume_stats=False)
    row_of = {
        (row.patient, row.case, row.slice_index): place for place, row in enumerate(store.rows)
    }
    worst = np.argsort(-np.abs(judged.probability - tumors_of(judged.answers)))[:_WORST]
    for rank, index in enumerate(worst):
        answer = judged.answers[index]
        place = places[row_of[answer.patient, answer.case, answer.slice_index]]
        grey = np.clip((store.tensors[place] + 3) / 8 * 255, 0, 255).astype(np.uint8)
        shown = np.repeat(grey[..., None], 3, axis=2)
        shown[_outline(store.masks[place])] = (255, 90, 60)
        picture = Image.fromarray(shown).resize((576, 576), Image.Resampling.NEAREST)
        truth = f"tumour of {answer.lesion_px} px" if answer.tumor else "no tumour"
        text = (
            f"{answer.patient}, slice {answer.slice_index}: {truth}, "
            f"P {judged.probability[index]:.2f}"
        )
        ImageDraw.Draw(picture).text((10, 10), text, fill=(255, 220, 90))
        picture.save(gallery / f"{rank + 1:02d}.png")


def _outline(mask: Bools) -> Bools:
    inner = mask.copy()
    for shift, axis in ((1, 0), (-1, 0), (1, 1), (-1, 1)):
        inner &= np.roll(mask, shift, axis)
    return mask & ~inner


def _groups(judged: Judged) -> dict[str, Bools]:
    """All slices, then each source: of these the ones with both classes, as curves need."""
    sources = np.array([answer.source for answer in judged.answers])
    tumor = tumors_of(judged.answers)
    groups = {"all": np.ones(len(sources), dtype=bool)}
    groups |= {source: sources == source for source in dict.fromkeys(sources.tolist())}
    return {k: here for k, here in groups.items() if 0 < tumor[here].sum() < here.sum()}


def _draw(path: Path, paint: Callable[[Axes], None]) -> None:
    canvas = Canvas(figsize=(5, 4.6), dpi=120, layout="constrained")
    axes = canvas.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    paint(axes)
    canvas.savefig(path, metadata={"Software": None})


def _looks() -> Iterable[tuple[str, str]]:
    """Yield colour and style of one curve after another, without end."""
    return cycle((colour, style) for style in ("-", "--") for colour in _COLOURS)


def _roc(axes: Axes, p: Floats, y: Bools, groups: dict[str, Bools]) -> None:
    for (colour, style), (name, here) in zip(_looks(), groups.items(), strict=False):
        false, true, _ = roc_curve(y[here], p[here])
        axes.plot(
            false,
            true,
            color=colour,
            linestyle=style,
            label=f"{name}: {auroc(p[here], y[here]):.3f}",
        )
    axes.plot([0, 1], [0, 1], color="#c5ccd3", linewidth=1, linestyle=":")
    axes.set(xlabel="1 - specificity", ylabel="sensitivity", title="ROC, held-out patients")
    if groups:
        axes.legend(frameon=False, loc="lower right", title="AUROC")


def _precision_recall(axes: Axes, p: Floats, y: Bools, groups: dict[str, Bools]) -> None:
    for (colour, style), (name, here) in zip(_looks(), groups.items(), strict=False):
        precision, recall, _ = precision_recall_curve(y[here], p[here])
        axes.plot(recall, precision, color=colour, linestyle=style, label=name)
    axes.set(xlabel="sensitivity", ylabel="precision", ylim=(0, 1.02))
    axes.set_title("Precision and sensitivity, held-out patients")
    if groups:
        axes.legend(frameon=False, loc="lower left")


def _reliability(axes: Axes, bins: list[ReliabilityBin]) -> None:
    axes.plot([0, 1], [0, 1], color="#c5ccd3", linewidth=1, linestyle=":")
    said, true = [b.mean_probability for b in bins], [b.tumor_share for b in bins]
    axes.plot(said, true, color=_COLOURS[0], marker="o")
    for each in bins:
        axes.annotate(str(each.slices), (each.mean_probability, each.tumor_share), (6, -10),
                      fontsize=8, textcoords="offset points", color="#5a6470")  # fmt: skip
    axes.set(xlabel="probability said", ylabel="share with tumour", xlim=(0, 1), ylim=(0, 1.02))
    axes.set_title("Reliability, held-out patients (slices a bin)")


def _dice(axes: Axes, judged: Judged) -> None:
    """Draw the patients' Dice in their order, one curve for each source."""
    source_of = {answer.patient: answer.source for answer in judged.answers}
    dices = dices_of(judged)
    sources = dict.fromkeys(source_of[patient] for patient in dices)
    for (colour, style), source in zip(_looks(), sources, strict=False):
        values = sorted(value for patient, value in dices.items() if source_of[patient] == source)
        places = (np.arange(len(values)) + 0.5) / len(values)
        axes.plot(
            places,
            values,
            color=colour,
            linestyle=style,
            marker=".",
            label=f"{source} ({len(values)})",
        )
    axes.set(xlabel="share of patients", ylabel="Dice", ylim=(0, 1.02))
    axes.set_title("Dice of each held-out patient")
    if dices:
        axes.legend(frameon=False, loc="lower right")


def _confusion(axes: Axes, judged: Judged) -> None:
    y = tumors_of(judged.answers)
    said = np.where(judged.unsure, 1, np.where(judged.called, 2, 0))
    table = np.array([[int(((y == t) & (said == s)).sum()) for s in range(3)] for t in (0, 1)])
    share = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(table):
        ink = "white" if share[row, column] > 0.55 else "black"
        text = f"{count}\n{share[row, column]:.0%}"
        axes.text(column, row, text, ha="center", va="center", color=ink)
    axes.set_xticks(range(3), ["no tumour", "uncertain", "tumour"])
    axes.set_yticks(range(2), ["no tumour", "tumour"])
    axes.set(xlabel="answer", ylabel="truth", title="Answers, held-out patients")

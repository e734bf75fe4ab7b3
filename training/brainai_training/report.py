"""Figures, card and gallery of a model folder, from what evaluation measured."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from PIL import Image, ImageDraw
from sklearn.metrics import precision_recall_curve, roc_curve

from brainai.inference.metrics import Metrics
from brainai.inference.spec import ModelSpec
from brainai_training.card import to_card
from brainai_training.evaluate import Answers
from brainai_training.metrics import Bools, Floats, auroc
from brainai_training.tensors import TensorStore

_COLOURS = ("#0f6fb8", "#c2571a", "#2b8a57", "#7a4fb5", "#8a94a0")
_WORST = 24


def write_report(
    folder: Path, spec: ModelSpec, metrics: Metrics, answers: Answers, store: TensorStore
) -> None:
    """Write figures/*.png and card.md into a model folder."""
    figures = folder / "figures"
    figures.mkdir(exist_ok=True)
    p, y, groups = answers.probability, answers.tumor, _groups(answers, store)
    _draw(figures / "roc.png", lambda axes: _roc(axes, p, y, groups))
    _draw(figures / "precision_recall.png", lambda axes: _precision_recall(axes, p, y, groups))
    _draw(figures / "reliability.png", lambda axes: _reliability(axes, p, y))
    _draw(figures / "confusion.png", lambda axes: _confusion(axes, p, y, spec))
    (folder / "card.md").write_text(to_card(spec, metrics, store.rows))


def write_gallery(folder: Path, answers: Answers, store: TensorStore) -> None:
    """Draw the worst errors on real slices into gallery/, which git ignores."""
    gallery = folder / "gallery"
    gallery.mkdir(exist_ok=True)
    places = store.find(stripped=False, volume_stats=False)
    worst = np.argsort(-np.abs(answers.probability - answers.tumor))[:_WORST]
    for rank, index in enumerate(worst):
        row = store.rows[answers.look.rows[index]]
        place = places[int(answers.look.rows[index])]
        grey = np.clip((store.tensors[place] + 3) / 8 * 255, 0, 255).astype(np.uint8)
        shown = np.repeat(grey[..., None], 3, axis=2)
        shown[_outline(store.masks[place])] = (255, 90, 60)
        picture = Image.fromarray(shown).resize((576, 576), Image.Resampling.NEAREST)
        truth = f"tumour of {row.lesion_px} px" if row.tumor else "no tumour"
        text = (
            f"{row.patient}, slice {row.slice_index}: {truth}, P {answers.probability[index]:.2f}"
        )
        ImageDraw.Draw(picture).text((10, 10), text, fill=(255, 220, 90))
        picture.save(gallery / f"{rank + 1:02d}.png")


def _outline(mask: Bools) -> Bools:
    inner = mask.copy()
    for shift, axis in ((1, 0), (-1, 0), (1, 1), (-1, 1)):
        inner &= np.roll(mask, shift, axis)
    return mask & ~inner


def _groups(answers: Answers, store: TensorStore) -> dict[str, Bools]:
    """All slices, then each source: of these the ones with both classes, as curves need."""
    sources = np.array([store.rows[row].source for row in answers.look.rows])
    groups = {"all": np.ones(len(sources), dtype=bool)}
    groups |= {source: sources == source for source in dict.fromkeys(sources.tolist())}
    return {k: here for k, here in groups.items() if 0 < answers.tumor[here].sum() < here.sum()}


def _draw(path: Path, paint: Callable[[Axes], None]) -> None:
    canvas = Canvas(figsize=(5, 4.6), dpi=120, layout="constrained")
    axes = canvas.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    paint(axes)
    canvas.savefig(path, metadata={"Software": None})


def _roc(axes: Axes, p: Floats, y: Bools, groups: dict[str, Bools]) -> None:
    for colour, (name, here) in zip(_COLOURS, groups.items(), strict=False):
        false, true, _ = roc_curve(y[here], p[here])
        axes.plot(false, true, color=colour, label=f"{name}: {auroc(p[here], y[here]):.3f}")
    axes.plot([0, 1], [0, 1], color="#c5ccd3", linewidth=1, linestyle=":")
    axes.set(xlabel="1 - specificity", ylabel="sensitivity", title="ROC, test patients")
    if groups:
        axes.legend(frameon=False, loc="lower right", title="AUROC")


def _precision_recall(axes: Axes, p: Floats, y: Bools, groups: dict[str, Bools]) -> None:
    for colour, (name, here) in zip(_COLOURS, groups.items(), strict=False):
        precision, recall, _ = precision_recall_curve(y[here], p[here])
        axes.plot(recall, precision, color=colour, label=name)
    axes.set(xlabel="sensitivity", ylabel="precision", ylim=(0, 1.02))
    axes.set_title("Precision and sensitivity, test patients")
    if groups:
        axes.legend(frameon=False, loc="lower left")


def _reliability(axes: Axes, p: Floats, y: Bools, bins: int = 10) -> None:
    place = np.clip((p * bins).astype(int), 0, bins - 1)
    used = [k for k in range(bins) if (place == k).any()]
    said = [float(p[place == k].mean()) for k in used]
    true = [float(y[place == k].mean()) for k in used]
    axes.plot([0, 1], [0, 1], color="#c5ccd3", linewidth=1, linestyle=":")
    axes.plot(said, true, color=_COLOURS[0], marker="o")
    for k, x, height in zip(used, said, true, strict=True):
        axes.annotate(str(int((place == k).sum())), (x, height), (6, -10), fontsize=8,
                      textcoords="offset points", color="#5a6470")  # fmt: skip
    axes.set(xlabel="probability said", ylabel="share with tumour", xlim=(0, 1), ylim=(0, 1.02))
    axes.set_title("Reliability, test patients (slices a bin)")


def _confusion(axes: Axes, p: Floats, y: Bools, spec: ModelSpec) -> None:
    band = spec.decision.uncertain_band
    unsure = (p >= band.low) & (p <= band.high)
    said = np.where(unsure, 1, np.where(p >= spec.decision.threshold, 2, 0))
    table = np.array([[int(((y == t) & (said == s)).sum()) for s in range(3)] for t in (0, 1)])
    share = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(table):
        ink = "white" if share[row, column] > 0.55 else "black"
        text = f"{count}\n{share[row, column]:.0%}"
        axes.text(column, row, text, ha="center", va="center", color=ink)
    axes.set_xticks(range(3), ["no tumour", "uncertain", "tumour"])
    axes.set_yticks(range(2), ["no tumour", "tumour"])
    axes.set(xlabel="answer", ylabel="truth", title="Answers, test patients")

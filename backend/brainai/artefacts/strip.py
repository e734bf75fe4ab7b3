"""Slice probabilities -> a strip of bars in a PDF, drawn as vectors."""

from dataclasses import dataclass

from brainai.artefacts.page import FAINT, INK, LINE, Colour, Pages
from brainai.inference.findings import SliceFinding, StudyPrediction
from brainai.labels import Label

COLOURS: dict[Label, Colour] = {
    Label.TUMOR: (168, 52, 43),
    Label.UNCERTAIN: (176, 112, 18),
    Label.NO_TUMOR: (128, 146, 156),
}
_BAND: Colour = (251, 241, 222)
# Room above the bars for the signs, and beside them for the numbers of the axis.
_SIGN_MM, _AXIS_MM = 4.5, 9.0


@dataclass(frozen=True)
class _Plot:
    left: float
    top: float
    width: float
    height: float

    def y(self, probability: float) -> float:
        return self.top + self.height * (1 - probability)


def draw_strip(pdf: Pages, prediction: StudyPrediction, top: float, height: float) -> None:
    """Draw one bar for each slice between the page's margins, from ``top`` down; mm.

    Slices with signs of a tumour bear a triangle, uncertain ones a ring: not colour alone.
    """
    plot = _Plot(
        pdf.l_margin + _AXIS_MM, top + _SIGN_MM, pdf.epw - _AXIS_MM, height - _SIGN_MM - 9.5
    )
    _draw_scale(pdf, prediction, plot)
    step = plot.width / len(prediction.slices)
    for place, found in enumerate(prediction.slices):
        _draw_slice(pdf, plot, plot.left + place * step, step, found)
    _draw_threshold(pdf, prediction, plot)
    _draw_ends(pdf, prediction, plot)
    _draw_legend(pdf, plot.left, plot.top + plot.height + 6.5)


def _draw_scale(pdf: Pages, prediction: StudyPrediction, plot: _Plot) -> None:
    band = prediction.spec.study_decision.uncertain_band
    pdf.set_fill_color(*_BAND)
    pdf.rect(plot.left, plot.y(band.high), plot.width, plot.y(band.low) - plot.y(band.high), "F")
    pdf.set_draw_color(*LINE)
    pdf.set_line_width(0.15)
    pdf.set_ink(FAINT, 7)
    for share in (0.0, 0.5, 1.0):
        pdf.line(plot.left, plot.y(share), plot.left + plot.width, plot.y(share))
        label = f"{share * 100:.0f} %"
        pdf.text(plot.left - 1.5 - pdf.get_string_width(label), plot.y(share) + 0.9, label)


def _draw_slice(pdf: Pages, plot: _Plot, left: float, step: float, found: SliceFinding) -> None:
    if found.probability is None or found.label is None:
        return
    pdf.set_fill_color(*COLOURS[found.label])
    # A sliver of a bar shows that the slice was judged.
    height = max(0.2, plot.height * found.probability)
    pdf.rect(left + 0.12 * step, plot.top + plot.height - height, 0.76 * step, height, "F")
    _draw_sign(pdf, found.label, left + step / 2, plot.top - 2.2, min(0.9, 0.45 * step))


def _draw_sign(pdf: Pages, label: Label, x: float, y: float, radius: float) -> None:
    pdf.set_fill_color(*COLOURS[label])
    pdf.set_draw_color(*COLOURS[label])
    if label is Label.TUMOR:
        corners = [(x - radius, y - radius), (x + radius, y - radius), (x, y + radius)]
        pdf.polygon(corners, style="F")
    elif label is Label.UNCERTAIN:
        pdf.set_line_width(0.25)
        pdf.circle(x, y, 0.8 * radius, style="D")


def _draw_threshold(pdf: Pages, prediction: StudyPrediction, plot: _Plot) -> None:
    y = plot.y(prediction.spec.study_decision.threshold)
    pdf.set_draw_color(*INK)
    pdf.set_line_width(0.25)
    pdf.set_dash_pattern(dash=1.4, gap=1)
    pdf.line(plot.left, y, plot.left + plot.width, y)
    pdf.set_dash_pattern()


def _draw_ends(pdf: Pages, prediction: StudyPrediction, plot: _Plot) -> None:
    grid = prediction.study.volume.grid
    first, last = ("head", "feet") if grid.flipped[grid.axial_axis] else ("feet", "head")
    y = plot.top + plot.height + 3
    pdf.set_ink(FAINT, 7)
    pdf.text(plot.left, y, f"slice 0, {first}")
    label = f"slice {len(prediction.slices) - 1}, {last}"
    pdf.text(plot.left + plot.width - pdf.get_string_width(label), y, label)


def _draw_legend(pdf: Pages, left: float, y: float) -> None:
    pdf.set_ink(FAINT, 7)
    for label, text in (
        (Label.TUMOR, "signs of a tumour"),
        (Label.UNCERTAIN, "uncertain"),
        (Label.NO_TUMOR, "no sign of a tumour"),
    ):
        pdf.set_fill_color(*COLOURS[label])
        pdf.rect(left, y - 1.9, 2, 2, "F")
        _draw_sign(pdf, label, left + 3.6, y - 0.9, 0.9)
        sign_mm = 0.0 if label is Label.NO_TUMOR else 2.2
        pdf.text(left + 3.2 + sign_mm, y, text)
        left += 3.2 + sign_mm + pdf.get_string_width(text) + 5
    pdf.set_draw_color(*INK)
    pdf.set_dash_pattern(dash=1.4, gap=1)
    pdf.line(left, y - 0.9, left + 5, y - 0.9)
    pdf.set_dash_pattern()
    pdf.text(left + 6, y, "threshold of a slice")
    left += 6 + pdf.get_string_width("threshold of a slice") + 5
    pdf.set_fill_color(*_BAND)
    pdf.rect(left, y - 2.2, 5, 2.6, "F")
    pdf.text(left + 6, y, "uncertain band")

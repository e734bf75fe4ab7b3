"""StudyPrediction -> report.pdf: what a person would hand over, on two pages of A4."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from fpdf.enums import XPos, YPos
from PIL import Image

from brainai.artefacts import words
from brainai.artefacts.montage import choose_slices, slice_title
from brainai.artefacts.page import FAINT, INK, MARGIN_MM, Colour, Pages, latin
from brainai.artefacts.pictures import Frame, Overlay, Shown, draw_slice, frame_head
from brainai.artefacts.strip import COLOURS, draw_strip
from brainai.inference.findings import StudyPrediction

_KEY_MM, _GAP_MM = 114.0, 4.0
_NEIGHBOUR_MM = (_KEY_MM - _GAP_MM) / 2
_MOST_STRIP_MM = 62.0
# 200 dots per inch: what a printer shows of a picture; the slices themselves hold less.
_PX_PER_MM = 8
_COLUMNS, _ROWS, _TILE_GAP_MM = 5, 2, 1.5


@dataclass(frozen=True)
class _Sheet:
    pdf: Pages
    prediction: StudyPrediction
    shown: Shown
    frame: Frame | None

    def place(self, axial: int, left: float, top: float, side: float) -> None:
        """Draw axial slice ``axial`` (from the feet up) into a black square."""
        title = slice_title(self.prediction, axial)
        drawn = draw_slice(self.shown, axial, Overlay.OUTLINE, title, self.frame)
        picture = Image.fromarray(drawn)
        picture.thumbnail((int(side * _PX_PER_MM),) * 2, Image.Resampling.LANCZOS)
        self.pdf.set_fill_color(0, 0, 0)
        self.pdf.rect(left, top, side, side, "F")
        width, height = (side * px / max(picture.size) for px in picture.size)
        x, y = left + (side - width) / 2, top + (side - height) / 2
        alt = f"{title}, the patient's right on the left"
        self.pdf.image(picture, x, y, width, height, alt_text=alt)


def report_file(prediction: StudyPrediction, shown: Shown, made: datetime | None = None) -> bytes:
    """Write the report. made: when, UTC; now where it is None."""
    made = made or datetime.now(UTC)
    pdf = Pages(made, prediction.id)
    sheet = _Sheet(pdf, prediction, shown, frame_head(shown))
    pdf.add_page()
    _write_title(pdf, made)
    _write_answer(pdf, prediction)
    _draw_pictures(sheet)
    _write_measures(pdf, words.measures(prediction))
    pdf.write_heading("Probability of each axial slice")
    room = pdf.page_break_trigger - pdf.get_y() - 2
    draw_strip(pdf, prediction, pdf.get_y(), min(room, _MOST_STRIP_MM))
    pdf.add_page()
    pdf.write_heading("What was read, and by what")
    pdf.write_facts(words.facts(prediction))
    _write_part(pdf, "Remarks", prediction.warnings)
    _write_part(pdf, "Left out", [withheld.detail for withheld in prediction.withheld])
    _write_part(pdf, "Limits", words.LIMITS)
    _draw_more_slices(sheet)
    return bytes(pdf.output())


def choose_key_slices(prediction: StudyPrediction) -> tuple[int, int, int]:
    """Choose the key slice and one neighbour under and over it; axial, from the feet up.

    The key slice is that of the largest area, else of the highest probability.
    """
    chosen = choose_slices(prediction, most=prediction.mask.shape[2])
    areas = np.count_nonzero(prediction.mask, axis=(0, 1))
    if areas.any():
        key = int(areas.argmax())
    else:
        judged = [found for found in prediction.slices if found.probability is not None]
        best = max(judged, key=lambda found: found.probability or 0.0)
        key = prediction.study.volume.grid.input_index(best.index)
    under, over = (key + chosen[0]) // 2, (key + chosen[-1] + 1) // 2
    top = prediction.mask.shape[2] - 1
    return key, max(0, min(under, key - 1)), min(top, max(over, key + 1))


def _write_title(pdf: Pages, made: datetime) -> None:
    pdf.set_ink(INK, 20, "B")
    pdf.cell(0, 9, "Study report")
    pdf.set_x(MARGIN_MM)
    pdf.set_ink(FAINT, 9)
    date = f"{made.day} {made:%B %Y, %H:%M} UTC"
    pdf.cell(0, 9, date, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.ln(2.5)


def _write_answer(pdf: Pages, prediction: StudyPrediction) -> None:
    colour, top = COLOURS[prediction.label], pdf.get_y()
    pdf.set_left_margin(MARGIN_MM + 4.5)
    pdf.set_x(MARGIN_MM + 4.5)
    pdf.set_ink(colour, 13, "B")
    pdf.cell(0, 7, words.heading(prediction), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.write_paragraph(words.answer_in_words(prediction), 10)
    pdf.set_left_margin(MARGIN_MM)
    pdf.set_fill_color(*colour)
    pdf.rect(MARGIN_MM, top + 0.8, 1.2, pdf.get_y() - top - 0.8, "F")
    pdf.set_y(pdf.get_y() + 4)


def _draw_pictures(sheet: _Sheet) -> None:
    key, under, over = choose_key_slices(sheet.prediction)
    top, right = sheet.pdf.get_y(), MARGIN_MM + _KEY_MM + _GAP_MM
    sheet.place(key, MARGIN_MM, top, _KEY_MM)
    sheet.place(over, right, top, _NEIGHBOUR_MM)
    sheet.place(under, right, top + _NEIGHBOUR_MM + _GAP_MM, _NEIGHBOUR_MM)
    sheet.pdf.set_y(top + _KEY_MM + 5)


def _write_measures(pdf: Pages, measures: Sequence[tuple[str, str, str]]) -> None:
    top = pdf.get_y()
    if not measures:
        pdf.write_paragraph("Nothing was outlined, so there is nothing to measure.", 10)
        pdf.set_y(top + 10)
        return
    width = pdf.epw / len(measures)
    for place, (name, value, note) in enumerate(measures):
        lines: tuple[tuple[str, float, str, Colour, float], ...] = (
            (name, 8, "", FAINT, 0.0),
            (value, 15, "B", INK, 4.2),
            (note, 8, "", FAINT, 11.2),
        )
        for text, size, style, colour, down in lines:
            pdf.set_xy(MARGIN_MM + place * width, top + down)
            pdf.set_ink(colour, size, style)
            pdf.cell(width, 0.45 * size, latin(text))
    pdf.set_xy(MARGIN_MM, top + 19)


def _write_part(pdf: Pages, heading: str, paragraphs: Sequence[str]) -> None:
    if not paragraphs:
        return
    pdf.write_heading(heading)
    for paragraph in paragraphs:
        pdf.write_paragraph(paragraph)
        pdf.ln(1.6)
    pdf.ln(3)


def _draw_more_slices(sheet: _Sheet) -> None:
    """Fill the rest of the page with slices, where there is room for all their rows."""
    pdf = sheet.pdf
    side = (pdf.epw - (_COLUMNS - 1) * _TILE_GAP_MM) / _COLUMNS
    step = side + _TILE_GAP_MM
    if pdf.get_y() + 8 + _ROWS * step > pdf.page_break_trigger:
        return
    outlined = sheet.prediction.mask.any()
    pdf.write_heading("Slices with the outline" if outlined else "Slices that were judged")
    top = pdf.get_y() + 1
    chosen = choose_slices(sheet.prediction, _COLUMNS * _ROWS)
    for number, axial in enumerate(chosen):
        row, column = divmod(number, _COLUMNS)
        sheet.place(axial, MARGIN_MM + column * step, top + row * step, side)

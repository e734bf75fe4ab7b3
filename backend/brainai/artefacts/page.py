"""Pages of A4 with a head, a foot and a few kinds of text."""

from collections.abc import Sequence
from datetime import datetime

from fpdf import FPDF
from fpdf.enums import XPos, YPos

import brainai
from brainai.artefacts.words import RESEARCH_USE

Colour = tuple[int, int, int]
INK: Colour = (16, 26, 32)
FAINT: Colour = (93, 107, 116)
LINE: Colour = (205, 213, 218)
_WARNING: Colour = (168, 52, 43)

MARGIN_MM = 18.0
_NAMES_MM = 30.0


class Pages(FPDF):
    """The report as it is written, from the top down. Lengths in mm, sizes of letters in points."""

    def __init__(self, made: datetime, answer_id: str) -> None:
        super().__init__(format="A4")
        self._foot = f"BrainAI {brainai.__version__}    answer {answer_id}"
        self.set_margins(MARGIN_MM, 14, MARGIN_MM)
        self.set_auto_page_break(True, 20)
        self.c_margin = 0  # text stands flush with pictures and lines
        self.set_title("BrainAI study report")
        self.set_lang("en-GB")
        self.set_creation_date(made)
        self.set_creator("BrainAI")

    def header(self) -> None:
        """Write the head of a page: no page goes without its warning."""
        self.set_y(12)
        self.write_ends("BrainAI", RESEARCH_USE, ("B", 9), (INK, _WARNING), 6)
        self.set_draw_color(*LINE)
        self.set_line_width(0.2)
        self.line(MARGIN_MM, 19, self.w - MARGIN_MM, 19)
        self.set_y(24)

    def footer(self) -> None:
        """Write the foot of a page."""
        self.set_y(-14)
        self.write_ends(self._foot, f"page {self.page_no()}", ("", 7.5), (FAINT, FAINT), 5)

    def write_ends(
        self,
        left: str,
        right: str,
        font: tuple[str, float],
        colours: tuple[Colour, Colour],
        height: float,
    ) -> None:
        """Write one line with a text at each end."""
        self.set_ink(colours[0], font[1], font[0])
        self.cell(0, height, latin(left))
        self.set_x(self.l_margin)
        self.set_ink(colours[1], font[1], font[0])
        self.cell(0, height, latin(right), align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def set_ink(self, colour: Colour, size: float, style: str = "") -> None:
        """Choose colour, size and style ("B" for bold) of what is written next."""
        self.set_font("Helvetica", style, size)
        self.set_text_color(*colour)

    def write_heading(self, text: str) -> None:
        """Write the heading of a part."""
        self.set_ink(INK, 11, "B")
        self.cell(0, 8, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def write_paragraph(self, text: str, size: float = 9) -> None:
        """Write lines of text, broken at the margin."""
        self.set_ink(INK, size)
        line_mm = 0.52 * size
        self.multi_cell(0, line_mm, latin(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def write_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Write a table of names and values."""
        self.set_draw_color(*LINE)
        self.set_line_width(0.2)
        for name, value in facts:
            self.line(MARGIN_MM, self.get_y() + 0.4, self.w - MARGIN_MM, self.get_y() + 0.4)
            self.set_y(self.get_y() + 1.8)
            self.set_ink(FAINT, 9)
            self.cell(_NAMES_MM, 4.7, name)
            self.set_left_margin(MARGIN_MM + _NAMES_MM)
            self.write_paragraph(value)
            self.set_left_margin(MARGIN_MM)
            self.set_x(MARGIN_MM)
        self.ln(5)


def latin(text: str) -> str:
    """Keep to the letters of PDF's core fonts; another one becomes a question mark."""
    return text.encode("latin-1", "replace").decode("latin-1")

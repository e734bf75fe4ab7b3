"""The files that an answer for a whole study leaves behind."""

from brainai.artefacts.pictures import Overlay, Shown, draw_slice, show, show_files
from brainai.artefacts.write import ARTEFACTS, write_artefacts

__all__ = ["ARTEFACTS", "Overlay", "Shown", "draw_slice", "show", "show_files", "write_artefacts"]

"""What a PDF of fpdf2 says: enough of a reader for tests."""

import re
import zlib

_STREAM = re.compile(rb"stream\n(.*?)\nendstream", re.DOTALL)
_SHOWN = re.compile(r"\(((?:[^()\\]|\\.)*)\) Tj")


def pages_of(pdf: bytes) -> list[str]:
    """Return the drawing commands of each page."""
    streams = []
    for match in _STREAM.finditer(pdf):
        try:
            text = zlib.decompress(match[1]).decode("latin-1")
        except zlib.error:
            continue
        if " Tf" in text:
            streams.append(text)
    return streams


def words_of(page: str) -> str:
    """Return all that a page writes, in one line."""
    return " ".join(re.sub(r"\\(.)", r"\1", shown) for shown in _SHOWN.findall(page))

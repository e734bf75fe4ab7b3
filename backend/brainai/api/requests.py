"""What comes in: a request id, and one capped upload that stays in memory."""

import contextlib
import io
import re
import time
import uuid
from typing import IO

from flask import Request, g

from brainai.errors import MalformedInput, TooLarge

REQUEST_ID_HEADER = "X-Request-ID"

FORM_OVERHEAD_BYTES = 64 * 1024
"""Allowed on top of the file for boundaries and part headers of the multipart form."""

# A body this many times too large, or one that takes this long, is no slip of a person.
_DRAIN_TIMES, _DRAIN_S = 16, 10.0

_REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class MemoryRequest(Request):
    """A request whose uploads never touch a disk."""

    max_form_parts = 8

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        """Keep a part in memory; werkzeug's own choice is a temporary file from 500 kB on."""
        return io.BytesIO()


def begin_request(request: Request) -> None:
    """Give the request its id (the caller's own, where well formed) and start its clock."""
    given = request.headers.get(REQUEST_ID_HEADER, "")
    g.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
    g.start = time.perf_counter()


def read_upload(request: Request, max_bytes: int) -> bytes:
    """Return the bytes of the one file part named ``file``.

    Raises MalformedInput (no_file, several_files) and TooLarge (too_large).
    """
    if request.content_length is not None and request.content_length > (
        max_bytes + FORM_OVERHEAD_BYTES
    ):
        raise _too_large(max_bytes)
    parts = list(request.files.items(multi=True))
    uploads = [part for name, part in parts if name == "file"]
    if not uploads:
        raise MalformedInput(
            "no_file",
            "The request holds no file. Send one as multipart/form-data, in a part named file.",
        )
    if len(parts) > 1:
        raise MalformedInput(
            "several_files",
            f"The request holds {len(parts)} files; one was expected. Send one slice a request.",
        )
    stream = uploads[0].stream
    data = stream.getvalue() if isinstance(stream, io.BytesIO) else stream.read()
    if len(data) > max_bytes:
        raise _too_large(max_bytes)
    return data


def drain(request: Request, max_bytes: int) -> None:
    """Read away what is left of a refused body, up to a bound of bytes and of time.

    A server that closes while the client still sends makes it see a broken connection instead of
    the answer.
    """
    stream = request.environ["wsgi.input"]
    left, end = _DRAIN_TIMES * max_bytes, time.monotonic() + _DRAIN_S
    # A client that went away is no news: the answer has no reader any more.
    with contextlib.suppress(OSError, ValueError):
        while left > 0 and time.monotonic() < end:
            chunk = stream.read(min(left, 256 * 1024))
            if not chunk:
                return
            left -= len(chunk)


def _too_large(max_bytes: int) -> TooLarge:
    return TooLarge(
        "too_large",
        f"The file is larger than the {max_bytes} bytes that this server accepts. "
        "Send a single slice, not a whole series.",
    )

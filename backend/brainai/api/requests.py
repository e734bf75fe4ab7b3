"""What comes in: a request id, and one capped upload that stays in memory."""

import contextlib
import io
import re
import time
import uuid
from typing import IO, cast

from flask import Request, g

from brainai.errors import MalformedInput, TooLarge
from brainai.imaging.upload import UploadedFile

REQUEST_ID_HEADER = "X-Request-ID"

FORM_OVERHEAD_BYTES = 64 * 1024
"""Allowed on top of the files for boundaries and part headers of the multipart form."""

# Boundary and headers of one part: browsers send some 200 bytes and the file's name.
_PART_BYTES = 1024

# A body this many times too large, or one that takes this long, is no slip of a person.
_DRAIN_TIMES, _DRAIN_S = 16, 10.0

_REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class MemoryRequest(Request):
    """A request whose uploads never touch a disk."""

    max_form_parts: int | None = 8

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


def read_uploads(request: Request, max_bytes: int, max_files: int) -> list[UploadedFile]:
    """Return the parts named ``file``, in their order, with the names that they were sent under.

    max_bytes: of all of them together.

    Raises MalformedInput (no_file) and TooLarge (too_large).
    """
    allowed = max_bytes + FORM_OVERHEAD_BYTES + _PART_BYTES * max_files
    if request.content_length is not None and request.content_length > allowed:
        raise _too_large(max_bytes)
    request.max_content_length = allowed
    # Past the readers' own limit of files, which says so in a sentence.
    request.max_form_parts = max_files + 8
    parts = list(request.files.items(multi=True))
    if not parts or any(name != "file" for name, _ in parts):
        raise MalformedInput(
            "no_file",
            "The request holds no file, or one in a part of another name. "
            "Send each as multipart/form-data, in a part named file.",
        )
    files = [
        UploadedFile(part.filename or "", cast("io.BytesIO", part.stream).getvalue())
        for _, part in parts
    ]
    if sum(len(file.data) for file in files) > max_bytes:
        raise _too_large(max_bytes)
    return files


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
        f"The upload is larger than the {max_bytes} bytes that this server answers at once. "
        "Send one slice or one series, compressed, or send it as a job (POST /jobs).",
    )

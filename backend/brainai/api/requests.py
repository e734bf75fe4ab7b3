"""What comes in: a request id, and the files of one capped upload."""

import contextlib
import io
import re
import time
import uuid
from collections.abc import Callable
from typing import IO, cast

from flask import Request, g
from gunicorn.http.errors import ParseException
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from brainai.api.schemas import PredictQuerySchema
from brainai.errors import MalformedInput, TooLarge
from brainai.imaging.archive import too_many_files
from brainai.imaging.upload import UploadedFile

REQUEST_ID_HEADER = "X-Request-ID"

FORM_OVERHEAD_BYTES = 64 * 1024
"""Allowed on top of the files for boundaries and part headers of the multipart form."""

# Boundary and headers of one part: browsers send some 200 bytes and the file's name.
_PART_BYTES = 1024
# Werkzeug holds a chunk of 64 KiB of a file in the memory that this limits.
_FIELD_BYTES = 512 * 1024
# Parts that are no files: none is asked for, a form may have a few.
_MOST_FIELDS = 8

# A body this many times too large, or one that takes this long, is no slip of a person.
_DRAIN_TIMES, _DRAIN_S = 16, 10.0

_REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def begin_request(request: Request) -> None:
    """Give the request its id (the caller's own, where well formed) and start its clock."""
    given = request.headers.get(REQUEST_ID_HEADER, "")
    g.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
    g.start = time.perf_counter()


def read_uploads(request: Request, max_bytes: int, max_files: int) -> list[UploadedFile]:
    """Return the parts named ``file``, in their order, with the names that they were sent under.

    They never touch a disk. max_bytes: of all of them together.

    Raises as parse_files does, MalformedInput (empty_file), and TooLarge (too_large).
    """
    length = request.content_length
    if length is not None and length > _most_bytes(max_bytes, max_files):
        raise _too_large(max_bytes)
    # Werkzeug's own choice is a temporary file from 500 kB on.
    parts = parse_files(
        request, lambda _: io.BytesIO(), max_bytes, max_files, _too_large(max_bytes)
    )
    files = [
        UploadedFile(part.filename or "", cast("io.BytesIO", part.stream).getvalue())
        for part in parts
    ]
    if sum(len(file.data) for file in files) > max_bytes:
        raise _too_large(max_bytes)
    if not all(file.data for file in files):
        raise MalformedInput("empty_file", "A file is empty (0 bytes). Send an image file.")
    return files


def parse_files(
    request: Request,
    open_file: Callable[[str], IO[bytes]],
    max_bytes: int,
    max_files: int,
    too_large: TooLarge,
) -> list[FileStorage]:
    """Parse the form; return its parts, all named ``file``, in their order.

    open_file: gets the name that a file was sent under; the file is written to what it returns.
    too_large: raised where the whole of the form is.

    Raises MalformedInput (no_file, malformed_request, invalid_parameter) and TooLarge
    (too_many_files, or ``too_large``).
    """
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise MalformedInput(
            "malformed_request",
            "The request's body is compressed (Content-Encoding), which is not read here. Send the "
            "form as it is; the files in it may be compressed (.nii.gz, .zip).",
        )
    most_bytes = _most_bytes(max_bytes, max_files)
    request.max_content_length = most_bytes
    opened = 0

    def add_part(
        total_content_length: int | None,  # noqa: ARG001
        content_type: str | None,  # noqa: ARG001
        filename: str | None,
        content_length: int | None = None,  # noqa: ARG001
    ) -> IO[bytes]:
        nonlocal opened
        opened += 1
        if opened > max_files:
            raise too_many_files(max_files)
        return open_file(filename or "")

    parser = FormDataParser(
        add_part,
        max_form_memory_size=_FIELD_BYTES,
        max_form_parts=max_files + _MOST_FIELDS,
        silent=False,
    )
    try:
        _, fields, parts = parser.parse(
            request.stream, request.mimetype, request.content_length, request.mimetype_params
        )
    except UnicodeDecodeError as error:
        raise MalformedInput(
            "malformed_request",
            "The form calls a file by a name that is no UTF-8. Rename the file to plain letters "
            "and send it again.",
        ) from error
    except ValueError as error:
        raise MalformedInput(
            "malformed_request",
            "The form ends too early or can't be read. Send the files as multipart/form-data, "
            "each in a part named file.",
        ) from error
    except RequestEntityTooLarge as error:
        length = request.content_length
        if length is None or length > most_bytes:
            raise too_large from error
        raise _no_file() from error  # too much in parts that are no files
    if not parts or set(parts) != {"file"}:
        raise _no_file()
    if any(name in fields for name in PredictQuerySchema().fields):
        raise MalformedInput(
            "invalid_parameter",
            "A parameter was sent in the form, where it is not heeded. Parameters belong in the "
            f"address: {request.path}?force=true.",
        )
    files: list[FileStorage] = parts.getlist("file")
    return files


def _no_file() -> MalformedInput:
    return MalformedInput(
        "no_file",
        "The request holds no file, or one in a part of another name. "
        "Send each as multipart/form-data, in a part named file.",
    )


def drain(request: Request, max_bytes: int) -> None:
    """Read away what is left of a refused body, up to a bound of bytes and of time.

    A server that closes while the client still sends makes it see a broken connection instead of
    the answer.
    """
    stream = request.environ["wsgi.input"]
    left, end = _DRAIN_TIMES * max_bytes, time.monotonic() + _DRAIN_S
    # A client that went away is no news: the answer has no reader any more. Nor is it news that
    # what is refused can't be read.
    with contextlib.suppress(OSError, ValueError, ParseException):
        while left > 0 and time.monotonic() < end:
            chunk = stream.read(min(left, 256 * 1024))
            if not chunk:
                return
            left -= len(chunk)


def megabytes(size_bytes: int) -> str:
    """Say a limit to people, in MB of 1 000 000 bytes, as the web app does."""
    size_mb = size_bytes / 1_000_000
    return f"{size_mb:.0f} MB" if size_mb >= 10 else f"{size_mb:.2g} MB"


def _most_bytes(max_bytes: int, max_files: int) -> int:
    return max_bytes + FORM_OVERHEAD_BYTES + _PART_BYTES * max_files


def _too_large(max_bytes: int) -> TooLarge:
    return TooLarge(
        "too_large",
        f"The upload is larger than the {megabytes(max_bytes)} that this server answers at once. "
        "Send one slice or one series, compressed, or send the study as a job (POST /jobs).",
    )

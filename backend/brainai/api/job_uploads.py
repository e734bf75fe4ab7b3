"""The files of a job, from the socket to the file store; never whole in memory."""

import io
from typing import IO, cast

from flask import Request
from werkzeug.formparser import FormDataParser

from brainai.api.requests import FORM_OVERHEAD_BYTES
from brainai.errors import MalformedInput, TooLarge
from brainai.jobs.files import JobFiles

# Boundary and headers of one part: browsers send some 200 bytes and the file's name.
_PART_BYTES = 1024
# Werkzeug holds a chunk of 64 KiB of a file in the memory that this limits.
_FIELD_BYTES = 512 * 1024


def store_upload(
    request: Request, files: JobFiles, job_id: str, max_bytes: int, max_files: int
) -> list[str]:
    """Write the parts named ``file`` as the job's upload; return their names, in their order.

    What was written before it failed is left to the caller.

    Raises MalformedInput (no_file, empty_file, malformed_request) and TooLarge (too_large,
    too_many_files).
    """
    request.max_content_length = max_bytes + FORM_OVERHEAD_BYTES + _PART_BYTES * max_files
    upload = _Upload(files, job_id, max_bytes, max_files)
    parser = FormDataParser(
        upload.add_part,
        max_form_memory_size=_FIELD_BYTES,
        # Past the own limit of files, which says so in a sentence.
        max_form_parts=max_files + 8,
        silent=False,
    )
    try:
        _, _, parts = parser.parse(
            request.stream,
            request.mimetype,
            request.content_length,
            request.mimetype_params,
        )
    except ValueError as error:
        raise MalformedInput(
            "malformed_request",
            "The form ends too early or can't be read. Send the files as multipart/form-data, "
            "each in a part named file.",
        ) from error
    finally:
        upload.close()
    if not parts or set(parts) != {"file"}:
        raise MalformedInput(
            "no_file",
            "The request holds no file, or one in a part of another name. "
            "Send each as multipart/form-data, in a part named file.",
        )
    return upload.names


class _Upload:
    """Counts what comes in, and writes it, file after file."""

    def __init__(self, files: JobFiles, job_id: str, max_bytes: int, max_files: int) -> None:
        self.names: list[str] = []
        self._files = files
        self._job_id = job_id
        self._max_bytes = max_bytes
        self._max_files = max_files
        self._size_bytes = 0
        self._size_before = 0
        self._stream: IO[bytes] = io.BytesIO()

    def add_part(
        self,
        total_content_length: int | None,  # noqa: ARG002
        content_type: str | None,  # noqa: ARG002
        filename: str | None,
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        """Begin the next file; werkzeug then writes it, and seeks to its start when it is whole."""
        if len(self.names) >= self._max_files:
            raise TooLarge(
                "too_many_files",
                f"The request holds more than the {self._max_files} files that this server "
                "accepts. Send one patient's series, or a zip of them.",
            )
        self._stream = self._files.create_upload(self._job_id, len(self.names))
        self.names.append(filename or "")
        self._size_before = self._size_bytes
        return cast("IO[bytes]", self)

    def write(self, data: bytes) -> None:
        """Write a piece of the file. Raises TooLarge (too_large)."""
        self._size_bytes += len(data)
        if self._size_bytes > self._max_bytes:
            raise TooLarge(
                "too_large",
                f"The upload is larger than the {self._max_bytes} bytes that this server accepts. "
                "Send one patient's series, compressed if need be.",
            )
        with self._files.reached():
            self._stream.write(data)

    def seek(self, _: int) -> None:
        """End the file. Raises MalformedInput (empty_file)."""
        self.close()
        if self._size_bytes == self._size_before:
            raise MalformedInput(
                "empty_file", "A file is empty (0 bytes). Send it again, or leave it out."
            )

    def close(self) -> None:
        """Close the file at hand."""
        with self._files.reached():
            self._stream.close()

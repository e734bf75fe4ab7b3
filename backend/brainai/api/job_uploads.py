"""The files of a job, from the socket to the file store; never whole in memory."""

import io
from typing import IO, cast

from flask import Request

from brainai.api.requests import megabytes, parse_files
from brainai.errors import MalformedInput, TooLarge
from brainai.jobs.files import JobFiles


def store_upload(
    request: Request, files: JobFiles, job_id: str, max_bytes: int, max_files: int
) -> list[str]:
    """Write the parts named ``file`` as the job's upload; return their names, in their order.

    What was written before it failed is left to the caller.

    Raises as parse_files does, and MalformedInput (empty_file).
    """
    upload = _Upload(files, job_id, max_bytes)
    try:
        parse_files(request, upload.open_file, max_bytes, max_files, _too_large(max_bytes))
    finally:
        upload.close()
    return upload.names


class _Upload:
    """Counts what comes in, and writes it, file after file."""

    def __init__(self, files: JobFiles, job_id: str, max_bytes: int) -> None:
        self.names: list[str] = []
        self._files = files
        self._job_id = job_id
        self._max_bytes = max_bytes
        self._size_bytes = 0
        self._size_before = 0
        self._stream: IO[bytes] = io.BytesIO()

    def open_file(self, name: str) -> IO[bytes]:
        """Begin the next file; werkzeug then writes it, and seeks to its start when it is whole."""
        self._stream = self._files.create_upload(self._job_id, len(self.names))
        self.names.append(name)
        self._size_before = self._size_bytes
        return cast("IO[bytes]", self)

    def write(self, data: bytes) -> None:
        """Write a piece of the file. Raises TooLarge (too_large)."""
        self._size_bytes += len(data)
        if self._size_bytes > self._max_bytes:
            raise _too_large(self._max_bytes)
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


def _too_large(max_bytes: int) -> TooLarge:
    return TooLarge(
        "too_large",
        f"The upload is larger than the {megabytes(max_bytes)} that this server accepts. "
        "Send one patient's series, compressed if need be.",
    )

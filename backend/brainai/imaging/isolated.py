"""Decode in a process of its own what can take its process down.

GDCM reads JPEG Lossless, JPEG-LS and 12-bit JPEG, and ends the whole process (C++ ``terminate``)
on some damaged frames. One upload must not end the server, so it runs apart, with a limit of time
and of memory.
"""

import io
import os
import resource
import struct
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.pixels.utils import pixel_array

from brainai.imaging.dicom_parts import read_pixel_elements

_TIME_LIMIT_S, _TIME_PER_FILE_S = 30.0, 0.1
_MEMORY_LIMIT_BYTES = 4 * 1024**3
_LENGTH = struct.Struct("<Q")


def decode_apart(files: Sequence[bytes]) -> list[NDArray[Any]]:
    """Decode the pixels of whole DICOM files by GDCM, all in one other process.

    Returns of each [H, W], [H, W, 3] or, of several frames, [N, H, W] or [N, H, W, 3].

    Raises ValueError where that process fails, crashes or takes too long.
    """
    command = [sys.executable, "-m", __name__]
    sent = b"".join(_LENGTH.pack(len(data)) + data for data in files)
    limit_s = _TIME_LIMIT_S + _TIME_PER_FILE_S * len(files)
    try:
        done = subprocess.run(  # noqa: S603  our own module; the upload goes to its stdin alone
            command, input=sent, capture_output=True, timeout=limit_s, check=True
        )
    except subprocess.SubprocessError as error:
        raise ValueError("the decoder failed, crashed or took too long") from error
    stream = io.BytesIO(done.stdout)
    return [np.load(stream, allow_pickle=False) for _ in files]


def main() -> None:
    """Read DICOM files from stdin, each after its length; write their pixels in NumPy's format."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_LIMIT_BYTES, _MEMORY_LIMIT_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # What a decoder prints must not get between the pixels.
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)
        while head := sys.stdin.buffer.read(_LENGTH.size):
            data = sys.stdin.buffer.read(_LENGTH.unpack(head)[0])
            dataset = read_pixel_elements(data)
            packed = io.BytesIO()  # np.save wants a file that it can seek in
            np.save(packed, pixel_array(dataset, decoding_plugin="gdcm"), allow_pickle=False)
            out.write(packed.getbuffer())


if __name__ == "__main__":
    main()

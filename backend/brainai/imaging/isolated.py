"""Decode in a process of its own what can take its process down.

GDCM reads JPEG Lossless, JPEG-LS and 12-bit JPEG, and ends the whole process (C++ ``terminate``)
on some damaged frames. One upload must not end the server, so it runs apart, with a limit of time
and of memory.
"""

import io
import os
import resource
import subprocess
import sys
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.pixels.utils import pixel_array

_TIME_LIMIT_S = 30
_MEMORY_LIMIT_BYTES = 4 * 1024**3


def decode_apart(data: bytes) -> NDArray[Any]:
    """Decode the pixels of a whole DICOM file by GDCM, in another process: [H, W] or [H, W, 3].

    Raises ValueError where that process fails, crashes or takes too long.
    """
    command = [sys.executable, "-m", __name__]
    try:
        done = subprocess.run(  # noqa: S603  our own module; the upload goes to its stdin alone
            command, input=data, capture_output=True, timeout=_TIME_LIMIT_S, check=True
        )
    except subprocess.SubprocessError as error:
        raise ValueError("the decoder failed, crashed or took too long") from error
    pixels: NDArray[Any] = np.load(io.BytesIO(done.stdout), allow_pickle=False)
    return pixels


def main() -> None:
    """Read a DICOM file from stdin; write its pixels to stdout in NumPy's format."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_LIMIT_BYTES, _MEMORY_LIMIT_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    dataset = pydicom.dcmread(io.BytesIO(sys.stdin.buffer.read()))
    # What a decoder prints must not get between the pixels.
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)
        packed = io.BytesIO()  # np.save wants a file that it can seek in
        np.save(packed, pixel_array(dataset, decoding_plugin="gdcm"), allow_pickle=False)
        out.write(packed.getbuffer())


if __name__ == "__main__":
    main()

import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brainai.errors import UnusableImage
from brainai.imaging.dicom import read_dicom
from brainai.imaging.isolated import decode_apart
from tests.files import MAX_PIXELS, dicom, phantom
from tests.gdcm_writer import to_lossless_jpeg

WIDE = phantom().astype(np.uint16) * 16


def test_the_pixels_of_several_files_come_back_as_they_were(tmp_path: Path) -> None:
    other = WIDE[::-1].copy()
    files = [to_lossless_jpeg(dicom(pixels), tmp_path) for pixels in (WIDE, other)]
    decoded = decode_apart(files)
    assert [pixels.dtype for pixels in decoded] == [np.uint16, np.uint16]
    np.testing.assert_array_equal(decoded, [WIDE, other])


@pytest.mark.parametrize("data", [b"", b"no DICOM", dicom()[:300]])
def test_a_decoder_that_fails_raises_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError, match="failed, crashed or took too long"):
        decode_apart([data])


def test_a_frame_that_ends_the_decoder_does_not_end_this_process(tmp_path: Path) -> None:
    data = to_lossless_jpeg(dicom(WIDE), tmp_path)
    table = data.index(b"\xff\xc4")  # no marker where the Huffman table is: GDCM aborts
    damaged = data[:table] + b"\0" + data[table + 1 :]
    with pytest.raises(UnusableImage) as caught:
        read_dicom(damaged, MAX_PIXELS)
    assert caught.value.code == "unreadable_image"


def test_a_decoder_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: Any, timeout: float, **__: Any) -> None:
        raise subprocess.TimeoutExpired("decoder", timeout)

    monkeypatch.setattr(subprocess, "run", hang)
    with pytest.raises(ValueError, match="took too long"):
        decode_apart([b""])

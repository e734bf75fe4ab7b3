"""A zip -> the files in it, unpacked in memory alone and within limits."""

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator

from brainai.errors import MalformedInput, TooLarge
from brainai.imaging.inflate import unpacks_too_large
from brainai.imaging.upload import Limits, UploadedFile

MAGIC = (b"PK\x03\x04", b"PK\x05\x06")  # an archive, and an empty one (APPNOTE.TXT 4.3)

_CENTRAL_ENTRY = b"PK\x01\x02"
_ENCRYPTED = 0x1
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
# Deflate packs at most 1032 to 1. Slices of air reach some hundreds to one, whole studies do not;
# under the floor nothing is a bomb.
_MOST_RATIO, _RATIO_FLOOR_BYTES = 100, 64 * 1024 * 1024
_BLOCK_BYTES = 1024 * 1024


def unpack(files: list[UploadedFile], limits: Limits) -> list[UploadedFile]:
    """Replace each zip among ``files`` by what is in it, in its order.

    What is in it is judged while it is unpacked; sizes that the archive claims are not believed,
    and names in it are never used as paths.

    Raises MalformedInput (bad_archive) for a damaged, encrypted or nested zip, TooLarge
    (unpacks_too_large, too_many_files).
    """
    unpacked: list[UploadedFile] = []
    left = limits.max_unpacked_bytes
    for file in files:
        if not file.data.startswith(MAGIC):
            unpacked.append(file)
            continue
        # Before zipfile makes objects of them all: a small upload may list millions.
        if file.data.count(_CENTRAL_ENTRY) > limits.max_files:
            raise too_many_files(limits.max_files)
        for member in _members(file.data, left, limits.max_unpacked_bytes):
            left -= len(member.data)
            unpacked.append(member)
    if len(unpacked) > limits.max_files:
        raise too_many_files(limits.max_files)
    return unpacked


def too_many_files(most: int) -> TooLarge:
    """Say that an upload holds more files than are read."""
    return TooLarge(
        "too_many_files",
        f"The upload holds more than {most} files, which is the most that are read. Send one "
        "series, or one study, at a time.",
    )


def _members(data: bytes, left: int, most: int) -> Iterator[UploadedFile]:
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                if info.filename.endswith("/"):  # is_dir fails where there is no name
                    continue
                content = _read(archive, info, min(left - total, _ratio_room(data, total)), most)
                total += len(content)
                yield UploadedFile(info.filename, content)
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        OSError,
        EOFError,
        OverflowError,
    ) as error:
        raise _bad("is damaged, cut short, or packed in a way that is not read") from error


def _ratio_room(data: bytes, total: int) -> int:
    return max(_RATIO_FLOOR_BYTES, _MOST_RATIO * len(data)) - total


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, room: int, most: int) -> bytes:
    if info.flag_bits & _ENCRYPTED:
        raise _bad("is encrypted")
    if info.compress_type not in _METHODS:
        raise _bad("is packed by another method than deflate")
    blocks, size = [], 0
    with archive.open(info) as stream:
        while block := stream.read(_BLOCK_BYTES):
            size += len(block)
            if size > room:
                raise unpacks_too_large(most)
            blocks.append(block)
    content = blocks[0] if len(blocks) == 1 else b"".join(blocks)
    if content.startswith(MAGIC):
        raise _bad("holds another zip")
    return content


def _bad(what: str) -> MalformedInput:
    return MalformedInput(
        "bad_archive",
        f"The zip {what}. Send a plain zip of one study's files, without a password.",
    )

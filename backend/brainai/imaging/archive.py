"""A zip -> the files in it, unpacked in memory alone and within limits."""

import contextlib
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from operator import itemgetter

from brainai.errors import MalformedInput, TooLarge
from brainai.imaging.inflate import unpacks_too_large
from brainai.imaging.upload import Limits, UploadedFile

MAGIC = (b"PK\x03\x04", b"PK\x05\x06")  # an archive, and an empty one (APPNOTE.TXT 4.3)

_CENTRAL_ENTRY = b"PK\x01\x02"
_ENCRYPTED, _UTF8 = 0x1, 0x800  # general purpose flags (4.4.4)
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
# Deflate packs at most 1032 to 1. Slices of air reach some hundreds to one, whole studies do not;
# under the floor nothing is a bomb.
_MOST_RATIO, _RATIO_FLOOR_BYTES = 100, 64 * 1024 * 1024
_BLOCK_BYTES = 1024 * 1024
# Beside each file an archive may list a folder, and what macOS knows of the file.
_ENTRIES_PER_FILE = 3


def unpack(files: list[UploadedFile], limits: Limits) -> list[UploadedFile]:
    """Replace each zip among ``files`` by what is in it, in its order.

    What is in it is judged while it is unpacked; sizes that the archive claims are not believed,
    and names in it are never used as paths. What file managers leave is left out; a zip in it is a
    file like others, and stays packed.

    Raises MalformedInput (bad_archive) for a damaged or encrypted zip, TooLarge
    (unpacks_too_large, too_many_files).
    """
    unpacked: list[UploadedFile] = []
    left = limits.max_unpacked_bytes
    for file in files:
        if not is_zip(file.data):
            unpacked.append(file)
            continue
        # Before zipfile makes objects of them all: a small upload may list millions.
        if file.data.count(_CENTRAL_ENTRY) > _ENTRIES_PER_FILE * limits.max_files:
            raise too_many_files(limits.max_files)
        for member in _members(file.data, left, limits.max_unpacked_bytes):
            left -= len(member.data)
            unpacked.append(member)
    if len(unpacked) > limits.max_files:
        raise too_many_files(limits.max_files)
    return unpacked


def is_zip(data: bytes) -> bool:
    """Tell a zip by its first bytes."""
    return data.startswith(MAGIC)


def nested_zip() -> MalformedInput:
    """Say that a zip holds another one."""
    return _bad("holds another zip")


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
                name = _name(info)
                # is_dir fails where there is no name, and knows no folder of Windows'.
                if name.endswith(("/", "\\")) or UploadedFile(name, b"").is_litter:
                    continue
                rooms = (
                    (left - total, unpacks_too_large(most)),
                    (_ratio_room(data, total), _packed_too_tight()),
                )
                content = _read(archive, info, *min(rooms, key=itemgetter(0)))
                total += len(content)
                yield UploadedFile(name, content)
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


def _name(info: zipfile.ZipInfo) -> str:
    """Return a file's name; macOS and Info-ZIP write UTF-8 without the flag that says so."""
    if not info.flag_bits & _UTF8:
        with contextlib.suppress(UnicodeError):
            return info.filename.encode("cp437").decode()
    return info.filename


def _ratio_room(data: bytes, total: int) -> int:
    return max(_RATIO_FLOOR_BYTES, _MOST_RATIO * len(data)) - total


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, room: int, too_large: TooLarge) -> bytes:
    if info.flag_bits & _ENCRYPTED:
        raise _bad("is encrypted")
    if info.compress_type not in _METHODS:
        raise _bad("is packed by another method than deflate")
    blocks, size = [], 0
    with archive.open(info) as stream:
        while block := stream.read(_BLOCK_BYTES):
            size += len(block)
            if size > room:
                raise too_large
            blocks.append(block)
    return blocks[0] if len(blocks) == 1 else b"".join(blocks)


def _packed_too_tight() -> TooLarge:
    return TooLarge(
        "unpacks_too_large",
        f"The zip unpacks to more than {_MOST_RATIO} times its size, as no study does. If it is "
        "one, send its files as they are.",
    )


def _bad(what: str) -> MalformedInput:
    return MalformedInput(
        "bad_archive",
        f"The zip {what}. Send a plain zip of one study's files, without a password.",
    )

"""What comes in: named bytes, and how much of it is read."""

import unicodedata
from dataclasses import dataclass, field

# What file managers of macOS and Windows leave in folders.
_LITTER = frozenset({".ds_store", "thumbs.db", "desktop.ini"})


@dataclass(frozen=True)
class UploadedFile:
    """One file as it was sent.

    name: as the sender calls it; tells sequences apart and pairs a header with its voxels, is
    never used as a path and never leaves.
    """

    name: str = field(repr=False)
    data: bytes = field(repr=False)

    @property
    def base_name(self) -> str:
        """The name without folders, whichever way the slashes lean, its letters composed (NFC)."""
        return compose(self.name.replace("\\", "/").rsplit("/", 1)[-1])

    @property
    def folder(self) -> str:
        """The folders of the name, without a slash at the end."""
        return self.name.replace("\\", "/").rpartition("/")[0]

    @property
    def is_litter(self) -> bool:
        """Whether its name is one that a file manager leaves: nobody means to send it."""
        name = self.base_name.lower()
        return name in _LITTER or name.startswith("._") or "__macosx" in self.folder.lower()


@dataclass(frozen=True)
class Limits:
    """How much is read.

    max_pixels: of one slice. max_voxels: of one volume. max_unpacked_bytes: of a zip's files
    together, and of one compressed volume. max_files: of one request, those inside of zips counted.
    """

    max_pixels: int
    max_voxels: int
    max_unpacked_bytes: int
    max_files: int


def compose(name: str) -> str:
    """Write a name's letters in one way: macOS may take an umlaut apart, a header of it does not.

    Source: Unicode Standard Annex 15, form C.
    """
    return unicodedata.normalize("NFC", name)

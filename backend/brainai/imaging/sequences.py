"""A file's name -> which sequence it is, or that it is a mask."""

import re
from enum import StrEnum

from brainai.imaging.study import MrSequence
from brainai.imaging.upload import UploadedFile


class OtherKind(StrEnum):
    """What a name may say that is no sequence."""

    MASK = "mask"


# The words of BraTS (over its years), BIDS and of people.
_FLAIR = re.compile(r"t2f|(ax|t2|axt2)?flair\d*|darkfluid|tirm")
_T1C = re.compile(r"t1(c|ce|gd|gad|post|km|wce|wgd)")
_T2 = re.compile(r"t2(w|tse)?")
_T1 = re.compile(r"t1(n|w|pre)?|mprage")
_CONTRAST = frozenset({"gd", "gad", "gado", "gadolinium", "ce", "post", "postcontrast", "contrast"})
_MASK = re.compile(r".*(seg|mask)|segmentations?|labels?|labelmap|roi|ot|3more")
# BIDS: the grid that a file was resampled to, not what it is.
_SPACE = re.compile(r"space-[a-z0-9]+")
# "T2", and how it was made, right before FLAIR in any of its words is a part of that name.
_T2_FLAIR = re.compile(
    r"(?<![a-z0-9])t2w?[ ._-]?"
    r"((weighted|tse|fse|space|spc|ax(ial)?|tra|sag|cor|[23]d)[ ._-])*(flair|tirm|dark[ ._-]fluid)"
)
_NO_CONTRAST = re.compile(
    r"(?<![a-z])(pre|non?|wo|without)[ ._-]?(contrast|gd|gad|gado|gadolinium|ce)(?![a-z0-9])"
)


def tell_by_name(file: UploadedFile) -> MrSequence | OtherKind | None:
    """Read the words of a file's name, else of its folder's; the first that tells, tells."""
    folder = file.folder.rsplit("/", 1)[-1]
    return _tell(file.base_name) or _tell(folder)


def is_mask_itself(file: UploadedFile) -> bool:
    """Tell if a file's own name, whatever its folder's, says that it is a mask."""
    return _tell(file.base_name) is OtherKind.MASK


def tell_channels(file: UploadedFile, count: int) -> list[MrSequence] | None:
    """Read which sequence each of ``count`` channels of a file is, in their order.

    A name tells them where it names as many sequences, each once: ``flair-t1-t1c-t2.nii.gz``.
    "T2-FLAIR" is one sequence, or two beside others where there are so many channels.
    """
    apart = [_split(_plain(file.base_name))] if count > 2 else []
    for words in (_words(file.base_name), *apart):
        named = [kind for word in words if (kind := _tell_word(word, frozenset())) is not None]
        if len(named) == count == len(set(named)):
            return named
    return None


def _tell(name: str) -> MrSequence | OtherKind | None:
    words = _words(name)
    if any(_MASK.fullmatch(word) for word in words):
        return OtherKind.MASK
    told = (_tell_word(word, frozenset(words)) for word in words)
    return next((kind for kind in told if kind is not None), None)


def _words(name: str) -> list[str]:
    plain = _T2_FLAIR.sub("flair", _plain(name))
    plain = re.sub(r"dark[ ._-]fluid", "flair", plain)
    return _split(_NO_CONTRAST.sub("", plain))


def _plain(name: str) -> str:
    return _SPACE.sub("", name.lower())


def _split(plain: str) -> list[str]:
    return [word for word in re.split(r"[^a-z0-9]+", plain) if word]


def _tell_word(word: str, beside: frozenset[str]) -> MrSequence | None:
    """Tell the sequence that a word names. beside: words that may say that there was contrast."""
    if _FLAIR.fullmatch(word):
        return MrSequence.FLAIR
    if _T1C.fullmatch(word):
        return MrSequence.T1C
    if _T1.fullmatch(word):
        return MrSequence.T1C if _CONTRAST & beside else MrSequence.T1
    return MrSequence.T2 if _T2.fullmatch(word) else None

import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brainai.errors import BrainAIError
from brainai.imaging.sniff import read_study
from brainai.imaging.study import Study
from brainai.inference.predict import Predictor
from tests.files import MAX_PIXELS, dicom, encode, phantom

SMALL = phantom(size_px=48)
VALID = [
    *(encode(SMALL, name) for name in ("PNG", "JPEG", "TIFF", "WEBP", "BMP")),
    encode(SMALL, "TIFF", compression="tiff_lzw"),
    encode(SMALL, "JPEG", progressive=True),
    dicom(SMALL),
]
MAGIC = [data[:140] if data[128:132] == b"DICM" else data[:16] for data in VALID]

edits = st.lists(
    st.tuples(st.integers(0, 2**31), st.binary(min_size=1, max_size=4)), min_size=1, max_size=8
)


def _read(data: bytes) -> Study | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the decoders' own, about what they find odd
        try:
            return read_study(data, MAX_PIXELS)
        except BrainAIError as error:
            refusal = error
    assert refusal.code
    assert refusal.message.endswith(".")
    return None


def _check(study: Study | None) -> None:
    if study is not None:
        height, width = study.slice.pixels.shape
        assert 0 < height * width <= MAX_PIXELS


@given(st.binary(max_size=300))
def test_any_bytes_are_a_study_or_a_brainai_error(data: bytes) -> None:
    _check(_read(data))


@given(st.sampled_from(MAGIC), st.binary(max_size=300))
def test_any_bytes_after_a_known_beginning_are_a_study_or_a_brainai_error(
    magic: bytes, rest: bytes
) -> None:
    _check(_read(magic + rest))


@settings(max_examples=250)
@given(st.sampled_from(VALID), edits)
def test_a_damaged_file_is_a_study_or_a_brainai_error(
    data: bytes, changes: list[tuple[int, bytes]]
) -> None:
    damaged = bytearray(data)
    for place, new in changes:
        start = place % len(damaged)
        damaged[start : start + len(new)] = new
    _check(_read(bytes(damaged)))


@given(st.sampled_from(VALID), st.integers(0, 2**31))
def test_a_file_cut_anywhere_is_a_study_or_a_brainai_error(data: bytes, place: int) -> None:
    _check(_read(data[: place % len(data)]))


@settings(max_examples=60)
@given(data=st.sampled_from(VALID), changes=edits)
def test_a_damaged_file_is_answered_or_refused_but_never_bursts(
    predictor: Predictor, data: bytes, changes: list[tuple[int, bytes]]
) -> None:
    damaged = bytearray(data)
    for place, new in changes:
        start = place % len(damaged)
        damaged[start : start + len(new)] = new
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            prediction = predictor.predict(bytes(damaged), explain=True)
        except BrainAIError:
            return
    assert prediction.probability == pytest.approx(prediction.probability)
    assert 0 <= prediction.probability <= 1

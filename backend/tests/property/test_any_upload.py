import gzip
import warnings

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from brainai.errors import InputError
from brainai.imaging.collect import Limits, UploadedFile, read_upload
from brainai.imaging.study import Study, VolumeStudy
from tests.dicom_files import write_enhanced, write_series, write_zip
from tests.files import dicom, png
from tests.studies import AFFINE, asymmetric, mha, mhd, nifti

LIMITS = Limits(max_pixels=1 << 20, max_voxels=1 << 20, max_unpacked_bytes=1 << 23, max_files=50)
SMALL = asymmetric((9, 8, 7))
SERIES = write_series(SMALL, AFFINE)
VALID = [
    nifti(SMALL),
    gzip.compress(nifti(SMALL)),
    nifti(np.stack([SMALL, SMALL], axis=-1)),
    mha(SMALL),
    mha(SMALL, packed=True),
    mhd(SMALL),
    write_enhanced(SMALL, AFFINE),
    write_zip(SERIES),
    write_zip({"a.mhd": mhd(SMALL), "voxels.raw": SMALL.tobytes(order="F")}),
    dicom(),
    png(),
]
names = st.sampled_from(["a.nii", "x_flair.nii.gz", "x_t1.nii", "seg.nii", "voxels.raw", "../a"])
edits = st.lists(
    st.tuples(st.integers(0, 2**31), st.binary(min_size=1, max_size=4)), min_size=1, max_size=8
)


def _check(files: list[tuple[str, bytes]], series: int | None = None) -> None:
    """Read an upload: it is a study within its limits, or is refused in a sentence."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the decoders' own, about what they find odd
        try:
            study = read_upload([UploadedFile(*file) for file in files], LIMITS, series)
        except InputError as error:
            refusal = error
        else:
            _check_study(study)
            return
    assert refusal.code
    assert refusal.message.endswith(".")


def _check_study(study: Study | VolumeStudy) -> None:
    if isinstance(study, Study):
        assert 0 < study.slice.pixels.size <= LIMITS.max_pixels
        return
    assert 0 < study.volume.voxels.size <= LIMITS.max_voxels
    assert np.isfinite(study.volume.voxels).all()
    assert np.isfinite(study.volume.affine).all()
    assert all(other.shape == study.volume.voxels.shape for other in study.others.values())


def _damaged(data: bytes, changes: list[tuple[int, bytes]]) -> bytes:
    damaged = bytearray(data)
    for place, new in changes:
        start = place % len(damaged)
        damaged[start : start + len(new)] = new
    return bytes(damaged)


@given(st.lists(st.tuples(names, st.binary(max_size=300)), max_size=4), st.integers(-1, 4))
def test_any_bytes_are_a_study_or_an_error(files: list[tuple[str, bytes]], series: int) -> None:
    _check(files, series if series >= 0 else None)


@given(st.dictionaries(names, st.binary(max_size=200), max_size=5))
def test_a_zip_of_any_bytes_is_a_study_or_an_error(entries: dict[str, bytes]) -> None:
    _check([("upload.zip", write_zip(entries))])


@settings(max_examples=300)
@given(st.sampled_from(VALID), names, edits)
def test_a_damaged_file_is_a_study_or_an_error(
    data: bytes, name: str, changes: list[tuple[int, bytes]]
) -> None:
    _check([(name, _damaged(data, changes))])


@settings(max_examples=200)
@given(
    st.sampled_from([nifti(SMALL), mha(SMALL), mhd(SMALL)]),
    st.lists(st.tuples(st.integers(0, 351), st.binary(min_size=1, max_size=4)), max_size=4),
)
def test_a_damaged_header_is_a_study_or_an_error(
    data: bytes, changes: list[tuple[int, bytes]]
) -> None:
    _check([("a.nii", _damaged(data, changes)), ("voxels.raw", SMALL.tobytes())])


@settings(max_examples=150)
@given(st.integers(0, 6), edits)
def test_a_series_with_a_damaged_file_is_a_study_or_an_error(
    index: int, changes: list[tuple[int, bytes]]
) -> None:
    files = list(SERIES)
    files[index] = _damaged(files[index], changes)
    _check([(f"IM{n}", data) for n, data in enumerate(files)])


@given(st.sampled_from(VALID), st.integers(0, 2**31))
def test_a_file_cut_anywhere_is_a_study_or_an_error(data: bytes, place: int) -> None:
    _check([("a", data[: place % len(data)])])


@settings(max_examples=60)
@given(st.lists(st.tuples(names, st.sampled_from(VALID)), min_size=1, max_size=4))
def test_any_files_together_are_a_study_or_an_error(files: list[tuple[str, bytes]]) -> None:
    _check(files)

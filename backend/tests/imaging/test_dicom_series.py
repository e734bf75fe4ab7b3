from pathlib import Path
from typing import Any

import numpy as np
import pytest
from highdicom import get_volume_from_series
from pydicom.uid import (
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    RLELossless,
)

from brainai.errors import InputError
from brainai.imaging.annotation import BURNED_IN_WARNING
from brainai.imaging.candidate import Candidate
from brainai.imaging.choose_series import choose_series
from brainai.imaging.dicom_frames import read_instance
from brainai.imaging.dicom_series import find_series
from brainai.imaging.geometry import to_grid
from brainai.imaging.study import MrSequence
from brainai.imaging.volumes import SPACING_WARNING
from tests.dicom_files import series_datasets, write_enhanced, write_series
from tests.files import dicom_dataset, encapsulated, encode, phantom, save
from tests.gdcm_writer import to_lossless_jpeg
from tests.studies import AFFINE, LIMITS, asymmetric, oblique, stored_as

VOXELS = asymmetric()


def _find(files: list[bytes]) -> list[Candidate]:
    read = [read_instance(data, LIMITS) for data in files]
    return find_series([instance for instance in read if instance is not None], LIMITS)


def _only(files: list[bytes]) -> Candidate:
    (only,) = _find(files)
    return only


def _refused(files: list[bytes]) -> InputError:
    with pytest.raises(InputError) as caught:
        _only(files).load()
    return caught.value


@pytest.mark.parametrize("affine", [AFFINE, oblique(), oblique(-70)])
@pytest.mark.parametrize("write", [write_series, lambda v, a: [write_enhanced(v, a)]])
def test_a_series_lies_where_its_header_says(write: Any, affine: Any) -> None:
    volume, warnings = _only(write(VOXELS, affine)).load()
    columns, rows, slices = volume.grid.shape
    assert (columns, rows, slices) == VOXELS.shape
    np.testing.assert_allclose(volume.grid.affine, affine, atol=1e-6)
    assert warnings == ()


@pytest.mark.parametrize("affine", [AFFINE, oblique(), oblique(-70)[:, [1, 2, 0, 3]]])
def test_highdicom_places_the_same_series_alike(affine: Any) -> None:
    datasets = series_datasets(VOXELS, affine, FrameOfReferenceUID="1.2.3", PatientID="1")
    theirs = get_volume_from_series(datasets)  # [slice, row, column], LPS
    ours = _only([save(dataset) for dataset in datasets[::-1]]).load()[0]
    stored = to_grid(ours.voxels, ours.grid)
    for place in ((0, 0, 0), (11, 5, 3), (4, 17, 19)):
        there = np.diag([-1, -1, 1, 1]) @ theirs.affine @ [*place, 1]
        column, row, index = np.linalg.solve(ours.grid.affine, there)[:3].round(3)
        assert stored[int(column), int(row), int(index)] == theirs.array[place]


@pytest.mark.parametrize(
    ("codes", "axial"), [("LPS", True), ("RAI", True), ("PSL", False), ("RSA", False)]
)
def test_the_axis_of_the_slices_tells_if_they_are_axial(codes: str, axial: bool) -> None:
    stored, affine = stored_as(codes, VOXELS)
    candidate = _only(write_series(stored, affine))
    assert candidate.axial is axial
    np.testing.assert_array_equal(candidate.load()[0].voxels, VOXELS)


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian])
def test_other_syntaxes_keep_every_value(syntax: Any) -> None:
    volume, _ = _only(write_series(VOXELS, AFFINE, syntax=syntax)).load()
    np.testing.assert_array_equal(volume.voxels, VOXELS)


def test_rle_keeps_every_value() -> None:
    datasets = series_datasets(VOXELS, AFFINE)
    for dataset in datasets:
        dataset.compress(RLELossless, generate_instance_uid=False)
    volume, _ = _only([save(dataset) for dataset in datasets]).load()
    np.testing.assert_array_equal(volume.voxels, VOXELS)


def test_jpeg_2000_keeps_every_value() -> None:
    grey = np.repeat(phantom(size_px=32)[..., None], 4, axis=2)
    files = []
    for index, plain in enumerate(series_datasets(grey, AFFINE)):
        pixels = np.ascontiguousarray(grey[:, :, index].T)
        dataset = encapsulated(pixels, JPEG2000Lossless, encode(pixels, "JPEG2000", no_jp2=True))
        for name in ("SeriesInstanceUID", "ImagePositionPatient", "ImageOrientationPatient"):
            setattr(dataset, name, plain.get(name))
        dataset.PixelSpacing = plain.PixelSpacing
        files.append(save(dataset))
    np.testing.assert_array_equal(_only(files).load()[0].voxels, grey)


def test_lossless_jpeg_keeps_every_value(tmp_path: Path) -> None:
    files = [to_lossless_jpeg(data, tmp_path) for data in write_series(VOXELS, AFFINE)]
    np.testing.assert_array_equal(_only(files).load()[0].voxels, VOXELS)


def test_each_slice_is_rescaled_by_its_own_slope() -> None:
    datasets = series_datasets(VOXELS, AFFINE)
    for index, dataset in enumerate(datasets):
        dataset.RescaleSlope, dataset.RescaleIntercept = str(1 + index), "-10"
    volume, _ = _only([save(dataset) for dataset in datasets]).load()
    np.testing.assert_allclose(volume.voxels, VOXELS * (1 + np.arange(12)) - 10)


def test_monochrome1_is_turned_so_that_high_is_bright_in_all_slices_alike() -> None:
    files = write_series(VOXELS.max() - VOXELS, AFFINE, PhotometricInterpretation="MONOCHROME1")
    np.testing.assert_array_equal(_only(files).load()[0].voxels, VOXELS)


def test_slices_that_came_twice_are_taken_once_with_a_warning() -> None:
    files = write_series(VOXELS, AFFINE)
    volume, warnings = _only([*files, files[3], files[7]]).load()
    np.testing.assert_array_equal(volume.voxels, VOXELS)
    assert warnings == ("2 slices came twice, with the same pixels, and were taken once.",)


def test_other_pixels_in_the_same_place_are_refused() -> None:
    uid = "1.2.3.4"
    files = write_series(VOXELS, AFFINE, series_uid=uid)
    other = write_series(VOXELS + 1, AFFINE, series_uid=uid)
    error = _refused([*files, *other[:2]])
    assert error.code == "conflicting_slices"
    assert "2 slices" in error.message


def test_echoes_of_one_series_are_told_apart() -> None:
    files = [
        data
        for echo in ("20", "90")
        for data in write_series(VOXELS, AFFINE, series_uid="1.2.3", EchoTime=echo)
    ]
    assert [one.unfit for one in _find(files)] == [None, None]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EchoTime", "121"),
        ("ImageType", ["ORIGINAL", "PRIMARY", "M", "NORM"]),
        ("PhotometricInterpretation", "MONOCHROME1"),
    ],
)
def test_an_odd_slice_does_not_stand_for_its_series(name: str, value: Any) -> None:
    datasets = series_datasets(VOXELS, AFFINE, EchoTime="120")
    setattr(datasets[2], name, value)
    greater, rest = _find([save(dataset) for dataset in datasets])
    assert greater.shape[2] == len(datasets) - 1
    for part in (greater, rest):
        assert part.unfit is not None
        assert part.unfit.code == "missing_slices"


@pytest.mark.parametrize("kind", ["P", "PHASE MAP", "I_SE", "IMAGINARY"])
def test_a_part_that_is_no_magnitude_is_no_flair(kind: str) -> None:
    files = [
        data
        for part in (kind, "M")
        for data in write_series(
            VOXELS,
            AFFINE,
            series_uid="1.2.3",
            SeriesDescription="AX T2 FLAIR",
            ImageType=["ORIGINAL", "PRIMARY", part, "ND"],
        )
    ]
    candidates = _find(files)
    assert [one.sequence for one in candidates] == [MrSequence.DERIVED, MrSequence.FLAIR]
    assert [one.facts.sequence for one in candidates] == [MrSequence.DERIVED, MrSequence.FLAIR]
    assert choose_series(candidates, None).number == 2


def test_one_echo_time_may_be_written_in_several_ways() -> None:
    datasets = series_datasets(VOXELS, AFFINE, EchoTime="120")
    datasets[2].EchoTime, datasets[3].EchoTime = "120.0", "1.2E2"
    assert _only([save(dataset) for dataset in datasets]).shape == VOXELS.shape


def test_series_keep_the_order_in_which_they_came() -> None:
    first = write_series(VOXELS, AFFINE, SeriesDescription="AX T2")
    second = write_series(VOXELS[:, :, :6], AFFINE)
    mixed = [data for pair in zip(first, second, strict=False) for data in pair] + first[6:]
    assert [one.shape[2] for one in _find(mixed)] == [12, 6]


def test_a_localiser_is_a_candidate_that_can_not_be_stacked() -> None:
    uid = "1.2.3"
    files = write_series(VOXELS[:, :, :3], AFFINE, series_uid=uid)
    files += write_series(VOXELS[:, :, :3], AFFINE[:, [1, 2, 0, 3]], series_uid=uid)
    assert _only(files).unfit is not None
    assert _refused(files).code == "not_stackable"


def test_a_missing_slice_is_refused_by_its_place() -> None:
    files = write_series(VOXELS, AFFINE)
    del files[4]
    assert _refused(files).code == "missing_slices"


def test_one_slice_without_a_thickness_is_taken_for_1_mm_and_that_is_said() -> None:
    for thickness, said in (("4", ()), (None, (SPACING_WARNING,))):
        files = write_series(VOXELS[:, :, :1], AFFINE, SliceThickness=thickness)
        volume, warnings = _only(files).load()
        assert volume.grid.spacing_mm[2] == float(thickness or 1)
        assert warnings == said


def test_slices_in_colour_make_no_volume() -> None:
    colour = np.repeat(phantom(size_px=32)[..., None], 3, axis=2)
    error = _refused([save(dicom_dataset(colour, SeriesInstanceUID="1.2"))] * 2)
    assert "colour" in error.message


def test_slices_in_palette_colours_make_no_volume() -> None:
    error = _refused(write_series(VOXELS, AFFINE, PhotometricInterpretation="PALETTE COLOR"))
    assert "colour" in error.message


def test_text_that_the_header_says_is_burned_in_is_warned_of() -> None:
    datasets = series_datasets(VOXELS, AFFINE)
    datasets[5].BurnedInAnnotation = "YES"
    _, warnings = _only([save(dataset) for dataset in datasets]).load()
    assert warnings == (BURNED_IN_WARNING,)


@pytest.mark.filterwarnings("ignore")  # pydicom's own, about what it misses
def test_a_slice_cut_short_is_refused() -> None:
    files = write_series(VOXELS, AFFINE)
    files[6] = files[6][:-100]
    assert _refused(files).code == "unreadable_volume"


def test_more_voxels_than_are_read_are_refused_before_they_are_decoded() -> None:
    many = write_enhanced(np.zeros((16, 16, 4), np.int16), AFFINE)
    instance = read_instance(many, LIMITS)
    assert instance is not None
    (candidate,) = find_series([instance] * 9000, LIMITS)
    assert candidate.unfit is not None
    assert candidate.unfit.code == "too_many_voxels"

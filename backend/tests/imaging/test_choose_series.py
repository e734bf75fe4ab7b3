import pytest

from brainai.errors import InputError, UnusableImage
from brainai.imaging.candidate import Candidate, Evidence
from brainai.imaging.choose_series import choose_series
from brainai.imaging.study import MrSequence, Volume

FLAIR, T1, T2 = MrSequence.FLAIR, MrSequence.T1, MrSequence.T2
BROKEN = UnusableImage("missing_slices", "Broken.")


def _series(
    sequence: MrSequence | None = None,
    slices: int = 20,
    *,
    axial: bool = True,
    unfit: InputError | None = None,
    patient: str = "one",
    form: str = "dicom",
) -> Candidate:
    return Candidate(
        form,
        (256, 240, slices),
        (0.9, 0.9, 5.0),
        _never,
        axial=axial,
        sequence=sequence,
        evidence=Evidence.SERIES_NAME,
        patient=patient,
        unfit=unfit,
    )


def _never() -> tuple[Volume, tuple[str, ...]]:
    pytest.fail("decoded before it was chosen")


def _refused(*candidates: Candidate, series: int | None = None) -> InputError:
    with pytest.raises(InputError) as caught:
        choose_series(candidates, series)
    return caught.value


def test_the_one_flair_is_taken_and_it_is_said_why() -> None:
    choice = choose_series([_series(T1), _series(FLAIR), _series(T2)], None)
    assert (choice.number, choice.of) == (2, 3)
    assert choice.reason == "It is FLAIR: the series is named so."


def test_of_several_flair_series_axial_slices_come_first_then_many() -> None:
    sagittal, few, many = _series(FLAIR, 180, axial=False), _series(FLAIR, 20), _series(FLAIR, 40)
    choice = choose_series([sagittal, few, many], None)
    assert choice.number == 3
    assert "Of 3 such series it has axial slices, and the most of them" in choice.reason


def test_of_flair_series_without_axial_slices_none_is_said_to_have_them() -> None:
    sagittal, coronal = _series(FLAIR, 180, axial=False), _series(FLAIR, 30, axial=False)
    choice = choose_series([coronal, sagittal], None)
    assert choice.number == 2
    assert choice.reason.endswith("Of 2 such series it has the most slices.")


def test_of_equal_flair_series_the_first_of_a_dicom_study_is_taken() -> None:
    choice = choose_series([_series(T1), _series(FLAIR), _series(FLAIR)], None)
    assert choice.number == 2
    assert "first of 2" in choice.reason


def test_equal_flair_files_are_refused_as_nothing_says_that_they_are_of_one_visit() -> None:
    error = _refused(_series(FLAIR, form="nifti"), _series(FLAIR, form="nifti"))
    assert error.code == "no_flair_series"
    assert "nothing tells apart" in error.message


def test_a_single_series_is_taken_whatever_it_is_called() -> None:
    choice = choose_series([_series()], None)
    assert (choice.number, choice.of) == (1, 1)
    assert choose_series([_series(unfit=BROKEN), _series()], None).number == 2


def test_without_flair_several_series_are_refused_and_listed_in_our_words() -> None:
    error = _refused(_series(T1), _series(), _series(T2, 3, unfit=BROKEN))
    assert error.code == "no_flair_series"
    assert "1: T1, 20 slices of 256 x 240, 0.9 x 0.9 x 5 mm; 2: unknown" in error.message
    assert "3: T2, 3 slices of 256 x 240 that make no volume. Name" in error.message


def test_a_long_list_is_cut() -> None:
    assert "; and 8 more" in _refused(*[_series()] * 20).message


def test_a_flair_that_can_not_be_stacked_is_refused_for_its_own_reason() -> None:
    assert _refused(_series(T1), _series(FLAIR, unfit=BROKEN)) is BROKEN
    assert _refused(_series(unfit=BROKEN)) is BROKEN


def test_a_whole_flair_comes_before_a_broken_one() -> None:
    choice = choose_series([_series(FLAIR, 99, unfit=BROKEN), _series(FLAIR, 20)], None)
    assert choice.number == 2
    assert choice.reason.endswith("Another with more slices can't be put together to a volume.")
    choice = choose_series([_series(FLAIR, 9, unfit=BROKEN), _series(FLAIR, 20)], None)
    assert choice.reason == "It is FLAIR: the series is named so."


def test_the_caller_may_name_any_series() -> None:
    choice = choose_series([_series(FLAIR), _series(T2, patient="two")], 2)
    assert (choice.number, choice.of, choice.reason) == (2, 2, "The request named it.")
    assert _refused(_series(FLAIR), _series(unfit=BROKEN), series=2) is BROKEN


@pytest.mark.parametrize("number", [0, -1, 3])
def test_a_number_that_is_none_of_the_list_is_refused(number: int) -> None:
    error = _refused(_series(FLAIR), _series(T1), series=number)
    assert error.code == "invalid_parameter"
    assert f"series={number}" in error.message


def test_series_of_several_patients_are_refused() -> None:
    assert _refused(_series(FLAIR), _series(T1, patient="two")).code == "several_patients"

import pytest
from pydicom import Dataset

from brainai.imaging.candidate import Evidence
from brainai.imaging.dicom_facts import read_evidence, read_facts
from brainai.imaging.study import BodyPart, Facts, Modality, MrSequence


def _facts(**elements: object) -> Facts:
    dataset = Dataset()
    for name, value in elements.items():
        setattr(dataset, name, value)
    return read_facts(dataset)


def test_an_empty_header_says_nothing() -> None:
    assert _facts() == Facts()


@pytest.mark.parametrize(
    ("told", "modality"),
    [
        ("MR", Modality.MR),
        ("CT", Modality.CT),
        ("DX", Modality.XRAY),
        ("US", Modality.ULTRASOUND),
        ("PT", Modality.NUCLEAR),
        ("OP", Modality.OTHER),
        ("OT", None),
        ("", None),
    ],
)
def test_the_modality_is_told(told: str, modality: Modality | None) -> None:
    assert _facts(Modality=told).modality is modality


@pytest.mark.parametrize(
    ("told", "part"),
    [
        ("BRAIN", BodyPart.HEAD),
        ("HEADNECK", BodyPart.HEAD),
        ("KNEE", BodyPart.OTHER),
        ("ABDOMEN PELVIS", BodyPart.OTHER),
        ("CSPINE", BodyPart.OTHER),
        ("NECK", None),
        ("WHOLEBODY", None),
        ("", None),
    ],
)
def test_the_body_part_is_told(told: str, part: BodyPart | None) -> None:
    assert _facts(BodyPartExamined=told).body_part is part


@pytest.mark.parametrize(
    ("name", "sequence"),
    [
        ("AX FLAIR", MrSequence.FLAIR),
        ("sub-01 AX FLAIR", MrSequence.FLAIR),
        ("3D FLAIR sub-mm", MrSequence.FLAIR),
        ("AX FLAIR SUB", MrSequence.DERIVED),
        ("T1_POST_SUBTRACTION", MrSequence.DERIVED),
        ("mIP AX T1 POST", MrSequence.DERIVED),
        ("t2_tirm_tra_dark-fluid_FLAIR", MrSequence.FLAIR),
        ("Ax T2 FLAIR FS", MrSequence.FLAIR),
        ("3D_Brain_VIEW_FLAIR_SHC", MrSequence.FLAIR),
        ("Sag T1 FLAIR", MrSequence.T1),
        ("AX T1", MrSequence.T1),
        ("MPRAGE", MrSequence.T1),
        ("AX T1 POST GAD", MrSequence.T1C),
        ("t1_se_tra + C", MrSequence.T1C),
        ("AX T1 PRE CONTRAST", MrSequence.T1),
        ("T1 W/O CONTRAST", MrSequence.T1),
        ("SAG T1 NON-CONTRAST", MrSequence.T1),
        ("t1_pre_gd", MrSequence.T1),
        ("T1 WITHOUT IV CONTRAST", MrSequence.T1),
        ("AX T1 PRE AND POST CONTRAST", MrSequence.T1C),
        ("AX T2 TSE", MrSequence.T2),
        ("T2* GRE", MrSequence.SUSCEPTIBILITY),
        ("ep2d_diff_3scan_trace", MrSequence.DIFFUSION),
        ("ADC map", MrSequence.DIFFUSION),
        ("PD TSE", MrSequence.PD),
        ("TOF 3D", MrSequence.ANGIOGRAPHY),
        ("ax perfusion", MrSequence.PERFUSION),
        ("Series 4", None),
        ("", None),
    ],
)
def test_the_sequence_is_told_by_its_name(name: str, sequence: MrSequence | None) -> None:
    assert _facts(Modality="MR", SeriesDescription=name).sequence is sequence


@pytest.mark.parametrize(
    ("times", "sequence"),
    [
        ((120.0, 9000.0, 2500.0), MrSequence.FLAIR),
        ((10.0, 500.0, None), MrSequence.T1),
        ((95.0, 4000.0, None), MrSequence.T2),
        ((15.0, 3000.0, None), MrSequence.PD),
        ((15.0, 9000.0, 2500.0), None),
        ((40.0, 1500.0, None), None),
    ],
)
def test_without_a_name_the_times_tell(
    times: tuple[float, float, float | None], sequence: MrSequence | None
) -> None:
    echo, repetition, inversion = times
    elements: dict[str, object] = {
        "Modality": "MR",
        "ScanningSequence": "SE",
        "EchoTime": echo,
        "RepetitionTime": repetition,
    }
    if inversion is not None:
        elements["InversionTime"] = inversion
    assert _facts(**elements).sequence is sequence


def test_a_t2_that_inverts_is_taken_for_the_flair_that_it_may_be() -> None:
    times = {"EchoTime": 100.0, "RepetitionTime": 9000.0, "InversionTime": 2500.0}
    assert _facts(Modality="MR", SeriesDescription="AX T2", **times).sequence is MrSequence.FLAIR
    assert _facts(Modality="MR", SeriesDescription="AX T2", InversionTime=900.0).sequence is None


def test_names_that_disagree_say_nothing() -> None:
    assert _facts(Modality="MR", SeriesDescription="AX T1", ProtocolName="FLAIR").sequence is None


def test_of_what_is_not_mr_the_words_mean_something_else() -> None:
    assert _facts(Modality="CT", SeriesDescription="perfusion").sequence is None


def test_damaged_elements_are_no_trouble() -> None:
    dataset = Dataset()
    dataset.Modality = ["MR", "CT"]
    dataset.SeriesDescription = "x" * 64
    dataset.add_new(0x00180082, "SH", "soon")
    assert read_facts(dataset).sequence is None


@pytest.mark.parametrize("keyword", ["SequenceName", "PulseSequenceName"])
def test_the_pulse_sequence_names_a_flair_where_nothing_else_does(keyword: str) -> None:
    assert _facts(**{keyword: "*spcir_278ns"}).sequence is MrSequence.FLAIR
    assert _facts(**{keyword: "*tse2d1_9"}).sequence is None
    assert _facts(**{keyword: "*spcir_278ns"}, SeriesDescription="T1").sequence is None


def test_it_is_told_what_the_sequence_was_told_by() -> None:
    timed = Dataset()
    timed.EchoTime, timed.RepetitionTime, timed.InversionTime = "120", "9000", "2500"
    assert read_evidence(timed) is Evidence.TIMES
    timed.SeriesDescription = "AX FLAIR"
    assert read_evidence(timed) is Evidence.SERIES_NAME
    assert read_evidence(Dataset()) is None


@pytest.mark.parametrize(
    "kind",
    [
        ["ORIGINAL", "PRIMARY", "P", "ND"],
        ["DERIVED", "PRIMARY", "M", "ND", "SUB"],
        ["DERIVED", "SECONDARY", "MIP"],
        ["DERIVED", "PRIMARY", "VOLUME", "MAX_IP"],
    ],
)
def test_what_is_derived_from_a_sequence_is_not_it(kind: list[str]) -> None:
    named = {"Modality": "MR", "SeriesDescription": "AX T1 POST"}
    assert _facts(**named, ImageType=kind).sequence is MrSequence.DERIVED
    plain = ["DERIVED", "SECONDARY", "M", "NORM", "DIS2D", "MPR"]
    assert _facts(**named, ImageType=plain).sequence is MrSequence.T1C

import pytest

from brainai.imaging.sequences import OtherKind, tell_by_name, tell_channels
from brainai.imaging.study import MrSequence
from brainai.imaging.upload import UploadedFile


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("BraTS2021_00006_flair.nii.gz", MrSequence.FLAIR),
        ("BraTS-GLI-00001-000-t2f.nii.gz", MrSequence.FLAIR),
        ("VSD.Brain.XX.O.MR_Flair.54512.mha", MrSequence.FLAIR),
        ("sub-01_FLAIR.nii.gz", MrSequence.FLAIR),
        ("T2_FLAIR_ax.nii", MrSequence.FLAIR),
        ("t2flair.nii", MrSequence.FLAIR),
        ("AXT2FLAIR.nii", MrSequence.FLAIR),
        ("patient2_flair.nii.gz", MrSequence.FLAIR),  # whose number is no part of "T2-FLAIR"
        ("T2_AX_FLAIR.nii.gz", MrSequence.FLAIR),
        ("T2-weighted_FLAIR.nii", MrSequence.FLAIR),
        ("t2_tirm_tra_dark-fluid_3mm.nii.gz", MrSequence.FLAIR),
        ("t2_space_dark-fluid_sag.nii.gz", MrSequence.FLAIR),
        ("sag_dark-fluid.nii", MrSequence.FLAIR),
        ("BraTS2021_00006_t1ce.nii.gz", MrSequence.T1C),
        ("pat0003_t1c.nii.gz", MrSequence.T1C),
        ("sub-01_ce-gadolinium_T1w.nii.gz", MrSequence.T1C),
        ("T1_post.nii", MrSequence.T1C),
        ("T1_pre_contrast.nii", MrSequence.T1),
        ("T1pre-contrast.nii", MrSequence.T1),
        ("t1_non-contrast.nii.gz", MrSequence.T1),
        ("T1_wo_contrast.nii", MrSequence.T1),
        ("t1w_without_gadolinium.nii.gz", MrSequence.T1),
        ("T1_contrast.nii", MrSequence.T1C),
        ("BraTS2021_00006_t1.nii.gz", MrSequence.T1),
        ("x-t1n.nii.gz", MrSequence.T1),
        ("mprage.nii", MrSequence.T1),
        ("BraTS2021_00006_t2.nii.gz", MrSequence.T2),
        ("x-t2w.nii.gz", MrSequence.T2),
        ("T2_tse_ax.nii.gz", MrSequence.T2),
        ("T2_reg_to_FLAIR.nii", MrSequence.T2),
        ("T1_reg_to_FLAIR.nii", MrSequence.T1),
        ("sub-01_space-FLAIR_T1w.nii.gz", MrSequence.T1),
        ("flair/image.nii", MrSequence.FLAIR),
        ("flair\\image.nii", MrSequence.FLAIR),
        ("pat0003_seg.nii.gz", OtherKind.MASK),
        ("flair_mask.nii.gz", OtherKind.MASK),
        ("brainmask.nii", OtherKind.MASK),
        ("VSD.Brain_3more.XX.O.OT.54515.mha", OtherKind.MASK),
        ("image.nii", None),
        ("t10.5_unflairing.nii", None),
        ("", None),
    ],
)
def test_a_name_tells_its_sequence(name: str, told: MrSequence | OtherKind | None) -> None:
    assert tell_by_name(UploadedFile(name, b"")) is told


@pytest.mark.parametrize(
    ("name", "count", "told"),
    [
        ("flair-t1-t1c-t2.nii.gz", 4, "FLAIR T1 T1C T2"),
        ("sub-01_T1w_FLAIR_T1gd_T2w.nii", 4, "T1 FLAIR T1C T2"),
        ("t1ce_t2_flair.nii", 2, "T1C FLAIR"),  # T2-FLAIR is one sequence
        ("t1-t1c-t2-flair.nii.gz", 4, "T1 T1C T2 FLAIR"),  # and here it is two
        ("t1_t2_flair.nii", 3, "T1 T2 FLAIR"),
        ("t2_flair.nii", 2, None),
        ("x_space-t1_t1c_t2_flair.nii", 4, None),
        ("a/flair+t1c.mha", 2, "FLAIR T1C"),
        ("flair-t1c/image.nii", 2, None),  # a folder names no channels
        ("flair-t1-t1c-t2.nii.gz", 3, None),
        ("flair-flair.nii", 2, None),
        ("BRATS_001.nii.gz", 4, None),
        ("flair.nii", 4, None),
    ],
)
def test_a_name_that_lists_the_channels_tells_each(name: str, count: int, told: str | None) -> None:
    expected = None if told is None else [MrSequence[word] for word in told.split()]
    assert tell_channels(UploadedFile(name, b""), count) == expected

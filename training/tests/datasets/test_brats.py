from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from brainai.imaging.geometry import axial_slice, square_slice
from brainai.labels import Sequence
from brainai_training.datasets.brats import (
    find_brats,
    find_tumor_free,
    name_volumes,
    read_volume,
)
from brainai_training.errors import DataError
from tests.making import head_volume, phantom, write_mha, write_nifti

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"

NAMES = {
    "2013": ("VSD.MR_Flair.1", "VSD.MR_T1.2", "VSD.MR_T1c.3", "VSD.MR_T2.4",
             "VSD.Brain_3more.OT.5"),
    "2018": ("B18_A_1_flair", "B18_A_1_t1", "B18_A_1_t1ce", "B18_A_1_t2", "B18_A_1_seg"),
    "2021": ("BraTS2021_0_flair", "BraTS2021_0_t1", "BraTS2021_0_t1ce", "BraTS2021_0_t2",
             "BraTS2021_0_seg"),
    "2023": ("BraTS-GLI-0-t2f", "BraTS-GLI-0-t1n", "BraTS-GLI-0-t1c", "BraTS-GLI-0-t2w",
             "BraTS-GLI-0-seg"),
}  # fmt: skip
KINDS = (Sequence.FLAIR, Sequence.T1, Sequence.T1C, Sequence.T2, "seg")


@pytest.mark.parametrize("year", NAMES)
def test_volumes_are_told_apart_by_the_names_of_each_year(tmp_path: Path, year: str) -> None:
    suffix = ".mha" if year == "2013" else ".nii.gz"
    for name in NAMES[year]:
        (tmp_path / f"{name}{suffix}").touch()
    named = name_volumes(tmp_path)
    expected = {kind: f"{name}{suffix}" for kind, name in zip(KINDS, NAMES[year], strict=True)}
    assert {kind: path.name for kind, path in named.items()} == expected


@pytest.mark.parametrize("codes", ["RAS", "LPS", "LAS", "PIR"])
def test_slices_are_shown_upright_whatever_the_orientation(tmp_path: Path, codes: str) -> None:
    voxels, lesion = head_volume()
    write_nifti(tmp_path / "p" / "p_flair.nii.gz", voxels, codes)
    write_nifti(tmp_path / "p" / "p_seg.nii.gz", lesion.astype(np.float32) * 4, "RAS")
    (found,) = find_brats(tmp_path, "brats")
    made = found.load()
    for z, (image, mask) in enumerate(zip(made.slices, made.masks, strict=True)):
        drawn = phantom(50 + z, z % 2 == 1, 48)
        assert np.array_equal(image.pixels, drawn.pixels)
        assert mask is not None
        assert np.array_equal(mask, drawn.lesion)
    assert made.has_tumor == (False, True, False, True)
    assert made.distance_mm == pytest.approx(1.0)
    assert (found.patient, found.has_skull) == ("p", False)


def test_metaimages_of_2013_are_found_in_nested_folders(tmp_path: Path) -> None:
    voxels, lesion = head_volume()
    patient = tmp_path / "HG_0001"
    write_mha(patient / "VSD.MR_Flair.54512" / "VSD.MR_Flair.54512.mha", voxels)
    write_mha(patient / "VSD.OT.54517" / "VSD.Brain_3more.OT.mha", lesion.astype(np.float32))
    (found,) = find_brats(tmp_path, "brats2013")
    made = found.load()
    assert np.array_equal(made.slices[1].pixels, phantom(51, True, 48).pixels)
    assert made.masks[1] is not None
    assert np.array_equal(made.masks[1], phantom(51, True, 48).lesion)


def test_a_patient_without_flair_is_passed_over(tmp_path: Path) -> None:
    write_nifti(tmp_path / "p" / "p_t1.nii.gz", head_volume()[0])
    assert list(find_brats(tmp_path, "brats")) == []


def test_a_patient_without_segmentation_is_named(tmp_path: Path) -> None:
    write_nifti(tmp_path / "BraTS_7" / "x_flair.nii.gz", head_volume()[0])
    with pytest.raises(DataError, match="BraTS_7 has a FLAIR volume and no segmentation"):
        list(find_brats(tmp_path, "brats"))


def test_a_segmentation_on_another_grid_is_named(tmp_path: Path) -> None:
    voxels, lesion = head_volume()
    write_nifti(tmp_path / "p" / "p_flair.nii.gz", voxels)
    write_nifti(tmp_path / "p" / "p_seg.nii.gz", lesion[:, :, :-1].astype(np.float32))
    (found,) = find_brats(tmp_path, "brats")
    with pytest.raises(DataError, match=r"p_seg\.nii\.gz is not on the grid"):
        found.load()


def test_a_damaged_volume_is_named(tmp_path: Path) -> None:
    write_nifti(tmp_path / "p" / "p_seg.nii.gz", head_volume()[0])
    (tmp_path / "p" / "p_flair.nii.gz").write_bytes(b"\x1f\x8b damaged")
    (found,) = find_brats(tmp_path, "brats")
    with pytest.raises(DataError, match=r"p_flair\.nii\.gz: The NIfTI file can't be decoded"):
        found.load()


def test_tumor_free_volumes_have_no_tumor_and_a_skull(tmp_path: Path) -> None:
    write_nifti(tmp_path / "7" / "7-FLAIR.nii.gz", head_volume()[0])
    write_nifti(tmp_path / "7" / "7-T1.nii.gz", head_volume()[0])
    write_nifti(tmp_path / "8" / "8-Flair.nii", head_volume()[0])
    found = list(find_tumor_free(tmp_path, "ms"))
    # A patient of the same number in another source is somebody else.
    assert [(c.patient, c.name) for c in found] == [
        ("ms_7", "7-FLAIR.nii.gz"), ("ms_8", "8-Flair.nii"),
    ]  # fmt: skip
    made = found[0].load()
    assert not any(made.has_tumor)
    assert found[0].has_skull
    assert made.is_volume
    assert made.distance_mm == pytest.approx(1.0)
    assert all(mask is not None and not mask.any() for mask in made.masks)


def _write_patient(folder: Path, stem: str = "x") -> None:
    voxels, lesion = head_volume()
    write_nifti(folder / f"{stem}_flair.nii.gz", voxels)
    write_nifti(folder / f"{stem}_seg.nii.gz", lesion.astype(np.float32))


@pytest.mark.parametrize(
    ("names", "patients"),
    [
        (("BraTS-GLI-00008-000", "BraTS-GLI-00008-001"), {"BraTS-GLI-00008"}),
        (("BraTS-MET-00001-000", "BraTS-MET-00002-000"), {"BraTS-MET-00001", "BraTS-MET-00002"}),
        (("brats_tcia_pat153_0002", "brats_tcia_pat153_0109"), {"brats_tcia_pat153"}),
        (("BraTS20_Training_355", "BraTS2021_00006"), {"BraTS20_Training_355", "BraTS2021_00006"}),
        (("Brats18_TCIA01_119_1", "pat0003"), {"Brats18_TCIA01_119_1", "pat0003"}),
    ],
)
def test_studies_of_one_patient_are_that_patients(
    tmp_path: Path, names: tuple[str, str], patients: set[str]
) -> None:
    for name in names:
        _write_patient(tmp_path / name)
    found = list(find_brats(tmp_path, "brats"))
    assert {c.patient for c in found} == patients
    assert {c.name for c in found} == set(names)


def test_what_begins_with_a_dot_is_no_volume_and_no_patient(tmp_path: Path) -> None:
    _write_patient(tmp_path / "p")
    _write_patient(tmp_path / ".trash")
    for name in ("._x_flair.nii.gz", "._x_seg.nii.gz", ".DS_Store"):
        (tmp_path / "p" / name).write_bytes(b"\0\5\x16\7 of a Macintosh")
    (found,) = find_brats(tmp_path, "brats")
    assert len(found.load().slices) == 4
    (healthy,) = find_tumor_free(tmp_path, "ms")
    assert healthy.name == "x_flair.nii.gz"


def test_a_folder_that_is_named_like_a_volume_is_looked_into(tmp_path: Path) -> None:
    for name in ("flair", "seg"):
        voxels = head_volume()[name == "seg"].astype(np.float32)
        write_nifti(tmp_path / "p" / f"p_{name}.nii" / f"57_brain_{name}.nii", voxels)
    (found,) = find_brats(tmp_path, "brats")
    assert len(found.load().slices) == 4


@pytest.mark.parametrize("folders", ["{0}", "HGG/{0}", "{0}/again"])
def test_several_patients_in_one_folder_are_not_taken_for_one(tmp_path: Path, folders: str) -> None:
    for name in ("p1", "p2"):
        _write_patient(tmp_path / "all" / folders.format(name), name)
    with pytest.raises(DataError, match=r"all holds several FLAIR volumes.*HGG and LGG"):
        list(find_brats(tmp_path, "brats"))


def test_several_patients_in_one_folder_are_told_by_their_files_too(tmp_path: Path) -> None:
    for name in ("p1", "p2"):
        _write_patient(tmp_path / "all", name)
    with pytest.raises(DataError, match="all holds several FLAIR volumes"):
        list(find_brats(tmp_path, "brats"))


def test_a_copy_beside_the_flair_is_passed_over(tmp_path: Path) -> None:
    _write_patient(tmp_path / "p")
    voxels, _ = head_volume()
    for name in ("x_flair.nii", "x_flair_bias.nii.gz"):
        write_nifti(tmp_path / "p" / name, voxels)
    assert name_volumes(tmp_path / "p")[Sequence.FLAIR].name == "x_flair.nii"
    assert len(list(find_brats(tmp_path, "brats"))) == 1


@pytest.mark.parametrize("name", ["W39_1998.09.19_Segm.nii", "a_flair_seg.nii.gz"])
def test_a_segmentation_may_be_called_otherwise(tmp_path: Path, name: str) -> None:
    voxels, lesion = head_volume()
    write_nifti(tmp_path / "p" / "p_flair.nii", voxels)
    write_nifti(tmp_path / "p" / name, lesion.astype(np.float32))
    (found,) = find_brats(tmp_path, "brats")
    assert found.load().has_tumor == (False, True, False, True)


def test_a_segmentation_that_lies_elsewhere_is_named(tmp_path: Path) -> None:
    voxels, lesion = head_volume()
    placed = np.diag([-1.0, -1.0, 1.0, 1.0])
    placed[1, 3] = 47
    # As people save masks: in the order of the FLAIR's voxels, and no word of where they lie.
    (tmp_path / "p").mkdir()
    for name, values, affine in (("flair", voxels, placed), ("seg", lesion, np.eye(4))):
        image = nib.Nifti1Image(values[::-1, ::-1].astype(np.float32), affine)
        nib.save(image, tmp_path / "p" / f"p_{name}.nii.gz")
    (found,) = find_brats(tmp_path, "brats")
    with pytest.raises(DataError, match=r"p_seg\.nii\.gz is not on the grid of .* 47\.0 mm"):
        found.load()


def test_what_a_mask_is_half_full_of_is_tumor(tmp_path: Path) -> None:
    voxels, lesion = head_volume()
    write_nifti(tmp_path / "p" / "p_flair.nii.gz", voxels)
    # As resampling leaves masks: ringing where there was none, and shares at the edge.
    write_nifti(tmp_path / "p" / "p_seg.nii.gz", np.where(lesion, 0.9, 1e-6).astype(np.float32))
    (found,) = find_brats(tmp_path, "brats")
    made = found.load()
    assert made.has_tumor == (False, True, False, True)
    assert made.masks[1] is not None
    assert np.array_equal(made.masks[1], phantom(51, True, 48).lesion)


def test_oblong_pixels_are_made_square_as_serving_does(tmp_path: Path) -> None:
    voxels, lesion = head_volume()
    affine = np.diag([1.0, 0.5, 3.0, 1.0])
    for name, values in (("flair", voxels), ("seg", lesion), ("t2", voxels)):
        (tmp_path / "p").mkdir(exist_ok=True)
        written = nib.Nifti1Image(values.astype(np.float32), affine)
        nib.save(written, tmp_path / "p" / f"p_{name}.nii.gz")
    (found,), (healthy,) = find_brats(tmp_path, "brats"), find_tumor_free(tmp_path, "ms")
    made = found.load()
    expected = square_slice(axial_slice(read_volume(tmp_path / "p" / "p_flair.nii.gz"), 1))[0]
    assert expected.pixels.shape == (48, 96)
    for image in (made.slices[1], made.beside[Sequence.T2][1], healthy.load().slices[1]):
        assert np.array_equal(image.pixels, expected.pixels)
    mask = made.masks[1]
    assert mask is not None
    assert mask.sum() == pytest.approx(2 * lesion[:, :, 1].sum(), rel=0.05)
    assert image.pixels[mask].mean() > image.pixels[~mask].mean()


def test_studies_of_a_tumor_free_patient_have_names_of_their_own(tmp_path: Path) -> None:
    for study in ("study1", "study2"):
        write_nifti(tmp_path / "7" / study / "FLAIR.nii.gz", head_volume()[0])
    write_mha(tmp_path / "7" / "flair.mha", head_volume()[0])
    write_nifti(tmp_path / "7" / "flair_seg.nii.gz", head_volume()[0])
    found = list(find_tumor_free(tmp_path, "ms"))
    assert [c.name for c in found] == ["flair.mha", "study1/FLAIR.nii.gz", "study2/FLAIR.nii.gz"]
    assert {c.patient for c in found} == {"ms_7"}
    assert all(len(c.load().slices) == 4 for c in found)


@pytest.mark.skipif(not (SHARED / "brats2013").is_dir(), reason="BRATS is not on this machine")
def test_real_patients_of_2013_are_found() -> None:
    assert len(list(find_brats(SHARED / "brats2013", "brats2013"))) >= 1


def test_t1c_and_t2_are_read_beside_flair(tmp_path: Path) -> None:
    voxels, lesion = head_volume()
    write_nifti(tmp_path / "p" / "p_flair.nii.gz", voxels)
    write_nifti(tmp_path / "p" / "p_seg.nii.gz", lesion.astype(np.float32))
    for name, gain in (("t1", 2), ("t1ce", 3), ("t2", 4)):
        write_nifti(tmp_path / "p" / f"p_{name}.nii.gz", voxels * gain, "LPS")
    (found,) = find_brats(tmp_path, "brats")
    made = found.load()
    assert set(made.beside) == {Sequence.T1C, Sequence.T2}
    for name, gain in ((Sequence.T1C, 3), (Sequence.T2, 4)):
        for image, flair in zip(made.beside[name], made.slices, strict=True):
            assert np.array_equal(image.pixels, flair.pixels * gain)


def test_a_sequence_on_another_grid_is_refused_by_name(tmp_path: Path) -> None:
    voxels, lesion = head_volume()
    write_nifti(tmp_path / "p" / "p_flair.nii.gz", voxels)
    write_nifti(tmp_path / "p" / "p_seg.nii.gz", lesion.astype(np.float32))
    write_nifti(tmp_path / "p" / "p_t2.nii.gz", voxels[:, :, :3])
    (found,) = find_brats(tmp_path, "brats")
    with pytest.raises(DataError, match=r"p_t2\.nii\.gz is not on the grid of .*p_flair"):
        found.load()

import errno
import os
from pathlib import Path

import pytest

from brainai.batch.archive import ArchiveStudy, find_studies
from brainai.batch.row import Row, to_rows, to_table
from tests.files import dicom, dicom_dataset, phantom, png, save


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "slice.png").write_bytes(png(1))
    (tmp_path / "b" / "notes.txt").write_text("none of it is an image")
    (tmp_path / "series").mkdir()
    for name in ("2", "1"):
        (tmp_path / "series" / name).write_bytes(dicom())
    (tmp_path / "series" / "flair.nii").write_bytes(bytes(344) + b"n+1\0")
    return tmp_path


def _paths(folder: Path) -> list[str]:
    return [study.path for study in find_studies(folder).studies]


def test_each_file_is_a_study_and_the_dicom_files_of_a_folder_are_one(archive: Path) -> None:
    found = find_studies(archive)
    assert found.studies == (
        ArchiveStudy("b/slice.png", ("b/slice.png",)),
        ArchiveStudy("series", ("series/1", "series/2")),
        ArchiveStudy("series/flair.nii", ("series/flair.nii",)),
    )
    assert found.others == 1


def test_a_lone_dicom_file_goes_by_its_own_name(archive: Path) -> None:
    (archive / "series" / "1").unlink()
    assert "series/2" in _paths(archive)


def test_the_index_of_a_disc_is_no_study(archive: Path) -> None:
    before = find_studies(archive)
    dataset = dicom_dataset(phantom())
    dataset.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.1.3.10"  # type: ignore[assignment]
    (archive / "DICOMDIR").write_bytes(save(dataset))
    found = find_studies(archive)
    assert (found.studies, found.others) == (before.studies, before.others + 1)


def test_the_voxels_of_a_header_belong_to_it_and_are_no_study(archive: Path) -> None:
    (archive / "b" / "x.mhd").write_text("ObjectType = Image\nElementDataFile = x.raw\n")
    (archive / "b" / "x.raw").write_bytes(b"BM looks like a picture")
    found = find_studies(archive)
    assert ArchiveStudy("b/x.mhd", ("b/x.mhd", "b/x.raw")) in found.studies
    assert "b/x.raw" not in [study.path for study in found.studies]
    assert found.others == 1


@pytest.mark.parametrize("named", ["Schädel.raw", "C:\\studies\\Schädel.raw"])
def test_a_header_finds_its_voxels_by_any_name_and_from_any_system(
    archive: Path, named: str
) -> None:
    header = f"ObjectType = Image\nElementDataFile = {named}\n"
    (archive / "b" / "x.mhd").write_text(header, encoding="utf-8")
    (archive / "b" / "Schädel.raw").write_bytes(b"voxels")
    study = ArchiveStudy("b/x.mhd", ("b/x.mhd", "b/Schädel.raw"))
    assert study in find_studies(archive).studies


@pytest.mark.parametrize("named", ["LOCAL", "absent.raw", "../../outside.raw"])
def test_a_header_never_leads_out_of_its_folder(archive: Path, named: str) -> None:
    (archive / "b" / "x.mha").write_text(f"ObjectType = Image\nElementDataFile = {named}\n")
    assert ArchiveStudy("b/x.mha", ("b/x.mha",)) in find_studies(archive).studies


def test_a_damaged_file_is_a_study_by_its_name(archive: Path) -> None:
    (archive / "broken.NII.GZ").write_bytes(b"nothing of the kind")
    (archive / "empty.dcm").write_bytes(b"")
    assert {"broken.NII.GZ", "empty.dcm"} <= set(_paths(archive))


def test_what_is_hidden_and_the_log_of_a_batch_are_passed_over(archive: Path) -> None:
    for folder in (".cache", "results.parquet.parts"):
        (archive / folder).mkdir()
        (archive / folder / "slice.png").write_bytes(png(1))
    (archive / ".slice.png").write_bytes(png(1))
    assert _paths(archive) == ["b/slice.png", "series", "series/flair.nii"]


def test_a_link_to_a_folder_is_followed_and_no_folder_is_gone_through_twice(
    archive: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "deep").mkdir()
    (outside / "deep" / "slice.png").write_bytes(png(1))
    (outside / "back").symlink_to(archive)
    before = _paths(archive)
    # One that comes before what it leads to changes no name, and one to itself leads nowhere.
    for name, target in (("a", archive / "b"), ("b/up", archive), ("x", outside), ("y", outside)):
        (archive / name).symlink_to(target)
    (archive / "z").symlink_to("z")
    assert _paths(archive) == [*before, "x/deep/slice.png"]


def test_a_folder_that_does_not_open_is_counted_and_the_others_are_found(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(place: Path) -> None:
        scan = os.scandir

        def scandir(path: str) -> object:
            if str(path) == str(place):
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return scan(path)

        monkeypatch.setattr(os, "scandir", scandir)

    refuse(archive / "b")
    found = find_studies(archive)
    assert [study.path for study in found.studies] == ["series", "series/flair.nii"]
    assert found.closed == 1
    refuse(archive)
    with pytest.raises(PermissionError):
        find_studies(archive)


def test_files_that_a_folder_lists_and_does_not_open_are_studies_by_their_names(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, *_: object) -> bool:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "is_file", refuse)
    assert "b/slice.png" in _paths(archive)


def test_a_name_that_is_no_utf_8_is_one_that_a_table_holds(archive: Path) -> None:
    name = os.fsdecode(b"caf\xe9.png")
    (archive / name).write_bytes(png(1))
    (study,) = (study for study in find_studies(archive).studies if "caf" in study.path)
    assert study == ArchiveStudy("caf\\xe9.png", (name,))
    assert to_rows(to_table([Row(study.path)])) == [Row(study.path)]

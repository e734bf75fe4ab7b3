import io
import struct
import zipfile

import pytest

from brainai.errors import InputError, TooLarge
from brainai.imaging.archive import unpack
from brainai.imaging.upload import Limits, UploadedFile
from tests.dicom_files import write_zip
from tests.studies import LIMITS

FILES = {"a/one.dcm": b"one" * 50, "b/two.dcm": b"two" * 50}


def _unpack(*files: bytes, limits: Limits = LIMITS) -> list[UploadedFile]:
    return unpack([UploadedFile("upload", data) for data in files], limits)


def _refused(*files: bytes, limits: Limits = LIMITS) -> InputError:
    with pytest.raises(InputError) as caught:
        _unpack(*files, limits=limits)
    return caught.value


@pytest.mark.parametrize("deflate", [True, False])
def test_a_zip_is_replaced_by_its_files_in_their_order(deflate: bool) -> None:
    found = _unpack(b"before", write_zip(FILES, deflate), b"after")
    assert [file.data for file in found] == [b"before", *FILES.values(), b"after"]
    assert [file.name for file in found[1:3]] == list(FILES)


@pytest.mark.parametrize("folder", ["folder/", "folder\\"])
def test_folders_in_a_zip_are_no_files(folder: str) -> None:
    assert len(_unpack(write_zip({folder: b"", **FILES}))) == 2


def test_what_file_managers_leave_in_a_zip_is_left_out() -> None:
    litter = {"__MACOSX/a/._one.dcm": b"x", "a/.DS_Store": b"x", "b/Thumbs.db": b"x"}
    assert len(_unpack(write_zip({**litter, **FILES}))) == 2


def test_a_name_in_utf_8_is_read_with_and_without_the_flag_that_says_so() -> None:
    data = bytearray(write_zip({"Müller/Schädel.raw": b"data"}))
    assert _unpack(bytes(data)) == [UploadedFile("Müller/Schädel.raw", b"data")]
    for magic, place in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        data[data.find(magic) + place] &= ~0x08
    assert _unpack(bytes(data)) == [UploadedFile("Müller/Schädel.raw", b"data")]


def test_a_name_in_the_letters_of_dos_is_read_as_that() -> None:
    data = write_zip({"Sch?del": b"data"}).replace(b"?", b"\x84")
    assert _unpack(data) == [UploadedFile("Schädel", b"data")]


def test_a_file_without_a_name_is_a_file() -> None:
    nameless = write_zip({"?": b"data"}).replace(b"?", b"\0")
    assert _unpack(nameless) == [UploadedFile("", b"data")]


def test_a_name_that_climbs_out_is_a_name_and_nothing_more() -> None:
    found = _unpack(write_zip({"../../../etc/cron.d/x": b"data", "/etc/x": b"data"}))
    assert [file.base_name for file in found] == ["x", "x"]


def test_a_zip_in_a_zip_stays_packed() -> None:
    inner = write_zip(FILES)
    assert [file.data for file in _unpack(write_zip({"inner.zip": inner}))] == [inner]


def test_an_encrypted_zip_is_refused() -> None:
    data = bytearray(write_zip(FILES))
    start = -1
    for magic, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        while (start := data.find(magic, start + 1)) >= 0:
            data[start + place] |= 1
    assert "encrypted" in _refused(bytes(data)).message


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_methods_than_deflate_are_refused(method: int) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("x", b"x" * 1000)
    assert "another method" in _refused(buffer.getvalue()).message


def test_a_bomb_is_refused_by_what_comes_out_of_it() -> None:
    error = _refused(write_zip({"bomb": bytes(LIMITS.max_unpacked_bytes + 1)}))
    assert (error.code, isinstance(error, TooLarge)) == ("unpacks_too_large", True)


def test_a_bomb_that_claims_to_be_small_gives_no_more_than_it_claims() -> None:
    data = bytearray(write_zip({"bomb": bytes(5_000_000)}))
    for magic, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", data, data.find(magic) + place, 100)
    assert _refused(bytes(data)).code == "bad_archive"


def test_a_bomb_of_many_files_is_refused_by_their_sum() -> None:
    half = bytes(LIMITS.max_unpacked_bytes // 2 + 1)
    assert _refused(write_zip([half, half])).code == "unpacks_too_large"
    assert _refused(write_zip([half]), write_zip([half])).code == "unpacks_too_large"


def test_what_packs_a_hundredfold_is_refused_beyond_a_size() -> None:
    wide = Limits(LIMITS.max_pixels, LIMITS.max_voxels, 1 << 40, LIMITS.max_files)
    error = _refused(write_zip([bytes(40_000_000)] * 2), limits=wide)
    assert error.code == "unpacks_too_large"
    assert "100 times" in error.message
    assert str(LIMITS.max_unpacked_bytes) in _refused(write_zip([bytes(70_000_000)])).message


def test_more_files_than_are_read_are_refused_before_they_are_listed() -> None:
    error = _refused(write_zip([b"x"] * (3 * LIMITS.max_files + 1))[:-1])  # damaged as well
    assert (error.code, isinstance(error, TooLarge)) == ("too_many_files", True)
    assert _refused(write_zip([b"x"] * (LIMITS.max_files + 1))).code == "too_many_files"
    half = write_zip([b"x"] * (LIMITS.max_files // 2 + 1))
    assert _refused(half, half).code == "too_many_files"


def test_folders_and_what_macos_adds_count_as_no_files() -> None:
    names = [f"s{number}/im" for number in range(LIMITS.max_files)]
    entries = {entry: b"x" for n in names for entry in (n[:-2], n, f"__MACOSX/{n[:-2]}._im")}
    assert len(_unpack(write_zip(entries))) == LIMITS.max_files


@pytest.mark.parametrize("keep", [4, 30, 100, -1, -30])
def test_a_damaged_zip_is_refused(keep: int) -> None:
    assert _refused(write_zip(FILES)[:keep]).code == "bad_archive"


def test_a_file_with_a_wrong_sum_is_refused() -> None:
    data = bytearray(write_zip(FILES, deflate=False))
    data[data.find(b"oneone")] ^= 1
    assert _refused(bytes(data)).code == "bad_archive"


def test_an_empty_zip_holds_no_file() -> None:
    assert _unpack(write_zip({})) == []

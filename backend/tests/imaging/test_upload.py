from brainai.imaging.upload import UploadedFile


def test_a_name_is_parted_at_its_last_slash_whichever_way_it_leans() -> None:
    for name in ("a/b/c.nii", "a\\b\\c.nii", "a/b\\c.nii"):
        file = UploadedFile(name, b"")
        assert (file.base_name, file.folder) == ("c.nii", "a/b")
    assert UploadedFile("c.nii", b"").folder == ""


def test_neither_name_nor_bytes_show_where_a_file_is_printed() -> None:
    assert "doe" not in repr(UploadedFile("doe", b"doe"))

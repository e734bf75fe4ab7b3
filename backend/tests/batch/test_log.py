import errno
import fcntl
import os
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from brainai.batch import log
from brainai.batch.log import open_log
from brainai.batch.row import Row, to_rows
from brainai.errors import SettingsError

_HOW = "tiny 0.1.0"
_ARCHIVE = "0123456789abcdef"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "results.parquet"


def _parts(out: Path) -> Path:
    return out.with_name("results.parquet.parts")


def _read(out: Path) -> list[Row]:
    return to_rows(pq.read_table(out))


def test_rows_are_merged_in_order_of_their_paths_and_the_parts_go(out: Path) -> None:
    with open_log(out, _HOW, _ARCHIVE) as worklog:
        for path in ("b", "a"):
            worklog.add(Row(path))
            worklog.flush()
        worklog.merge()
    assert [row.path for row in _read(out)] == ["a", "b"]
    assert not _parts(out).exists()


def test_what_was_flushed_is_finished_for_another_run(out: Path) -> None:
    with open_log(out, _HOW, _ARCHIVE) as worklog:
        worklog.add(Row("a", duration_s=3))
        worklog.flush()
        worklog.add(Row("b"))  # and the run is killed
    with open_log(out, _HOW, _ARCHIVE) as worklog:
        assert worklog.finished == {"a"}
        worklog.add(Row("b"))
        worklog.merge()
    assert [(row.path, row.duration_s) for row in _read(out)] == [("a", 3), ("b", 0)]


def test_a_finished_table_is_gone_on_with(out: Path) -> None:
    for path in ("a", "b"):
        with open_log(out, _HOW, _ARCHIVE) as worklog:
            worklog.add(Row(path))
            worklog.merge()
    assert [row.path for row in _read(out)] == ["a", "b"]


def test_a_table_and_parts_that_say_the_same_give_one_row(out: Path) -> None:
    with open_log(out, _HOW, _ARCHIVE) as worklog:
        worklog.add(Row("a"))
        worklog.flush()
        kept = {part.name: part.read_bytes() for part in _parts(out).glob("*.parquet")}
        worklog.merge()
    _parts(out).mkdir()  # killed after the table was written, before the parts were removed
    for name, data in kept.items():
        (_parts(out) / name).write_bytes(data)
    with open_log(out, _HOW, _ARCHIVE) as worklog:
        worklog.merge()
    assert [row.path for row in _read(out)] == ["a"]


def test_a_part_that_was_cut_short_by_a_kill_is_no_part(out: Path) -> None:
    _parts(out).mkdir()
    (_parts(out) / "0123.parquet.ab12.tmp").write_bytes(b"PAR1")
    with open_log(out, _HOW, _ARCHIVE) as worklog:
        assert worklog.finished == frozenset()


@pytest.mark.parametrize(("name", "value"), [("_MOST_ROWS", 2), ("_MOST_SECONDS", -1.0)])
def test_rows_reach_the_disk_by_number_or_by_time(
    out: Path, name: str, value: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, name, value)
    with open_log(out, _HOW, _ARCHIVE) as worklog:
        worklog.add(Row("a"))
        worklog.add(Row("b"))
        assert list(_parts(out).glob("*.parquet")) != []


def test_rows_of_another_model_are_not_mixed_in(out: Path) -> None:
    with open_log(out, _HOW, _ARCHIVE) as worklog:
        worklog.add(Row("a"))
        worklog.merge()
    with pytest.raises(SettingsError, match=r"made in another way \(tiny 0.1.0\)"):
        open_log(out, "tiny 0.2.0", _ARCHIVE).__enter__()


def test_a_table_of_another_program_is_left_alone(out: Path) -> None:
    pq.write_table(pa.table({"x": [1]}), out)
    with pytest.raises(SettingsError, match="by another program"):
        open_log(out, _HOW, _ARCHIVE).__enter__()
    out.write_bytes(b"not a table")
    with pytest.raises(SettingsError, match="no table of brainai batch"):
        open_log(out, _HOW, _ARCHIVE).__enter__()
    assert out.read_bytes() == b"not a table"
    assert list(out.parent.iterdir()) == [out]


def test_a_table_whose_name_is_no_utf_8_is_gone_on_with(out: Path) -> None:
    out = out.with_name(os.fsdecode(b"caf\xe9.parquet"))
    for path in ("a", "b"):
        with open_log(out, _HOW, _ARCHIVE) as worklog:
            worklog.add(Row(path))
            worklog.merge()
    with open_log(out, _HOW, _ARCHIVE) as worklog:
        assert worklog.finished == {"a", "b"}


def test_two_runs_do_not_write_one_table(out: Path) -> None:
    with open_log(out, _HOW, _ARCHIVE), pytest.raises(SettingsError, match="Another run"):
        open_log(out, _HOW, _ARCHIVE).__enter__()


def test_a_file_system_without_locks_is_not_taken_for_another_run(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flock(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(OSError, match="No locks available"):
        open_log(out, _HOW, _ARCHIVE).__enter__()


def test_a_folder_is_no_table(out: Path) -> None:
    for place in (out.parent, Path()):
        with pytest.raises(SettingsError, match="--out is a folder"):
            open_log(place, _HOW, _ARCHIVE).__enter__()
    assert list(out.parent.parent.glob(f"{out.parent.name}.parts")) == []


def test_a_pipe_is_no_table_and_is_not_waited_for(out: Path) -> None:
    os.mkfifo(out)
    with pytest.raises(SettingsError, match="a pipe or a device"):
        open_log(out, _HOW, _ARCHIVE).__enter__()
    assert list(out.parent.iterdir()) == [out]


@pytest.mark.parametrize("name", ["results.csv", "results.XLSX", "results.jsonl"])
def test_a_table_is_not_given_the_name_of_another_kind(out: Path, name: str) -> None:
    with pytest.raises(SettingsError, match=r"results\.parquet"):
        open_log(out.with_name(name), _HOW, _ARCHIVE).__enter__()
    assert list(out.parent.glob("results.*")) == []


def test_a_table_that_does_not_fit_on_the_disk_leaves_nothing_of_itself(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: pa.Table, stream: IO[bytes], **__: object) -> None:
        stream.write(b"PAR1")
        raise OSError(errno.ENOSPC, "No space left on device")

    with open_log(out, _HOW, _ARCHIVE) as worklog:
        worklog.add(Row("a"))
        worklog.flush()
        with monkeypatch.context() as patch:
            patch.setattr(pq, "write_table", full)
            with pytest.raises(OSError, match="No space"):
                worklog.merge()
        assert sorted(path.suffix for path in _parts(out).iterdir()) == ["", ".parquet"]
        assert list(out.parent.iterdir()) == [_parts(out)]
        worklog.merge()
    assert [row.path for row in _read(out)] == ["a"]


def test_what_a_killed_run_did_not_finish_is_removed(out: Path) -> None:
    _parts(out).mkdir()
    (_parts(out) / "0123.tmp").write_bytes(b"PAR1")
    with open_log(out, _HOW, _ARCHIVE):
        assert [path.name for path in _parts(out).iterdir()] == ["lock"]

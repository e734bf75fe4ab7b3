from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from brainai.imaging.study import Slice
from brainai_training.config import SplitConfig
from brainai_training.datasets.case import Stack, masked_stack
from brainai_training.errors import DataError
from brainai_training.manifest import (
    Row,
    Split,
    check_apart,
    check_classes,
    describe,
    find_cases,
    hash_rows,
    load_manifest,
    rows_where,
    save_manifest,
    split_patients,
)
from brainai_training.phantoms import write_phantom_patients
from tests.making import case, config_with, source, stack


def _row(patient: str, split: Split, **changes: object) -> Row:
    row = Row(
        patient,
        "",
        "phantoms",
        f"case of {patient}",
        0,
        split,
        True,
        5,
        100,
        patient.encode().hex(),
    )
    return replace(row, **changes)


def test_cases_of_every_source_are_found(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_phantom_patients(tmp_path / name, patients=2, slices=1, size_px=48)
    found = find_cases(tmp_path, [source("one"), source("two")])
    assert Counter(c.source for c in found) == {"one": 2, "two": 2}


def test_a_source_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="lgg is not there"):
        find_cases(tmp_path, [source("lgg")])


def test_a_source_without_cases_is_named_with_its_layout(tmp_path: Path) -> None:
    (tmp_path / "lgg").mkdir()
    with pytest.raises(DataError, match="lgg holds no case in the layout kaggle_3m"):
        find_cases(tmp_path, [source("lgg")])


def test_all_cases_of_a_patient_go_into_one_split() -> None:
    cases = [case(f"p{k % 10}") for k in range(40)]
    splits = split_patients(cases, config_with())
    assert len(splits) == 10


def test_the_split_has_the_configured_shares() -> None:
    config = config_with(split=SplitConfig(seed=1, validation=0.2, test=0.3))
    splits = split_patients([case(f"p{k}") for k in range(50)], config)
    assert Counter(splits.values()) == {"train": 25, "validation": 10, "test": 15}


def test_each_site_of_each_source_is_shared_out_by_itself() -> None:
    config = config_with(
        sources=[source("a"), source("b")], split=SplitConfig(seed=1, validation=0.2, test=0.2)
    )
    groups = [("a", "X"), ("a", "Y"), ("b", "")]
    cases = [case(f"{s}{t}{k}", (1,), s, t) for s, t in groups for k in range(10)]
    splits = split_patients(cases, config)
    for name, site in groups:
        counts = Counter(splits[f"{name}{site}{k}"] for k in range(10))
        assert counts == {"train": 6, "validation": 2, "test": 2}


def test_the_split_is_the_same_each_time_and_in_any_order() -> None:
    cases = [case(f"p{k}") for k in range(30)]
    assert split_patients(cases, config_with()) == split_patients(cases[::-1], config_with())


def test_another_seed_gives_another_split() -> None:
    cases = [case(f"p{k}") for k in range(30)]
    other = config_with(split=SplitConfig(seed=7, validation=0.25, test=0.25))
    assert split_patients(cases, config_with()) != split_patients(cases, other)


@pytest.mark.parametrize(("patients", "expected"), [
    (1, {"train": 1}), (2, {"train": 1, "test": 1}), (3, {"train": 1, "validation": 1, "test": 1}),
])  # fmt: skip
def test_few_patients_are_shared_out_test_first(patients: int, expected: dict[str, int]) -> None:
    splits = split_patients([case(f"p{k}") for k in range(patients)], config_with())
    assert Counter(splits.values()) == expected


def test_only_puts_all_patients_of_a_source_into_one_split() -> None:
    config = config_with(sources=[source("phantoms", only="test")])
    splits = split_patients([case(f"p{k}") for k in range(5)], config)
    assert set(splits.values()) == {"test"}


def test_a_patient_whom_two_sources_put_into_two_splits_is_named() -> None:
    config = config_with(sources=[source("a", only="test"), source("b", only="train")])
    with pytest.raises(DataError, match="Patient anna is in test and in train"):
        split_patients([case("anna", (1,), "a"), case("anna", (1,), "b")], config)


def test_rows_say_what_each_slice_holds() -> None:
    made = stack([1, 2])
    rows = list(describe(case("p", site="X"), made, "train"))
    assert [row.slice_index for row in rows] == [0, 1]
    assert [row.tumor for row in rows] == [False, True]
    lesion = made.masks[1]
    assert lesion is not None
    assert [row.lesion_px for row in rows] == [0, lesion.sum()]
    assert all(2000 < row.tissue_px < 96 * 96 for row in rows)
    assert {len(row.phash) for row in rows} == {64}
    assert rows[0].phash != rows[1].phash
    assert (rows[0].patient, rows[0].site, rows[0].split) == ("p", "X", "train")


def test_a_slice_without_mask_has_lesion_minus_one() -> None:
    image = stack([2]).slices[0]
    (row,) = describe(case("p"), Stack((image,), (None,), (True,), is_volume=False), "test")
    assert row.lesion_px == -1
    assert row.tumor


def test_the_hash_is_that_of_the_picture_whatever_its_scale() -> None:
    image = stack([2]).slices[0]
    mask = np.zeros(image.pixels.shape, dtype=bool)
    scaled = masked_stack([image, Slice(image.pixels * 40)], [mask, mask])
    one, other = describe(case("p"), scaled, "test")
    assert one.phash == other.phash


def test_a_blank_slice_has_no_hash_and_no_tissue() -> None:
    blank = Slice(np.zeros((96, 96), dtype=np.float32))
    speck = Slice(blank.pixels.copy())
    speck.pixels[:4, :4] = 200
    masks = [np.zeros((96, 96), dtype=bool)] * 2
    one, two = describe(case("p"), masked_stack([blank, speck], masks), "train")
    assert (one.phash, one.tissue_px) == ("", 0)
    assert (two.phash, two.tissue_px) == ("", 16)


def test_patients_in_one_split_each_pass() -> None:
    check_apart([_row("a", "train"), _row("a", "train", slice_index=1), _row("b", "test")])


def test_a_patient_in_two_splits_stops_with_an_error_that_names_them() -> None:
    with pytest.raises(DataError, match="Patient anna is in train and in test"):
        check_apart([_row("anna", "train"), _row("anna", "test")])


def test_two_identical_slices_in_two_splits_stop_and_both_are_named() -> None:
    rows = [
        _row("a", "train", slice_index=3, phash="f0"),
        _row("b", "test", slice_index=9, phash="f0"),
    ]
    with pytest.raises(
        DataError, match=r"case of a slice 3 \(train\) and case of b slice 9 \(test\)"
    ):
        check_apart(rows)


def test_identical_slices_in_one_split_pass() -> None:
    check_apart([_row("a", "train", phash="f0"), _row("b", "train", phash="f0")])


def test_blank_slices_in_two_splits_do_not_count_as_identical() -> None:
    check_apart([_row("a", "train", phash=""), _row("b", "test", phash="")])


def test_a_split_with_one_class_only_is_named() -> None:
    rows = [_row("a", "train"), _row("a", "train", tumor=False), _row("b", "validation")]
    with pytest.raises(DataError, match=r"validation patients need .* only one kind"):
        check_classes(rows)
    check_classes([*rows, _row("b", "validation", tumor=False)])


def test_a_blank_slice_is_no_slice_of_its_class() -> None:
    both = (True, False)
    rows = [_row("a", "train", tumor=tumor) for tumor in both]
    rows += [_row("b", "validation", tumor=tumor) for tumor in both]
    check_classes(rows)
    with pytest.raises(DataError, match="train patients"):
        check_classes([replace(row, tissue_px=0) if not row.tumor else row for row in rows])


def test_no_validation_patients_at_all_are_an_error() -> None:
    with pytest.raises(DataError, match=r"validation patients need .* no slices"):
        check_classes([_row("a", "train"), _row("a", "train", tumor=False)])


def test_the_hash_of_the_split_follows_the_split_and_that_of_the_data_the_slices() -> None:
    rows = [_row("a", "train"), _row("b", "test")]
    moved = [_row("a", "train"), _row("b", "validation")]
    altered = [_row("a", "train", lesion_px=6), _row("b", "test")]
    assert hash_rows(rows)[0] == hash_rows(moved)[0]
    assert hash_rows(rows)[1] != hash_rows(moved)[1]
    assert hash_rows(rows)[0] != hash_rows(altered)[0]
    assert hash_rows(rows)[1] == hash_rows(altered)[1]


def test_a_manifest_comes_back_as_it_was_written(tmp_path: Path) -> None:
    rows = list(describe(case("p"), stack([1, 2, 3]), "train"))
    save_manifest(rows, tmp_path / "manifest.jsonl")
    assert load_manifest(tmp_path / "manifest.jsonl") == rows


def test_rows_of_a_split_are_indexed() -> None:
    rows = [_row("a", "train"), _row("b", "test"), _row("c", "train")]
    assert rows_where(rows, "train").tolist() == [0, 2]
    assert rows_where(rows, "validation").tolist() == []

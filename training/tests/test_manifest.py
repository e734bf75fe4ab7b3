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
    check_apart,
    check_classes,
    deal_patients,
    describe,
    find_cases,
    hash_rows,
    load_manifest,
    save_manifest,
)
from brainai_training.phantoms import write_phantom_patients
from tests.making import case, source, stack


def _row(patient: str, fold: int, **changes: object) -> Row:
    row = Row(
        patient,
        "",
        "phantoms",
        f"case of {patient}",
        0,
        fold,
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


def test_all_cases_of_a_patient_go_into_one_fold() -> None:
    folds = deal_patients([case(f"p{k % 10}") for k in range(40)], SplitConfig())
    assert len(folds) == 10


@pytest.mark.parametrize("count", [2, 3, 5])
def test_patients_are_dealt_out_evenly(count: int) -> None:
    folds = deal_patients([case(f"p{k}") for k in range(30)], SplitConfig(folds=count))
    assert Counter(folds.values()) == dict.fromkeys(range(count), 30 // count)


def test_each_site_of_each_source_is_dealt_out_by_itself() -> None:
    groups = [("a", "X"), ("a", "Y"), ("b", "")]
    cases = [case(f"{s}{t}{k}", (1,), s, t) for s, t in groups for k in range(9)]
    folds = deal_patients(cases, SplitConfig(folds=3))
    for name, site in groups:
        counts = Counter(folds[f"{name}{site}{k}"] for k in range(9))
        assert counts == {0: 3, 1: 3, 2: 3}


def test_whole_sites_are_dealt_out_where_a_source_has_several() -> None:
    sites = [("a", "Z"), ("a", "X"), ("a", "Y"), ("b", "")]
    cases = [case(f"{s}{t}{k}", (1,), s, t) for s, t in sites for k in range(6)]
    split = SplitConfig(folds=3, by_site=True)
    folds = deal_patients(iter(cases), split)
    for fold, site in enumerate("XYZ"):
        assert {folds[f"a{site}{k}"] for k in range(6)} == {fold}
    # A source of one site is dealt out patient by patient, as ever.
    assert Counter(folds[f"b{k}"] for k in range(6)) == {0: 2, 1: 2, 2: 2}
    assert folds == deal_patients(cases[::-1], split)


def test_small_groups_do_not_all_begin_at_the_first_fold() -> None:
    cases = [case(f"p{k}", (1,), "phantoms", f"site {k}") for k in range(6)]
    assert Counter(deal_patients(cases, SplitConfig(folds=3)).values()) == {0: 2, 1: 2, 2: 2}


def test_the_folds_are_the_same_each_time_and_in_any_order() -> None:
    cases = [case(f"p{k}") for k in range(30)]
    assert deal_patients(cases, SplitConfig()) == deal_patients(cases[::-1], SplitConfig())


def test_another_seed_gives_other_folds() -> None:
    cases = [case(f"p{k}") for k in range(30)]
    assert deal_patients(cases, SplitConfig()) != deal_patients(cases, SplitConfig(seed=7))


def test_a_patient_of_two_sources_is_named() -> None:
    with pytest.raises(DataError, match="Patient anna of a is in another group"):
        deal_patients([case("anna", (1,), "a"), case("anna", (1,), "b")], SplitConfig())


def test_a_single_fold_is_refused() -> None:
    with pytest.raises(DataError, match=r"split\.folds is 1"):
        deal_patients([case("anna")], SplitConfig(folds=1))


def test_rows_say_what_each_slice_holds() -> None:
    made = stack([1, 2])
    rows = list(describe(case("p", site="X"), made, 2))
    assert [row.slice_index for row in rows] == [0, 1]
    assert [row.tumor for row in rows] == [False, True]
    lesion = made.masks[1]
    assert lesion is not None
    assert [row.lesion_px for row in rows] == [0, lesion.sum()]
    assert all(2000 < row.tissue_px < 96 * 96 for row in rows)
    assert {len(row.phash) for row in rows} == {64}
    assert rows[0].phash != rows[1].phash
    assert (rows[0].patient, rows[0].site, rows[0].fold) == ("p", "X", 2)


def test_a_slice_without_mask_has_lesion_minus_one() -> None:
    image = stack([2]).slices[0]
    (row,) = describe(case("p"), Stack((image,), (None,), (True,), is_volume=False), 1)
    assert row.lesion_px == -1
    assert row.tumor


def test_the_hash_is_that_of_the_picture_whatever_its_scale() -> None:
    image = stack([2]).slices[0]
    mask = np.zeros(image.pixels.shape, dtype=bool)
    scaled = masked_stack([image, Slice(image.pixels * 40)], [mask, mask])
    one, other = describe(case("p"), scaled, 1)
    assert one.phash == other.phash


def test_a_blank_slice_has_no_hash_and_no_tissue() -> None:
    blank = Slice(np.zeros((96, 96), dtype=np.float32))
    speck = Slice(blank.pixels.copy())
    speck.pixels[:4, :4] = 200
    masks = [np.zeros((96, 96), dtype=bool)] * 2
    one, two = describe(case("p"), masked_stack([blank, speck], masks), 0)
    assert (one.phash, one.tissue_px) == ("", 0)
    assert (two.phash, two.tissue_px) == ("", 16)


def test_patients_in_one_fold_each_pass() -> None:
    check_apart([_row("a", 0), _row("a", 0, slice_index=1), _row("b", 1)])


def test_a_patient_in_two_folds_stops_with_an_error_that_names_them() -> None:
    with pytest.raises(DataError, match="Patient anna is in fold 0 and in 2"):
        check_apart([_row("anna", 0), _row("anna", 2)])


def test_two_identical_slices_in_two_folds_stop_and_both_are_named() -> None:
    rows = [_row("a", 0, slice_index=3, phash="f0"), _row("b", 1, slice_index=9, phash="f0")]
    with pytest.raises(DataError, match=r"case of a slice 3 \(0\) and case of b slice 9 \(1\)"):
        check_apart(rows)


def test_identical_slices_in_one_fold_pass() -> None:
    check_apart([_row("a", 0, phash="f0"), _row("b", 0, phash="f0")])


def test_blank_slices_in_two_folds_do_not_count_as_identical() -> None:
    check_apart([_row("a", 0, phash=""), _row("b", 1, phash="")])


def test_a_fold_with_one_class_only_is_named() -> None:
    rows = [_row("a", 0), _row("a", 0, tumor=False), _row("b", 1)]
    with pytest.raises(DataError, match=r"patients of fold 1 need .* only one kind"):
        check_classes(rows, 2)
    check_classes([*rows, _row("b", 1, tumor=False)], 2)


def test_a_blank_slice_is_no_slice_of_its_class() -> None:
    rows = [
        _row(patient, fold, tumor=t)
        for patient, fold in (("a", 0), ("b", 1))
        for t in (True, False)
    ]
    check_classes(rows, 2)
    with pytest.raises(DataError, match="fold 0"):
        check_classes([replace(row, tissue_px=0) if not row.tumor else row for row in rows], 2)


def test_a_fold_without_patients_is_an_error() -> None:
    rows = [
        _row(patient, fold, tumor=t)
        for patient, fold in (("a", 0), ("b", 1))
        for t in (True, False)
    ]
    with pytest.raises(DataError, match=r"fold 2 need .* no slices.*fewer folds"):
        check_classes(rows, 3)


def test_the_hash_of_the_split_follows_the_folds_and_that_of_the_data_the_slices() -> None:
    rows = [_row("a", 0), _row("b", 1)]
    moved = [_row("a", 0), _row("b", 2)]
    altered = [_row("a", 0, lesion_px=6), _row("b", 1)]
    assert hash_rows(rows)[0] == hash_rows(moved)[0]
    assert hash_rows(rows)[1] != hash_rows(moved)[1]
    assert hash_rows(rows)[0] != hash_rows(altered)[0]
    assert hash_rows(rows)[1] == hash_rows(altered)[1]


def test_a_manifest_comes_back_as_it_was_written(tmp_path: Path) -> None:
    rows = list(describe(case("p"), stack([1, 2, 3]), 0))
    save_manifest(rows, tmp_path / "manifest.jsonl")
    assert load_manifest(tmp_path / "manifest.jsonl") == rows

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from brainai.imaging.study import Slice
from brainai.inference.calibrate import sigmoid
from brainai.inference.predict import Predictor
from brainai.inference.preprocess import to_tensor
from brainai.inference.runtime import Runtime
from brainai.inference.spec import ModelSpec, load_spec
from brainai.labels import Sequence
from brainai_training.answers import (
    ALONE,
    BY_VOLUME,
    FLAIR_ALONE,
    LESION_THRESHOLDS,
    STRIPPED,
    SliceAnswer,
    ask,
    load_answers,
    save_answers,
)
from brainai_training.datasets.case import Case, Stack, masked_stack
from tests.making import SMOKE, answer, case, phantom, png, slice_of, stack
from tests.tiny_net import write_tiny_folder

SEEDS = (1, 3, 2, 4, 6, 5)
HALF = LESION_THRESHOLDS.index(0.5)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("answers") / "tiny"
    write_tiny_folder(made, gate=True)
    return made


@pytest.fixture(scope="module")
def spec(folder: Path) -> ModelSpec:
    return load_spec(folder)


@pytest.fixture(scope="module")
def answers(folder: Path, spec: ModelSpec) -> list[SliceAnswer]:
    return ask(folder, spec, [case("anna", SEEDS, site="CS")])


def _in(answers: list[SliceAnswer], look: str) -> list[SliceAnswer]:
    return [each for each in answers if each.look == look]


def _ask_one(
    folder: Path, spec: ModelSpec, made: Stack, has_skull: bool = False
) -> list[SliceAnswer]:
    return ask(folder, spec, [Case("anna", "", "phantoms", "one", has_skull, lambda: made)])


def test_each_slice_is_asked_alone_without_skull_and_by_its_volume(
    answers: list[SliceAnswer],
) -> None:
    for look in (ALONE, BY_VOLUME):
        assert [each.slice_index for each in _in(answers, look)] == list(range(len(SEEDS)))
    assert 4 <= len(_in(answers, STRIPPED)) <= len(SEEDS)
    assert len(answers) == sum(len(_in(answers, look)) for look in (ALONE, BY_VOLUME, STRIPPED))


def test_a_model_of_more_sequences_is_asked_with_them_and_without(tmp_path: Path) -> None:
    source = replace(SMOKE.input, beside=(Sequence.T1C, Sequence.T2))
    spec = write_tiny_folder(tmp_path, source=source)
    after = tuple(slice_of(seed + 30, False) for seed in SEEDS)
    made = dataclasses.replace(stack(SEEDS), beside={Sequence.T1C: after})
    answers = _ask_one(tmp_path, spec, made)
    given, alone = _in(answers, ALONE), _in(answers, FLAIR_ALONE)
    assert [each.slice_index for each in alone] == list(range(len(SEEDS)))
    assert [each.margin for each in alone] != [each.margin for each in given]
    nothing = _in(_ask_one(tmp_path, spec, stack(SEEDS)), ALONE)
    assert [each.margin for each in alone] == [each.margin for each in nothing]


def test_the_answer_is_the_one_of_predict_for_the_file(
    folder: Path, spec: ModelSpec, answers: list[SliceAnswer]
) -> None:
    predictor = Predictor(folder, 1 << 20, threads=1)
    for seed, each in zip(SEEDS, _in(answers, ALONE), strict=True):
        prediction = predictor.predict(png(phantom(seed, seed % 2 == 0).pixels), force=True)
        said = sigmoid(np.array([each.margin / spec.decision.temperature]))[0]
        assert prediction.probability == pytest.approx(said, abs=1e-5)


def test_the_pixels_said_are_the_ones_that_predict_outlines(
    folder: Path, spec: ModelSpec, answers: list[SliceAnswer]
) -> None:
    assert spec.decision.lesion_threshold == LESION_THRESHOLDS[HALF]
    predictor = Predictor(folder, 1 << 20, threads=1)
    outlined = 0
    for seed, each in zip(SEEDS, _in(answers, ALONE), strict=True):
        drawn = phantom(seed, seed % 2 == 0)
        prediction = predictor.predict(png(drawn.pixels), mask=True, force=True)
        if prediction.lesion is None or prediction.mask is None:
            continue
        assert each.said_px is not None
        assert each.both_px is not None
        assert each.said_px[HALF] == prediction.lesion.area_px
        assert each.both_px[HALF] == (prediction.mask & drawn.lesion).sum()
        outlined += 1
    assert outlined >= 2


def test_a_higher_threshold_says_fewer_pixels_and_none_outside_of_both(
    answers: list[SliceAnswer],
) -> None:
    for each in answers:
        assert each.said_px is not None
        assert each.both_px is not None
        assert list(each.said_px) == sorted(each.said_px, reverse=True)
        assert len(each.said_px) == len(LESION_THRESHOLDS)
        for said, both in zip(each.said_px, each.both_px, strict=True):
            assert both <= min(said, each.lesion_px)
    assert any(each.said_px[0] > each.said_px[-1] for each in answers if each.said_px)


def test_the_truth_is_that_of_the_case(answers: list[SliceAnswer]) -> None:
    alone = _in(answers, ALONE)
    assert [each.tumor for each in alone] == [seed % 2 == 0 for seed in SEEDS]
    assert [each.lesion_px for each in alone] == [
        int(phantom(seed, seed % 2 == 0).lesion.sum()) for seed in SEEDS
    ]
    assert {(each.patient, each.site, each.source) for each in alone} == {
        ("anna", "CS", "phantoms")
    }
    assert all(2000 < each.tissue_px < 96 * 96 for each in alone)


def test_slices_at_the_ends_of_a_tumor_are_marked(answers: list[SliceAnswer]) -> None:
    # Without, without, with, with, with, without.
    expected = [False, True, True, False, True, True]
    assert [each.at_edge for each in _in(answers, ALONE)] == expected


def test_the_flipped_margin_is_the_one_of_the_mirrored_tensor(
    folder: Path, spec: ModelSpec, answers: list[SliceAnswer]
) -> None:
    runtime = Runtime(folder, spec.file)
    moved = []
    for seed, each in zip(SEEDS, _in(answers, ALONE), strict=True):
        tensor = to_tensor(slice_of(seed, seed % 2 == 0), spec.input).tensor
        mirrored = runtime.run(np.ascontiguousarray(np.flip(tensor, axis=2))[None])
        without, with_tumor = mirrored.logits[0].tolist()
        assert each.flipped_margin == pytest.approx(with_tumor - without, abs=1e-3)
        moved.append(abs(each.margin - (with_tumor - without)))
    # The tiny network's squares do not lie alike on both sides.
    assert max(moved) > 0.01


def test_only_the_look_of_predict_is_flipped(answers: list[SliceAnswer]) -> None:
    for each in answers:
        assert (each.flipped_margin is not None) == (each.look == ALONE)


def test_the_look_by_volume_is_normalised_by_all_slices_together(
    folder: Path, spec: ModelSpec
) -> None:
    """A slice ten times as bright as the others of its volume is the same on its own."""
    plain = slice_of(2, True)
    bright = Slice(plain.pixels * 10)
    mask = phantom(2, True).lesion
    made = masked_stack([plain, bright], [mask, mask], distance_mm=4.0)
    answers = _ask_one(folder, spec, made)
    assert {each.distance_mm for each in answers} == {4.0}
    one, other = (each.margin for each in _in(answers, ALONE))
    assert one == pytest.approx(other, abs=1e-3)
    one, other = (each.margin for each in _in(answers, BY_VOLUME))
    assert abs(one - other) > 1


def test_pictures_that_are_no_volume_and_have_no_skull_are_seen_in_one_way(
    folder: Path, spec: ModelSpec
) -> None:
    image = slice_of(2, True)
    made = Stack((image,), (None,), (True,), is_volume=False)
    (only,) = _ask_one(folder, spec, made)
    assert only.look == ALONE


def test_what_has_no_mask_is_asked_for_its_label_alone(folder: Path, spec: ModelSpec) -> None:
    image = slice_of(2, True)
    (only,) = _ask_one(folder, spec, Stack((image,), (None,), (True,), is_volume=False))
    assert (only.lesion_px, only.said_px, only.both_px, only.peak_in_lesion) == (-1,) + (None,) * 3
    assert only.tumor


def test_a_blank_slice_is_not_answered_as_it_is_not_served(folder: Path, spec: ModelSpec) -> None:
    made = stack([1, 2])
    blank = Slice(np.zeros((96, 96), dtype=np.float32))
    nothing = np.zeros((96, 96), dtype=bool)
    pair = masked_stack([blank, made.slices[1]], [nothing, nothing])
    assert {each.slice_index for each in _ask_one(folder, spec, pair, has_skull=True)} == {1}


def test_the_peak_of_the_heat_map_is_looked_for_in_slices_with_tumor_alone(
    answers: list[SliceAnswer],
) -> None:
    for each in answers:
        assert (each.peak_in_lesion is not None) == each.tumor
    # The tiny network's map is brightness, and a phantom's lesion is the brightest tissue.
    hits = [each.peak_in_lesion for each in _in(answers, STRIPPED) if each.tumor]
    assert any(hits)


def test_a_peak_beside_the_lesion_is_no_hit(folder: Path, spec: ModelSpec) -> None:
    drawn = phantom(2, True)
    elsewhere = np.zeros_like(drawn.lesion)
    elsewhere[:3, :3] = True  # in the air of a corner
    (alone, _) = _ask_one(folder, spec, masked_stack([slice_of(2, True)], [elsewhere]))
    assert alone.peak_in_lesion is False


def test_the_gate_is_asked_where_there_is_one(
    tmp_path: Path, spec: ModelSpec, folder: Path, answers: list[SliceAnswer]
) -> None:
    for each in answers:
        assert each.gate is not None
        assert sum(each.gate) == pytest.approx(1.0)
        assert each.distance is not None
        assert each.distance >= 0
    bare = write_tiny_folder(tmp_path)
    (alone, *_) = ask(tmp_path, bare, [case("anna", (2,))])
    assert (alone.gate, alone.distance) == (None, None)


def test_the_gate_sees_the_tensor_of_the_slice(spec: ModelSpec, answers: list[SliceAnswer]) -> None:
    for seed, each in zip(SEEDS, _in(answers, ALONE), strict=True):
        mean = float(to_tensor(slice_of(seed, seed % 2 == 0), spec.input).tensor.mean())
        assert each.distance == pytest.approx(mean**2, abs=1e-3)


def test_answers_come_back_as_they_were_saved(tmp_path: Path, answers: list[SliceAnswer]) -> None:
    bare = replace(answer("bert"), gate=None, flipped_margin=None)
    save_answers([*answers, bare], tmp_path / "answers.jsonl")
    assert load_answers(tmp_path / "answers.jsonl") == [*answers, bare]
    assert len((tmp_path / "answers.jsonl").read_text().splitlines()) == len(answers) + 1

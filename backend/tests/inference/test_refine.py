from pathlib import Path

import msgspec
import numpy as np
import pytest

from brainai.errors import ModelError
from brainai.imaging.geometry import Crop
from brainai.inference.predict import Predictor
from brainai.inference.refine import Refiner, SliceMaps, find_step, lay_out
from brainai.inference.spec import RefineSpec, StudyDecision, UncertainBand, load_spec
from brainai.inference.volume import predict_volume
from brainai.labels import Label
from tests.files import MAX_PIXELS
from tests.tiny_model import write_json, write_tiny_model, write_tiny_refine
from tests.volumes import AFFINE, HEAD, LESION, phantom_study, volume_predictor

SIDE = 16
WHOLE = Crop(0, 0, SIDE, SIDE, SIDE, SIDE, SIDE)
NO_TUMOR = -8.0


def _maps(lesion: float = 0.0, crop: Crop = WHOLE) -> SliceMaps:
    flair = np.full((SIDE, SIDE), -1, np.float16)
    return SliceMaps(flair, np.full((SIDE, SIDE), lesion, np.float16), crop)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("refining")
    write_tiny_refine(made, write_tiny_model(made))
    return made


@pytest.fixture(scope="module")
def refiner(folder: Path) -> Refiner:
    return Refiner(folder, _refine(folder), threads=1)


def _refine(folder: Path) -> RefineSpec:
    refine = load_spec(folder).refine
    assert refine is not None
    return refine


def _margins(
    refiner: Refiner, margins: list[float], places: list[int], distance_mm: float | None = 3.0
) -> list[float]:
    said = refiner([_maps() for _ in margins], margins, places, distance_mm)
    return [each.margin for each in said]


def test_each_slice_hears_the_ones_above_and_below(refiner: Refiner) -> None:
    heard = _margins(refiner, [1.0, 2.0, 4.0], [5, 6, 7])
    assert heard == pytest.approx([1 + 1, 2 + 2.5, 4 + 1])


def test_of_thin_slices_those_hear_each_other_that_are_as_far_apart_as_thick_ones(
    refiner: Refiner,
) -> None:
    heard = _margins(refiner, [1.0, 2.0, 4.0, 8.0], [0, 1, 2, 3], distance_mm=1.0)
    assert heard == pytest.approx([1 + 4, 2, 4, 8 + 0.5])
    assert [find_step(mm, 5.0) for mm in (1.0, 2.4, 5.0, 9.0, None)] == [5, 2, 1, 1, 1]


def test_where_a_slice_is_missing_there_is_no_tumor(refiner: Refiner) -> None:
    heard = _margins(refiner, [1.0, 4.0], [3, 5])
    assert heard == pytest.approx([1 + NO_TUMOR / 2, 4 + NO_TUMOR / 2])


def test_a_long_study_goes_through_in_pieces_that_do_not_show(refiner: Refiner) -> None:
    margins = np.random.default_rng(0).normal(size=200)
    heard = _margins(refiner, margins.tolist(), list(range(200)))
    around = np.pad(margins, 1)
    np.testing.assert_allclose(heard, margins + (around[:-2] + around[2:]) / 2, atol=1e-5)


def test_a_study_of_nothing_is_nothing(refiner: Refiner) -> None:
    assert refiner([], [], [], 3.0) == []


def test_maps_of_slices_that_were_cut_apart_lie_on_one_grid() -> None:
    """A spot in the middle of a small crop is where it was in the image."""
    lesion = np.full((SIDE, SIDE), -4, np.float16)
    lesion[4:12, 4:12] = 4
    small = Crop(32, 16, 16, 16, 64, 64, SIDE)
    large = Crop(0, 0, 64, 64, 64, 64, SIDE)
    made = [SliceMaps(np.full((SIDE, SIDE), -1, np.float16), lesion, small), _maps(-4, large)]
    layers = lay_out(made, [1.0, 2.0], [7, 9], SIDE)
    assert layers.frame == large
    assert layers.margin.tolist() == [1.0, NO_TUMOR, 2.0]
    # 4 px of the image a cell: the spot's middle, (24, 40), lies between 5 and 6, and 9 and 10.
    spot = np.argwhere(layers.lesion[0] > 0)
    assert spot.mean(axis=0) == pytest.approx([5.5, 9.5])
    assert layers.lesion[0, 0, 0] < -15  # outside of its crop
    assert layers.flair[0].max() == 0  # air throughout
    assert (layers.lesion[1] < -15).all()
    np.testing.assert_allclose(layers.lesion[2], -4)


def test_a_file_that_is_no_network_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "refine.onnx").write_bytes(b"no network")
    with pytest.raises(ModelError, match="can't load"):
        Refiner(tmp_path, _refine(folder))


def test_a_file_that_was_altered_is_refused(tmp_path: Path) -> None:
    write_tiny_refine(tmp_path, write_tiny_model(tmp_path))
    with (tmp_path / "refine.onnx").open("ab") as file:
        file.write(b"\0")
    with pytest.raises(ModelError, match="sha256"):
        load_spec(tmp_path)


def test_a_model_that_outlines_nothing_has_nothing_to_refine(tmp_path: Path) -> None:
    write_tiny_refine(tmp_path, write_tiny_model(tmp_path, with_lesion=False))
    with pytest.raises(ModelError, match="draws none"):
        load_spec(tmp_path)


def _predictor(folder: Path, gain: float, **decided: object) -> Predictor:
    """Tells the phantom's slices apart, and refines what it says of them."""
    plain = volume_predictor(folder)
    spec = write_tiny_refine(folder, plain.spec, gain)
    assert spec.refine is not None
    decision = msgspec.structs.replace(spec.decision, **decided)
    refine = msgspec.structs.replace(spec.refine, decision=decision)
    write_json(folder / "model.json", msgspec.structs.replace(spec, refine=refine))
    return Predictor(folder, MAX_PIXELS, threads=1)


def test_a_study_is_answered_by_what_its_slices_say_together(tmp_path: Path) -> None:
    plain = predict_volume(_predictor(tmp_path / "plain", 0.0), phantom_study())
    heard = predict_volume(_predictor(tmp_path / "heard", 0.1), phantom_study())
    assert [each.label for each in plain.slices if each.label] != []
    inner = LESION[1]
    one, other = (each.slices[inner].probability for each in (plain, heard))
    assert one is not None
    assert other is not None
    # All margins of the phantom are negative, so more of them are less like a tumour.
    assert other < one
    assert plain.mask.sum() > 0
    # So are the logits outside of the lesion, and the change is laid over the mask as well.
    assert 0 <= heard.mask.sum() < plain.mask.sum()


def test_a_network_that_adds_nothing_changes_nothing(tmp_path: Path) -> None:
    without = predict_volume(volume_predictor(tmp_path / "without"), phantom_study())
    silent = predict_volume(_predictor(tmp_path / "silent", 0.0), phantom_study())
    assert silent.slices == without.slices
    assert np.array_equal(silent.mask, without.mask)


def test_a_study_has_a_decision_of_its_own(tmp_path: Path) -> None:
    keen = StudyDecision(neighbours=3, top=5, slope=1.0, intercept=9.0, threshold=0.3)
    band = UncertainBand(0.0, 0.0)
    decided = {"threshold": 0.0, "uncertain_band": band, "study": keen}
    predictor = _predictor(tmp_path, 0.0, **decided)
    assert predictor.spec.study_decision != predictor.spec.decision
    prediction = predict_volume(predictor, phantom_study(range(0), AFFINE))
    assert {each.label for each in prediction.slices if each.label} == {Label.TUMOR}
    assert sum(each.label is not None for each in prediction.slices) == len(HEAD)
    assert (prediction.label, prediction.threshold) == (Label.TUMOR, 0.3)

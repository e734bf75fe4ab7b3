import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from brainai.errors import InputError, ModelError, NotReady, RefusedInput, TooLarge
from brainai.imaging.dicom import read_dicom
from brainai.imaging.geometry import square_slice
from brainai.imaging.phantom import draw_phantom
from brainai.imaging.upload import Limits
from brainai.inference.calibrate import calibrate
from brainai.inference.findings import StudyPrediction
from brainai.inference.predict import NO_HEATMAP_WARNING, Prediction, Predictor
from brainai.inference.spec import UncertainBand
from brainai.labels import Label, Sequence, UncertainReason
from tests.files import MAX_PIXELS, dicom, encode, png
from tests.studies import nifti, upload
from tests.tiny_model import OPEN_GATE, write_json, write_tiny_model
from tests.volumes import AFFINE, HEAD, phantom_study, phantom_volume


def test_a_prediction_holds_a_probability_a_label_and_its_timings(predictor: Predictor) -> None:
    prediction = predictor.predict(png())
    assert 0 < prediction.probability < 1
    assert prediction.label in Label
    assert set(prediction.timings_ms) == {"read", "preprocess", "run", "outline", "total"}
    stages = sum(ms for name, ms in prediction.timings_ms.items() if name != "total")
    assert stages <= prediction.timings_ms["total"]


def test_images_come_only_when_they_are_asked_for(predictor: Predictor) -> None:
    plain, explained = predictor.predict(png()), predictor.predict(png(), explain=True)
    assert plain.heatmap is None
    assert plain.preview is None
    assert explained.heatmap is not None
    assert explained.preview is not None
    assert explained.heatmap.shape == explained.preview.shape == (128, 128)
    assert "explain" in explained.timings_ms


def test_explaining_does_not_change_the_answer(predictor: Predictor) -> None:
    plain, explained = predictor.predict(png()), predictor.predict(png(), explain=True)
    assert (plain.probability, plain.label) == (explained.probability, explained.label)


def test_the_heat_map_is_hottest_in_the_lesion(predictor: Predictor) -> None:
    phantom = draw_phantom(15, True, 128, skull=False)
    heatmap = predictor.predict(encode(phantom.pixels), explain=True).heatmap
    assert heatmap is not None
    assert heatmap[phantom.lesion].mean() > 2 * heatmap[~phantom.lesion].mean()
    assert phantom.lesion[np.unravel_index(heatmap.argmax(), heatmap.shape)]


def test_each_prediction_has_an_id_of_its_own(predictor: Predictor) -> None:
    assert predictor.predict(png()).id != predictor.predict(png()).id


def test_threads_share_one_predictor(predictor: Predictor) -> None:
    files = [png(seed, tumor=seed % 2 == 0) for seed in range(8)]
    alone = [predictor.predict(file).probability for file in files]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda file: predictor.predict(file).probability, files)) == alone


def test_a_file_that_can_not_be_answered_raises_an_input_error(predictor: Predictor) -> None:
    with pytest.raises(InputError):
        predictor.predict(encode(np.zeros((64, 64), np.uint8)))


def test_a_head_without_class_activation_says_so(tmp_path: Path) -> None:
    write_tiny_model(tmp_path, with_evidence=False)
    prediction = Predictor(tmp_path, MAX_PIXELS, threads=1).predict(png(), explain=True)
    assert prediction.heatmap is None
    assert prediction.preview is not None
    assert prediction.warnings == (NO_HEATMAP_WARNING,)


def test_it_is_ready_once_the_golden_logits_are_reproduced(tiny_folder: Path) -> None:
    fresh = Predictor(tiny_folder, MAX_PIXELS, threads=1)
    assert not fresh.ready
    fresh.check_golden()
    assert fresh.ready


def test_altered_golden_logits_keep_it_from_being_ready(own_folder: Path) -> None:
    with np.load(own_folder / "golden.npz") as golden:
        tensor, logits = golden["tensor"], golden["logits"]
    np.savez(own_folder / "golden.npz", tensor=tensor, logits=logits + 0.1)
    fresh = Predictor(own_folder, MAX_PIXELS, threads=1)
    with pytest.raises(NotReady, match=r"differ by 0\.100"):
        fresh.check_golden()
    assert not fresh.ready


@pytest.mark.parametrize("content", [None, b"", b"junk", b"PK\x03\x04 cut short"])
def test_an_absent_or_damaged_golden_file_is_refused(
    own_folder: Path, content: bytes | None
) -> None:
    golden = own_folder / "golden.npz"
    golden.unlink()
    if content is not None:
        golden.write_bytes(content)
    with pytest.raises(ModelError, match=r"golden\.npz"):
        Predictor(own_folder, MAX_PIXELS, threads=1).check_golden()


def test_the_golden_logits_become_probabilities(tiny_folder: Path, predictor: Predictor) -> None:
    with np.load(tiny_folder / "golden.npz") as golden:
        probabilities = calibrate(golden["logits"], predictor.spec)
    assert ((probabilities > 0) & (probabilities < 1)).all()


def _gated(folder: Path, **limits: float) -> Predictor:
    write_tiny_model(folder, gate=msgspec.structs.replace(OPEN_GATE, **limits))
    return Predictor(folder, MAX_PIXELS, threads=1)


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"wrong_sequence": 0.15}, "wrong_sequence"),
        ({"not_brain_mr": 0.05}, "not_brain_mr"),
        ({"refuse_distance": 0.5}, "not_brain_mr"),
        # Both kinds are over their limits: the likelier one is named.
        ({"wrong_sequence": 0.15, "not_brain_mr": 0.05}, "wrong_sequence"),
    ],
)
def test_what_the_gate_does_not_know_is_refused_unless_it_is_forced(
    tmp_path: Path, limits: dict[str, float], code: str
) -> None:
    gated = _gated(tmp_path, **limits)
    with pytest.raises(RefusedInput, match="force=true") as refused:
        gated.predict(png())
    assert refused.value.code == code
    (warning,) = gated.predict(png(), force=True).warnings
    assert f"refused ({code})" in warning


def test_what_may_be_no_brain_flair_is_answered_with_a_warning(tmp_path: Path) -> None:
    write_tiny_model(tmp_path, gate_shares=(0.3, 0.6, 0.1))
    (warning,) = Predictor(tmp_path, MAX_PIXELS, threads=1).predict(png()).warnings
    assert "brain MR of another sequence than FLAIR" in warning
    forced = _gated(tmp_path, wrong_sequence=0.15).predict(png(), force=True)
    assert len(forced.warnings) == 1


def test_what_is_unlike_the_training_slices_is_uncertain_with_its_reason(tmp_path: Path) -> None:
    prediction = _gated(tmp_path, unsure_distance=0.5).predict(png())
    assert prediction.label is Label.UNCERTAIN
    assert prediction.unsure is not None
    assert prediction.unsure.reason is UncertainReason.OUT_OF_DISTRIBUTION


def _calling_from(folder: Path, threshold: float) -> Predictor:
    spec = write_tiny_model(folder)
    decision = msgspec.structs.replace(
        spec.decision, threshold=threshold, uncertain_band=UncertainBand(threshold, threshold)
    )
    write_json(folder / "model.json", msgspec.structs.replace(spec, decision=decision))
    return Predictor(folder, MAX_PIXELS, threads=1)


def test_a_bright_lesion_is_outlined_where_it_is(tmp_path: Path) -> None:
    phantom = draw_phantom(15, True, 128, skull=False)
    prediction = _calling_from(tmp_path, 0.0).predict(encode(phantom.pixels), mask=True)
    assert prediction.mask is not None
    assert prediction.lesion is not None
    assert prediction.mask.shape == (128, 128)
    assert prediction.lesion.area_px == prediction.mask.sum()
    both = (prediction.mask & phantom.lesion).sum()
    assert 2 * both / (prediction.mask.sum() + phantom.lesion.sum()) > 0.6


def test_what_lies_on_both_sides_alike_is_uncertain(tmp_path: Path) -> None:
    phantom = draw_phantom(15, True, 128, skull=False)
    middle = round(float(np.average(np.arange(128), weights=(phantom.pixels > 20).sum(axis=0))))
    both = np.maximum(phantom.pixels, np.roll(phantom.pixels[:, ::-1], 2 * middle - 127, axis=1))
    predictor = _calling_from(tmp_path, 0.0)
    assert predictor.predict(encode(phantom.pixels)).label is Label.TUMOR
    prediction = predictor.predict(encode(both), mask=True)
    assert prediction.label is Label.UNCERTAIN
    assert prediction.unsure is not None
    assert prediction.unsure.reason is UncertainReason.BOTH_SIDES_ALIKE
    assert prediction.lesion is not None  # what is outlined is not hidden


def test_looking_on_the_other_side_counts_as_outlining(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    predictor = _calling_from(tmp_path, 0.0)
    monkeypatch.setattr("brainai.inference.predict.find_alike", lambda *_: time.sleep(0.2))
    phantom = draw_phantom(15, True, 128, skull=False)
    prediction = predictor.predict(encode(phantom.pixels))
    assert prediction.label is Label.TUMOR
    assert prediction.timings_ms["outline"] >= 200


def test_a_slice_of_oblong_pixels_is_asked_as_it_looks_and_answered_on_its_own_grid(
    own_folder: Path,
) -> None:
    predictor = _calling_from(own_folder, 0.0)
    phantom = draw_phantom(15, True, 128, skull=False)
    rows = phantom.pixels.reshape(64, 2, 128).mean(axis=1).astype(np.uint8)
    lesion = phantom.lesion.reshape(64, 2, 128).mean(axis=1) >= 0.5
    file = dicom(rows, PixelSpacing=[2, 1])
    as_it_looks, _ = square_slice(read_dicom(file, MAX_PIXELS).slice)
    assert as_it_looks.pixels.shape == (128, 128)
    asked = predictor.predict(file, explain=True, mask=True)
    looks = predictor.predict(encode(as_it_looks.pixels.round().astype(np.uint8)))
    assert asked.probability == pytest.approx(looks.probability, abs=1e-3)
    assert asked.mask is not None
    assert asked.heatmap is not None
    assert asked.preview is not None
    assert asked.mask.shape == asked.heatmap.shape == asked.preview.shape == (64, 128)
    assert asked.lesion is not None
    assert asked.lesion.area_mm2 == 2 * asked.mask.sum()
    assert 2 * (asked.mask & lesion).sum() > 0.6 * (asked.mask.sum() + lesion.sum())
    assert lesion[np.unravel_index(asked.heatmap.argmax(), lesion.shape)]


def test_an_answer_of_no_tumor_outlines_nothing(tmp_path: Path) -> None:
    prediction = _calling_from(tmp_path, 1.0).predict(png(), mask=True)
    assert prediction.label is Label.NO_TUMOR
    assert prediction.lesion is None
    assert prediction.mask is not None
    assert not prediction.mask.any()


def test_a_model_that_outlines_nothing_says_that_it_withholds_the_mask(tmp_path: Path) -> None:
    write_tiny_model(tmp_path, with_lesion=False, gate=None)
    prediction = Predictor(tmp_path, MAX_PIXELS, threads=1).predict(png(), mask=True)
    assert prediction.mask is None
    assert {withheld.output for withheld in prediction.withheld} == {"enhancing_core", "mask"}


def test_an_upload_of_one_picture_is_answered_as_its_bytes_are(predictor: Predictor) -> None:
    prediction = predictor.predict_upload(upload(png()), explain=True, mask=True)
    assert isinstance(prediction, Prediction)
    assert prediction.probability == predictor.predict(png()).probability
    assert prediction.heatmap is not None
    assert prediction.mask is not None


def test_an_upload_of_a_volume_is_answered_as_a_study(predictor: Predictor) -> None:
    told: list[int] = []
    prediction = predictor.predict_upload(
        upload(nifti(phantom_volume()[0], AFFINE)), progress=lambda done, _: told.append(done)
    )
    assert isinstance(prediction, StudyPrediction)
    assert told == list(range(1, len(HEAD) + 1))
    timings = prediction.timings_ms
    assert set(timings) == {"read", "preprocess", "run", "outline", "total"}
    assert sum(ms for name, ms in timings.items() if name != "total") <= timings["total"]


def test_an_upload_is_held_to_the_limits(tiny_folder: Path) -> None:
    limits = Limits(MAX_PIXELS, max_voxels=1000, max_unpacked_bytes=2**20, max_files=2)
    held = Predictor(tiny_folder, MAX_PIXELS, threads=1, limits=limits)
    with pytest.raises(TooLarge):
        held.predict_upload(upload(nifti(phantom_volume()[0], AFFINE)))
    with pytest.raises(InputError):
        held.predict_upload(upload(png(), png(), png()))


def test_threads_that_bring_the_first_studies_share_one_engine(tiny_folder: Path) -> None:
    fresh = Predictor(tiny_folder, MAX_PIXELS, threads=1)
    with ThreadPoolExecutor(4) as pool:
        engines = list(pool.map(lambda _: fresh.study_runtime, range(4)))
    assert all(engine is engines[0] for engine in engines)


def test_a_model_that_reads_flair_alone_can_not_be_the_one_for_more(tiny_folder: Path) -> None:
    with pytest.raises(ModelError, match="BRAINAI_MULTI_MODEL_DIR"):
        Predictor(tiny_folder, MAX_PIXELS, multi=tiny_folder)


def test_a_model_for_more_that_is_altered_is_found_at_once(
    tiny_folder: Path, tmp_path: Path
) -> None:
    write_tiny_model(tmp_path, beside=(Sequence.T1C,))
    (tmp_path / "model.onnx").write_bytes(b"altered")
    with pytest.raises(ModelError, match="sha256"):
        Predictor(tiny_folder, MAX_PIXELS, multi=tmp_path)


def test_a_model_for_more_that_fails_its_golden_check_answers_nothing(
    tiny_folder: Path, tmp_path: Path
) -> None:
    write_tiny_model(tmp_path, beside=(Sequence.T1C,))
    with np.load(tmp_path / "golden.npz") as golden:
        tensor, logits = golden["tensor"], golden["logits"]
    np.savez(tmp_path / "golden.npz", tensor=tensor, logits=logits + 1)
    predictor = Predictor(tiny_folder, MAX_PIXELS, threads=1, multi=tmp_path)
    study = phantom_study()
    assert predictor.for_study(study) is predictor
    more = replace(study, others={Sequence.T1C: study.volume.voxels})
    for _ in range(2):
        with pytest.raises(NotReady):
            predictor.for_study(more)


def test_every_model_that_answers_is_named_with_its_folder(
    tiny_folder: Path, tmp_path: Path
) -> None:
    spec = write_tiny_model(tmp_path, beside=(Sequence.T1C,))
    both = Predictor(tiny_folder, MAX_PIXELS, threads=1, multi=tmp_path)
    assert both.models == ((tiny_folder, both.spec), (tmp_path, spec))
    assert Predictor(tiny_folder, MAX_PIXELS).models == ((tiny_folder, both.spec),)

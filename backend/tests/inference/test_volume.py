import dataclasses
import hashlib
from pathlib import Path

import msgspec
import numpy as np
import pytest

from brainai.errors import InputError, RefusedInput, UnusableImage
from brainai.imaging.geometry import to_grid, to_ras
from brainai.imaging.study import Facts, Modality, MrSequence, VolumeStudy
from brainai.inference.predict import Predictor
from brainai.inference.spec import GateFile, StudyDecision
from brainai.inference.study_label import NO_STUDY_DECISION
from brainai.inference.volume import predict_volume
from brainai.inference.withheld import Output, WithheldReason
from brainai.labels import Label, Sequence, UncertainReason
from tests.files import MAX_PIXELS
from tests.orientations import ALL_ORIENTATIONS
from tests.studies import stored_as
from tests.tiny_model import OPEN_GATE, write_json, write_tiny_model
from tests.volumes import AFFINE, HEAD, LESION, SLICES, phantom_study, phantom_volume
from tests.volumes import volume_predictor as make_predictor

KEEN = StudyDecision(neighbours=3, top=5, slope=1.0, intercept=9.0, threshold=0.5)
DEAF = StudyDecision(neighbours=3, top=5, slope=1.0, intercept=-9.0, threshold=0.5)


@pytest.fixture(scope="module")
def telling(tmp_path_factory: pytest.TempPathFactory) -> Predictor:
    """Tells slices with a lesion from those without."""
    return make_predictor(tmp_path_factory.mktemp("telling"))


def test_every_slice_with_a_lesion_is_called_and_air_is_skipped(telling: Predictor) -> None:
    prediction = predict_volume(telling, phantom_study())
    labels = [each.label for each in prediction.slices]
    assert [each.index for each in prediction.slices] == list(range(SLICES))
    assert [z for z, label in enumerate(labels) if label is Label.TUMOR] == list(LESION)
    assert [z for z, label in enumerate(labels) if label is not None] == list(HEAD)
    assert (prediction.label, prediction.unsure) == (Label.TUMOR, None)
    assert prediction.probability == max(each.probability or 0 for each in prediction.slices)
    assert prediction.warnings == (NO_STUDY_DECISION,)


def test_the_mask_lies_over_the_lesion_and_is_measured(telling: Predictor) -> None:
    prediction = predict_volume(telling, phantom_study())
    _, lesion = phantom_volume()
    both = (prediction.mask & lesion).sum()
    assert 2 * both / (prediction.mask.sum() + lesion.sum()) > 0.6
    assert prediction.lesion is not None
    assert prediction.lesion.volume_ml == pytest.approx(prediction.mask.sum() * 3 / 1000)
    assert prediction.lesion.slices == len(LESION)
    assert prediction.lesion.slice_of_largest_area in LESION


@pytest.mark.parametrize("codes", ALL_ORIENTATIONS)
def test_one_head_gets_one_answer_however_its_axes_are_stored(
    telling: Predictor, codes: str
) -> None:
    straight = predict_volume(telling, phantom_study())
    voxels, _ = phantom_volume()
    stored, affine = stored_as(codes, voxels, AFFINE)
    volume = to_ras(stored.astype(np.float32), affine)
    turned = predict_volume(telling, VolumeStudy("nifti", volume))
    assert turned.probability == straight.probability
    assert turned.lesion is not None
    assert straight.lesion is not None
    assert turned.lesion.volume_ml == straight.lesion.volume_ml
    laid, _ = stored_as(codes, straight.mask.astype(np.int16), AFFINE)
    assert np.array_equal(to_grid(turned.mask, volume.grid), laid > 0)
    assert len(turned.slices) == stored.shape[volume.grid.axial_axis]
    called = [each.index for each in turned.slices if each.label is Label.TUMOR]
    axes = tuple(axis for axis in range(3) if axis != volume.grid.axial_axis)
    assert called == list(np.flatnonzero(laid.any(axis=axes)))


def test_a_study_of_no_tumor_outlines_nothing(telling: Predictor) -> None:
    prediction = predict_volume(telling, phantom_study(lesion=range(0)))
    assert prediction.label is Label.NO_TUMOR
    assert prediction.lesion is None
    assert not prediction.mask.any()


def test_a_study_whose_lesions_lie_on_both_sides_alike_is_uncertain(telling: Predictor) -> None:
    voxels, _ = phantom_volume()
    both = np.maximum(voxels, voxels[::-1])
    volume = to_ras(both.astype(np.float32), AFFINE)
    prediction = predict_volume(telling, VolumeStudy("nifti", volume))
    assert prediction.label is Label.UNCERTAIN
    assert prediction.unsure is not None
    assert prediction.unsure.reason is UncertainReason.BOTH_SIDES_ALIKE
    assert prediction.mask.any()


def test_slices_that_speak_against_the_study_make_it_uncertain(tmp_path: Path) -> None:
    deaf = predict_volume(make_predictor(tmp_path / "deaf", study=DEAF), phantom_study())
    assert deaf.label is Label.UNCERTAIN
    assert deaf.unsure is not None
    assert deaf.unsure.reason is UncertainReason.SLICES_DISAGREE
    assert deaf.mask.any()  # what those slices show is not hidden
    keen = predict_volume(make_predictor(tmp_path / "keen", 0.9, KEEN), phantom_study())
    assert (keen.label, keen.threshold) == (Label.UNCERTAIN, KEEN.threshold)
    assert NO_STUDY_DECISION not in keen.warnings


def test_progress_is_told_slice_by_slice(telling: Predictor) -> None:
    told: list[tuple[int, int]] = []
    predict_volume(telling, phantom_study(), progress=lambda *step: told.append(step))
    assert told == [(done, len(HEAD)) for done in range(1, len(HEAD) + 1)]


def test_what_progress_raises_stops_the_work(telling: Predictor) -> None:
    class Cancelled(Exception):
        pass

    told: list[int] = []

    def stop(done: int, _: int) -> None:
        told.append(done)
        if done == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        predict_volume(telling, phantom_study(), progress=stop)
    assert told == [1, 2]
    assert predict_volume(telling, phantom_study()).label is Label.TUMOR


def test_what_the_header_says_is_no_flair_is_refused_before_any_slice_is_judged(
    telling: Predictor,
) -> None:
    told: list[int] = []
    ct = phantom_study(facts=Facts(modality=Modality.CT))
    with pytest.raises(RefusedInput, match="not MR but CT") as refused:
        predict_volume(telling, ct, progress=lambda done, _: told.append(done))
    assert refused.value.code == "not_brain_mr"
    assert told == []
    forced = predict_volume(telling, ct, force=True)
    assert "refused (not_brain_mr)" in forced.warnings[0]
    assert forced.forced
    assert not predict_volume(telling, phantom_study(), force=True).forced


def test_a_volume_whose_middle_the_gate_does_not_know_is_refused_after_a_third(
    tmp_path: Path,
) -> None:
    shut = msgspec.structs.replace(OPEN_GATE, wrong_sequence=0.15)
    predictor = make_predictor(tmp_path, gate=shut)
    told: list[int] = []
    with pytest.raises(RefusedInput, match="3 slices in the middle") as refused:
        predict_volume(predictor, phantom_study(), progress=lambda done, _: told.append(done))
    assert refused.value.code == "wrong_sequence"
    assert told == [1, 2, 3]
    forced = predict_volume(predictor, phantom_study(), force=True)
    assert "refused (wrong_sequence)" in forced.warnings[0]
    # A header that says FLAIR outweighs the network's doubt.
    flair = phantom_study(facts=Facts(sequence=MrSequence.FLAIR))
    assert predict_volume(predictor, flair).warnings == (NO_STUDY_DECISION,)


def test_a_volume_unlike_the_training_slices_is_uncertain(tmp_path: Path) -> None:
    strange = msgspec.structs.replace(OPEN_GATE, unsure_distance=0.5)
    prediction = predict_volume(make_predictor(tmp_path, gate=strange), phantom_study())
    assert prediction.label is Label.UNCERTAIN
    assert prediction.unsure is not None
    assert prediction.unsure.reason is UncertainReason.OUT_OF_DISTRIBUTION


@pytest.mark.parametrize("level", [0, 700])
def test_a_volume_without_a_head_can_not_be_answered(telling: Predictor, level: int) -> None:
    flat = to_ras(np.full((40, 40, 5), level, np.float32), np.eye(4))
    with pytest.raises(UnusableImage) as caught:
        predict_volume(telling, VolumeStudy("nifti", flat), force=True)
    assert caught.value.code == "blank_image"


def test_slices_that_are_too_small_are_refused_as_single_ones_are(telling: Predictor) -> None:
    voxels, _ = phantom_volume()
    small = to_ras(voxels[20:45, 20:45].astype(np.float32), np.eye(4))
    with pytest.raises(InputError) as caught:
        predict_volume(telling, VolumeStudy("nifti", small), force=True)
    assert caught.value.code == "image_too_small"


def test_a_model_that_outlines_nothing_still_judges_a_study(tmp_path: Path) -> None:
    prediction = predict_volume(
        make_predictor(tmp_path, with_lesion=False, gate=None), phantom_study()
    )
    assert prediction.label is Label.TUMOR
    assert prediction.lesion is None
    assert "mask" in {withheld.output for withheld in prediction.withheld}


def test_the_stages_of_a_volume_are_timed(telling: Predictor) -> None:
    timings = predict_volume(telling, phantom_study()).timings_ms
    assert set(timings) == {"preprocess", "run", "outline", "total"}
    assert sum(ms for name, ms in timings.items() if name != "total") <= timings["total"]


@pytest.fixture(scope="module")
def reading_more(tmp_path_factory: pytest.TempPathFactory) -> Predictor:
    """Answers for FLAIR by one model, and for FLAIR with T1c or T2 by another."""
    folder = tmp_path_factory.mktemp("more")
    make_predictor(folder / "multi", beside=(Sequence.T1C, Sequence.T2))
    make_predictor(folder / "flair")
    return Predictor(folder / "flair", MAX_PIXELS, threads=1, multi=folder / "multi")


def _with(study: VolumeStudy, **others: float) -> VolumeStudy:
    """Add sequences: the FLAIR, times a gain."""
    named = {Sequence[name.upper()]: study.volume.voxels * gain for name, gain in others.items()}
    return dataclasses.replace(study, others=named)


def test_a_study_of_flair_alone_is_answered_by_the_model_of_flair(reading_more: Predictor) -> None:
    prediction = predict_volume(reading_more, phantom_study())
    assert prediction.spec == reading_more.spec
    assert prediction.sequences_used == (Sequence.FLAIR,)
    assert [(each.output, each.reason) for each in prediction.withheld] == [
        (Output.ENHANCING_CORE, WithheldReason.NEEDS_T1C)
    ]


def test_what_no_model_reads_changes_nothing(reading_more: Predictor) -> None:
    prediction = predict_volume(reading_more, _with(phantom_study(), t1=2.0))
    assert prediction.spec == reading_more.spec
    assert prediction.sequences_used == (Sequence.FLAIR,)


@pytest.mark.parametrize("given", [("t1c",), ("t2",), ("t1c", "t2"), ("t1", "t1c")])
def test_a_study_with_more_sequences_is_answered_by_the_model_that_reads_them(
    reading_more: Predictor, given: tuple[str, ...]
) -> None:
    study = _with(phantom_study(), **dict.fromkeys(given, 2.0))
    prediction = predict_volume(reading_more, study)
    assert prediction.spec == reading_more.multi_spec
    read = [Sequence[name.upper()] for name in given if name != "t1"]
    assert prediction.sequences_used == (Sequence.FLAIR, *read)
    (core,) = prediction.withheld
    has_t1c = Sequence.T1C in read
    assert core.reason == (WithheldReason.NOT_LEARNED if has_t1c else WithheldReason.NEEDS_T1C)
    alone = predict_volume(reading_more, phantom_study())
    for one, other in zip(prediction.slices, alone.slices, strict=True):
        # Its network adds the sequences, and a gain is undone by each one's own normalisation.
        assert (one.probability is None) == (other.probability is None)
    assert prediction.probability != alone.probability


def test_a_blank_sequence_is_none_that_the_answer_rests_on(reading_more: Predictor) -> None:
    prediction = predict_volume(reading_more, _with(phantom_study(), t1c=0.0, t2=2.0))
    assert prediction.sequences_used == (Sequence.FLAIR, Sequence.T2)
    assert [each.reason for each in prediction.withheld] == [WithheldReason.NEEDS_T1C]


def test_each_sequence_is_normalised_by_its_own_volume(reading_more: Predictor) -> None:
    one = predict_volume(reading_more, _with(phantom_study(), t1c=2.0))
    other = predict_volume(reading_more, _with(phantom_study(), t1c=64.0))
    assert one.slices == other.slices


def test_the_model_of_more_sequences_alone_answers_for_flair_too(tmp_path: Path) -> None:
    only = make_predictor(tmp_path, beside=(Sequence.T1C,))
    prediction = predict_volume(only, phantom_study())
    assert prediction.sequences_used == (Sequence.FLAIR,)
    assert predict_volume(only, _with(phantom_study(), t1c=1.0)).spec == prediction.spec


def test_the_gate_sees_the_flair_alone(tmp_path: Path) -> None:
    """Its file has one channel, whatever the model reads beside."""
    closed = msgspec.structs.replace(OPEN_GATE, wrong_sequence=0.1)
    predictor = make_predictor(tmp_path, beside=(Sequence.T1C,), gate=closed)
    write_tiny_model(tmp_path / "gate", gate=closed)
    gate = (tmp_path / "gate" / "model.onnx").read_bytes()
    (tmp_path / "gate.onnx").write_bytes(gate)
    named = GateFile("gate.onnx", hashlib.sha256(gate).hexdigest())
    file = msgspec.structs.replace(predictor.spec.file, gate_file=named)
    write_json(tmp_path / "model.json", msgspec.structs.replace(predictor.spec, file=file))
    apart = Predictor(tmp_path, MAX_PIXELS, threads=1)
    with pytest.raises(RefusedInput, match="another sequence"):
        predict_volume(apart, _with(phantom_study(), t1c=1.0))

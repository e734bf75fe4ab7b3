import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from brainai.imaging.geometry import to_ras
from brainai.imaging.intensity import measure_intensity
from brainai.imaging.study import VolumeStudy
from brainai.inference.calibrate import calibrated
from brainai.inference.judge import SliceJudge, find_filled, find_further, judge_slices
from brainai.inference.predict import Predictor
from brainai.inference.runtime import Outputs
from brainai.labels import Sequence
from tests.volumes import HEAD, LESION, phantom_study, phantom_volume, volume_predictor


def _judge(predictor: Predictor, study: VolumeStudy) -> SliceJudge:
    stats = measure_intensity(study.volume.voxels)
    return SliceJudge(study, stats, predictor.spec, predictor.study_runtime.run)


def test_slices_with_tissue_are_filled_and_specks_of_noise_are_not() -> None:
    study = phantom_study()
    study.volume.voxels[30, 30, 0] = 200
    stats = measure_intensity(study.volume.voxels)
    assert find_filled(study.volume.voxels, stats) == list(HEAD)
    assert find_filled(study.volume.voxels, None) == []


def test_air_with_its_own_noise_is_empty_beside_a_head() -> None:
    voxels, _ = phantom_volume()
    noise = np.random.default_rng(0).integers(0, 6, voxels.shape)
    volume = to_ras((voxels + noise).astype(np.float32), np.eye(4))
    assert find_filled(volume.voxels, measure_intensity(volume.voxels)) == list(HEAD)


def test_slices_come_in_their_order_however_many_workers_judge_them(predictor: Predictor) -> None:
    judge = _judge(predictor, phantom_study())
    order = [7, 3, 9, 4]
    for workers in (1, 4):
        judged = [each for each in judge_slices(judge, order, workers, gated=False) if each]
        assert [each.axial_slice for each in judged] == order
        assert all(each.refusal is None for each in judged)


def test_the_gate_says_nothing_where_it_is_not_asked(predictor: Predictor) -> None:
    judge = _judge(predictor, phantom_study())
    asked, spared = judge(LESION[0], gated=True), judge(LESION[0], gated=False)
    assert asked is not None
    assert spared is not None
    assert asked.far is False
    assert spared == replace(asked, far=None, maps=spared.maps)


def test_a_blank_slice_is_left_out(predictor: Predictor) -> None:
    assert _judge(predictor, phantom_study())(0, gated=False) is None


def test_oblong_pixels_are_made_square_and_the_mask_comes_back_on_them(
    predictor: Predictor,
) -> None:
    square = phantom_study()
    oblong = VolumeStudy(
        "nifti", to_ras(square.volume.voxels[:, ::2], np.diag([1.0, 2.0, 3.0, 1.0]))
    )
    index = LESION[1]
    decision = predictor.spec.decision
    of_square = _judge(predictor, square)(index, gated=False)
    of_oblong = _judge(predictor, oblong)(index, gated=False)
    assert of_square is not None
    assert of_oblong is not None
    # Thinned out by half and drawn wide again, the head is still the head.
    margins = np.array([of_oblong.margin, of_square.margin])
    narrow, whole = calibrated(margins, decision).tolist()
    assert narrow == pytest.approx(whole, abs=0.03)
    assert narrow < decision.threshold


def test_who_stops_early_leaves_no_slice_running(predictor: Predictor) -> None:
    before = threading.active_count()
    slices = judge_slices(_judge(predictor, phantom_study()), list(HEAD), 2, gated=False)
    next(slices)
    slices.close()
    end = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < end:
        time.sleep(0.01)
    assert threading.active_count() <= before


def test_a_further_sequence_is_cut_where_the_flair_is(tmp_path: Path) -> None:
    predictor = volume_predictor(tmp_path, beside=(Sequence.T1C, Sequence.T2))
    study = phantom_study(affine=np.diag([1.0, 1.4, 3.0, 1.0]))  # oblong pixels are made square
    more = replace(
        study, others={Sequence.T2: 3 * study.volume.voxels, Sequence.T1: study.volume.voxels}
    )
    seen: list[NDArray[np.float32]] = []

    def run(tensor: NDArray[np.float32], *, gated: bool) -> Outputs:
        seen.append(tensor.copy())
        return predictor.study_runtime.run(tensor, gated=gated)

    further = find_further(more, predictor.spec)
    assert set(further) == {Sequence.T2}
    judge = SliceJudge(more, measure_intensity(more.volume.voxels), predictor.spec, run, further)
    assert judge(LESION[0], gated=False) is not None
    flair, t1c, t2 = seen[0][0]
    np.testing.assert_allclose(t2, flair, atol=1e-4)
    assert not t1c.any()

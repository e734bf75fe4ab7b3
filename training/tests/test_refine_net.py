from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from torch import Tensor

from brainai.inference.refine import FLAIR, LESION, MARGIN
from brainai_training.config import RefineConfig
from brainai_training.refine_net import RefineNet, StudyMaps, export_refine, fit_refine

SIDE = 16


def _given(slices: int, seed: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    made = torch.Generator().manual_seed(seed)
    shape = (slices, SIDE, SIDE)
    lesion, flair = (torch.randn(shape, generator=made) for _ in range(2))
    return 3 * lesion, flair.abs(), torch.randn(slices, generator=made)


def _stirred() -> RefineNet:
    """A network that does something: its last layers begin with zeros."""
    torch.manual_seed(0)
    network = RefineNet((4, 8)).eval()
    for last in (network.change, network.label):
        torch.nn.init.normal_(last.weight)
    return network


def test_an_untrained_network_changes_nothing() -> None:
    lesion, flair, margin = _given(5)
    change, refined = RefineNet((4, 8, 8)).eval()(lesion, flair, margin)
    assert change.shape == lesion.shape
    assert not change.any()
    assert torch.equal(refined, margin)


def test_a_slice_hears_its_neighbours_and_no_one_far_away() -> None:
    network, (lesion, flair, margin) = _stirred(), _given(40)
    one, _ = network(lesion, flair, margin)
    louder = lesion.clone()
    louder[20] += 4
    moved = (network(louder, flair, margin)[0] - one).abs().amax((1, 2))
    assert (moved[18:23] > 1e-4).all()
    # brainai.inference.refine lets pieces of a long study overlap by eight.
    assert not moved[:12].any()
    assert not moved[29:].any()


@pytest.mark.parametrize("slices", [1, 2, 30])
def test_the_file_says_what_the_network_says(tmp_path: Path, slices: int) -> None:
    network, given = _stirred(), _given(slices)
    export_refine(network, SIDE, tmp_path / "refine.onnx")
    assert b".py" not in (tmp_path / "refine.onnx").read_bytes()  # no path of this machine
    session = onnxruntime.InferenceSession(tmp_path / "refine.onnx")
    said = session.run(
        None, {name: t.numpy() for name, t in zip((LESION, FLAIR, MARGIN), given, strict=True)}
    )
    with torch.no_grad():
        expected = network(*given)
    for one, other in zip(said, expected, strict=True):
        np.testing.assert_allclose(one, other.numpy(), atol=1e-4)


def _study(seed: int) -> StudyMaps:
    """A lesion of several slices, in one of which the model has missed it, and lone false alarms.

    The network is shown nothing else, so that only neighbours can tell.
    """
    chance = np.random.default_rng(seed)
    truth = np.zeros((12, SIDE, SIDE))
    truth[3:9, 4:10, 4:10] = 1
    lesion = np.where(truth > 0, 3.0, -3.0)
    lesion[int(chance.integers(4, 8))] = -3.0
    lesion[10, 8:14, 8:14] = 3.0
    said = lesion.max(axis=(1, 2)).astype(np.float32)
    return StudyMaps(
        source="drawn",
        patient=str(seed),
        flair=np.zeros_like(lesion, dtype=np.float16),
        lesion=np.stack([lesion, lesion]).astype(np.float16),
        margin=np.stack([said, said]),
        truth=truth.astype(np.float16),
        tumor=np.array(truth.any(axis=(1, 2))),
        step=1,
    )


def test_it_learns_what_neighbours_tell_of_a_miss_and_of_a_false_alarm() -> None:
    config = RefineConfig(side_px=SIDE, channels=(8, 8), steps=200, lr=1e-2)
    network = fit_refine([_study(k) for k in range(8)], config, {"drawn": 1}, bfloat16=False)
    other = _study(99)
    lesion, truth = torch.from_numpy(other.lesion[0]).float(), other.truth > 0
    margin = torch.from_numpy(other.margin[0])
    missed = int(np.flatnonzero(other.tumor & (other.margin[0] < 0)).item())
    with torch.no_grad():
        change, refined = network(lesion, torch.zeros_like(lesion), margin)
    said = (lesion + change).numpy()
    assert lesion[missed].unique().tolist() == [-3]
    assert said[missed][truth[missed]].mean() > said[missed][~truth[missed]].mean() + 2
    assert refined[missed] > 0 > margin[missed]
    assert said[10, 8:14, 8:14].mean() < -3
    assert refined[10] < 0 < margin[10]


def test_training_twice_makes_the_same_network() -> None:
    config = RefineConfig(side_px=SIDE, channels=(4, 8), steps=4)
    one, other = (
        fit_refine([_study(1), _study(2)], config, {"drawn": 1}, bfloat16=True) for _ in range(2)
    )
    for a, b in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.equal(a, b)

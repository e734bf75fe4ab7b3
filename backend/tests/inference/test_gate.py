import numpy as np
import pytest

from brainai.imaging.phantom import draw_phantom
from brainai.imaging.study import BodyPart, Facts, Modality, MrSequence, Slice, Study
from brainai.inference.gate import (
    check_outputs,
    check_study,
    gate_probabilities,
    warn_of_doubt,
)
from brainai.inference.runtime import Outputs
from tests.tiny_model import OPEN_GATE

RNG = np.random.default_rng(5)
PHANTOM = draw_phantom(3, True, 128).pixels.astype(np.float32)


def _code(pixels: np.ndarray, **facts: object) -> str | None:
    study = Study("png", Slice(pixels.astype(np.float32)), facts=Facts(**facts))  # type: ignore[arg-type]
    refusal = check_study(study)
    return None if refusal is None else refusal.code


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({}, None),
        ({"modality": Modality.MR, "body_part": BodyPart.HEAD}, None),
        ({"sequence": MrSequence.FLAIR}, None),
        ({"modality": Modality.CT}, "not_brain_mr"),
        ({"modality": Modality.OTHER}, "not_brain_mr"),
        ({"body_part": BodyPart.OTHER}, "not_brain_mr"),
        ({"sequence": MrSequence.T1C}, "wrong_sequence"),
    ],
)
def test_a_header_that_says_what_it_is_is_believed(
    facts: dict[str, object], code: str | None
) -> None:
    assert _code(PHANTOM, **facts) == code


@pytest.mark.parametrize("unit", [1e-12, 1e-6, 1e6, 1e12])
def test_phantoms_pass_in_any_unit(unit: float) -> None:
    assert _code(PHANTOM * unit) is None


@pytest.mark.parametrize("skull", [True, False])
def test_phantoms_pass_in_any_preparation(skull: bool) -> None:
    for seed in range(12):
        pixels = draw_phantom(seed, seed % 2 == 0, 128, skull=skull).pixels.astype(np.float32)
        rows, columns = np.nonzero(pixels > 12)
        tight = pixels[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        for prepared in (pixels, tight, np.minimum(tight, np.percentile(tight, 90))):
            assert _code(prepared) is None


@pytest.mark.parametrize(
    "pixels",
    [
        RNG.normal(100, 20, (128, 128)),
        RNG.uniform(0, 255, (64, 200)),
        np.where(RNG.random((160, 120)) < 0.1, 20, 245),  # a page
        # Something dark before a bright wall.
        200 - 190 * np.outer(np.hanning(90), np.hanning(140)),
    ],
)
def test_noise_pages_and_pictures_without_air_are_refused(pixels: np.ndarray) -> None:
    assert _code(pixels) == "not_brain_mr"


def test_a_slice_of_air_beyond_the_head_is_none_of_these() -> None:
    grain = np.abs(RNG.normal(6, 2, (140, 140)))
    air = sum(np.roll(grain, shift, axis) for shift in (0, 1) for axis in (0, 1)) / 4
    assert _code(np.round(air)) is None


def test_a_header_that_says_flair_outweighs_the_networks_doubt_of_the_sequence() -> None:
    outputs = Outputs(
        np.zeros((1, 2), np.float32),
        gate=np.array([[0.0, 9.0, 0.0]], np.float32),
        distance=np.zeros(1, np.float32),
    )
    doubted = check_outputs(outputs, OPEN_GATE, Facts())
    assert doubted is not None
    assert doubted.code == "wrong_sequence"
    assert check_outputs(outputs, OPEN_GATE, Facts(sequence=MrSequence.FLAIR)) is None


FLAIR_HEADER = Facts(sequence=MrSequence.FLAIR)


@pytest.mark.parametrize(
    ("shares", "facts", "found"),
    [
        ((0.51, 0.29, 0.2), Facts(), None),
        ((0.4, 0.4, 0.2), Facts(), "another sequence than FLAIR"),
        ((0.4, 0.2, 0.4), Facts(), "something else than MR of a brain"),
        # A header that says FLAIR leaves the doubt whether this is a brain.
        ((0.3, 0.5, 0.2), FLAIR_HEADER, None),
        ((0.1, 0.3, 0.6), FLAIR_HEADER, "something else than MR of a brain"),
    ],
)
def test_what_looks_less_like_brain_flair_than_like_all_else_is_warned_of(
    shares: tuple[float, float, float], facts: Facts, found: str | None
) -> None:
    outputs = Outputs(np.zeros((1, 2), np.float32), gate=np.log(np.array([shares], np.float32)))
    warnings = warn_of_doubt(outputs, facts)
    assert len(warnings) == (found is not None)
    assert found is None or found in warnings[0]


def test_a_model_without_a_gate_warns_of_nothing() -> None:
    assert warn_of_doubt(Outputs(np.zeros((1, 2), np.float32)), Facts()) == ()


def test_a_model_without_a_gate_refuses_nothing() -> None:
    assert check_outputs(Outputs(np.zeros((1, 2), np.float32)), None, Facts()) is None


def test_the_gates_probabilities_sum_to_one_without_overflow() -> None:
    shares = gate_probabilities(np.array([[900.0, -900.0, 0.0], [0.0, 0.0, 0.0]], np.float32))
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert np.isfinite(shares).all()

from pathlib import Path

import msgspec
import numpy as np
import pytest

from brainai.inference.calibrate import calibrate, decide, sigmoid, tumor_margin
from brainai.inference.spec import DecisionSpec, UncertainBand, load_spec
from brainai.labels import Label

LOGITS = np.array([[1.0, 3.0], [2.0, -2.0], [0.0, 0.0]], np.float32)
DECISION = DecisionSpec(
    temperature=1.0, threshold=0.41, uncertain_band=UncertainBand(0.33, 0.52), level=0.9
)


def test_the_margin_follows_the_order_of_the_labels() -> None:
    usual = tumor_margin(LOGITS, (Label.NO_TUMOR, Label.TUMOR))
    np.testing.assert_array_equal(usual, [2, -4, 0])
    np.testing.assert_array_equal(tumor_margin(LOGITS, (Label.TUMOR, Label.NO_TUMOR)), -usual)


def test_probabilities_are_the_softmax_of_the_cooled_logits(tiny_folder: Path) -> None:
    spec = load_spec(tiny_folder)
    shares = np.exp(LOGITS / spec.decision.temperature)
    expected = shares[:, 1] / shares.sum(axis=1)
    np.testing.assert_allclose(calibrate(LOGITS, spec), expected, rtol=1e-6)


def test_a_higher_temperature_is_less_sure(tiny_folder: Path) -> None:
    spec = load_spec(tiny_folder)
    hot = msgspec.structs.replace(
        spec, decision=msgspec.structs.replace(spec.decision, temperature=9.0)
    )
    assert 0.5 < calibrate(LOGITS, hot)[0] < calibrate(LOGITS, spec)[0]


def test_the_sigmoid_does_not_overflow() -> None:
    np.testing.assert_array_equal(sigmoid(np.array([-1e9, 0.0, 1e9])), [0.0, 0.5, 1.0])


@pytest.mark.parametrize(
    ("probability", "label"),
    [
        (0.0, Label.NO_TUMOR),
        (0.329, Label.NO_TUMOR),
        (0.33, Label.UNCERTAIN),
        (0.52, Label.UNCERTAIN),
        (0.521, Label.TUMOR),
        (1.0, Label.TUMOR),
    ],
)
def test_the_band_is_uncertain_and_includes_its_ends(probability: float, label: Label) -> None:
    assert decide(probability, DECISION) == label


def test_an_empty_band_leaves_the_threshold_alone() -> None:
    plain = msgspec.structs.replace(DECISION, uncertain_band=UncertainBand(2.0, 2.0))
    assert decide(0.41, plain) == Label.TUMOR
    assert decide(0.40999, plain) == Label.NO_TUMOR

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from brainai.imaging.study import Facts
from brainai.inference.gate import check_outputs
from brainai.inference.runtime import Outputs
from brainai.inference.spec import GATE_KINDS, GateSpec
from brainai_training.gate import Examples, Gate, fit_gate
from tests.making import (
    FLAIR,
    NOT_BRAIN_MR,
    WRONG_SEQUENCE,
    embedded,
    gate_examples,
)

KINDS = {"flair": FLAIR, "wrong_sequence": WRONG_SEQUENCE, "not_brain_mr": NOT_BRAIN_MR}


def _codes(gate: Gate, spec: GateSpec, embedding: NDArray[np.float32]) -> list[str | None]:
    """Refuse as serving does, one image at a time."""
    with torch.inference_mode():
        logits, distance = (part.numpy() for part in gate(torch.from_numpy(embedding)))
    nothing = np.zeros((1, 2), dtype=np.float32)
    refusals = [
        check_outputs(Outputs(nothing, gate=logits[[k]], distance=distance[[k]]), spec, Facts())
        for k in range(len(embedding))
    ]
    return [None if refusal is None else refusal.code for refusal in refusals]


@pytest.fixture(scope="module")
def fitted() -> tuple[Gate, GateSpec]:
    return fit_gate(gate_examples(1))


def test_flair_of_new_patients_is_let_through(fitted: tuple[Gate, GateSpec]) -> None:
    codes = [
        code
        for patient in range(10, 20)
        for code in _codes(*fitted, embedded(FLAIR, 50, 2, patient))
    ]
    assert sum(code is not None for code in codes) <= 0.01 * len(codes)


@pytest.mark.parametrize("code", ["wrong_sequence", "not_brain_mr"])
def test_outsiders_of_new_patients_are_refused_with_the_true_reason(
    fitted: tuple[Gate, GateSpec], code: str
) -> None:
    codes = [
        said
        for patient in range(10, 20)
        for said in _codes(*fitted, embedded(KINDS[code], 50, 2, patient))
    ]
    assert sum(said == code for said in codes) >= 0.98 * len(codes)


def test_what_is_like_nothing_seen_is_refused_by_its_distance(
    fitted: tuple[Gate, GateSpec],
) -> None:
    """Ten deviations off in directions that tell no kind from another."""
    strange = embedded(FLAIR, 30, 3, 30)
    strange[:, 5:] *= 10
    gate, spec = fitted
    with torch.inference_mode():
        _, distance = gate(torch.from_numpy(strange))
    assert float(distance.min()) > spec.refuse_distance
    assert None not in _codes(gate, spec, strange)


def test_the_limits_are_in_the_order_of_their_strength(fitted: tuple[Gate, GateSpec]) -> None:
    spec = fitted[1]
    assert 0 < spec.unsure_distance < spec.refuse_distance
    assert 0.5 <= spec.wrong_sequence < 1
    assert 0.5 <= spec.not_brain_mr < 1


def test_few_flair_slices_are_far_enough_to_be_unsure(fitted: tuple[Gate, GateSpec]) -> None:
    gate, spec = fitted
    embedding = np.concatenate([embedded(FLAIR, 50, 4, patient) for patient in range(40, 60)])
    with torch.inference_mode():
        _, distance = gate(torch.from_numpy(embedding))
    assert float((distance >= spec.unsure_distance).float().mean()) < 0.04
    # It is 1 at about the 99th percentile.
    assert np.quantile(distance.numpy(), 0.99) == pytest.approx(1.0, abs=0.15)


def test_a_patient_unlike_the_others_widens_the_limits_since_new_ones_may_be_so() -> None:
    plain = gate_examples(1)
    odd = plain.embedding.copy()
    odd[plain.groups == "0 3", 4:] *= 3
    new = embedded(FLAIR, 30, 2, 33)
    new[:, 4:] *= 3
    narrow = fit_gate(plain)
    wide = fit_gate(Examples(odd, plain.kind, plain.titles, plain.groups, plain.plain))
    assert sum(code is None for code in _codes(*narrow, new)) <= 3
    assert sum(code is None for code in _codes(*wide, new)) >= 20


def test_where_flair_looks_like_an_outsider_the_limit_rises() -> None:
    """Some FLAIR slices lie at the border: they are not to be refused."""
    examples = gate_examples(1)
    near = examples.embedding.copy()
    mixed = np.flatnonzero(examples.kind == FLAIR)[::20]
    near[mixed, 0] += 5
    gate, spec = fit_gate(
        Examples(near, examples.kind, examples.titles, examples.groups, examples.plain)
    )
    assert spec.wrong_sequence > 0.5
    codes = _codes(gate, spec, near[mixed])
    assert sum(code is None for code in codes) >= 0.8 * len(codes)


@pytest.mark.parametrize("absent", ["wrong_sequence", "not_brain_mr"])
def test_a_kind_without_examples_is_never_the_reason(absent: str) -> None:
    """Data without another sequence, as phantoms are, leaves a gate that knows the other kind."""
    given = tuple(kind for name, kind in KINDS.items() if name != absent)
    gate, spec = fit_gate(gate_examples(1, given))
    (present,) = {"wrong_sequence", "not_brain_mr"} - {absent}
    assert set(_codes(gate, spec, embedded(KINDS[present], 40, 2, 10))) == {present}
    assert set(_codes(gate, spec, embedded(FLAIR, 40, 2, 11))) == {None}
    with torch.inference_mode():
        logits, _ = gate(torch.from_numpy(embedded(FLAIR, 3, 2, 11)))
    assert logits.shape == (3, len(GATE_KINDS))


def test_altered_slices_do_not_move_the_centre_of_flair() -> None:
    examples = gate_examples(1)
    altered = np.arange(len(examples.kind)) % 2 == 0
    moved = examples.embedding.copy()
    moved[altered & (examples.kind == FLAIR), 7] += 3
    gate, _ = fit_gate(Examples(moved, examples.kind, examples.titles, examples.groups, ~altered))
    plain = embedded(FLAIR, 200, 2, 12)
    shifted = plain.copy()
    shifted[:, 7] += 3
    with torch.inference_mode():
        near, far = (gate(torch.from_numpy(part))[1].mean() for part in (plain, shifted))
    assert near < far

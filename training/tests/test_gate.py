from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from brainai.imaging.study import Facts
from brainai.inference.gate import check_outputs
from brainai.inference.runtime import Outputs
from brainai.inference.spec import GATE_KINDS, GateSpec
from brainai_training.gate import (
    Examples,
    Gate,
    MadeExamples,
    Said,
    ask_gate,
    choose_limits,
    fit_gate,
)
from tests.making import (
    FLAIR,
    NOT_BRAIN_MR,
    WRONG_SEQUENCE,
    as_maps,
    embedded,
    gate_examples,
)

KINDS = {"flair": FLAIR, "wrong_sequence": WRONG_SEQUENCE, "not_brain_mr": NOT_BRAIN_MR}
# Patients whom the gate is fitted on, and others by whom its limits are chosen.
SEEN, OTHERS = range(8), range(8, 16)


def _no_made(examples: Examples) -> MadeExamples:
    return MadeExamples(examples.features[:0], examples.kind[:0], examples.bare[:0])


def _ready(seen: Examples, others: Examples) -> tuple[Gate, GateSpec]:
    gate = fit_gate(seen, _no_made(seen))
    spec, shift = choose_limits([ask_gate(gate, others)])
    gate.shift.fill_(shift)
    return gate, spec


def _ask(gate: Gate, features: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
    """Return logits and distance of images whose maps show their features."""
    maps = torch.from_numpy(as_maps(features)).float()
    with torch.inference_mode():
        return tuple(part.numpy() for part in gate(torch.from_numpy(features), maps))


def _codes(gate: Gate, spec: GateSpec, features: NDArray[np.float32]) -> list[str | None]:
    """Refuse as serving does, one image at a time."""
    logits, distance = _ask(gate, features)
    nothing = np.zeros((1, 2), dtype=np.float32)
    refusals = [
        check_outputs(Outputs(nothing, gate=logits[[k]], distance=distance[[k]]), spec, Facts())
        for k in range(len(features))
    ]
    return [None if refusal is None else refusal.code for refusal in refusals]


def _showing(examples: Examples, features: NDArray[np.float32]) -> Examples:
    return replace(examples, features=features, maps=as_maps(features))


@pytest.fixture(scope="module")
def fitted() -> tuple[Gate, GateSpec]:
    return _ready(gate_examples(1, patients=SEEN), gate_examples(1, patients=OTHERS))


def test_flair_of_new_patients_is_let_through(fitted: tuple[Gate, GateSpec]) -> None:
    codes = [
        code
        for patient in range(20, 30)
        for code in _codes(*fitted, embedded(FLAIR, 50, 2, patient))
    ]
    assert sum(code is not None for code in codes) <= 0.01 * len(codes)


@pytest.mark.parametrize("code", ["wrong_sequence", "not_brain_mr"])
def test_outsiders_of_new_patients_are_refused_with_the_true_reason(
    fitted: tuple[Gate, GateSpec], code: str
) -> None:
    codes = [
        said
        for patient in range(20, 30)
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
    _, distance = _ask(gate, strange)
    assert float(distance.min()) > spec.refuse_distance
    assert None not in _codes(gate, spec, strange)


def test_the_limits_are_in_the_order_of_their_strength(fitted: tuple[Gate, GateSpec]) -> None:
    spec = fitted[1]
    assert 0 < spec.unsure_distance < spec.refuse_distance
    assert 0.5 <= spec.wrong_sequence < 1
    assert 0.5 <= spec.not_brain_mr < 1


def test_few_flair_slices_are_far_enough_to_be_unsure(fitted: tuple[Gate, GateSpec]) -> None:
    gate, spec = fitted
    features = np.concatenate([embedded(FLAIR, 50, 4, patient) for patient in range(40, 60)])
    _, distance = _ask(gate, features)
    assert (distance >= spec.unsure_distance).mean() < 0.04


def test_the_distance_is_1_at_the_99th_percentile_of_what_it_was_fitted_on() -> None:
    seen = gate_examples(1, patients=SEEN)
    said = ask_gate(fit_gate(seen, _no_made(seen)), seen)
    assert np.quantile(said.distance, 0.99) == pytest.approx(1.0, abs=0.01)


def test_a_patient_unlike_the_others_widens_the_limits_since_new_ones_may_be_so() -> None:
    seen, others = gate_examples(1, patients=SEEN), gate_examples(1, patients=OTHERS)
    odd = others.features.copy()
    odd[:40, 4:] *= 3
    new = embedded(FLAIR, 30, 2, 33)
    new[:, 4:] *= 3
    narrow, wide = _ready(seen, others), _ready(seen, _showing(others, odd))
    assert sum(code is None for code in _codes(*narrow, new)) <= 3
    assert sum(code is None for code in _codes(*wide, new)) >= 20


def test_where_flair_looks_like_an_outsider_the_limit_rises() -> None:
    """Some FLAIR slices lie at the border: they are not to be refused."""
    others = gate_examples(1, patients=OTHERS)
    near = others.features.copy()
    mixed = np.flatnonzero(others.kind == FLAIR)[::20]
    near[mixed, 0] += 4.5
    gate, spec = _ready(gate_examples(1, patients=SEEN), _showing(others, near))
    assert spec.wrong_sequence > 0.5
    codes = _codes(gate, spec, near[mixed])
    assert sum(code is None for code in codes) >= 0.8 * len(codes)


@pytest.mark.parametrize("absent", ["wrong_sequence", "not_brain_mr"])
def test_a_kind_without_examples_is_never_the_reason(absent: str) -> None:
    """Data without another sequence, as phantoms are, leaves a gate that knows the other kind."""
    given = tuple(kind for name, kind in KINDS.items() if name != absent)
    gate, spec = _ready(
        gate_examples(1, given, patients=SEEN), gate_examples(1, given, patients=OTHERS)
    )
    (present,) = {"wrong_sequence", "not_brain_mr"} - {absent}
    assert set(_codes(gate, spec, embedded(KINDS[present], 40, 2, 20))) == {present}
    assert set(_codes(gate, spec, embedded(FLAIR, 40, 2, 21))) == {None}
    logits, _ = _ask(gate, embedded(FLAIR, 3, 2, 21))
    assert logits.shape == (3, len(GATE_KINDS))


def test_altered_slices_do_not_move_the_centre_of_flair() -> None:
    examples = gate_examples(1)
    altered = np.arange(len(examples.kind)) % 2 == 0
    moved = examples.features.copy()
    moved[altered & (examples.kind == FLAIR), 7] += 3
    shown = replace(_showing(examples, moved), plain=~altered)
    gate = fit_gate(shown, _no_made(shown))
    plain = embedded(FLAIR, 200, 2, 12)
    shifted = plain.copy()
    shifted[:, 7] += 3
    near, far = (_ask(gate, part)[1].mean() for part in (plain, shifted))
    assert near < far


def test_what_was_made_anew_teaches_a_sequence_that_no_patient_showed() -> None:
    seen, new = gate_examples(1, patients=SEEN), embedded(FLAIR, 100, 2, 40)
    new[:, 3] += 5
    features = embedded(FLAIR, 600, 3, 41)
    features[:300, 3] += 5
    kind = np.repeat([WRONG_SEQUENCE, FLAIR], 300).astype(np.intp)
    made = MadeExamples(features, kind, np.zeros(600, dtype=bool))
    without, with_made = (_ask(fit_gate(seen, part), new)[0] for part in (_no_made(seen), made))
    doubt = [float((said[:, 1] - said[:, 0]).mean()) for said in (without, with_made)]
    assert doubt[1] > doubt[0] + 3
    # They are all brain MR, and have no say in what is none.
    known = embedded(NOT_BRAIN_MR, 50, 2, 42)
    assert (_ask(fit_gate(seen, made), known)[0].argmax(axis=1) == NOT_BRAIN_MR).mean() > 0.95


def _with_bare_heads(patients: range) -> Examples:
    """Half of the heads have no skull, and then FLAIR and other sequences overlap."""
    made = gate_examples(1, patients=patients)
    bare = (np.arange(len(made.kind)) % 2 == 0) & (made.kind != NOT_BRAIN_MR)
    features = made.features.copy()
    features[bare, 2] += 8
    features[bare & (made.kind == WRONG_SEQUENCE), 0] -= 5
    return replace(_showing(made, features), bare=bare)


def test_heads_without_skull_do_not_raise_the_limit_of_those_with_one() -> None:
    others = _with_bare_heads(OTHERS)
    gate, spec = _ready(_with_bare_heads(SEEN), others)
    refused = np.array([code is not None for code in _codes(gate, spec, others.features)])
    seem_bare = ask_gate(gate, replace(others, kind=np.zeros_like(others.kind))).bare
    flair, other = others.kind == FLAIR, others.kind == WRONG_SEQUENCE
    assert (seem_bare == others.bare)[flair | other].mean() > 0.98
    assert refused[flair].mean() <= 0.02
    assert refused[other & ~others.bare].mean() >= 0.98
    assert refused[other & others.bare].mean() > 0.3
    # One limit for both would have to be the higher one.
    assert float(gate.shift) < -0.5


def _said(other: float, *, bare: bool, count: int = 1000) -> Said:
    """Make up slices of which one in a hundred has ``other`` as the logit of another sequence."""
    logits = np.tile([0.0, -9.0, -9.0], (count, 1))
    logits[::100, 1] = other
    every = np.ones(count, dtype=bool)
    return Said(logits, np.linspace(0, 1, count), every, every & bare)


def test_each_sort_of_head_has_its_own_limit_and_serving_one() -> None:
    spec, shift = choose_limits([_said(1.0, bare=False), _said(3.0, bare=True)])
    assert shift == pytest.approx(-2.0, abs=0.01)
    assert spec.wrong_sequence == pytest.approx(1 / (1 + np.exp(-1.0)), abs=0.001)


@pytest.mark.parametrize("bare", [True, False])
def test_heads_of_one_sort_alone_leave_the_other_as_it_is(bare: bool) -> None:
    spec, shift = choose_limits([_said(1.0, bare=bare)])
    assert shift == 0
    assert spec.wrong_sequence == pytest.approx(1 / (1 + np.exp(-1.0)), abs=0.001)


def test_altered_slices_have_a_say_in_the_distance_alone() -> None:
    said = _said(1.0, bare=False)
    altered = replace(said, logits=said.logits[:, [1, 0, 2]], plain=~said.plain)
    far = replace(altered, distance=altered.distance * 4)
    assert choose_limits([said, altered])[0].wrong_sequence == pytest.approx(0.731, abs=0.001)
    assert choose_limits([said, far])[0].refuse_distance == 5.0

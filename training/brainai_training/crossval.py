"""Every fold's model and answers, then the shipped model: patients apart, from data to folder."""

from dataclasses import dataclass
from pathlib import Path

from brainai.inference.spec import DecisionSpec, ModelSpec, UncertainBand, load_spec
from brainai_training.answers import SliceAnswer, ask, save_answers
from brainai_training.config import Config
from brainai_training.decide import choose_decision
from brainai_training.engines import Precision, choose, compare, to_markdown
from brainai_training.errors import DataError
from brainai_training.export import FLOAT_NAME, Served, halve
from brainai_training.gate_run import ship_gate
from brainai_training.lineage import fold_folder, make_network
from brainai_training.looks import look_at
from brainai_training.manifest import find_cases
from brainai_training.package import export_both, write_folder
from brainai_training.tensors import TensorStore, check_split

# Stands in the fold models' model.json: a decision is chosen on other patients' answers.
_UNDECIDED = DecisionSpec(
    temperature=1.0, threshold=0.5, uncertain_band=UncertainBand(0.5, 0.5), level=0.0
)


@dataclass(frozen=True)
class CrossValidation:
    """What the fold models said, and in which precision they ran."""

    answers: list[SliceAnswer]
    precision: Precision


def cross_validate(
    data: Path, store: TensorStore, config: Config, weights: Path | None, work: Path
) -> CrossValidation:
    """Train a model for each fold, held out, and ask it about the patients of that fold.

    Leaves in each fold's folder model/ and answers.jsonl; beside them engines.md.
    """
    precision: Precision | None = None
    for fold in config.split.held_out:
        run = fold_folder(work, config, fold)
        network = make_network(config, fold, data, weights, work)
        served = Served(network)
        export_both(served, store, config, fold, run)
        if precision is None:  # decided once, on the first fold's patients
            candidates = compare(run, served, look_at(store, config.input, {fold}))
            chosen = choose(candidates)
            precision = chosen.precision
            (run.parent / "engines.md").write_text(to_markdown(candidates, chosen))
        write_folder(
            run,
            store,
            config,
            precision=precision,
            decision=_UNDECIDED,
            gate=None,
            out=run / "model",
        )
    if precision is None:
        raise DataError("split.measured is 0: without a fold held out nothing can be decided.")
    return CrossValidation(ask_folds(data, store, config, work), precision)


def ask_folds(data: Path, store: TensorStore, config: Config, work: Path) -> list[SliceAnswer]:
    """Ask each fold's model about the patients that it was not trained on.

    Raises DataError where a fold's model is not there, or is of another split.
    """
    folds = {row.patient: row.fold for row in store.rows}
    cases = find_cases(data, config.sources)
    answers: list[SliceAnswer] = []
    for fold in config.split.held_out:
        folder = fold_folder(work, config, fold) / "model"
        if not (folder / "model.json").exists():
            raise DataError(
                f"{folder} is not there. The figures are those of the models of the folds, which "
                "brainai-train train leaves in its work folder: run it first."
            )
        spec = load_spec(folder)
        check_split(spec, store)
        here = ask(folder, spec, [case for case in cases if folds[case.patient] == fold])
        save_answers(here, folder.parent / "answers.jsonl")
        answers += here
    return answers


def train_final(
    data: Path,
    store: TensorStore,
    config: Config,
    weights: Path | None,
    work: Path,
    crossed: CrossValidation,
    out: Path,
) -> ModelSpec:
    """Train on everybody; what the fold models said of held-out patients decides.

    Leaves in ``out`` model.onnx, gate.onnx (of those that make_gates left in ``work``), model.json,
    golden.npz and, for other engines, FLOAT_NAME.
    """
    run = fold_folder(work, config, None)
    network = make_network(config, None, data, weights, work)
    export_both(Served(network), store, config, None, run)
    halve(run / FLOAT_NAME, out / FLOAT_NAME)
    return write_folder(
        run,
        store,
        config,
        precision=crossed.precision,
        decision=choose_decision(crossed.answers),
        gate=ship_gate(config, work, out),
        out=out,
    )

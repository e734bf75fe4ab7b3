"""Every fold's model and answers, then the shipped model: patients apart, from data to folder."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from brainai.inference.spec import DecisionSpec, ModelSpec, Precision, UncertainBand, load_spec
from brainai.labels import CLASSES
from brainai_training.answers import BY_VOLUME, SliceAnswer, ask, save_answers
from brainai_training.config import Config
from brainai_training.decide import choose_decision
from brainai_training.engines import choose, compare, to_markdown
from brainai_training.errors import DataError
from brainai_training.export import FLOAT_NAME, Served
from brainai_training.gate_run import ship_gate
from brainai_training.lineage import fold_folder, make_network
from brainai_training.looks import look_at
from brainai_training.manifest import find_cases, has_outlines
from brainai_training.package import export_both, write_folder, write_spec
from brainai_training.refine_net import StudyMaps
from brainai_training.refine_run import describe_refine, gather_maps, write_refine
from brainai_training.tensors import TensorStore, check_split

# Stands in the fold models' model.json: a decision is chosen on other patients' answers.
_UNDECIDED = DecisionSpec(
    temperature=1.0, threshold=0.5, uncertain_band=UncertainBand(0.5, 0.5), level=0.0
)


@dataclass(frozen=True)
class CrossValidation:
    """What the fold models said, and in which precision they ran.

    maps: what they said of whole studies; none where nothing refines it.
    """

    answers: list[SliceAnswer]
    precision: Precision
    maps: list[StudyMaps]


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
        served = Served(network, outlines=has_outlines(store.rows))
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
    maps = refine_folds(data, store, config, work)
    return CrossValidation(ask_folds(data, store, config, work), precision, maps)


def refine_folds(data: Path, store: TensorStore, config: Config, work: Path) -> list[StudyMaps]:
    """Train for each fold's model folder, on what the others were asked, the network that refines.

    Return what all of them were asked: the patients held out. Where the configuration wants no such
    network, one fold alone is held out, or a fold has no studies of both kinds of slices (pictures
    are none), or masks outline nothing, nothing is done.
    """
    if config.refine is None or len(config.split.held_out) < 2 or not has_outlines(store.rows):
        return []
    folds = {row.patient: row.fold for row in store.rows}
    cases = find_cases(data, config.sources)
    maps = {
        fold: gather_maps(
            fold_folder(work, config, fold) / "model",
            config.refine,
            [case for case in cases if folds[case.patient] == fold],
        )
        for fold in config.split.held_out
    }
    kinds = [{bool(tumor) for study in here for tumor in study.tumor} for here in maps.values()]
    if any(len(kind) < len(CLASSES) for kind in kinds):
        return []
    for fold in maps:
        folder = fold_folder(work, config, fold) / "model"
        others = [each for other, here in maps.items() if other != fold for each in here]
        write_refine(others, config, folder)
        refine = describe_refine(config.refine, _UNDECIDED, folder)
        write_spec(replace(load_spec(folder), refine=refine), folder)
    return [each for here in maps.values() for each in here]


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

    Leaves in ``out`` model.onnx, gate.onnx (of those that make_gates left in ``work``),
    refine.onnx, model.json, golden.npz and, for other engines, FLOAT_NAME.
    """
    run = fold_folder(work, config, None)
    network = make_network(config, None, data, weights, work)
    served = Served(network, outlines=has_outlines(store.rows))
    export_both(served, store, config, None, run)
    shutil.copyfile(run / FLOAT_NAME, out / FLOAT_NAME)
    spec = write_folder(
        run,
        store,
        config,
        precision=crossed.precision,
        decision=choose_decision(crossed.answers),
        gate=ship_gate(config, work, out),
        out=out,
    )
    if config.refine is not None and crossed.maps:
        write_refine(crossed.maps, config, out)
        decision = choose_decision(crossed.answers, BY_VOLUME)
        spec = replace(spec, refine=describe_refine(config.refine, decision, out))
        write_spec(spec, out)
    return spec

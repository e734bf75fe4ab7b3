"""brainai predict | serve | worker | models | phantom | openapi."""

import argparse
import json
import os
import sys
from pathlib import Path

from PIL import Image

import brainai
from brainai.api import create_app
from brainai.api.answers import describe_model
from brainai.api.card_schemas import ModelsSchema
from brainai.api.served_model import ServedModel
from brainai.api.server import load_predictor, serve
from brainai.api.settings import Settings, read_settings
from brainai.api.state import state_of
from brainai.batch import command as batch
from brainai.cli_predict import add_predict_arguments, predict_paths
from brainai.errors import BrainAIError
from brainai.imaging.phantom import draw_phantom
from brainai.imaging.phantom_study import SAMPLE_STUDIES, draw_phantom_study, phantom_file
from brainai.inference.metrics import load_metrics
from brainai.inference.spec import load_spec
from brainai.worker import work

# Chosen by eye: lesions of different size and place, with the skull and without.
# Seeds picked for the shipped model: its gate refuses most phantoms, which are drawings and no MR,
# so how it answers these four shows the page at work and nothing of how good the model is.
_SAMPLES = (
    ("tumor-1", 35, True, True),
    ("tumor-2", 233, True, False),
    ("normal-1", 254, False, True),
    ("normal-2", 91, False, False),
)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return its exit status (0 well, 1 not, 2 wrong usage)."""
    _open_closed_streams()
    parser = _parser()
    arguments = sys.argv[1:] if arguments is None else arguments
    if any(_is_empty(argument) for argument in arguments):
        parser.error("an argument is empty; a variable that it was taken from may not be set")
    parsed = parser.parse_args(arguments)
    try:
        status = int(parsed.command(parsed, read_settings(os.environ)))
        # What is left in the buffer would fail at exit, with a trace.
        sys.stdout.flush()
    except BrainAIError as error:
        return _complain(error.message)
    except OSError as error:
        return _give_up(error)
    except KeyboardInterrupt:
        return 130
    return status


def _open_closed_streams() -> None:
    """Open what the caller has closed (``>&-``): the next file would be in the stream's place.

    What is written to such a stdout is an error, as in other programs; stderr is for nobody.
    """
    for stream in range(3):
        try:
            os.fstat(stream)
        except OSError:
            os.open(os.devnull, os.O_RDWR if stream == 2 else os.O_RDONLY)
    # The types don't know that Python has no stream in place of a closed one.
    sys.stdout = sys.stdout or os.fdopen(1, "w")
    sys.stderr = sys.stderr or os.fdopen(2, "w")


def _is_empty(argument: str) -> bool:
    """Tell an argument that would stand for the working folder, which nobody has named."""
    return not argument or (argument.startswith("--") and argument.endswith("="))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="brainai",
        description="Tumour detection on FLAIR MRI slices and volumes. Research use only.",
    )
    parser.add_argument("--version", action="version", version=f"brainai {brainai.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser(
        "predict", help="judge slices and studies: files, or folders of them"
    )
    add_predict_arguments(command)
    command.set_defaults(command=_predict)

    batch.add_to(commands)

    command = commands.add_parser("serve", help="answer over HTTP")
    command.add_argument("--host", help="address to listen on (BRAINAI_HOST)")
    command.add_argument("--port", help="port to listen on (BRAINAI_PORT)")
    command.set_defaults(command=_serve)

    command = commands.add_parser("worker", help="run the jobs that were sent to the server")
    command.set_defaults(command=_worker)

    command = commands.add_parser("models", help="print the models and their figures as JSON")
    command.set_defaults(command=_models)

    command = commands.add_parser("phantom", help="write the sample slices and studies")
    command.add_argument("out", type=Path, metavar="OUT_DIR")
    command.set_defaults(command=_phantom)

    command = commands.add_parser("openapi", help="print the OpenAPI description")
    command.set_defaults(command=_openapi)
    return parser


def _predict(parsed: argparse.Namespace, settings: Settings) -> int:
    return predict_paths(parsed, settings, _complain)


def _serve(parsed: argparse.Namespace, settings: Settings) -> int:
    flags = {"BRAINAI_HOST": parsed.host, "BRAINAI_PORT": parsed.port}
    chosen = {name: value for name, value in flags.items() if value is not None}
    settings = read_settings({**os.environ, **chosen})
    # A folder that can't be served is a wrong setting: say so now, not on every request.
    for folder in settings.model_dirs:
        load_metrics(folder, load_spec(folder))
    serve(settings)
    return 0


def _worker(_: argparse.Namespace, settings: Settings) -> int:
    work(settings)
    return 0


def _models(_: argparse.Namespace, settings: Settings) -> int:
    cards = [
        describe_model(spec := load_spec(folder), load_metrics(folder, spec))
        for folder in settings.model_dirs
    ]
    json.dump(ModelsSchema().dump({"models": cards}), sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")
    return 0


def _phantom(parsed: argparse.Namespace, _: Settings) -> int:
    parsed.out.mkdir(parents=True, exist_ok=True)
    for name, seed, tumor, skull in _SAMPLES:
        pixels = draw_phantom(seed, tumor, skull=skull).pixels
        Image.fromarray(pixels).save(parsed.out / f"{name}.png", optimize=True)
    for name, seed, tumor in SAMPLE_STUDIES:
        study = phantom_file(draw_phantom_study(seed, tumor))
        (parsed.out / f"{name}.nii.gz").write_bytes(study)
    return 0


def _openapi(_: argparse.Namespace, settings: Settings) -> int:
    model = ServedModel(settings.model_dir, lambda folder: load_predictor(settings, folder))
    sys.stdout.write(state_of(create_app(settings, model)).openapi_text)
    return 0


def _give_up(error: OSError) -> int:
    """Say what the system refuses to read or write; return the exit status."""
    try:
        sys.stdout.flush()
    except OSError:
        # What stdout refuses it would be given once more at exit: no second trace.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):
        return 1  # the reader of stdout has gone (head, less), and knows
    what = error.filename or "the output"
    return _complain(f"The system can't read or write {what}: {error.strerror or error}.")


def _complain(message: str) -> int:
    sys.stderr.write(f"brainai: {message}\n")
    return 1

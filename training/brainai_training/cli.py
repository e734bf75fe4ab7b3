"""brainai-train train | evaluate | gate | convert."""

import argparse
import logging
import sys
import warnings
from pathlib import Path

from brainai.errors import BrainAIError
from brainai_training.errors import ConfigError, DataError

HERE = Path(__file__).resolve().parent.parent

_CHATTY = (
    "onnxscript",
    "torch.onnx",
    "torch.utils.cpp_extension",
    "onnx_ir",
    "torch.export",
)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit status: 0, or 1 with one line on stderr.

    130 where somebody has stopped it: the same command goes on from there.
    """
    options = _parser().parse_args(arguments)
    quieten()
    # After quieten: some of these libraries warn when they are imported. And help stays quick.
    from brainai_training import commands  # noqa: PLC0415

    try:
        getattr(commands, options.command)(options)
    except (BrainAIError, ConfigError, DataError, OSError) as error:
        print(f"brainai-train: {' '.join(str(error).split())}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def quieten() -> None:
    """Keep the libraries' notes to programmers off the screen of people who train."""
    warnings.filterwarnings("ignore", category=FutureWarning)
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    warnings.filterwarnings("ignore", message="CUDA is not available")
    # The command line has asked for --trust-pickle already.
    warnings.filterwarnings("ignore", message="load_learner")
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.ERROR)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="brainai-train", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")

    one = commands.add_parser("train", help="train, export, measure: data in, model folder out")
    one.add_argument("--config", type=Path, default=HERE / "configs" / "flair-resnet50.toml")
    one.add_argument("--data", type=Path, help="folder that holds the configuration's sources")
    one.add_argument("--weights", type=Path, help="ImageNet ResNet-50 state dict (safetensors)")
    one.add_argument("--out", type=Path, required=True, help="model folder to write")
    one.add_argument("--work", type=Path, default=HERE / "runs", help="checkpoints and caches")
    one.add_argument("--smoke", action="store_true", help="on phantoms, in a minute")

    two = commands.add_parser("evaluate", help="measure a model folder on held-out patients")
    two.add_argument("folder", type=Path)
    two.add_argument("--data", type=Path, required=True)
    two.add_argument(
        "--work", type=Path, default=HERE / "runs", help="what train left: models of the folds"
    )

    four = commands.add_parser("gate", help="fit and measure a model folder's gate anew")
    four.add_argument("folder", type=Path)
    four.add_argument("--data", type=Path, required=True)
    four.add_argument("--weights", type=Path, help="ImageNet ResNet-50 state dict (safetensors)")
    four.add_argument("--work", type=Path, default=HERE / "runs", help="where gates are left")

    three = commands.add_parser("convert", help="a fastai classifier pickle to a model folder")
    three.add_argument("pickle", type=Path)
    three.add_argument("--out", type=Path, required=True, help="model folder to write")
    three.add_argument("--name", default="converted")
    three.add_argument(
        "--trust-pickle", action="store_true", help="open it although it can run code"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())

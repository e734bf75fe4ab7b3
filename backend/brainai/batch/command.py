"""The arguments of brainai batch."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from brainai.batch.run import Settings


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to those of the program."""
    command = commands.add_parser("batch", help="judge a whole archive into a Parquet table")
    command.add_argument("folder", type=Path, metavar="DIR", help="the archive, read only")
    command.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="TABLE",
        help="Parquet file to write; named again, the run goes on where it stopped",
    )
    command.add_argument(
        "--engine",
        choices=("local", "ray"),
        default="local",
        help="this machine, or a Ray cluster (the one at RAY_ADDRESS, else one of this machine)",
    )
    command.add_argument(
        "--workers", type=int, metavar="N", default=1, help="studies judged at a time (1)"
    )
    command.add_argument(
        "--force", action="store_true", help="answer what would be refused, with a warning"
    )
    command.set_defaults(command=_run)


def _run(parsed: argparse.Namespace, settings: "Settings") -> int:
    # PyArrow takes 40 MB and a while to load, which no other command needs.
    from brainai.batch.run import run_batch  # noqa: PLC0415

    return run_batch(parsed, settings)

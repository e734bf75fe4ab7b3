"""brainai predict: paths -> answers, one line of JSON each, and the files that go with them."""

import argparse
import contextlib
import json
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from brainai.api.answers import answer
from brainai.api.images import to_black_and_white, to_grey, to_png
from brainai.api.schemas import PredictionSchema
from brainai.api.server import load_predictor
from brainai.api.settings import Settings
from brainai.api.study_answers import dump_study
from brainai.artefacts import ARTEFACTS, write_artefacts
from brainai.artefacts.nifti import mask_file
from brainai.errors import BrainAIError, MalformedInput, TooLarge
from brainai.imaging.metaimage import voxels_file
from brainai.imaging.sniff import sniff_format, sniff_volume
from brainai.imaging.upload import UploadedFile
from brainai.inference.findings import StudyPrediction
from brainai.inference.predict import Prediction, Predictor

# Enough to tell what a file is, also where it is compressed.
_HEAD_BYTES = 64 * 1024
_ZIP = b"PK\x03\x04"
# Of an input's name in those of its files; file systems take 255 in all.
_MOST_NAME_BYTES = 200


def add_predict_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments that predict_paths reads."""
    command.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="PATH",
        help="a slice, a volume, a zip, or a folder: with DICOM, NIfTI or MetaImage in it, it is "
        "one study; else it stands for its pictures",
    )
    command.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="write a study's files here: volume, mask (NIfTI and DICOM SEG), report, montage; of "
        "several studies each into a folder of its own",
    )
    command.add_argument(
        "--series", type=int, metavar="N", help="take series N of several for the FLAIR, from 1"
    )
    command.add_argument(
        "--explain-dir", type=Path, metavar="DIR", help="write a heat map PNG for each slice here"
    )
    command.add_argument(
        "--mask-dir",
        type=Path,
        metavar="DIR",
        help="write a mask here: PNG for each slice, NIfTI for each volume",
    )
    command.add_argument(
        "--force", action="store_true", help="answer what would be refused, with a warning"
    )


def predict_paths(
    parsed: argparse.Namespace, settings: Settings, complain: Callable[[str], int]
) -> int:
    """Answer for all that was named; return the exit status.

    complain: says one line to people and returns 1.
    """
    if not sys.warnoptions:
        # Decoders warn of what they find odd, values included; a file is answered or refused.
        warnings.simplefilter("ignore")
    for folder in (parsed.out, parsed.explain_dir, parsed.mask_dir):
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
    predictor = load_predictor(settings, settings.model_dir)
    predictor.check_golden()
    inputs, failed = _find_inputs(parsed, complain)
    quiet = len(inputs) < 2 or not sys.stderr.isatty()
    for path, files in tqdm(inputs, unit="input", file=sys.stderr, disable=quiet):
        try:
            read = _read(path, files, settings)
            line = _predict_one(predictor, path, read, parsed, len(inputs) > 1)
        except BrainAIError as error:
            tqdm.write(f"brainai: {path}: {error.message}", file=sys.stderr)
            failed = 1
        else:
            tqdm.write(_to_json(line), file=sys.stdout)
            sys.stdout.flush()
    return failed


def _find_inputs(
    parsed: argparse.Namespace, complain: Callable[[str], int]
) -> tuple[list[tuple[Path, list[Path]]], int]:
    """Find the inputs that can be answered for; return the exit status so far, too."""
    inputs: list[tuple[Path, list[Path]]] = []
    failed = 0
    for path in parsed.paths:
        try:
            inputs += _inputs_of(path)
        except OSError as error:
            failed = complain(f"{path}: The folder can't be read as a whole: {error.strerror}.")
    if not (inputs or failed):
        failed = complain("There is no file in what was named.")
    if parsed.out and len(inputs) == 1 and _is_written_over(inputs[0][1], parsed.out):
        path, _ = inputs.pop()
        failed = complain(f"{path}: --out would write over a file of it. Choose another folder.")
    return inputs, failed


def _to_json(line: dict[str, object]) -> str:
    text = json.dumps(line, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        # A file's name may have letters that stdout's encoding lacks, or be no UTF-8: JSON escapes.
        return json.dumps(line)
    return text


def _inputs_of(path: Path) -> Iterator[tuple[Path, list[Path]]]:
    """Yield what a path stands for: its name, and the files that belong together.

    Raises OSError where a part of a folder can't be read: of a study, that would be slices lost.
    """
    if not _is_folder(path):
        yield path, [path, *_voxels_beside(path)]
        return
    files = sorted(_files_under(path))
    if any(_is_of_a_study(file) for file in files):
        yield path, files
    else:
        yield from ((file, [file]) for file in files)


def _is_folder(path: Path) -> bool:
    # Path.is_dir raises for what does not open, and that is said when it is read.
    return os.path.isdir(path)  # noqa: PTH112


def _is_written_over(files: list[Path], folder: Path) -> bool:
    """Tell if a study's files would be written over one of its own."""
    written = {os.path.realpath(folder / name) for name, _ in ARTEFACTS}
    own = any(os.path.realpath(file) in written for file in files)
    return own and any(_is_of_a_study(file) for file in files)


def _files_under(folder: Path) -> Iterator[Path]:
    """Yield all files of a folder, and of folders that it links to, each folder once."""
    seen: set[str] = set()

    def stop(error: OSError) -> None:
        raise error

    for place, folders, files in os.walk(folder, onerror=stop, followlinks=True):
        real = os.path.realpath(place)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = (Path(place) / name for name in files if not name.startswith("."))
        yield from (path for path in paths if path.is_file())


def _voxels_beside(header: Path) -> Iterator[Path]:
    """Yield the file that a MetaImage header (.mhd) names for its voxels, from its own folder."""
    head = _head_of(header)
    name = voxels_file(head) if sniff_volume(head) == "metaimage" else None
    with contextlib.suppress(OSError):  # a name too long for a file
        if name and (header.parent / name).is_file():
            yield header.parent / name


def _head_of(file: Path) -> bytes:
    try:
        if not file.is_file():  # what is read from a pipe is gone
            return b""
        with file.open("rb") as stream:
            return stream.read(_HEAD_BYTES)
    except OSError:
        return b""  # said when it is read


def _is_of_a_study(file: Path) -> bool:
    head = _head_of(file)
    return sniff_format(head) == "dicom" or bool(sniff_volume(head)) or head.startswith(_ZIP)


def _predict_one(
    predictor: Predictor,
    path: Path,
    files: list[UploadedFile],
    parsed: argparse.Namespace,
    several: bool,
) -> dict[str, object]:
    predicted = predictor.predict_upload(
        files,
        series=parsed.series,
        explain=parsed.explain_dir is not None,
        mask=parsed.mask_dir is not None,
        force=parsed.force,
    )
    # The id keeps inputs of the same name in different folders apart.
    name = f"{_shorten(path.name.partition('.')[0])}-{predicted.id[:8]}"
    if isinstance(predicted, Prediction):
        return {"path": str(path), **_tell_slice(predicted, name, parsed)}
    return {"path": str(path), **_tell_study(predicted, name, parsed, several)}


def _shorten(name: str) -> str:
    """Cut a name so that file systems take it with more behind it."""
    while len(os.fsencode(name)) > _MOST_NAME_BYTES:
        name = name[:-1]
    return name


def _tell_slice(prediction: Prediction, name: str, parsed: argparse.Namespace) -> dict[str, object]:
    told: dict[str, object] = {}
    if prediction.heatmap is not None:
        drawn = parsed.explain_dir / f"{name}.png"
        drawn.write_bytes(to_png(to_grey(prediction.heatmap)))
        told["heatmap_path"] = str(drawn)
    if prediction.mask is not None:
        drawn = parsed.mask_dir / f"{name}.png"
        drawn.write_bytes(to_png(to_black_and_white(prediction.mask)))
        told["mask_path"] = str(drawn)
    plain = answer(replace(prediction, heatmap=None, mask=None, preview=None))
    return {**told, **PredictionSchema().dump(plain)}


def _tell_study(
    prediction: StudyPrediction, name: str, parsed: argparse.Namespace, several: bool
) -> dict[str, object]:
    told: dict[str, object] = {}
    report = dump_study(prediction)
    if parsed.mask_dir is not None and prediction.spec.file.lesion is not None:
        drawn = parsed.mask_dir / f"{name}.nii.gz"
        drawn.write_bytes(mask_file(prediction.mask, prediction.study.volume.grid))
        told["mask_path"] = str(drawn)
    if parsed.out is not None:
        folder = parsed.out / name if several else parsed.out
        write_artefacts(prediction, report, folder)
        told["out_path"] = str(folder)
    return {**told, **report}


def _read(path: Path, files: list[Path], settings: Settings) -> list[UploadedFile]:
    """Read the files of one input, named from ``path`` on: folders around it tell nothing of it.

    Raises MalformedInput (no_file) and TooLarge (too_large).
    """
    left = settings.max_upload_bytes
    around = path if _is_folder(path) else path.parent
    uploaded = []
    for file in files:
        try:
            with file.open("rb") as stream:
                data = stream.read(left + 1)
        except OSError as error:
            raise MalformedInput("no_file", f"The file can't be read: {error.strerror}.") from error
        left -= len(data)
        if left < 0:
            raise TooLarge(
                "too_large",
                f"The input is larger than {settings.max_upload_bytes} bytes "
                "(BRAINAI_MAX_UPLOAD_BYTES).",
            )
        uploaded.append(UploadedFile(str(file.relative_to(around)), data))
    return uploaded

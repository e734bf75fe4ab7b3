"""What the tests are fed with: phantoms, written in the layouts of real data sets."""

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path
from zipfile import ZipFile

import nibabel as nib
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from brainai.imaging.phantom import Phantom, draw_phantom
from brainai.imaging.study import Slice
from brainai_training.answers import ALONE, LESION_THRESHOLDS, SliceAnswer
from brainai_training.config import Config, Package, PackageImages, Source, load_config
from brainai_training.datasets.case import Case, Stack, masked_stack
from brainai_training.gate import Examples

CONFIGS = Path(__file__).resolve().parents[1] / "configs"
SMOKE = load_config(CONFIGS / "smoke.toml")
_SEQUENCES_PX = 128


def source(name: str = "phantoms", **others: object) -> Source:
    """Describe a source of phantoms."""
    given: dict[str, object] = {"folder": name, "layout": "kaggle_3m", "title": name.title()}
    return Source(name=name, **{**given, **others})  # type: ignore[arg-type]


def phantom(seed: int, tumor: bool, size_px: int = 96) -> Phantom:
    """Draw a phantom small enough for a test."""
    return draw_phantom(seed, tumor, size_px)


def slice_of(seed: int, tumor: bool, size_px: int = 96) -> Slice:
    """Draw a phantom as readers return it."""
    return Slice(phantom(seed, tumor, size_px).pixels.astype(np.float32))


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Encode uint8 [H, W] as a PNG."""
    written = io.BytesIO()
    Image.fromarray(pixels).save(written, "PNG")
    return written.getvalue()


def _t1(flair: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Make another contrast of the same head: what is bright in FLAIR is darker."""
    return np.where(flair > 20, 250 - (flair * 0.7), flair).astype(np.uint8)


def write_sequences(root: Path, name: str, *, before: bool, after: bool) -> None:
    """Write seven slices; a sequence that is missing is a copy of FLAIR, as in kaggle_3m."""
    folder = root / name
    folder.mkdir(parents=True)
    for index in range(1, 8):
        flair = draw_phantom(index, False, _SEQUENCES_PX).pixels
        other = _t1(flair)
        channels = (other if before else flair, flair, other // 2 if after else flair)
        Image.fromarray(np.stack(channels, axis=2)).save(folder / f"{name}_{index}.png")
        Image.new("L", (_SEQUENCES_PX, _SEQUENCES_PX)).save(folder / f"{name}_{index}_mask.png")


def write_kaggle_slice(
    folder: Path,
    stem: str,
    drawn: Phantom,
    suffix: str = "png",
    after: NDArray[np.uint8] | None = None,
) -> None:
    """Write a slice and its mask as kaggle_3m names them. after: T1c, where it is not missing."""
    folder.mkdir(parents=True, exist_ok=True)
    grey = Image.fromarray(drawn.pixels)
    last = grey if after is None else Image.fromarray(after)
    Image.merge("RGB", (grey, grey, last)).save(folder / f"{stem}.{suffix}", lossless=True)
    mask = Image.fromarray(drawn.lesion.astype(np.uint8) * 255)
    mask.save(folder / f"{stem}_mask.{suffix}", lossless=True)


def head_volume(
    slices: int = 4, size_px: int = 48
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Draw FLAIR voxels float32 [X, Y, Z] in RAS+ and their lesion; every other slice has one."""
    drawn = [phantom(50 + z, z % 2 == 1, size_px) for z in range(slices)]
    # A slice is shown from the front back and from the patient's right: undo that.
    voxels = np.stack([d.pixels.T[::-1, ::-1].astype(np.float32) for d in drawn], axis=2)
    return voxels, np.stack([d.lesion.T[::-1, ::-1] for d in drawn], axis=2)


def write_nifti(path: Path, voxels: NDArray[np.float32], codes: str = "RAS") -> None:
    """Write RAS+ voxels [X, Y, Z] in the orientation that ``codes`` names."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = nib.Nifti1Image(voxels, np.eye(4))
    start, end = nib.orientations.axcodes2ornt("RAS"), nib.orientations.axcodes2ornt(codes)
    turned = image.as_reoriented(nib.orientations.ornt_transform(start, end))
    nib.save(turned, path)


def write_mha(path: Path, voxels: NDArray[np.float32]) -> None:
    """Write RAS+ voxels [X, Y, Z] as an uncompressed MetaImage, whose world is LPS."""
    path.parent.mkdir(parents=True, exist_ok=True)
    header = (
        "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\n"
        "CompressedData = False\nTransformMatrix = 1 0 0 0 1 0 0 0 1\nOffset = 0 0 0\n"
        f"ElementSpacing = 1 1 1\nDimSize = {' '.join(str(n) for n in voxels.shape)}\n"
        "ElementType = MET_FLOAT\nElementDataFile = LOCAL\n"
    )
    stored = voxels[::-1, ::-1].astype("<f4").tobytes(order="F")
    path.write_bytes(header.encode("ascii") + stored)


def case(
    patient: str, seeds: Sequence[int] = (1, 2), source_name: str = "phantoms", site: str = ""
) -> Case:
    """Make a case of drawn slices; those of even seeds have a lesion."""
    return Case(patient, site, source_name, patient, True, lambda: stack(seeds))


def stack(seeds: Sequence[int]) -> Stack:
    """Stack drawn slices; those of even seeds have a lesion."""
    drawn = [phantom(seed, seed % 2 == 0) for seed in seeds]
    slices = [Slice(d.pixels.astype(np.float32)) for d in drawn]
    return masked_stack(slices, [d.lesion for d in drawn])


def config_with(**changes: object) -> Config:
    """Return the smoke configuration with some of its values changed."""
    return replace(SMOKE, **changes)


def answer(
    patient: str, slice_index: int = 0, tumor: bool = False, **changes: object
) -> SliceAnswer:
    """Make up what a model said of a slice: right, unless told otherwise."""
    made = SliceAnswer(
        look=ALONE,
        patient=patient,
        site="",
        source="phantoms",
        case="flair.nii",
        slice_index=slice_index,
        tumor=tumor,
        at_edge=False,
        lesion_px=100 if tumor else 0,
        tissue_px=1000,
        margin=2.0 if tumor else -2.0,
    )
    return replace(made, **changes)


def at_every_threshold(pixels: int) -> tuple[int, ...]:
    """Make up a count of pixels that is the same at each of LESION_THRESHOLDS."""
    return (pixels,) * len(LESION_THRESHOLDS)


FLAIR, WRONG_SEQUENCE, NOT_BRAIN_MR = range(3)
# In which direction of a made-up embedding a kind lies, and how far.
_CENTRES = {FLAIR: (0, 0.0), WRONG_SEQUENCE: (0, 8.0), NOT_BRAIN_MR: (1, 8.0)}


def embedded(
    kind: int, count: int, seed: int, patient: int = 0, dimensions: int = 24
) -> NDArray[np.float32]:
    """Draw images of one patient, which has something of its own, around the centre of a kind."""
    rng = np.random.default_rng((seed, kind, patient))
    drawn = rng.normal(size=(count, dimensions)) + 0.3 * rng.normal(size=dimensions)
    axis, away = _CENTRES[kind]
    drawn[:, axis] += away
    return drawn.astype(np.float32)


def gate_examples(
    seed: int,
    kinds: tuple[int, ...] = (FLAIR, WRONG_SEQUENCE, NOT_BRAIN_MR),
    patients: range = range(8),
    dimensions: int = 24,
) -> Examples:
    """Make up some patients a kind, 40 images each, for a gate to be fitted on or asked about."""
    drawn = [
        embedded(kind, 40, seed, patient, dimensions) for kind in kinds for patient in patients
    ]
    kind = np.repeat(kinds, 40 * len(patients)).astype(np.intp)
    every = np.ones(len(kind), dtype=bool)
    features = np.concatenate(drawn)
    return Examples(features, as_maps(features), np.arange(len(kind)), kind, every, ~every)


def as_maps(features: NDArray[np.float32]) -> NDArray[np.float16]:
    """Make up maps [n, D, 4, 4] that show the features [n, D] everywhere."""
    return np.tile(features[:, :, None, None], (1, 1, 4, 4)).astype(np.float16)


def dicom_ct(number: int = 0, **changed: object) -> bytes:
    """Draw a round body, its tissue at 40 HU, in air; stored at an offset, as scanners do."""
    file = FileMetaDataset()
    file.TransferSyntaxUID = ExplicitVRLittleEndian
    file.MediaStorageSOPClassUID = CTImageStorage
    file.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[str(number)])
    y, x = np.mgrid[-1:1:96j, -1:1:96j]
    grain = np.random.default_rng(number).normal(0, 10, (96, 96))
    units = np.where(x**2 + y**2 < 0.7, 40 + grain, -1000)
    ct = Dataset()
    ct.file_meta = file
    ct.SOPClassUID, ct.SOPInstanceUID = file.MediaStorageSOPClassUID, generate_uid()
    ct.Modality, ct.PhotometricInterpretation = "CT", "MONOCHROME2"
    ct.Rows, ct.Columns, ct.SamplesPerPixel = 96, 96, 1
    ct.BitsAllocated, ct.BitsStored, ct.HighBit, ct.PixelRepresentation = 16, 12, 11, 0
    ct.RescaleIntercept, ct.RescaleSlope = "-1024", "1"
    ct.PixelData = (units + 1024).astype(np.uint16).tobytes()
    for name, value in changed.items():
        setattr(ct, name, value)
    written = io.BytesIO()
    ct.save_as(written, enforce_file_format=True)
    return written.getvalue()


def write_wheel(folder: Path, files: dict[str, bytes]) -> Path:
    """Write the wheel of a package, samples 1.0, into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "samples-1.0-py3-none-any.whl"
    with ZipFile(path, "w") as wheel:
        for name, data in files.items():
            wheel.writestr(name, data)
    return path


def package(wheel: Path, *images: PackageImages) -> Package:
    """Describe what a wheel of ``write_wheel`` carries."""
    return Package("samples==1.0", hashlib.sha256(wheel.read_bytes()).hexdigest(), images)

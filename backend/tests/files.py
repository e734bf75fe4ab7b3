"""Files of every kind, written from arrays: phantoms only, no patient."""

import io
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, ExplicitVRLittleEndian, MRImageStorage

from brainai.imaging.phantom import draw_phantom

MAX_PIXELS = 1024 * 1024


def phantom(seed: int = 4, tumor: bool = True, size_px: int = 128) -> NDArray[np.uint8]:
    return draw_phantom(seed, tumor, size_px).pixels


def encode(image: Image.Image | NDArray[Any], name: str = "PNG", **options: Any) -> bytes:
    """Write an image, or an array, as Pillow does."""
    if not isinstance(image, Image.Image):
        image = Image.fromarray(image)
    buffer = io.BytesIO()
    image.save(buffer, name, **options)
    return buffer.getvalue()


def png(seed: int = 4, tumor: bool = True, size_px: int = 128) -> bytes:
    return encode(phantom(seed, tumor, size_px))


def dicom_dataset(
    pixels: NDArray[Any], syntax: UID = ExplicitVRLittleEndian, **elements: Any
) -> Dataset:
    """A single-frame MR data set of uint8, uint16 or int16 [H, W] (or [H, W, 3])."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.file_meta.MediaStorageSOPClassUID = MRImageStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = UID("1.2.826.0.1.3680043.8.498.1")
    dataset.Rows, dataset.Columns = pixels.shape[:2]
    dataset.SamplesPerPixel = 1 if pixels.ndim == 2 else 3
    dataset.PhotometricInterpretation = "MONOCHROME2" if pixels.ndim == 2 else "RGB"
    if pixels.ndim == 3:
        dataset.PlanarConfiguration = 0
    dataset.BitsAllocated = dataset.BitsStored = pixels.dtype.itemsize * 8
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation = int(pixels.dtype.kind == "i")
    dataset.Modality = "MR"
    dataset.SeriesDescription = "AX FLAIR"
    dataset.PixelSpacing = [0.9, 0.8]
    ordered = pixels.astype(pixels.dtype.newbyteorder(">" if not syntax.is_little_endian else "<"))
    dataset.PixelData = ordered.tobytes() + b"\0" * (ordered.nbytes % 2)
    dataset["PixelData"].VR = "OB" if pixels.dtype.itemsize == 1 else "OW"
    for name, value in elements.items():
        setattr(dataset, name, value)
    return dataset


def encapsulated(pixels: NDArray[Any], syntax: UID, frame: bytes, **elements: Any) -> Dataset:
    """A data set whose pixels are one compressed frame."""
    dataset = dicom_dataset(pixels, ExplicitVRLittleEndian, **elements)
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.PixelData = encapsulate([frame])
    dataset["PixelData"].is_undefined_length = True
    return dataset


def save(dataset: Dataset) -> bytes:
    """Write a data set as a DICOM file (PS3.10)."""
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, dataset, enforce_file_format=True)
    return buffer.getvalue()


def dicom(pixels: NDArray[Any] | None = None, **elements: Any) -> bytes:
    return save(dicom_dataset(phantom() if pixels is None else pixels, **elements))

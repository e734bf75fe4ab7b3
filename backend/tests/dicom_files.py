"""DICOM series of phantoms: many single files, multi-frame files, and zips of them."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import UID, EnhancedMRImageStorage, ExplicitVRLittleEndian, generate_uid

from tests.files import dicom_dataset, save


def write_series(
    voxels: NDArray[Any],
    affine: NDArray[np.float64],
    *,
    series_uid: str | None = None,
    syntax: UID = ExplicitVRLittleEndian,
    **elements: Any,
) -> list[bytes]:
    """Write each slice of [columns, rows, slices] as a file, in the order of the last axis.

    voxels: uint8, uint16 or int16. affine: voxel index -> world mm, RAS+. elements: for every
    file (SeriesDescription="AX FLAIR" and Modality="MR" unless told otherwise).
    """
    datasets = series_datasets(voxels, affine, series_uid=series_uid, syntax=syntax, **elements)
    return [save(dataset) for dataset in datasets]


def series_datasets(
    voxels: NDArray[Any],
    affine: NDArray[np.float64],
    *,
    series_uid: str | None = None,
    syntax: UID = ExplicitVRLittleEndian,
    **elements: Any,
) -> list[Dataset]:
    """The same as data sets, for a test to alter before it saves them."""
    series_uid = series_uid or generate_uid()
    datasets = []
    for index in range(voxels.shape[2]):
        dataset = dicom_dataset(np.ascontiguousarray(voxels[:, :, index].T), syntax)
        instance = generate_uid()
        dataset.file_meta.MediaStorageSOPInstanceUID = instance
        dataset.SOPInstanceUID = instance
        dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID
        dataset.SeriesInstanceUID = series_uid
        dataset.InstanceNumber = index + 1
        _set_plane(dataset, affine, index)
        for name, value in elements.items():
            setattr(dataset, name, value)
        datasets.append(dataset)
    return datasets


def write_enhanced(voxels: NDArray[Any], affine: NDArray[np.float64], **elements: Any) -> bytes:
    """Write [columns, rows, slices] as one Enhanced MR file with functional groups."""
    return save(enhanced_dataset(voxels, affine, **elements))


def enhanced_dataset(voxels: NDArray[Any], affine: NDArray[np.float64], **elements: Any) -> Dataset:
    """The same as a data set."""
    frames = np.ascontiguousarray(np.transpose(voxels, (2, 1, 0)))
    dataset = dicom_dataset(frames[0])
    dataset.file_meta.MediaStorageSOPClassUID = EnhancedMRImageStorage
    dataset.SOPClassUID = EnhancedMRImageStorage
    dataset.NumberOfFrames = len(frames)
    dataset.PixelData = frames.tobytes() + b"\0" * (frames.nbytes % 2)
    dataset.SeriesInstanceUID = generate_uid()
    del dataset.PixelSpacing
    place = _plane(affine, 0)
    shared, orientation, measures = Dataset(), Dataset(), Dataset()
    orientation.ImageOrientationPatient = place.ImageOrientationPatient
    measures.PixelSpacing = place.PixelSpacing
    measures.SliceThickness = "1"
    shared.PlaneOrientationSequence = Items([orientation])
    shared.PixelMeasuresSequence = Items([measures])
    dataset.SharedFunctionalGroupsSequence = Items([shared])
    frame_items = []
    for index in range(len(frames)):
        frame, position = Dataset(), Dataset()
        position.ImagePositionPatient = _plane(affine, index).ImagePositionPatient
        frame.PlanePositionSequence = Items([position])
        frame_items.append(frame)
    dataset.PerFrameFunctionalGroupsSequence = Items(frame_items)
    for name, value in elements.items():
        setattr(dataset, name, value)
    return dataset


def write_zip(entries: Mapping[str, bytes] | Sequence[bytes], deflate: bool = True) -> bytes:
    """Pack files, under their names or under numbers, as a folder of a DICOM disc is."""
    if not isinstance(entries, Mapping):
        entries = {f"DICOM/IM{index:04d}": data for index, data in enumerate(entries)}
    buffer = io.BytesIO()
    method = zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def _set_plane(dataset: Dataset, affine: NDArray[np.float64], index: int) -> None:
    dataset.update(_plane(affine, index))


def _plane(affine: NDArray[np.float64], index: int) -> Dataset:
    """Orientation, spacing and position of a slice, from RAS+ to DICOM's LPS."""
    lps = np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine
    along_row, along_column = lps[:3, 0], lps[:3, 1]
    column_mm, row_mm = float(np.linalg.norm(along_row)), float(np.linalg.norm(along_column))
    plane = Dataset()
    directions = [*(along_row / column_mm), *(along_column / row_mm)]
    plane.ImageOrientationPatient = [f"{value:.12f}" for value in directions]
    plane.PixelSpacing = [f"{row_mm:.10g}", f"{column_mm:.10g}"]
    position = lps @ [0, 0, index, 1]
    plane.ImagePositionPatient = [f"{value:.8f}" for value in position[:3]]
    return plane

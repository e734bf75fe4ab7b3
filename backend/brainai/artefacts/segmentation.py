"""Mask -> DICOM SEG, with new UIDs and nothing of the patient."""

import io

import highdicom as hd
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.uid import MRImageStorage
from pydicom.valuerep import DSfloat

import brainai
from brainai.imaging.study import Volume
from brainai.inference.findings import StudyPrediction
from brainai.inference.spec import ModelSpec

_ANONYMOUS = "ANONYMOUS"
_COLOUR = hd.color.CIELabColor.from_rgb(95, 228, 255)
# Rows and columns of a DICOM image stand upright on each other, PS3.3 C.7.6.2.1.1.
_MOST_SKEW = 1e-3


def segmentation_file(prediction: StudyPrediction) -> bytes | None:
    """Write the mask as a binary DICOM segmentation in axial frames, those without mask left out.

    An empty mask is written with all of its frames and says that nothing was outlined. The images
    that it refers to have new UIDs and stand for the volume: they are written nowhere. None where
    the axial axes of the volume are skewed, which no DICOM image can be, and of a model that
    outlines nothing whatever there is.
    """
    volume = prediction.study.volume
    if _is_skewed(volume) or prediction.spec.file.lesion is None:
        return None
    sources = _sources(volume)
    # [Z, row, column] of frames whose first row is the front, first column the patient's right.
    frames = np.ascontiguousarray(prediction.mask[::-1, ::-1].transpose(2, 1, 0))
    segmentation = hd.seg.Segmentation(
        source_images=sources,
        pixel_array=frames.astype(np.uint8),
        segmentation_type=hd.seg.SegmentationTypeValues.BINARY,
        segment_descriptions=[_describe(prediction.spec)],
        series_instance_uid=hd.UID(),
        series_number=2,
        sop_instance_uid=hd.UID(),
        instance_number=1,
        manufacturer="BrainAI",
        manufacturer_model_name=f"{prediction.spec.name} {prediction.spec.version}",
        software_versions=brainai.__version__,
        device_serial_number=prediction.spec.file.sha256[:16],
        content_label="TUMOR",
        content_description=_content(prediction.mask),
        content_creator_name=f"{_ANONYMOUS}^",
        omit_empty_frames=bool(prediction.mask.any()),
        pixel_measures=_pixel_measures(volume),
        series_description="Tumour outline. Research use only.",
    )
    _say_anonymous(segmentation)
    buffer = io.BytesIO()
    segmentation.save_as(buffer)
    return buffer.getvalue()


def _content(mask: NDArray[np.bool_]) -> str:
    return "Outline of tumour on FLAIR" if mask.any() else "No tumour was outlined on FLAIR"


def _is_skewed(volume: Volume) -> bool:
    x, y = (volume.affine[:3, axis] / np.linalg.norm(volume.affine[:3, axis]) for axis in (0, 1))
    return bool(abs(x @ y) > _MOST_SKEW)


def _describe(spec: ModelSpec) -> hd.seg.SegmentDescription:
    return hd.seg.SegmentDescription(
        segment_number=1,
        segment_label="Tumour",
        segmented_property_category=codes.SCT.MorphologicallyAbnormalStructure,
        segmented_property_type=codes.SCT.Neoplasm,
        algorithm_type=hd.seg.SegmentAlgorithmTypeValues.AUTOMATIC,
        algorithm_identification=hd.AlgorithmIdentificationSequence(
            name=spec.name, version=spec.version, family=codes.DCM.ArtificialIntelligence
        ),
        tracking_uid=hd.UID(),
        tracking_id="tumour",
        anatomic_regions=[codes.SCT.Brain],
        display_color=_COLOUR,
    )


def _pixel_measures(volume: Volume) -> hd.PixelMeasuresSequence:
    x_mm, y_mm, _ = np.linalg.norm(volume.affine[:3, :3], axis=0)
    apart_mm = _slice_distance(volume)
    return hd.PixelMeasuresSequence(
        pixel_spacing=(float(y_mm), float(x_mm)),
        slice_thickness=apart_mm,
        spacing_between_slices=apart_mm,
    )


def _slice_distance(volume: Volume) -> float:
    """Return the distance of two axial planes in mm, along their normal."""
    normal = np.cross(volume.affine[:3, 0], volume.affine[:3, 1])
    return float(abs(volume.affine[:3, 2] @ normal / np.linalg.norm(normal)))


def _sources(volume: Volume) -> list[Dataset]:
    """Stand for the volume as MR images, one for each axial slice from the feet up."""
    uids = {name: hd.UID() for name in ("Study", "Series", "FrameOfReference")}
    to_lps = np.diag([-1.0, -1.0, 1.0])
    across, back = (-to_lps @ volume.affine[:3, axis] for axis in (0, 1))
    x_mm, y_mm = float(np.linalg.norm(across)), float(np.linalg.norm(back))
    corner = np.array([volume.voxels.shape[0] - 1, volume.voxels.shape[1] - 1, 0, 1])
    sources = []
    for number in range(volume.voxels.shape[2]):
        corner[2] = number
        image = Dataset()
        image.SOPClassUID, image.SOPInstanceUID = MRImageStorage, hd.UID()
        image.StudyInstanceUID, image.SeriesInstanceUID = uids["Study"], uids["Series"]
        image.FrameOfReferenceUID = uids["FrameOfReference"]
        image.PatientID, image.PatientName = _ANONYMOUS, f"{_ANONYMOUS}^"
        image.PatientBirthDate = image.PatientSex = image.StudyDate = image.StudyTime = ""
        image.StudyID = image.AccessionNumber = image.ReferringPhysicianName = ""
        image.Modality = "MR"
        image.InstanceNumber = number + 1
        image.Rows, image.Columns = volume.voxels.shape[1], volume.voxels.shape[0]
        image.PixelSpacing = _decimals(np.array([y_mm, x_mm]))
        image.SliceThickness = _decimals(np.array([_slice_distance(volume)]))[0]
        image.ImageOrientationPatient = _decimals(np.concatenate([across / x_mm, back / y_mm]))
        image.ImagePositionPatient = _decimals(to_lps @ (volume.affine @ corner)[:3])
        sources.append(image)
    return sources


def _decimals(values: NDArray[np.float64]) -> list[DSfloat]:
    """Write numbers as DICOM's decimal strings, which have 16 characters."""
    return [DSfloat(float(value), auto_format=True) for value in values]


def _say_anonymous(segmentation: hd.seg.Segmentation) -> None:
    segmentation.PatientIdentityRemoved = "YES"
    segmentation.DeidentificationMethod = "Made of voxels and geometry alone; all UIDs are new"

"""StudyPrediction -> the files that a person takes away."""

import json
from collections.abc import Mapping
from pathlib import Path

from brainai.artefacts.montage import draw_montage
from brainai.artefacts.nifti import mask_file, volume_file
from brainai.artefacts.pictures import show
from brainai.artefacts.report import report_file
from brainai.artefacts.segmentation import segmentation_file
from brainai.inference.findings import StudyPrediction

ARTEFACTS: tuple[tuple[str, str], ...] = (
    ("volume.nii.gz", "application/gzip"),
    ("mask.nii.gz", "application/gzip"),
    ("mask.dcm", "application/dicom"),
    ("report.json", "application/json"),
    ("report.pdf", "application/pdf"),
    ("montage.png", "image/png"),
)
"""Name and media type of each file, in the order in which they are listed."""


def write_artefacts(
    prediction: StudyPrediction, report: Mapping[str, object], folder: Path
) -> list[Path]:
    """Write the files of ARTEFACTS into ``folder``, made where it is absent; return those written.

    report: the answer as it goes over the wire. None of the files holds a word of the input.
    mask.dcm is left out where DICOM has no form for the volume's grid (segmentation_file).
    """
    folder.mkdir(parents=True, exist_ok=True)
    volume = prediction.study.volume
    shown = show(prediction)
    files = {
        "volume.nii.gz": volume_file(volume, shown.stats),
        "mask.nii.gz": mask_file(prediction.mask, volume.grid),
        "report.json": json.dumps(report, indent=2, ensure_ascii=False).encode() + b"\n",
        "report.pdf": report_file(prediction, shown),
        "montage.png": draw_montage(prediction, shown),
    }
    segmentation = segmentation_file(prediction)
    if segmentation is not None:
        files["mask.dcm"] = segmentation
    written = []
    for name, _ in ARTEFACTS:
        if name in files:
            (folder / name).write_bytes(files[name])
            written.append(folder / name)
        else:  # of an earlier answer in the same folder
            (folder / name).unlink(missing_ok=True)
    return written

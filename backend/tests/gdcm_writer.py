"""DICOM files in lossless JPEG and JPEG-LS, which Pillow does not write, by GDCM."""

from pathlib import Path

import gdcm


def to_lossless_jpeg(data: bytes, folder: Path) -> bytes:
    """Recode an uncompressed DICOM file as JPEG lossless (process 14, selection value 1)."""
    return _recode(data, folder, gdcm.TransferSyntax.JPEGLosslessProcess14_1)


def to_jpeg_ls(data: bytes, folder: Path) -> bytes:
    """Recode an uncompressed DICOM file as lossless JPEG-LS."""
    return _recode(data, folder, gdcm.TransferSyntax.JPEGLSLossless)


def _recode(data: bytes, folder: Path, syntax: int) -> bytes:
    source, target = folder / "plain.dcm", folder / "coded.dcm"
    source.write_bytes(data)
    reader = gdcm.ImageReader()
    reader.SetFileName(str(source))
    change = gdcm.ImageChangeTransferSyntax()
    change.SetTransferSyntax(gdcm.TransferSyntax(syntax))
    writer = gdcm.ImageWriter()
    writer.SetFileName(str(target))
    if not reader.Read():
        raise RuntimeError("GDCM did not read the file")
    change.SetInput(reader.GetImage())
    if not change.Change():
        raise RuntimeError("GDCM did not encode the pixels")
    writer.SetFile(reader.GetFile())
    writer.SetImage(change.GetOutput())
    if not writer.Write():
        raise RuntimeError("GDCM did not write the file")
    return target.read_bytes()

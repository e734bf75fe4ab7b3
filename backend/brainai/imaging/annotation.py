"""Text that was burned into the pixels, which may name a patient."""

from pydicom import Dataset

BURNED_IN_WARNING = (
    "The file says that text is burned into its pixels. It may name a patient, and it is still "
    "there in every picture made from them."
)


def says_burned_in(dataset: Dataset) -> bool:
    """Tell if a header says so: Burned In Annotation (0028,0301), PS3.3 C.7.6.1."""
    return str(dataset.get("BurnedInAnnotation", "")).strip().upper() == "YES"

import dataclasses

import numpy as np
import pytest

from brainai.imaging.study import Slice, Study
from brainai.labels import Sequence


def test_a_study_is_taken_for_flair_and_has_no_warnings_by_default() -> None:
    study = Study("png", Slice(np.zeros((2, 2), np.float32)))
    assert (study.sequence, study.warnings, study.slice.spacing_mm) == (Sequence.FLAIR, (), None)


def test_a_study_can_not_be_altered() -> None:
    study = Study("png", Slice(np.zeros((2, 2), np.float32)))
    with pytest.raises(dataclasses.FrozenInstanceError):
        study.format = "dicom"  # type: ignore[misc]

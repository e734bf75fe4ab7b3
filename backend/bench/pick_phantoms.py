"""Pick seeds of sample studies that the model answers rightly: python -m bench.pick_phantoms.

The gate refuses many phantoms, which are drawings and no MR. Those that ship show the pages at work
and nothing of how good the model is, so they may be picked; a new model needs a new pick. What is
printed first fits best: no warning, then the fewest slices that are called wrongly. The seeds go
into SAMPLE_STUDIES of brainai.imaging.phantom_study.
"""

import argparse
import os
from dataclasses import dataclass

import numpy as np
from tqdm import tqdm

from brainai.api.server import load_predictor
from brainai.api.settings import read_settings
from brainai.errors import RefusedInput
from brainai.imaging.collect import UploadedFile
from brainai.imaging.geometry import to_ras
from brainai.imaging.phantom_study import PhantomStudy, draw_phantom_study, phantom_file
from brainai.inference.findings import StudyPrediction
from brainai.inference.predict import Predictor
from brainai.labels import Label


@dataclass(frozen=True)
class Fit:
    """How well a phantom is answered. wrong_slices: called other than they were drawn."""

    seed: int
    label: Label
    probability: float
    warnings: int
    wrong_slices: int
    dice: float


def main() -> None:
    """Print the phantoms that are answered rightly and without force, the best first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="first", type=int, default=1)
    parser.add_argument("--to", dest="last", type=int, default=20)
    parsed = parser.parse_args()
    settings = read_settings(os.environ)
    predictor = load_predictor(settings, settings.model_dir)
    predictor.check_golden()
    for tumor in (True, False):
        print("with a lesion" if tumor else "without a lesion", flush=True)
        seeds = tqdm(range(parsed.first, parsed.last + 1))
        right = [fit for seed in seeds if (fit := _try(predictor, seed, tumor)) is not None]
        for fit in sorted(right, key=lambda fit: (fit.warnings, fit.wrong_slices, -fit.dice)):
            print(f"  {fit}", flush=True)


def _try(predictor: Predictor, seed: int, tumor: bool) -> Fit | None:
    phantom = draw_phantom_study(seed, tumor)
    try:
        answer = predictor.predict_upload([UploadedFile("phantom.nii.gz", phantom_file(phantom))])
    except RefusedInput:
        return None
    wanted = Label.TUMOR if tumor else Label.NO_TUMOR
    if not isinstance(answer, StudyPrediction) or answer.label is not wanted:
        return None
    return Fit(
        seed=seed,
        label=answer.label,
        probability=answer.probability,
        warnings=len(answer.warnings),
        wrong_slices=_count_wrong(answer, phantom),
        dice=round(_dice(answer, phantom), 3),
    )


def _count_wrong(answer: StudyPrediction, phantom: PhantomStudy) -> int:
    drawn = np.count_nonzero(phantom.lesion, axis=(0, 1)) > 0
    return sum(
        found.label is not None and (found.label is Label.TUMOR) != drawn[found.index]
        for found in answer.slices
    )


def _dice(answer: StudyPrediction, phantom: PhantomStudy) -> float:
    drawn = to_ras(phantom.lesion.astype(np.float32), phantom.affine).voxels > 0
    together = int(np.count_nonzero(answer.mask)) + int(np.count_nonzero(drawn))
    return 2 * int(np.count_nonzero(answer.mask & drawn)) / together if together else 1.0


if __name__ == "__main__":
    main()

"""Head-shaped phantom volumes: phantom.py's drawing in three dimensions, from no patient.

A head from the brain stem to the crown: scalp, skull, folded grey matter over white matter, the
ventricles, the cerebellum, at will a bright lesion with a soft edge.
"""

import gzip
from dataclasses import dataclass

import nibabel as nib
import numpy as np
from numpy.typing import NDArray

SAMPLE_STUDIES = (("study-tumor", 20, True), ("study-normal", 14, False))
"""Name, seed and whether it has a lesion. Picked by ``python -m bench.pick_phantoms``: how the
model answers them shows the pages at work and nothing of how good it is."""

SHAPE = (160, 160, 60)
SPACING_MM = (1.25, 1.25, 2.5)

_Field = NDArray[np.float64]

# Grey levels as in phantom.py, as shares of white. With a clearer difference of grey and white
# matter the model's gate passes more of these drawings, and the model calls them a tumour.
_SCALP, _SKULL, _GREY, _WHITE, _FLUID, _LESION = 0.72, 0.07, 0.415, 0.385, 0.10, 0.86
# In units of half the field of view's width (100 mm): the crown, and the foot of the volume, over
# the level of the ventricles.
_CROWN, _FOOT = 0.80, -0.52
_WHITE_LEVEL = 255


@dataclass(frozen=True)
class PhantomStudy:
    """voxels: uint8 [X, Y, Z] in RAS+; lesion: bool, the same grid; affine: float64 [4, 4]."""

    voxels: NDArray[np.uint8]
    lesion: NDArray[np.bool_]
    affine: NDArray[np.float64]


@dataclass(frozen=True)
class _Space:
    """Where each voxel lies. u to the right, v to the back, w up; radius is 1 at the scalp."""

    u: _Field
    v: _Field
    w: _Field
    radius: _Field
    half: tuple[float, float]


def draw_phantom_study(seed: int, tumor: bool) -> PhantomStudy:
    """Draw one phantom volume; the same arguments give the same voxels."""
    rng = np.random.default_rng(seed)
    space = _lay_out(rng)
    canvas = _fill(np.zeros(SHAPE), 1.00 - space.radius, _SCALP)
    canvas = _fill(canvas, 0.925 - space.radius, _SKULL)
    canvas = _fill(canvas, 0.865 - space.radius, _brain(rng, space))
    canvas = _ventricles(canvas, rng, space)
    lesion = np.zeros(SHAPE, dtype=bool)
    if tumor:
        canvas, lesion = _lesion(canvas, rng, space)
    canvas = canvas * (1 + 0.07 * _smooth_noise(rng, 2))
    noise = rng.normal(0, 0.011, SHAPE)
    inside = space.radius < 1.02
    shown = np.where(inside, canvas + noise + 0.008, np.abs(0.4 * noise))
    voxels = (np.clip(shown, 0, 1) * _WHITE_LEVEL).round().astype(np.uint8)
    affine = np.diag([*SPACING_MM, 1.0])
    affine[:3, 3] = [-0.5 * (n - 1) * mm for n, mm in zip(SHAPE, SPACING_MM, strict=True)]
    return PhantomStudy(voxels, lesion, affine)


def phantom_file(study: PhantomStudy) -> bytes:
    """Write the voxels as ``.nii.gz``; the same study gives the same bytes."""
    image = nib.Nifti1Image(study.voxels, study.affine)
    image.set_sform(study.affine, 1)
    image.set_qform(study.affine, 1)
    image.header.set_xyzt_units("mm")
    image.header["descrip"] = b"BrainAI phantom, no patient"
    return gzip.compress(image.to_bytes(), 9, mtime=0)


def _lay_out(rng: np.random.Generator) -> _Space:
    x, y, z = (np.linspace(-1, 1, n, endpoint=False) + 1 / n for n in SHAPE)
    u, v, w = np.meshgrid(x, -y, _FOOT + (z + 1) / 2 * 1.5, indexing="ij")
    half_width, half_height = rng.uniform(0.70, 0.75), rng.uniform(0.86, 0.91)
    tilt = rng.uniform(-0.06, 0.06)
    u, v = u * np.cos(tilt) + v * np.sin(tilt), v * np.cos(tilt) - u * np.sin(tilt)
    # Under the ventricles the head narrows slowly, over them it closes like a dome.
    height = np.where(w > 0, w / _CROWN, 0.62 * w)
    flat = np.hypot(u / (half_width * (1 + 0.10 * v)), v / half_height)
    radius = (flat**2.2 + np.abs(height) ** 2.2) ** (1 / 2.2)
    radius = radius * (1 + 0.012 * _smooth_noise(rng, 5))
    return _Space(u, v, w, radius, (half_width, half_height))


def _brain(rng: np.random.Generator, space: _Space) -> _Field:
    """White matter, a folded grey rim, the cleft between the halves, the cerebellum."""
    u, v, w = space.u, space.v, space.w
    folds = _smooth_noise(rng, 22)
    grey_share = _edge(space.radius - 0.68 + 0.09 * folds, 0.03)
    tissue = _WHITE + (_GREY - _WHITE) * grey_share + 0.005 * _smooth_noise(rng, 12)
    sulci = np.clip(_smooth_noise(rng, 26) - 1.1, 0, 1) * _edge(space.radius - 0.74, 0.03)
    over_callosum = np.maximum(np.abs(v) - 0.32, w - 0.22)
    cleft = np.exp(-((u / 0.012) ** 2)) * _edge(over_callosum, 0.04) * 0.22
    nuclei = 0.045 * np.exp(
        -(((np.abs(u) - 0.20) / 0.08) ** 2 + ((v - 0.02) / 0.14) ** 2 + (w / 0.13) ** 2)
    )
    tissue = tissue + nuclei - cleft - 0.18 * sulci
    # Under the tent: fine folia across, a dark gap of fluid over them.
    tent = -0.26 + 0.35 * np.abs(u) - 0.30 * (v - 0.45)
    below = _edge(tent - w, 0.02) * _edge(v - 0.12, 0.03)
    folia = 0.37 + 0.012 * np.sin(70 * (w + 0.35 * v) + 2 * folds)
    gap = 0.14 * np.exp(-(((tent - w) / 0.010) ** 2)) * _edge(v - 0.12, 0.03)
    return np.asarray(tissue * (1 - below) + folia * below - gap)


def _ventricles(canvas: _Field, rng: np.random.Generator, space: _Space) -> _Field:
    """Two lateral ventricles with their horns, a slit between the halves, one in the hindbrain."""
    u, v, w = space.u, space.v, space.w
    scale = rng.uniform(0.85, 1.10)
    for side in (-1, 1):
        for (centre_v, centre_w), lean, length in (
            ((-0.17, 0.02), 0.35, 0.16),
            ((0.03, 0.10), -0.10, 0.20),
            ((0.22, 0.00), -0.55, 0.18),
        ):
            du, dv = side * u - 0.088 * scale, v - centre_v
            along = dv * np.cos(lean) + du * np.sin(lean)
            across = du * np.cos(lean) - dv * np.sin(lean)
            distance = np.sqrt(
                (along / (length * scale)) ** 2
                + (across / (0.044 * scale)) ** 2
                + ((w - centre_w) / (0.085 * scale)) ** 2
            )
            canvas = _fill(canvas, 0.05 * (1 - distance), _FLUID)
    third = np.sqrt((u / 0.016) ** 2 + ((v - 0.02) / 0.11) ** 2 + ((w + 0.08) / 0.09) ** 2)
    fourth = np.sqrt((u / 0.07) ** 2 + ((v - 0.36) / 0.05) ** 2 + ((w + 0.36) / 0.09) ** 2)
    for distance in (third, fourth):
        canvas = _fill(canvas, 0.04 * (1 - distance), _FLUID)
    return canvas


def _lesion(
    canvas: _Field, rng: np.random.Generator, space: _Space
) -> tuple[_Field, NDArray[np.bool_]]:
    """Draw a bright, lobed body with a soft rim and a darker core in one half of the brain."""
    side, away = rng.choice([-1.0, 1.0]), rng.uniform(0.40, 0.48)
    angle = rng.uniform(-0.9, 0.9)
    centre_u = side * space.half[0] * away * np.cos(angle)
    centre_v, centre_w = space.half[1] * away * np.sin(angle), rng.uniform(0.08, 0.22)
    extent = rng.uniform(0.20, 0.25)
    distance = np.sqrt(
        (space.u - centre_u) ** 2 + (space.v - centre_v) ** 2 + (space.w - centre_w) ** 2
    )
    inside = 1 - distance / extent * (1 + 0.15 * _smooth_noise(rng, 7))
    texture = _LESION + 0.05 * _smooth_noise(rng, 18)
    texture = texture - 0.22 * _edge(inside - 0.72, 0.08)
    # It grows through white and grey matter and stops at the skull.
    share = _edge(inside, 0.07) * _edge(0.85 - space.radius, 0.01)
    return canvas * (1 - share) + texture * share, share > 0.5


def _edge(inside: _Field, softness: float) -> _Field:
    return np.asarray(0.5 * (1 + np.tanh(inside / softness)))


def _fill(canvas: _Field, inside: _Field, value: float | _Field) -> _Field:
    share = _edge(inside, 0.009)
    return np.asarray(canvas * (1 - share) + value * share)


def _smooth_noise(rng: np.random.Generator, cells: int) -> _Field:
    """Noise of unit deviation with about ``cells`` bumps across 200 mm, along each axis."""
    spectrum = np.fft.rfftn(rng.normal(size=SHAPE))
    bumps = [n * mm / 200 for n, mm in zip(SHAPE, SPACING_MM, strict=True)]
    fx, fy = (np.fft.fftfreq(n) * n / b for n, b in zip(SHAPE[:2], bumps[:2], strict=True))
    fz = np.fft.rfftfreq(SHAPE[2]) * SHAPE[2] / bumps[2]
    squared = fx[:, None, None] ** 2 + fy[None, :, None] ** 2 + fz[None, None, :] ** 2
    field = np.fft.irfftn(spectrum * np.exp(-squared / cells**2), s=SHAPE, axes=(0, 1, 2))
    return np.asarray((field - field.mean()) / field.std())

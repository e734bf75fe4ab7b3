"""Head-shaped phantoms: drawn by arithmetic, so they may be committed, shipped and shown.

They look like an axial FLAIR slice (scalp, skull, grey and white matter, dark ventricles, at will
a bright lesion with a soft edge) and come from no patient.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Grey levels of FLAIR tissue as shares of white, read off the appearance of FLAIR in general:
# fluid is dark, grey matter a little over white matter, oedema and fat bright.
_SCALP, _SKULL, _GREY, _WHITE, _FLUID, _LESION = 0.72, 0.07, 0.415, 0.385, 0.10, 0.86


@dataclass(frozen=True)
class Phantom:
    """pixels: uint8 [H, W]; lesion: bool [H, W], empty where the phantom has none."""

    pixels: NDArray[np.uint8]
    lesion: NDArray[np.bool_]


def draw_phantom(seed: int, tumor: bool, size_px: int = 256, skull: bool = True) -> Phantom:
    """Draw one phantom slice; the same arguments give the same pixels."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:size_px, 0:size_px] / (size_px / 2) - 1.0
    half_width, half_height = rng.uniform(0.60, 0.68), rng.uniform(0.76, 0.84)
    tilt = rng.uniform(-0.08, 0.08)
    u, v = x * np.cos(tilt) + y * np.sin(tilt), y * np.cos(tilt) - x * np.sin(tilt)
    # An egg, narrower in front, with a slightly uneven rim.
    radius = np.hypot(u / (half_width * (1 + 0.10 * v)), v / half_height)
    radius = radius * (1 + 0.02 * _smooth_noise(rng, size_px, 6))

    canvas = np.zeros((size_px, size_px))
    if skull:
        canvas = _fill(canvas, 1.00 - radius, _SCALP)
        canvas = _fill(canvas, 0.925 - radius, _SKULL)
    brain_edge = 0.86 - radius
    canvas = _fill(canvas, brain_edge, _brain(rng, size_px, radius, u, v))
    canvas = _ventricles(canvas, rng, u, v)
    lesion = np.zeros(canvas.shape, dtype=bool)
    if tumor:
        canvas, lesion = _lesion(canvas, rng, u, v, (half_width, half_height))
    bias = 1 + 0.08 * _smooth_noise(rng, size_px, 2)
    noise = rng.normal(0, 0.012, canvas.shape) + 0.008
    pixels = np.where(radius < 1.02 if skull else brain_edge > 0, canvas * bias + noise, 0)
    background = np.abs(rng.normal(0, 0.008, canvas.shape)) if skull else 0
    shown = np.clip(pixels + np.where(pixels == 0, background, 0), 0, 1)
    return Phantom((shown * 255).round().astype(np.uint8), lesion)


def _brain(
    rng: np.random.Generator,
    size_px: int,
    radius: NDArray[np.float64],
    u: NDArray[np.float64],
    v: NDArray[np.float64],
) -> NDArray[np.float64]:
    """White matter, a folded grey rim, the dark cleft between the halves."""
    folds = _smooth_noise(rng, size_px, 22)
    grey_share = _edge(radius - 0.66 + 0.10 * folds, 0.03)
    tissue = _WHITE + (_GREY - _WHITE) * grey_share
    tissue = tissue + 0.005 * _smooth_noise(rng, size_px, 12)
    cleft = np.exp(-((u / 0.012) ** 2)) * _edge(np.abs(v) - 0.30, 0.05) * 0.22
    nuclei = 0.05 * np.exp(-(((np.abs(u) - 0.20) / 0.08) ** 2 + ((v - 0.05) / 0.14) ** 2))
    return np.asarray(tissue + nuclei - cleft)


def _ventricles(
    canvas: NDArray[np.float64],
    rng: np.random.Generator,
    u: NDArray[np.float64],
    v: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Two dark horns on each side, in the shape of a butterfly."""
    scale = rng.uniform(0.8, 1.1)
    for side in (-1, 1):
        for centre_v, lean, length in ((-0.17, 0.35, 0.15), (0.20, -0.55, 0.17)):
            du, dv = side * u - 0.085 * scale, v - centre_v
            along, across = (
                dv * np.cos(lean) + du * np.sin(lean),
                du * np.cos(lean) - dv * np.sin(lean),
            )
            inside = 1 - np.hypot(along / (length * scale), across / (0.042 * scale))
            canvas = _fill(canvas, 0.05 * inside, _FLUID)
    return canvas


def _lesion(
    canvas: NDArray[np.float64],
    rng: np.random.Generator,
    u: NDArray[np.float64],
    v: NDArray[np.float64],
    half: tuple[float, float],
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Draw a bright, lobed region with a soft rim in one half of the brain."""
    size_px = canvas.shape[0]
    angle, away = rng.uniform(0, 2 * np.pi), rng.uniform(0.40, 0.50)
    centre_u, centre_v = half[0] * away * np.cos(angle), half[1] * away * np.sin(angle)
    extent = rng.uniform(0.17, 0.24)
    distance = np.hypot(u - centre_u, v - centre_v) / extent
    inside = 1 - distance * (1 + 0.16 * _smooth_noise(rng, size_px, 7))
    texture = _LESION + 0.05 * _smooth_noise(rng, size_px, 18)
    share = _edge(inside, 0.07)
    return canvas * (1 - share) + texture * share, inside > 0


def _edge(inside: NDArray[np.float64], softness: float) -> NDArray[np.float64]:
    return np.asarray(0.5 * (1 + np.tanh(inside / softness)))


def _fill(
    canvas: NDArray[np.float64], inside: NDArray[np.float64], value: float | NDArray[np.float64]
) -> NDArray[np.float64]:
    share = _edge(inside, 0.008)
    return np.asarray(canvas * (1 - share) + value * share)


def _smooth_noise(rng: np.random.Generator, size_px: int, cells: int) -> NDArray[np.float64]:
    """Noise of unit deviation with about ``cells`` bumps across, by low frequencies alone."""
    spectrum = np.fft.rfft2(rng.normal(size=(size_px, size_px)))
    fy, fx = np.fft.fftfreq(size_px)[:, None], np.fft.rfftfreq(size_px)[None, :]
    spectrum = spectrum * np.exp(-((np.hypot(fy, fx) * size_px / cells) ** 2))
    field = np.fft.irfft2(spectrum, s=(size_px, size_px))
    return np.asarray((field - field.mean()) / field.std())

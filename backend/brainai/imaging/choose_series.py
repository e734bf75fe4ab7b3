"""Which series of an upload is the FLAIR, and why."""

from collections.abc import Sequence

from brainai.errors import InputError, MalformedInput, UnusableImage
from brainai.imaging.candidate import Candidate
from brainai.imaging.study import MrSequence, SeriesChoice

_MOST_LISTED = 12


def choose_series(candidates: Sequence[Candidate], series: int | None) -> SeriesChoice:
    """Choose the FLAIR among at least one candidate, by name or times, or as the caller says.

    series: its number from 1 in the order of ``candidates``, None to have it chosen.

    Raises MalformedInput (invalid_parameter), UnusableImage (no_flair_series, several_patients),
    and the chosen series' own error where it can't be stacked.
    """
    if series is not None:
        return _named(candidates, series)
    if len({candidate.patient for candidate in candidates if candidate.patient}) > 1:
        raise UnusableImage(
            "several_patients",
            f"The upload holds series of several patients: {_listed(candidates)}. Send one "
            "patient's, or name the FLAIR with series=N.",
        )
    flair = [n for n, one in enumerate(candidates) if _is_flair(one)]
    fit = [n for n, one in enumerate(candidates) if one.unfit is None]
    fit_flair = [n for n in fit if n in flair]
    if fit_flair:
        return _best(candidates, fit_flair)
    wanted = flair or (list(range(len(candidates))) if not fit else [])
    for number in wanted:  # there is FLAIR, or nothing else, and it can't be stacked
        raise candidates[number].unfit or _no_flair(candidates)
    if len(fit) > 1:
        raise _no_flair(candidates)
    reason = "It is the only series that can be judged, though nothing says that it is FLAIR."
    return SeriesChoice(fit[0] + 1, len(candidates), reason)


def _named(candidates: Sequence[Candidate], series: int) -> SeriesChoice:
    if not 1 <= series <= len(candidates):
        raise MalformedInput(
            "invalid_parameter",
            f"series={series} was asked for, and the upload holds {len(candidates)}: "
            f"{_listed(candidates)}. Name one of these.",
        )
    unfit: InputError | None = candidates[series - 1].unfit
    if unfit is not None:
        raise unfit
    return SeriesChoice(series, len(candidates), "The request named it.")


def _is_flair(candidate: Candidate) -> bool:
    return candidate.sequence is MrSequence.FLAIR


def _best(candidates: Sequence[Candidate], flair: list[int]) -> SeriesChoice:
    """Prefer axial slices, then many of them; of equal ones DICOM's first, as of one study."""
    ranks = {n: (candidates[n].axial, candidates[n].shape[2]) for n in flair}
    number = max(flair, key=lambda n: (ranks[n], -n))
    chosen = candidates[number]
    reason = f"It is FLAIR: {chosen.evidence}."
    equal = [n for n in flair if ranks[n] == ranks[number]]
    if len(equal) > 1 and chosen.format != "dicom":
        raise UnusableImage(
            "no_flair_series",
            f"The upload holds {len(equal)} FLAIR volumes that nothing tells apart: "
            f"{_listed(candidates)}. Send one, or name it with series=N.",
        )
    if len(equal) > 1:
        reason += f" It is the first of {len(equal)} such series with as many slices."
    elif len(flair) > 1:
        better = "has axial slices, and the most of them" if chosen.axial else "has the most slices"
        reason += f" Of {len(flair)} such series it {better}."
    if any(_is_flair(one) and one.unfit and one.shape[2] > chosen.shape[2] for one in candidates):
        reason += " Another with more slices can't be put together to a volume."
    return SeriesChoice(number + 1, len(candidates), reason)


def _no_flair(candidates: Sequence[Candidate]) -> UnusableImage:
    return UnusableImage(
        "no_flair_series",
        f"The upload holds {len(candidates)} volumes, and none is FLAIR by its name or its times: "
        f"{_listed(candidates)}. Name the FLAIR with series=N.",
    )


def _listed(candidates: Sequence[Candidate]) -> str:
    lines = [
        f"{number}: {_describe(candidate)}"
        for number, candidate in enumerate(candidates[:_MOST_LISTED], start=1)
    ]
    more = len(candidates) - len(lines)
    return "; ".join([*lines, f"and {more} more"] if more else lines)


def _describe(candidate: Candidate) -> str:
    """Say what a series looks like, in words of our own."""
    what = str(candidate.sequence or "unknown sequence")
    columns, rows, slices = candidate.shape
    if candidate.unfit is not None:
        return f"{what}, {slices} slices of {columns} x {rows} that make no volume"
    spacing = " x ".join(f"{mm:.3g}" for mm in candidate.spacing_mm)
    return f"{what}, {slices} slices of {columns} x {rows}, {spacing} mm"

"""Many windows at once: each column's counts along a leading axis, so that a measure is taken of all of them in one step."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from lamplighter.monitoring.arrays import FloatArray, IntArray
from lamplighter.monitoring.counts import Counts
from lamplighter.monitoring.distribution import Distribution
from lamplighter.monitoring.measure import Measure
from lamplighter.monitoring.profile import Profile
from lamplighter.monitoring.refusals import OtherProfile
from lamplighter.monitoring.tally import Sums, Tally


def stacked(profile: Profile, windows: Sequence[Counts]) -> dict[str, Distribution]:
    """The columns that any window counted, with one row of cells a window; a window without the column holds nothing of it.

    Raises `OtherProfile`.
    """
    if any(counts.profile != profile.identity for counts in windows):
        raise OtherProfile
    named = {name for counts in windows for name in counts.columns}
    return {
        name: _stacked(reference, [counts.columns.get(name) for counts in windows])
        for name, reference in profile.columns.items()
        if name in named
    }


def _stacked(reference: Distribution, tallies: Sequence[Tally | None]) -> Distribution:
    nothing = Sums(reference.bins.cells).tally()
    held = [tally or nothing for tally in tallies]
    cells, moments = np.stack([tally.cells for tally in held]), np.stack([tally.moments for tally in held])
    low, high = min(tally.low for tally in held), max(tally.high for tally in held)
    return Distribution(bins=reference.bins, tally=Tally(cells=cells, moments=moments, low=low, high=high))


def distances(
    profile: Profile, windows: Mapping[str, Distribution], measures: Sequence[Measure]
) -> dict[str, dict[str, FloatArray]]:
    """Each measure of each column of its kind, one value a window; NaN where the window or the reference holds no value of
    the column. The value of a window does not depend on those beside it, to the last bit."""
    named = [(measure.name, measure) for measure in measures]
    return {name: _of_column(named, profile.columns[name], column) for name, column in windows.items()}


def _of_column(named: Sequence[tuple[str, Measure]], reference: Distribution, windows: Distribution) -> dict[str, FloatArray]:
    """Which windows hold something is asked once, and not for every measure."""
    rows, present = _held(reference.rows, windows.rows), _held(reference.present, windows.present)
    return {
        name: _distances(measure, reference, windows, rows if measure.partition is None else present)
        for name, measure in named
        if windows.kind in measure.columns
    }


def _held(before: IntArray, after: IntArray) -> NDArray[np.bool_] | bool:
    """Whether every window has a distance, or else which of them."""
    return bool(before) and (bool(after.all()) or after > 0)


def _distances(measure: Measure, reference: Distribution, windows: Distribution, held: NDArray[np.bool_] | bool) -> FloatArray:
    if held is False:
        return np.full(windows.rows.shape, np.nan)
    found = measure.distance(reference, windows)
    return found if held is True else np.where(held, found, np.nan)

"""Many windows at once: each column's counts along a leading axis, so that a measure is taken of all of them in one step."""

from collections.abc import Mapping, Sequence

import numpy as np

from lamplighter.monitoring.arrays import FloatArray
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
    return {
        name: {
            measure.name: _distances(measure, profile.columns[name], column)
            for measure in measures
            if column.kind in measure.columns
        }
        for name, column in windows.items()
    }


def _distances(measure: Measure, reference: Distribution, windows: Distribution) -> FloatArray:
    before, after = (part.rows if measure.partition is None else part.present for part in (reference, windows))
    if not int(before):
        return np.full(after.shape, np.nan)
    found = measure.distance(reference, windows)
    return found if after.all() else np.where(after > 0, found, np.nan)

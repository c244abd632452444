"""Thresholds that keep a stated rate of false alarms over all columns together.

For each column and measure, windows without drift are drawn from the reference (`resampling`). The square root of each
value is moved and stretched until its upper tail is that of a standard normal variable, which makes columns comparable;
the largest over all columns and measures is taken in each draw, and its upper quantile is the common threshold (the
largest-statistic method of Westfall and Young, Resampling-Based Multiple Testing, 1993). An alarm is a value beyond the
k-th largest of R such maxima: by exchangeability it comes without drift with probability k / (R + 1), and given the draws
that probability has a Beta(k, R + 1 - k) distribution, whose central 95 % is the stated interval. Columns are drawn
independently of each other; where they go together in life, alarms come together and are fewer. The rate is that over
references: windows that are not small against their reference share its luck, and their false alarms come in clusters.

A measure that is zero in most draws looks at what the reference never held, such as missing values in a column that is
always filled. It gets the common threshold but takes no part in the largest: perhaps such values cannot occur at all, and
then it would use up false alarms that never come.

An effect that is too small to matter is no alarm, however sure it is: a threshold never lies below its floor. Where floors
are at work alarms are fewer than the rate allows, and how many remain is read from the draws: j of R of them alarm, and the
interval of that share is that of Clopper and Pearson (Biometrika 26, 1934).
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from lamplighter.domain.record import Record
from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.binning import Partition
from lamplighter.monitoring.distribution import Distribution
from lamplighter.monitoring.figure import Missing
from lamplighter.monitoring.measure import Measure
from lamplighter.monitoring.probability import beta_quantile, normal_quantile
from lamplighter.monitoring.profile import Profile
from lamplighter.monitoring.refusals import ImpossibleSetting
from lamplighter.monitoring.resampling import expected, redrawn

_SMALLEST_SPREAD = 1e-12


class FalseAlarms(Record, frozen=True, tag="false-alarms"):
    """How often an alarm comes without drift: a number of windows in which any column alarms, with a 95 % interval."""

    expected: float
    low: float
    high: float

    def times(self, windows: float) -> "FalseAlarms":
        """Over this many windows, such as 30.4 for days in a month."""
        return FalseAlarms(expected=self.expected * windows, low=self.low * windows, high=self.high * windows)


class Thresholds(Record, frozen=True):
    """A threshold for each column and measure; a value above it is drift."""

    #: By column, then by measure.
    values: dict[str, dict[str, float]]
    #: False alarms in one window.
    false_alarms: FalseAlarms | Missing


def fixed(profile: Profile, measures: Sequence[Measure]) -> Thresholds:
    """The measures' own thresholds. They promise nothing about false alarms."""
    values = {
        name: {measure.name: measure.threshold(reference) for measure in measures if reference.kind in measure.columns}
        for name, reference in profile.columns.items()
    }
    return Thresholds(values=values, false_alarms=Missing(why="Fixed thresholds state no rate of false alarms."))


def powers_of(rows: int) -> tuple[int, ...]:
    """The powers of two whose draws give the thresholds for this many rows, at least 1."""
    lower = rows.bit_length() - 1
    return (lower,) if rows == 2**lower else (lower, lower + 1)


#: Raised when the same profile, measures and settings come to other thresholds than before.
METHOD = 1
#: Smallest effects that count, by column and measure.
Floors = Mapping[str, Mapping[str, float]]


class Calibration:
    """Calibrated thresholds of one profile, by number of rows.

    Draws are made for windows of a power of two and kept; other sizes lie between two of them, on a straight line between
    the logarithms. The same profile, measures and settings always give the same thresholds.
    """

    def __init__(
        self,
        profile: Profile,
        measures: Sequence[Measure],
        *,
        rate: float = 0.01,
        draws: int = 999,
        seed: int = 0,
        floors: Floors | None = None,
    ) -> None:
        """`rate` is the probability of an alarm of any column in a window without drift; with `floors`, such as those of
        `fixed`, it is the most.

        Raises `ImpossibleSetting` if the draws are too few to tell such a rate.
        """
        self._allowed = math.floor(rate * (draws + 1) + 1e-9)
        if not 1 <= self._allowed <= draws:
            raise ImpossibleSetting(
                "The rate of false alarms cannot be calibrated.",
                why=f"With {draws} draws the rate lies between {1 / (draws + 1):.2g} and 1.",
                fix="Ask for a higher rate or make more draws.",
            )
        self._profile, self._measures, self._draws, self._seed = profile, tuple(measures), draws, seed
        self._floors = floors
        #: What was drawn, by the power of two of the rows. Whoever has it from before may put it here.
        self.kept: dict[int, Thresholds] = {}

    def thresholds(self, rows: int) -> Thresholds:
        """Thresholds for a window of this many rows, at least 1."""
        powers = powers_of(rows)
        part = math.log2(rows) - powers[0]
        return self._at(powers[0]) if len(powers) == 1 else _between(self._at(powers[0]), self._at(powers[1]), part)

    @property
    def false_alarms(self) -> FalseAlarms:
        """What is promised for one window, without floors."""
        k, rest = self._allowed, self._draws + 1 - self._allowed
        low, high = beta_quantile(0.025, k, rest), beta_quantile(0.975, k, rest)
        return FalseAlarms(expected=k / (self._draws + 1), low=low, high=high)

    def _at(self, power: int) -> Thresholds:
        if power not in self.kept:
            self.kept[power] = self._calibrated(power)
        return self.kept[power]

    def _calibrated(self, power: int) -> Thresholds:
        random = np.random.default_rng([self._seed, power])
        roots: dict[tuple[str, str], FloatArray] = {}
        for name, reference in self._profile.columns.items():
            fitting = [measure for measure in self._measures if reference.kind in measure.columns]
            for measure, values in _null(reference, fitting, 2**power, self._draws, random):
                roots[name, measure] = np.sqrt(np.maximum(values, 0.0))
        common = _common(roots, self._allowed)
        if self._floors is None:
            return Thresholds(values=common, false_alarms=self.false_alarms)
        raised = _raised(common, self._floors)
        alarms = [root > math.sqrt(raised[name][measure]) for (name, measure), root in roots.items()]
        beyond = int(np.any(alarms, axis=0).sum()) if alarms else 0
        return Thresholds(values=raised, false_alarms=_share(beyond, self._draws))


def _raised(values: dict[str, dict[str, float]], floors: Floors) -> dict[str, dict[str, float]]:
    return {
        name: {measure: max(value, floors.get(name, {}).get(measure, 0.0)) for measure, value in found.items()}
        for name, found in values.items()
    }


def _share(beyond: int, draws: int) -> FalseAlarms:
    """The probability behind so many of the draws, one more than counted to be on the safe side of the draw that is real."""
    low = beta_quantile(0.025, beyond, draws + 1 - beyond) if beyond else 0.0
    high = beta_quantile(0.975, beyond + 1, draws - beyond)
    return FalseAlarms(expected=(beyond + 1) / (draws + 1), low=low, high=high)


def _between(lower: Thresholds, upper: Thresholds, part: float) -> Thresholds:
    values = {
        name: {measure: _line(low, upper.values[name][measure], part) for measure, low in found.items()}
        for name, found in lower.values.items()
    }
    one, other = lower.false_alarms, upper.false_alarms
    assert isinstance(one, FalseAlarms)
    assert isinstance(other, FalseAlarms)
    expected = (1.0 - part) * one.expected + part * other.expected
    alarms = FalseAlarms(expected=expected, low=min(one.low, other.low), high=max(one.high, other.high))
    return Thresholds(values=values, false_alarms=alarms)


def _null(
    reference: Distribution, measures: Sequence[Measure], rows: int, draws: int, random: np.random.Generator
) -> list[tuple[str, FloatArray]]:
    if not measures or int(reference.present) == 0:
        return []
    partitions = {measure.partition for measure in measures if measure.partition is not None} or {Partition.TENTHS}
    # Fewer cells cost fewer draws, but measures of one column must see the same windows.
    partition = partitions.pop() if len(partitions) == 1 else Partition.FINEST
    windows = redrawn(expected(reference).regrouped(partition), rows, draws, random)
    return [(measure.name, measure.distance(reference.regrouped(partition), windows)) for measure in measures]


def _common(roots: dict[tuple[str, str], FloatArray], allowed: int) -> dict[str, dict[str, float]]:
    scales = {key: upper_tail(root) for key, root in roots.items()}
    family = [key for key, root in roots.items() if np.median(root) > 0.0] or list(roots)
    values: dict[str, dict[str, float]] = {}
    if family:
        standard = np.array([(roots[key] - scales[key][0]) / scales[key][1] for key in family])
        cut = float(np.sort(standard.max(axis=0))[-allowed])
        for (name, measure), (middle, spread) in scales.items():
            values.setdefault(name, {})[measure] = max(middle + cut * spread, 0.0) ** 2
    return values


def upper_tail(root: FloatArray) -> tuple[float, float]:
    """Mean and deviation of the normal distribution that has the 90th percentile of these values and the wider of two
    upper tails: up to the 99th percentile, and up to the largest value."""
    tenth, hundredth, largest = (float(at) for at in np.quantile(root, (0.9, 0.99, 1.0), method="inverted_cdf"))
    z = [normal_quantile(at) for at in (0.9, 0.99, root.size / (root.size + 1))]
    spread = max((hundredth - tenth) / (z[1] - z[0]), (largest - tenth) / max(z[2] - z[0], 1.0), _SMALLEST_SPREAD)
    return tenth - z[0] * spread, spread


def _line(low: float, high: float, part: float) -> float:
    if low <= 0.0 or high <= 0.0:
        return max(low, high)
    return math.exp((1.0 - part) * math.log(low) + part * math.log(high))

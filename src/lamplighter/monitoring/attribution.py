"""Where a loss has grown: the change between two windows, by the slices that its rows lie in.

The change of a mean loss is the sum over the slices of one input of two parts: the loss of the rows of a slice has changed,
at the same share of rows; or the share of a slice with more than the usual loss has (Kitagawa, Components of a difference
between two rates, J. Am. Stat. Assoc. 50, 1955). Slices of different inputs overlap, so their parts do not add up.

A slice is told from chance by what it has lost beyond the rest of the rows, in standard errors that take rows as independent.
As many slices are looked at, p-values are those of Holm (Scandinavian J. of Statistics 6, 1979) and intervals hold all at
once (Bonferroni). What a pair of slices adds is only said where it loses more than the rest of both. The ranks say where
a loss goes together with a slice, and nothing of what causes what.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import msgspec
import numpy as np

from lamplighter.domain.record import Record
from lamplighter.domain.slices import Slice, slices_in
from lamplighter.monitoring.arrays import FloatArray, IntArray
from lamplighter.monitoring.probability import normal_quantile

#: Rows that a slice needs in the later window, and beside it.
FEWEST = 30
#: A pair is told apart from the rest of its parts beyond so many standard errors.
_BEYOND = 2.5
#: One slice, or a pair of two inputs.
Part = tuple[Slice, ...]


class Losses(NamedTuple):
    """Rows of one window."""

    #: One loss a row.
    losses: FloatArray
    #: Positions in `keys`, one a row.
    cells: IntArray
    #: Keys of the slices that rows lie in.
    keys: tuple[str, ...]


class Share(Record, frozen=True):
    """What one slice has to do with the change of the mean loss."""

    part: Part
    #: Rows in the later and in the earlier window.
    rows: int
    rows_before: int
    #: Mean losses; where the earlier window has too few rows, that of all its rows.
    loss: float
    loss_before: float
    #: Its part of the change: because its rows lose more, and because there are more of them.
    within: float
    mix: float
    #: Ends of the interval of the part, which hold for all slices at once.
    low: float
    high: float
    #: Its part beyond what its share of the rows would lose of a change that met all alike.
    excess: float
    #: The excess in standard errors.
    beyond: float
    #: Of the hypothesis that there is no such excess, adjusted for the number of slices.
    p: float

    @property
    def part_of_change(self) -> float:
        """Both parts together, in units of the loss."""
        return self.within + self.mix


class _Sums(NamedTuple):
    """Rows, losses and squared losses of one set of rows."""

    n: float
    s: float
    q: float

    def without(self, other: "_Sums") -> "_Sums":
        return _Sums(self.n - other.n, self.s - other.s, self.q - other.q)

    @property
    def mean(self) -> float:
        return self.s / self.n if self.n else 0.0

    @property
    def variance(self) -> float:
        """Of the mean."""
        if self.n < 2:
            return math.inf
        return max(0.0, self.q / self.n - self.mean**2) / (self.n - 1)


class _Both(NamedTuple):
    """The same rows before and after."""

    before: _Sums
    after: _Sums

    def without(self, other: "_Both") -> "_Both":
        return _Both(self.before.without(other.before), self.after.without(other.after))

    @property
    def change(self) -> float:
        return self.after.mean - self.before.mean

    @property
    def variance(self) -> float:
        return self.after.variance + self.before.variance


def shares(before: Losses, after: Losses, level: float = 0.95) -> list[Share]:
    """The slices of two windows, those first whose excess is farthest beyond chance."""
    sums = _sums(before, after)
    whole = _total(list(sums.values()))
    if min(whole.before.n, whole.after.n) < 2:
        return []
    parts = _parts(sums)
    single = {part: both for part, both in parts.items() if len(part) == 1 and _enough(both, whole)}
    pairs = {part: both for part, both in parts.items() if len(part) == 2 and _enough(both, whole)}
    pairs = {part: both for part, both in pairs.items() if _adds(part, both, parts, whole)}
    tested = len(single) + sum(1 for part in parts if len(part) == 2)
    z = normal_quantile(0.5 + (1.0 - (1.0 - level) / max(1, tested)) / 2.0)
    made = [_share(part, both, whole, z) for part, both in (*single.items(), *pairs.items())]
    found = _adjusted(made, tested)
    return sorted(found, key=lambda one: (-one.beyond, str(one.part)))


def _sums(before: Losses, after: Losses) -> dict[str, _Both]:
    """Sums by the key of the slices."""
    found: dict[str, list[_Sums]] = {}
    for place, window in enumerate((before, after)):
        size = len(window.keys)
        n = np.bincount(window.cells, minlength=size).tolist()
        s = np.bincount(window.cells, weights=window.losses, minlength=size).tolist()
        q = np.bincount(window.cells, weights=window.losses**2, minlength=size).tolist()
        for key, *sums in zip(window.keys, n, s, q, strict=True):
            found.setdefault(key, [_Sums(0.0, 0.0, 0.0)] * 2)[place] = _Sums(*sums)
    return {key: _Both(*sums) for key, sums in found.items()}


def _total(found: Sequence[_Both]) -> _Both:
    return _Both(*(_Sums(*(math.fsum(column) for column in zip(*sums, strict=True))) for sums in zip(*found, strict=True)))


def _parts(sums: Mapping[str, _Both]) -> dict[Part, _Both]:
    cells: dict[Part, list[_Both]] = {}
    for key, both in sums.items():
        slices = slices_in(key)
        for part in (*((one,) for one in slices), *combinations(slices, 2)):
            cells.setdefault(part, []).append(both)
    return {part: _total(found) for part, found in cells.items()}


def _enough(both: _Both, whole: _Both) -> bool:
    rest = whole.without(both)
    return min(both.after.n, rest.after.n, rest.before.n) >= FEWEST


def _adds(part: Part, both: _Both, parts: Mapping[Part, _Both], whole: _Both) -> bool:
    """Whether a pair loses more than the rest of each of its two slices, beyond chance."""
    for one in part:
        parent = parts[(one,)]
        rest = parent.without(both)
        if rest.after.n < FEWEST:
            return False
        known, other = _known(both, whole), _known(rest, whole)
        if known.change - other.change <= _BEYOND * math.sqrt(known.variance + other.variance):
            return False
    return True


def _known(both: _Both, whole: _Both) -> _Both:
    """The same, with the earlier loss of all rows where the slice had too few rows to have one."""
    return both if both.before.n >= FEWEST else _Both(whole.before, both.after)


def _share(part: Part, both: _Both, whole: _Both, z: float) -> Share:
    known, rest = _known(both, whole), whole.without(both)
    earlier, later = both.before.n / whole.before.n, both.after.n / whole.after.n
    weight, grown = (earlier + later) / 2.0, later - earlier
    middle = (known.before.mean + known.after.mean) / 2.0
    usual, others = (whole.before.mean + whole.after.mean) / 2.0, (rest.before.mean + rest.after.mean) / 2.0
    moved = earlier * (1.0 - earlier) / whole.before.n + later * (1.0 - later) / whole.after.n
    within, mix = weight * known.change, grown * (middle - usual)
    half = z * math.sqrt(weight**2 * known.variance + (middle - usual) ** 2 * moved)
    apart = weight * (1.0 - weight)
    excess = apart * (known.change - rest.change) + (1.0 - weight) * grown * (middle - others)
    error = math.sqrt(apart**2 * (known.variance + rest.variance) + ((1.0 - weight) * (middle - others)) ** 2 * moved)
    beyond = excess / error if error > 0.0 else math.copysign(math.inf, excess) if excess else 0.0
    return Share(
        part=part,
        rows=int(both.after.n),
        rows_before=int(both.before.n),
        loss=both.after.mean,
        loss_before=known.before.mean,
        within=within,
        mix=mix,
        low=within + mix - half,
        high=within + mix + half,
        excess=excess,
        beyond=beyond,
        p=_upper_tail(beyond),
    )


def _upper_tail(z: float) -> float:
    return 0.5 * math.erfc(z / math.sqrt(2.0))


def _adjusted(found: Sequence[Share], tested: int) -> list[Share]:
    """Holm's p-values; pairs that were looked at and not kept count as well."""
    made, highest = [], 0.0
    for place, one in enumerate(sorted(found, key=lambda one: one.p)):
        highest = max(highest, min(1.0, one.p * (tested - place)))
        made.append(msgspec.structs.replace(one, p=highest))
    return made

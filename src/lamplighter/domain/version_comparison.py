"""Versions of one model side by side: figures on the set that they share, and what else tells them apart."""

from collections.abc import Mapping
from enum import StrEnum

from lamplighter.domain.contract import Difference
from lamplighter.domain.errors import Invalid
from lamplighter.domain.record import Record

#: Versions in one comparison.
MOST = 6


class Contrast(StrEnum):
    """How one figure of a version stands against that of the base."""

    #: Better beyond chance.
    BETTER = "better"
    #: Worse beyond chance.
    WORSE = "worse"
    #: Both say the same of every row.
    SAME = "the same"
    #: What is known does not say which of the two is better.
    UNCLEAR = "not enough evidence"


class Cell(Record, frozen=True):
    """One figure of one version."""

    #: Number of the version.
    number: int
    value: float
    #: Ends of the 95 % interval of the figure itself; nothing where it has none.
    low: float | None
    high: float | None
    #: Rows, or for precision and recall the decisions or positives, that it rests on.
    n: int
    #: The version minus the base; nothing for the base itself.
    difference: float | None = None
    #: Ends of the 95 % interval of the difference, row by row; nothing where none can honestly be given.
    difference_low: float | None = None
    difference_high: float | None = None
    #: Nothing for the base itself.
    standing: Contrast | None = None
    #: What the standing rests on, or what is lacking.
    why: str = ""


class Line(Record, frozen=True):
    """One measure on all rows or on one slice, of every version that was evaluated on the set."""

    metric: str
    #: Such as `origin=EWR`; empty for all rows.
    slice: str
    #: `higher` or `lower`: which way is better.
    better: str
    cells: tuple[Cell, ...]
    #: Number of the version that is better than each of the others beyond chance; 0 if none is.
    best: int = 0

    @property
    def name(self) -> str:
        """Such as `auc`, or `auc where origin=EWR`."""
        return f"{self.metric} where {self.slice}" if self.slice else self.metric


class Apart(Record, frozen=True):
    """A version that was not evaluated on the set, or of which that is not known."""

    number: int
    why: str
    fix: str
    #: Its own figures, by slice and name: measured on other rows, and not to be held beside those of the set.
    figures: Mapping[str, Mapping[str, float]] = {}


class Portrait(Record, frozen=True):
    """What a version is, beside its figures."""

    number: int
    digest: str
    #: Environments in which it is live.
    live_in: tuple[str, ...]
    note: str
    author: str
    created_at: int
    runtime: str
    #: Bytes of all its files.
    size: int
    threshold: float
    #: Milliseconds for one row when it was packed; nothing where that was not measured.
    latency_ms: float | None
    #: What it was trained on.
    data_period: str
    data_rows: int
    commit: str
    #: What callers of the base would notice.
    differences: tuple[Difference, ...] = ()


class VersionComparison(Record, frozen=True):
    """Versions of one model side by side."""

    model: str
    #: Environment whose live version is the champion; empty where nothing is live.
    environment: str
    #: Number of the version that the others are held against.
    base: int
    #: Whether that is the champion: the live version there.
    champion: bool
    sides: tuple[Portrait, ...]
    #: SHA-256 of the set that the figures are of, empty if there is none, and its rows.
    evaluation: str = ""
    rows: int = 0
    #: Rows whose scores are kept, which the figures are of.
    kept: int = 0
    #: Whether none of the versions has seen the set.
    held_out: bool = True
    lines: tuple[Line, ...] = ()
    apart: tuple[Apart, ...] = ()

    @property
    def compared(self) -> tuple[int, ...]:
        """Numbers of the versions that were evaluated on the set."""
        return tuple(one.number for one in self.sides if one.number not in {other.number for other in self.apart})

    @property
    def sentence(self) -> str:
        """What can be said of them."""
        others = [number for number in self.compared if number != self.base]
        if not others:
            return f"No other version is known to be evaluated on the rows of v{self.base}."
        best = [line for line in self.lines if line.best]
        told = f"{len(best)} of {len(self.lines)} figures tell one version from all others beyond chance"
        away = f" {_listed([one.number for one in self.apart])} cannot be held beside them." if self.apart else ""
        return f"{_listed([self.base, *others])} on the same {self.kept:,} rows: {told}.{away}"


def _listed(numbers: list[int]) -> str:
    *first, last = (f"v{number}" for number in numbers)
    return f"{', '.join(first)} and {last}" if first else last


def check_count(versions: int) -> None:
    """Raise `Invalid` for more versions than can be looked at side by side."""
    if versions > MOST:
        raise Invalid(
            "Those are too many versions.",
            why=f"{MOST} can be looked at side by side.",
            fix="Name those that matter.",
            code="E1285",
        )

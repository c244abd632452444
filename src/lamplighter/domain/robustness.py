"""What a version does with inputs that are missing, beyond what was seen, or in other company: the facts of `robustness`.

Law of change: fields and checks may be added.
"""

from enum import StrEnum

import msgspec

from lamplighter.domain.contract import Column, Contract, Kind
from lamplighter.domain.decoding import from_json
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.record import Record, canonical

#: The kind of the evidence.
KIND = "robustness"


class Check(StrEnum):
    """What is done to the rows."""

    #: An input is left empty.
    MISSING = "missing"
    #: A number lies beyond what was seen, by the whole width of it; compared with a number at the edge.
    RANGE = "out-of-range"
    #: A category that nobody has seen.
    CATEGORY = "unseen-category"
    #: The same rows in another order, and in smaller batches.
    ORDER = "row-order"


class Measured(Record, frozen=True):
    """A figure with its 95 % interval and the rows that it rests on."""

    value: float
    low: float
    high: float
    n: int


class Stressed(Record, frozen=True):
    """What came of one check on one input."""

    check: Check
    #: Name of the input; empty for the order of rows.
    input: str = ""
    #: Whether the contract refuses such rows, so that the model never sees them.
    refused: bool = False
    #: Why there is no score; empty if every row has one.
    failed: str = ""
    #: Share of rows whose decision turns; nothing for a model of numbers.
    flips: Measured | None = None
    #: Rows whose decision turns at most, by equal parts of all thresholds from 0 to 1.
    turned: tuple[int, ...] = ()
    #: Mean absolute change of the score.
    shift: Measured | None = None
    #: Largest change of a score.
    largest: float = 0.0

    @property
    def name(self) -> str:
        """Such as `wind missing`."""
        return " ".join(part for part in (self.input, self.check.value) if part)


class Followed(Record, frozen=True):
    """How often one expectation was broken."""

    input: str
    #: Such as `never-falls`.
    expect: str
    #: Why there is no score of some row; empty if every row has one.
    failed: str = ""
    #: Share of rows that break it.
    broken: Measured | None = None
    #: Whether it is decisions that may not change, and not scores.
    of_decisions: bool = False
    #: Rows that break it at most, by equal parts of all thresholds from 0 to 1.
    turned: tuple[int, ...] = ()


class Robustness(Record, frozen=True):
    """The whole of it."""

    #: Rows of the sample that each check was made on.
    rows: int
    #: What a shift is measured in: 1 for probabilities, for numbers the standard deviation of the answers.
    unit: float
    stressed: tuple[Stressed, ...]
    expectations: tuple[Followed, ...] = ()


def checks_of(contract: Contract) -> tuple[tuple[Check, str], ...]:
    """Every check that such a version has to go through, with its input."""
    found = [(check, column.name) for column in contract.inputs for check in _checks(column)]
    return ((Check.ORDER, ""), *found)


def _checks(column: Column) -> tuple[Check, ...]:
    if column.kind in (Kind.NUMBER, Kind.INTEGER) and column.low is not None and column.high is not None:
        return (Check.MISSING, Check.RANGE)
    return (Check.MISSING, Check.CATEGORY) if column.categories else (Check.MISSING,)


def robustness_in(evidence: Evidence | None) -> Robustness | None:
    """What the evidence says; nothing where there is none, or of another shape: anybody who may register brings facts."""
    try:
        return from_json(canonical(evidence.facts), Robustness) if evidence else None
    except msgspec.MsgspecError:
        return None

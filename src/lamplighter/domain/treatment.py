"""How a version treats protected groups: the facts of the evidence `fairness`.

Law of change: fields may be added.
"""

import msgspec

from lamplighter.domain.decoding import from_json
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.fairness import Criterion, Disparity
from lamplighter.domain.record import Record, canonical

#: The kind of the evidence.
KIND = "fairness"


class Group(Record, frozen=True):
    """Counts of one group; deserving and deserved stay 0 where no labels are known."""

    name: str
    rows: int
    #: Rows with a favourable decision.
    favoured: int
    #: Rows whose true answer is favourable, and those of them with a favourable decision.
    deserving: int = 0
    deserved: int = 0


class Disparate(Record, frozen=True):
    """One criterion as it was measured."""

    column: str
    metric: Disparity
    value: float
    #: 95 % interval, over all pairs of groups together.
    low: float
    high: float
    #: The fewest rows that a rate of any group rests on, and that group.
    n: int
    smallest: str
    groups: tuple[Group, ...]
    cuts: tuple[float, ...] = ()


class Unmeasured(Record, frozen=True):
    """One criterion without a figure."""

    column: str
    metric: Disparity
    why: str


class Treatment(Record, frozen=True):
    """The whole of it."""

    rows: int
    #: Whether the model had not seen the rows.
    held_out: bool
    #: Class that is good for people.
    favourable: str
    figures: tuple[Disparate, ...]
    unmeasured: tuple[Unmeasured, ...] = ()


def measured_as(found: Treatment | None, wanted: Criterion) -> Disparate | None:
    """What was measured as the project asks for it now; nothing if nothing was."""
    return next((one for one in found.figures if _is_of(wanted, one)), None) if found else None


def _is_of(wanted: Criterion, one: Disparate) -> bool:
    groups = {group.name for group in one.groups}
    same = (one.column, one.metric, one.cuts) == (wanted.column, wanted.metric, wanted.cuts)
    return same and (not wanted.groups or groups == set(wanted.groups))


def treatment_in(evidence: Evidence | None) -> Treatment | None:
    """What the evidence says; nothing where there is none, or of another shape: anybody who may register brings facts."""
    try:
        return from_json(canonical(evidence.facts), Treatment) if evidence else None
    except msgspec.MsgspecError:
        return None

"""The plan of a compiled model: data that says how a row becomes numbers and how the numbers become a score.

Law of change: `edition` names the meaning of the fields; a reader refuses an edition it does not know. A number that JSON
cannot hold (not a number) is written as null.
"""

from enum import StrEnum

from lamplighter.domain.decoding import from_json
from lamplighter.domain.record import Record, canonical

#: The edition this release writes and reads.
EDITION = 1

#: What a category may be.
Key = str | bool | int | float
#: Where a number goes in the encoded vector, and the number.
Cell = tuple[int, float | None]


class Stage(Record, frozen=True):
    """One step of scaling: `(x - shift) / divisor * factor + offset`, in this order, in float64."""

    shift: float = 0.0
    divisor: float = 1.0
    factor: float = 1.0
    offset: float = 0.0

    @property
    def multiplies(self) -> bool:
        """Whether it does more than to shift and divide."""
        return (self.factor, self.offset) != (1.0, 0.0)


class Number(Record, frozen=True):
    """A numeric column that fills one place of the encoded vector."""

    column: str
    position: int
    #: What stands there when the row has no value, after imputation and scaling; nothing means it stays missing.
    null: float | None = None
    stages: tuple[Stage, ...] = ()
    #: Whether a final 0 counts as missing, as it does for a sparse matrix in XGBoost.
    zero_is_missing: bool = False


class Table(Record, frozen=True):
    """A column whose value is looked up; each known value fills some places, the others keep what the template has."""

    column: str
    keys: tuple[Key, ...]
    #: For each key, in order, the places it fills.
    cells: tuple[tuple[Cell, ...], ...]
    #: The places a row without a value fills; nothing means the model refuses such a row.
    null: tuple[Cell, ...] | None
    #: The places an unknown value fills; nothing means the model refuses it.
    other: tuple[Cell, ...] | None


class Link(StrEnum):
    """From the sum of the estimator to the answer."""

    IDENTITY = "identity"
    SIGMOID = "sigmoid"
    EXPONENTIAL = "exponential"


class Linear(Record, frozen=True, tag="linear"):
    """A weighted sum of the encoded vector."""

    bias: float
    weights: tuple[float, ...]


class Trees(Record, frozen=True, tag="trees"):
    """A sum over trees that stand in the artifact `model`: `link(base + sum / divisor)`, sum over the leaves reached."""

    base: float = 0.0
    divisor: float = 1.0


class Plan(Record, frozen=True):
    """A whole compiled model, beside its trees."""

    #: What stands in the encoded vector before the row is known.
    template: tuple[float | None, ...]
    numbers: tuple[Number, ...]
    tables: tuple[Table, ...]
    estimator: Linear | Trees
    link: Link = Link.IDENTITY
    #: Factor on the sum in front of the link.
    steepness: float = 1.0
    edition: int = EDITION


def write(plan: Plan) -> bytes:
    """The bytes of the artifact `plan`."""
    return canonical(plan)


def read(content: bytes) -> Plan:
    """The plan in these bytes; raises `ValueError` if it is of another shape or edition or names a place outside the vector."""
    plan = from_json(content, Plan)
    if plan.edition != EDITION:
        raise ValueError(f"the plan is of edition {plan.edition}, this release reads {EDITION}")
    width = len(plan.template)
    if any(not 0 <= place < width for place in _places(plan)):
        raise ValueError("the plan names a place outside the encoded vector")
    if any(len(table.keys) != len(table.cells) for table in plan.tables):
        raise ValueError("a table of the plan has not one answer for each key")
    if isinstance(plan.estimator, Linear) and len(plan.estimator.weights) != width:
        raise ValueError("the plan has not one weight for each place")
    return plan


def _places(plan: Plan) -> list[int]:
    found = [number.position for number in plan.numbers]
    for table in plan.tables:
        for cells in (*table.cells, table.null or (), table.other or ()):
            found.extend(place for place, _ in cells)
    return found

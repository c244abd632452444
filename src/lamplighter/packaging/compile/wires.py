"""One number on its way through a pipeline, as a function of one input column.

A `Direct` wire is the value of the column itself, perhaps filled and scaled; a `Looked` wire is a table over the known
values of the column. Every step of a pipeline that the compiler knows turns wires into wires.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from lamplighter.domain.contract import Kind
from lamplighter.packaging.compile.base import Declined
from lamplighter.serving.compiled.plan import Key, Stage


@dataclass(frozen=True)
class Direct:
    """The value of a column."""

    column: str
    kind: Kind
    #: What stands for a row without a value: not-a-number if it is still missing, else the value imputed (and scaled).
    null: Any = math.nan
    stages: tuple[Stage, ...] = ()

    @property
    def is_missing(self) -> bool:
        """Whether a row without a value is still without one here."""
        return is_nan(self.null)


@dataclass(frozen=True)
class Looked:
    """A number for each known value of a column; None as a number means that the model refuses the value."""

    column: str
    values: Mapping[Key, float]
    null: float | None
    other: float | None


Wire = Direct | Looked


def is_nan(value: Any) -> bool:
    """Whether a value is the float not-a-number."""
    return isinstance(value, float) and math.isnan(value)


def through(stage: Stage, value: float) -> float:
    """What a stage makes of one number."""
    return (value - stage.shift) / stage.divisor * stage.factor + stage.offset


def scaled(wire: Wire, stage: Stage, step: Any) -> Wire:
    """The wire behind a stage."""
    if isinstance(wire, Direct):
        if wire.kind is Kind.TEXT:
            raise Declined(step, "it scales texts")
        return replace(wire, stages=(*wire.stages, stage), null=through(stage, wire.null))
    return looked(wire, lambda value: through(stage, value))


def filled(wire: Wire, value: Any) -> Wire:
    """The wire with this value where it was missing."""
    if isinstance(wire, Direct):
        return replace(wire, null=value) if wire.is_missing else wire
    return looked(wire, lambda number: float(value) if math.isnan(number) else number)


def indicator(wire: Wire) -> Wire:
    """1 where the wire is missing, else 0."""
    if isinstance(wire, Direct):
        return Looked(wire.column, {}, null=1.0 if wire.is_missing else 0.0, other=0.0)
    return looked(wire, lambda number: 1.0 if math.isnan(number) else 0.0)


def looked(wire: Looked, function: Any) -> Looked:
    """The wire with a function applied to each of its numbers."""
    return Looked(
        wire.column,
        {key: function(value) for key, value in wire.values.items()},
        null=None if wire.null is None else function(wire.null),
        other=None if wire.other is None else function(wire.other),
    )

"""Figures that people ask of a model."""

import math
from enum import StrEnum

from lamplighter.domain.errors import Invalid
from lamplighter.domain.record import Settings
from lamplighter.domain.slices import Slice, read_slice


class Operator(StrEnum):
    """How a figure is held against a bound."""

    AT_LEAST = ">="
    AT_MOST = "<="


def check_bound(bound: float) -> float:
    """The bound itself if a figure can be held against it; raises `Invalid`."""
    if not math.isfinite(bound):
        raise Invalid(
            "That is no bound of a figure.",
            why="No figure is above or below nan, and every one or none is within inf.",
            fix="Write a number, such as 0.22.",
            code="E1166",
        )
    return bound


class Success(Settings, frozen=True):
    """The figure by which the business judges the model."""

    metric: str
    operator: Operator
    bound: float


class Requirement(Settings, frozen=True):
    """A criterion that a gate can check word for word."""

    metric: str
    operator: Operator
    bound: float
    #: `column = value` for a part of the rows; empty for all.
    slice: str = ""

    @property
    def rows(self) -> Slice | None:
        """The slice that it speaks of; nothing for all rows, and for a text that names no slice."""
        try:
            return read_slice(self.slice)
        except Invalid:
            return None

    def __str__(self) -> str:
        where = f" where {self.slice}" if self.slice else ""
        return f"{self.metric} {self.operator} {self.bound:g}{where}"

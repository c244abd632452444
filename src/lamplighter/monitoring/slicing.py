"""Which slice a value lies in: its category, or the tenth of the reference that a number falls into."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from lamplighter.domain.contract import Column, Kind
from lamplighter.domain.record import Record
from lamplighter.domain.slices import MISSING, UNSEEN
from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.binning import NumericBins
from lamplighter.monitoring.profile import Profile

#: Longer values are told apart by their beginning.
_LONGEST = 100
_NUMBERS = frozenset({Kind.NUMBER, Kind.INTEGER})


class Slicer(Record, frozen=True, eq=False):
    """Tells apart the rows of one input."""

    column: Column
    #: Rising; empty for an input that holds no numbers.
    edges: FloatArray
    #: Names of the parts between the edges, those outside included.
    parts: tuple[str, ...]
    #: Values that are a slice of their own, whatever the reference held.
    wanted: frozenset[str] = frozenset()

    def names(self, values: Sequence[Any]) -> list[str]:
        """The name of the slice of each value."""
        name = self._number if self.column.kind in _NUMBERS else self._text
        known: dict[Any, str] = {}
        for value in values:
            if value not in known:
                known[value] = name(value)
        return [known[value] for value in values]

    def _number(self, value: Any) -> str:
        if value is None or not math.isfinite(value):
            return MISSING
        if str(value) in self.wanted or f"{value:g}" in self.wanted:
            return f"{value:g}"
        return self.parts[int(np.searchsorted(self.edges, value, side="right"))]

    def _text(self, value: Any) -> str:
        if value is None:
            return MISSING
        if self.column.kind is Kind.BOOLEAN:
            return "true" if value else "false"
        return value[:_LONGEST] if value in self.wanted or value in (self.column.categories or ()) else UNSEEN


def slicer(column: Column, profile: Profile | None, wanted: frozenset[str] = frozenset()) -> Slicer | None:
    """How the rows of an input are told apart; nothing if the reference does not say."""
    if column.kind not in _NUMBERS:
        if column.kind is Kind.TEXT and column.categories is None and not wanted:
            return None
        return Slicer(column=column, edges=np.empty(0), parts=(), wanted=wanted)
    reference = profile.columns.get(column.name) if profile else None
    if reference is None or not isinstance(reference.bins, NumericBins):
        return None
    edges = reference.bins.edges[reference.bins.tenths]
    return Slicer(column=column, edges=edges, parts=_parts(edges, column.kind), wanted=wanted)


def _parts(edges: FloatArray, kind: Kind) -> tuple[str, ...]:
    """Names of the parts, the first below every edge and the last from the largest on."""
    if not edges.size:
        return ("any",)
    tell = _whole if kind is Kind.INTEGER else _between
    inner = (tell(low, high) for low, high in zip(edges.tolist(), edges.tolist()[1:], strict=False))
    return (f"under {edges[0]:g}", *inner, f"{_least(float(edges[-1]), kind)} and more")


def _least(edge: float, kind: Kind) -> str:
    return f"{math.ceil(edge):d}" if kind is Kind.INTEGER else f"{edge:g}"


def _whole(low: float, high: float) -> str:
    first, last = math.ceil(low), math.ceil(high) - 1
    return f"{first}" if first >= last else f"{first} to {last}"


def _between(low: float, high: float) -> str:
    # A value that holds more than its share of the reference has a part to itself, as wide as one step of the number format.
    return f"{low:g}" if high <= np.nextafter(low, math.inf) else f"{low:g} to {high:g}"

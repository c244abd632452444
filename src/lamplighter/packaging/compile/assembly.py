"""From the wires in front of an estimator to the encoders of a plan."""

import math
from collections.abc import Sequence

from lamplighter.domain.contract import Kind
from lamplighter.packaging.compile.base import Declined
from lamplighter.packaging.compile.wires import Direct, Looked, Wire, is_nan
from lamplighter.serving.compiled.plan import Cell, Key, Number, Table

Placed = list[tuple[int, Looked]]


class Assembly:
    """Encoders for wires, each at its place; with `zero_is_missing` a zero is written as not-a-number."""

    def __init__(self, wires: Sequence[Wire], *, zero_is_missing: bool = False) -> None:
        self._hide = zero_is_missing
        self.template: tuple[float | None, ...] = tuple(self._written(0.0) for _ in wires)
        self.numbers = tuple(self._number(place, wire) for place, wire in enumerate(wires) if isinstance(wire, Direct))
        by_column: dict[str, Placed] = {}
        for place, wire in enumerate(wires):
            if isinstance(wire, Looked):
                by_column.setdefault(wire.column, []).append((place, wire))
        self.tables = tuple(self._table(column, placed) for column, placed in by_column.items())

    def _written(self, value: float) -> float | None:
        return None if math.isnan(value) or (self._hide and value == 0.0) else value

    def _number(self, place: int, wire: Direct) -> Number:
        if wire.kind is Kind.TEXT:
            raise Declined("estimator", f"the text column {wire.column!r} reaches it as it is")
        null = None if is_nan(wire.null) else float(wire.null)
        return Number(column=wire.column, position=place, null=null, stages=wire.stages, zero_is_missing=self._hide)

    def _table(self, column: str, placed: Placed) -> Table:
        keys: list[Key] = list(dict.fromkeys(key for _, wire in placed for key in wire.values))
        answers = [(key, self._cells([(place, wire.values.get(key, wire.other)) for place, wire in placed])) for key in keys]
        known = [(key, cells) for key, cells in answers if cells is not None]
        return Table(
            column=column,
            keys=tuple(key for key, _ in known),
            cells=tuple(cells for _, cells in known),
            null=self._cells([(place, wire.null) for place, wire in placed]),
            other=self._cells([(place, wire.other) for place, wire in placed]),
        )

    def _cells(self, values: list[tuple[int, float | None]]) -> tuple[Cell, ...] | None:
        if any(value is None for _, value in values):
            return None
        written = [(place, self._written(value)) for place, value in values if value is not None]
        return tuple(cell for cell in written if cell[1] != self.template[cell[0]])

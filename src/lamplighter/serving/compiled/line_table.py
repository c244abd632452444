"""A table of the plan for many rows: what each value puts into its places, a line for each value."""

from collections.abc import Sequence
from itertools import repeat
from typing import Any

import numpy as np

from lamplighter.serving.compiled.block import span
from lamplighter.serving.compiled.encoder import LookUp, Matrix, refused
from lamplighter.serving.compiled.filling import Lines
from lamplighter.serving.compiled.plan import Table
from lamplighter.serving.compiled.sheet import Asked

#: The line of a value that the model refuses.
_NONE = -1


class LineTable:
    """Made once from the table and the template."""

    def __init__(self, table: Table, template: Matrix) -> None:
        look_up = LookUp(table)
        answers = [*look_up.known.values(), look_up.null, look_up.other]
        places = sorted({place for cells in answers for place, _ in cells or ()})
        slot = {place: number for number, place in enumerate(places)}
        cells = np.tile(template[places], (len(answers), 1))
        for line, filled in enumerate(answers):
            for place, value in filled or ():
                cells[line, slot[place]] = value
        #: As our own library reads them.
        self.lines = Lines(np.array(places, dtype=np.uint64), cells)
        self._column, self._span = table.column, span(places)
        self._line: dict[Any, int] = {value: line for line, value in enumerate(look_up.known)}
        self._line[None] = _NONE if look_up.null is None else len(answers) - 2
        self._other = _NONE if look_up.other is None else len(answers) - 1
        self._refuses = look_up.null is None or look_up.other is None

    @property
    def asked(self) -> Asked:
        """The line of each value."""
        known = {value: line for value, line in self._line.items() if value is not None}
        empty, other = (None if line == _NONE else line for line in (self._line[None], self._other))
        return Asked(self._column, known, empty, other)

    def line_of(self, values: Sequence[Any]) -> list[int]:
        """The line of each value; raises `Failed` for one that the model refuses."""
        found = list(map(self._line.get, values, repeat(self._other)))
        if self._refuses and _NONE in found:
            raise refused(self._column)
        return found

    def write(self, matrix: Matrix, values: Sequence[Any]) -> None:
        """Fill the places of every row of an encoded matrix; raises `Failed` for a value that the model refuses."""
        found = self.line_of(values)
        if self.lines.places.size:
            matrix[:, self._span] = self.lines.cells.take(found, axis=0)

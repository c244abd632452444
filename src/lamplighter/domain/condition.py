"""What rows are to hold, as people write it: `origin = EWR, delay > 20`. All parts have to hold."""

import operator
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from lamplighter.domain.contract import Column, Kind
from lamplighter.domain.errors import Invalid
from lamplighter.domain.record import Record

#: Longest text of a condition, characters.
_LONGEST = 500
_PART = re.compile(r"\s*(.+?)\s*(!=|<=|>=|==?|<|>)\s*(.+?)\s*", re.DOTALL)
_NUMBERS = (Kind.NUMBER, Kind.INTEGER)
_ORDERS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Condition(Record, frozen=True):
    """One input held against one value."""

    column: str
    #: `=`, `!=`, `<`, `<=`, `>` or `>=`.
    operator: str
    value: str

    def check(self, column: Column) -> None:
        """Raise `Invalid` where the input cannot be held against the value in this way."""
        if self.is_of_order and (column.kind not in _NUMBERS or self._number is None):
            raise _unreadable(f"{self.operator} needs an input that holds numbers, and a number.")

    def names_part_of(self, column: Column) -> bool:
        """Whether it can only be true of a slice: the input holds numbers, and the value is none."""
        return column.kind in _NUMBERS and self._number is None

    def check_part(self, known: Collection[str]) -> None:
        """Raise `Invalid` for a slice that is none of these, as no row would ever lie in it."""
        if self.value not in known:
            told = ", ".join(known) or "not known"
            raise _unreadable(f"{self.column} holds numbers, and its slices are {told}.", f"Write {self.column} >= 17")

    @property
    def is_of_order(self) -> bool:
        """Whether it asks for what is smaller or larger, so that slices are of no concern."""
        return self.operator in _ORDERS

    def test(self) -> Callable[[Any, str], bool]:
        """Tells whether it is true of a value that lies in a slice of its input. No value is neither smaller nor larger."""
        wanted, number = self.value, self._number
        if self.is_of_order:
            order = _ORDERS[self.operator]
            return lambda value, _: value is not None and number is not None and order(value, number)

        def same(value: Any, part: str) -> bool:
            if part == wanted:
                return True
            if isinstance(value, bool):
                return str(value).lower() == wanted.lower()
            return bool(value == (number if isinstance(value, int | float) else wanted))

        return same if self.operator == "=" else lambda value, part: not same(value, part)

    @property
    def _number(self) -> float | None:
        try:
            return float(self.value)
        except ValueError:
            return None


def conditions_in(text: str) -> tuple[Condition, ...]:
    """The parts of a text, none for an empty one; raises `Invalid`.

    Values stand as they are or in quotes. A comma parts; what stands behind one and holds no operator belongs to the value in
    front of it, so that the names of slices are conditions.
    """
    if len(text) > _LONGEST:
        raise _unreadable(f"It is longer than {_LONGEST} characters.")
    found: list[Condition] = []
    for part in text.split(",") if text.strip() else ():
        read = _PART.fullmatch(part)
        if read is not None:
            column, sign, value = read.groups()
            found.append(Condition(column, "=" if sign == "==" else sign, value))
        elif found:
            last = found.pop()
            found.append(Condition(last.column, last.operator, f"{last.value},{part}"))
        else:
            raise _unreadable("A part has an input, one of = != < <= > >=, and a value.")
    return tuple(Condition(one.column, one.operator, _bare(one.value)) for one in found)


def _bare(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    return value[1:-1] if is_quoted else value.strip()


def _unreadable(why: str, fix: str = "Write origin = EWR, delay > 20") -> Invalid:
    return Invalid("The condition cannot be read.", why=why, fix=fix, code="E1248")

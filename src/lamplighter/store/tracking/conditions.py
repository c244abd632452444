"""Comparisons and orders of a search, as conditions and orders of a statement."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, func, not_

from lamplighter.domain.tracking.query import Comparison, Of, Order, Term

#: What a value is held against.
_SIGNS: Mapping[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "=": lambda column, value: column == value,
    "!=": lambda column, value: column != value,
    "<": lambda column, value: column < value,
    "<=": lambda column, value: column <= value,
    ">": lambda column, value: column > value,
    ">=": lambda column, value: column >= value,
}
#: What SQLite takes for a pattern where MLflow takes none.
_GLOB = str.maketrans({"%": "*", "_": "?", "*": "[*]", "?": "[?]", "[": "[[]"})


class Searched:
    """A table of things, with the tables of what stands beside each of them."""

    def __init__(self, table: Table, key: str, attributes: Mapping[str, str], beside: Mapping[Of, tuple[Table, str]]) -> None:
        """`attributes` gives the column of each attribute; `beside` the table of each kind, and its column of the thing."""
        self.table, self.key, self._attributes, self._beside = table, key, attributes, beside

    def where(self, connection: Connection, comparisons: Sequence[Comparison]) -> list[ColumnElement[bool]]:
        """What has to hold."""
        return [self._holds(connection.dialect.name, one) for one in comparisons]

    def _holds(self, dialect: str, one: Comparison) -> ColumnElement[bool]:
        if one.term.of is Of.ATTRIBUTE:
            return compared(dialect, self.table.c[self._attributes[one.term.key]], one)
        table, thing = self._beside[one.term.of]
        named = and_(table.c[thing] == self.table.c[self.key], table.c.key == one.term.key)
        is_number = [not_(table.c.nan)] if one.term.of is Of.METRIC else []
        return table.select().where(named, *is_number, compared(dialect, table.c.value, one)).exists()

    def ordered(self, query: Select[Any], orders: Sequence[Order], *last: ColumnElement[Any]) -> Select[Any]:
        """The statement, sorted: what lacks a value comes last, and `last` decides between equals."""
        for order in orders:
            query, column = self._value(query, order.term)
            query = query.order_by(column.is_(None), column.asc() if order.ascending else column.desc())
        return query.order_by(*last)

    def _value(self, query: Select[Any], term: Term) -> tuple[Select[Any], ColumnElement[Any]]:
        if term.of is Of.ATTRIBUTE:
            return query, self.table.c[self._attributes[term.key]]
        table, thing = self._beside[term.of]
        beside = table.alias()
        joined = and_(beside.c[thing] == self.table.c[self.key], beside.c.key == term.key)
        if term.of is Of.METRIC:
            joined = and_(joined, not_(beside.c.nan))
        return query.outerjoin(beside, joined), beside.c.value


def compared(dialect: str, column: ColumnElement[Any], one: Comparison) -> ColumnElement[bool]:
    """A column held against the value of a comparison. Case counts for LIKE and does not for ILIKE, on both databases."""
    if one.operator in _SIGNS:
        return _SIGNS[one.operator](column, one.value)
    pattern = str(one.value)
    if one.operator == "ILIKE":
        column, pattern = func.lower(column), pattern.lower()
    if dialect == "sqlite":
        return column.op("GLOB", is_comparison=True)(pattern.translate(_GLOB))
    return column.like(pattern, escape="")

"""Statements that are made once and executed with parameters: to make one takes several times as long as to ask."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, Table, bindparam, select

#: The columns that tell a model in an environment, a version of it, and a day of that.
PLACE = ("model", "environment")
VERSION = (*PLACE, "number")
DAY = (*VERSION, "day")
#: The parameters that say how many are asked for, and of what values.
MOST, VALUES = "most", "values"


def equal(table: Any, *names: str, prefix: str = "") -> list[ColumnElement[bool]]:
    """Columns have the values of the parameters with their names. A change needs a prefix before these: what has the name of a
    column there is what it is set to."""
    return [table.c[name] == bindparam(f"{prefix}{name}") for name in names]


def within(column: ColumnElement[int]) -> list[ColumnElement[bool]]:
    """A moment lies in the window of the parameters `start` and `end`; the end is no part of it."""
    return [column >= bindparam("start", type_=BigInteger), column < bindparam("end", type_=BigInteger)]


def one_of(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """A column has one of the values of a parameter."""
    return column.in_(bindparam(name, expanding=True))


def bodies(table: Table, equals: Mapping[str, Any], order: str = "", *, limited: bool = False) -> Select[Any]:
    """The bodies of records with these column values: newest first by the column named, or by key if none is."""
    # What is so or not so stands in the statement itself: there may be an index of what is so.
    said = tuple((name, value) for name, value in equals.items() if value is None or isinstance(value, bool))
    return _bodies(table, tuple(name for name in equals if name not in dict(said)), said, order, limited)


@lru_cache(maxsize=1024)
def _bodies(
    table: Table, names: tuple[str, ...], said: tuple[tuple[str, bool | None], ...], order: str, limited: bool
) -> Select[Any]:
    columns = [table.c[order].desc()] if order else [column.asc() for column in table.primary_key]
    query = select(table.c.body).where(*equal(table, *names)).filter_by(**dict(said)).order_by(*columns)
    return query.limit(bindparam(MOST, type_=BigInteger)) if limited else query


@lru_cache(maxsize=256)
def bodies_among(table: Table, name: str) -> Select[Any]:
    """The bodies of records whose column has one of the values that are given, by key."""
    return select(table.c.body).where(one_of(table.c[name], VALUES)).order_by(*table.primary_key)

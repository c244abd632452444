"""What all collections share: records kept as JSON beside the columns that queries ask for."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import (
    CTE,
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Insert,
    Integer,
    Select,
    String,
    Table,
    Text,
    Update,
    and_,
    bindparam,
    cast,
    column,
    func,
    insert,
    literal,
    select,
    tuple_,
    type_coerce,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from lamplighter.domain.decoding import json_decoder
from lamplighter.domain.errors import Conflict
from lamplighter.domain.record import canonical
from lamplighter.store.statements import MOST, VALUES, bodies, bodies_among, equal

Kept = TypeVar("Kept", bound=msgspec.Struct)
#: Values in one question.
_ASKED = 500
#: How parameters begin that hold what a record had.
_BEFORE = "before_"


def stale(what: str) -> Conflict:
    """The refusal of a write that saw an older state."""
    return Conflict(
        f"{what} was changed by somebody else.",
        why="Between the look and the write another change came in.",
        fix="Look again and repeat what you wanted, if it still makes sense.",
        code="E1501",
    )


@cache
def _beside(table: Table) -> tuple[str, ...]:
    """The columns of a table beside the body."""
    return tuple(column.name for column in table.columns if column.name != "body")


@cache
def _added(table: Table) -> Insert:
    return insert(table)


@cache
def _replaced(table: Table) -> Update:
    return update(table).where(*equal(table, *table.primary_key.columns.keys(), "revision", prefix=_BEFORE))


@cache
def _decoder(kind: type[Kept]) -> Callable[[str], Kept]:
    return json_decoder(kind).decode


class Collection(Generic[Kept]):
    """Records of one kind in one table, within one transaction."""

    table: Table
    kind: type[Kept]

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._decode: Callable[[str], Kept] = _decoder(self.kind)

    def columns(self, record: Kept) -> dict[str, Any]:
        """The values of the columns beside the body: the fields of the record that have the name of a column."""
        return {name: getattr(record, name) for name in _beside(self.table) if hasattr(record, name)}

    def add(self, record: Kept) -> None:
        """Keep a new record; raises `Conflict` where its key is taken."""
        try:
            # A savepoint, because PostgreSQL gives up a whole transaction after a refusal and SQLite does not.
            with self.connection.begin_nested():
                self.connection.execute(_added(self.table), {**self.columns(record), "body": _text(record)})
        except IntegrityError:
            raise Conflict(
                "That exists already.",
                why=f"Another entry of {self.table.name} holds this place.",
                fix="Look at the one that is there; use another name, or wait until it is finished.",
                code="E1502",
            ) from None

    def put(self, record: Kept) -> None:
        """Keep a record in the place of the one with the same key, if there is one."""
        values = {**self.columns(record), "body": _text(record)}
        keys = [column.name for column in self.table.primary_key]
        upsert(self.connection, self.table, [values], keys=keys, set_=[name for name in values if name not in keys])

    def replace(self, record: Kept, *, revision: int) -> None:
        """Keep the next state of a record that had this revision; raises `Conflict` if it has moved on."""
        values = {**self.columns(record), "body": _text(record)}
        known = {f"{_BEFORE}{column.name}": values[column.name] for column in self.table.primary_key}
        done = self.connection.execute(_replaced(self.table), {**values, **known, f"{_BEFORE}revision": revision})
        if done.rowcount != 1:
            raise stale(f"An entry of {self.table.name}")

    def find(self, **equals: Any) -> Kept | None:
        """The one record with these column values."""
        row = self.connection.execute(bodies(self.table, equals), equals).first()
        return self._decode(row[0]) if row else None

    def all(
        self, *, newest: str = "", limit: int | None = None, equals: Mapping[str, Any] | None = None, **more: Any
    ) -> list[Kept]:
        """Records with these column values; newest first by the column named, or by key."""
        told = {**(equals or {}), **more}
        query = bodies(self.table, told, newest, limited=limit is not None)
        rows = self.connection.execute(query, {**told, MOST: limit})
        return [self._decode(body) for body in rows.scalars().all()]

    def among(self, column: str, values: Iterable[Any]) -> list[Kept]:
        """Records whose column holds one of these values, by key within each part of the values."""
        wanted, found = list(dict.fromkeys(values)), []
        for start in range(0, len(wanted), _ASKED):
            asked = {VALUES: wanted[start : start + _ASKED]}
            rows = self.connection.execute(bodies_among(self.table, column), asked)
            found += [self._decode(row[0]) for row in rows]
        return found


#: The name of the parameter.
NAMED = "named"
_VERSION = (Column("model", String), Column("environment", String), Column("number", Integer))


def named_versions(connection: Connection, versions: Sequence[tuple[str, str, int]]) -> CTE:
    """Versions (model, environment, number) as a table to join with."""
    return named(connection, _VERSION, versions)


def versions_to_be_named(dialect: str) -> CTE:
    """The same for a statement that is made once."""
    return to_be_named(dialect, _VERSION)


def named(connection: Connection, columns: Sequence[Column[Any]], rows: Sequence[Sequence[object]]) -> CTE:
    """Values of these columns, texts and whole numbers, as a table to join with. They go along as one parameter, so that the
    statement is the same for any number of them."""
    return _wanted(connection.dialect.name, columns, literal(told(rows)[NAMED], String))


def to_be_named(dialect: str, columns: Sequence[Column[Any]]) -> CTE:
    """The same for a statement that is made once and executed with what `told` gives: to make one takes longer than to ask."""
    return _wanted(dialect, columns, bindparam(NAMED, type_=String))


def told(rows: Sequence[Sequence[object]]) -> dict[str, str]:
    """The parameter of a statement that holds what is to be named."""
    return {NAMED: msgspec.json.encode(rows).decode()}


def _wanted(dialect: str, columns: Sequence[Column[Any]], text: ColumnElement[str]) -> CTE:
    is_postgresql = dialect == "postgresql"
    parts = func.json_array_elements(cast(text, JSON)) if is_postgresql else func.json_each(text)
    one = (
        parts.table_valued(column("value", JSON)).render_derived()
        if is_postgresql
        else parts.table_valued(column("value", JSON))
    )
    fields = [
        cast(value.as_string(), BigInteger) if isinstance(wanted.type, Integer) else value.as_string()
        for wanted, value in ((wanted, one.c.value[place]) for place, wanted in enumerate(columns))
    ]
    return select(*(field.label(wanted.name) for field, wanted in zip(fields, columns, strict=True))).cte("wanted")


@cache
def rows_named(dialect: str, table: Table, keys: tuple[str, ...], names: tuple[str, ...] = ()) -> Select[Any]:
    """The rows of a table whose keys are those that `told` gives; all their columns, or those with these names."""
    columns = [table.c[name] for name in keys]
    wanted = to_be_named(dialect, columns)
    joined = wanted.join(table, and_(*(column == wanted.c[column.name] for column in columns)))
    return select(*(table.c[name] for name in names or table.c.keys())).select_from(joined)


def inside(connection: Connection, body: Column[str], field: str) -> Any:
    """A field of the records that are kept as JSON, for the database to look at."""
    is_postgresql = connection.dialect.name == "postgresql"
    return (cast(body, JSON) if is_postgresql else type_coerce(body, JSON))[field]


def gathered(connection: Connection, *columns: ColumnElement[Any]) -> ColumnElement[str]:
    """Numbers and texts of these columns in all rows of a group, as JSON: a list with one list for each row. Taking rows apart
    is what costs most where they are many and small."""
    if connection.dialect.name == "postgresql":
        return cast(func.json_agg(func.json_build_array(*columns)), Text)
    return func.json_group_array(func.json_array(*columns))


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[dict[str, Any]],
    *,
    keys: list[str],
    set_: list[str],
    grown: tuple[str, ...] = (),
) -> None:
    """Insert rows; where a key is taken set the named columns, or leave the row alone if none is named.

    With `grown` they are set only where these columns grow: the first, or the next where those before are equal.
    """
    if not rows:
        return
    # To look at each of many rows would take SQLAlchemy as long as it takes the database to keep them.
    statement, values = _compiled(connection.dialect, table, tuple(keys), tuple(set_), grown, tuple(rows[0]))
    connection.exec_driver_sql(statement, list(map(values, rows)))


@lru_cache(maxsize=256)
def _compiled(
    dialect: Dialect, table: Table, keys: tuple[str, ...], set_: tuple[str, ...], grown: tuple[str, ...], names: tuple[str, ...]
) -> tuple[str, Callable[[Mapping[str, Any]], Any]]:
    """The statement as the driver takes it, and what it takes of a row."""
    compiled: Any = _upsert(dialect.name, table, keys, set_, grown).compile(dialect=dialect, column_keys=names)
    return str(compiled), itemgetter(*compiled.positiontup) if compiled.positional else dict


def _upsert(dialect: str, table: Table, keys: tuple[str, ...], set_: tuple[str, ...], grown: tuple[str, ...]) -> Any:
    statement: Any = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    if not set_:
        return statement.on_conflict_do_nothing(index_elements=keys)
    newer = statement.excluded
    where = tuple_(*(table.c[name] for name in grown)) < tuple_(*(newer[name] for name in grown)) if grown else None
    return statement.on_conflict_do_update(index_elements=keys, set_={name: newer[name] for name in set_}, where=where)


def _text(record: msgspec.Struct) -> str:
    return canonical(record).decode()

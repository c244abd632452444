"""Counts of an hour as they are added up, written and read, whatever kind of hour it is.

An hour has requests, failures and latencies, these by bucket of `LATENCY_BOUNDS`.
"""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, Table

from lamplighter.store.collection import rows_named, told

#: Seconds in an hour.
HOUR = 3600

_Hour = TypeVar("_Hour", bound=msgspec.Struct)


def added(parts: Sequence[_Hour]) -> _Hour:
    """All parts, of which there is one at least, labelled with the first."""
    counted: Sequence[Any] = parts
    return msgspec.structs.replace(
        parts[0],
        requests=sum(part.requests for part in counted),
        failures=sum(part.failures for part in counted),
        latencies=tuple(map(sum, zip(*(part.latencies for part in counted), strict=True))),
    )


def written(hour: msgspec.Struct) -> dict[str, Any]:
    """The row of an hour."""
    row = msgspec.structs.asdict(hour)
    return {**row, "latencies": msgspec.json.encode(row["latencies"]).decode()}


def read(row: Any, kind: type[_Hour], **fields: Any) -> _Hour:
    """The hour in a row; `fields` are those that a row holds in another form."""
    return kind(**{**row, "latencies": tuple(msgspec.json.decode(row["latencies"])), **fields})


def found(
    connection: Connection, table: Table, keys: Sequence[str], hours: Sequence[msgspec.Struct]
) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """The rows that are there for these hours, each with the values of its keys: one question for all."""
    asked = [[getattr(hour, name) for name in keys] for hour in hours]
    for row in connection.execute(rows_named(connection.dialect.name, table, tuple(keys)), told(asked)):
        yield tuple(getattr(row, name) for name in keys), row

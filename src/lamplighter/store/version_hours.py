"""What each version did for each consumer of a model, by hour."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, select

from lamplighter.domain.route import LATENCY_BOUNDS, Arm
from lamplighter.store import schema
from lamplighter.store.collection import upsert
from lamplighter.store.hours import HOUR, added, found, read, written


class VersionHour(msgspec.Struct, frozen=True):
    """What one version did for one consumer in one hour, or in several added up."""

    model: str
    environment: str
    consumer: str
    number: int
    arm: Arm
    #: First second of the hour, since the epoch.
    second: int
    #: Requests that it was asked, also where another version answered in its place.
    requests: int = 0
    #: Of these, requests that it failed.
    failures: int = 0
    #: Requests that it answered by latency bucket; bounds are `LATENCY_BOUNDS`, the last is open.
    latencies: tuple[int, ...] = (0,) * (len(LATENCY_BOUNDS) + 1)


class VersionHours:
    """The hours of all versions, within one transaction."""

    _keys = ("model", "environment", "consumer", "number", "arm", "second")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def add(self, parts: Sequence[VersionHour]) -> None:
        """Add to what is known of these hours; no hour of a consumer and a version is in the parts twice."""
        table = schema.version_hours
        known = {key: _hour(row) for key, row in found(self.connection, table, self._keys, parts)}
        rows = []
        for part in parts:
            before = known.get(tuple(getattr(part, name) for name in self._keys))
            rows.append(written(added([part, *([before] if before else [])])))
        upsert(self.connection, table, rows, keys=list(self._keys), set_=["requests", "failures", "latencies"])

    def since(self, model: str, environment: str, second: int) -> dict[str, tuple[VersionHour, ...]]:
        """By consumer, one sum for each version and arm from the hour of a second on, in the order of the versions."""
        table = schema.version_hours
        query = select(table).filter_by(model=model, environment=environment).where(table.c.second >= second // HOUR * HOUR)
        parts: dict[tuple[str, int, str], list[VersionHour]] = defaultdict(list)
        for row in self.connection.execute(query.order_by(table.c.second)):
            parts[row.consumer, row.number, row.arm].append(_hour(row))
        sums: dict[str, list[VersionHour]] = defaultdict(list)
        for (consumer, _, _), hours in sorted(parts.items()):
            sums[consumer].append(added(hours))
        return {consumer: tuple(hours) for consumer, hours in sums.items()}

    def forget(self, before: int) -> None:
        """Drop the hours before a second."""
        self.connection.execute(delete(schema.version_hours).where(schema.version_hours.c.second < before))


def _hour(row: Any) -> VersionHour:
    return read(row._mapping, VersionHour, arm=Arm(row.arm))

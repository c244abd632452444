"""Requests by second: how many, how many failed and how long they took, and who asked."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, func, select

from lamplighter.domain.route import LATENCY_BOUNDS
from lamplighter.store import schema
from lamplighter.store.collection import upsert


class Traffic(msgspec.Struct, frozen=True):
    """What one version did in one second, or in several added up."""

    model: str
    environment: str
    number: int
    arm: str
    #: Second since the epoch.
    second: int
    requests: int = 0
    rows: int = 0
    failures: int = 0
    #: Failures that were no fault of the version: too many requests waited for it.
    crowded: int = 0
    #: Requests by latency bucket; bounds are `LATENCY_BOUNDS`, the last is open.
    latencies: tuple[int, ...] = (0,) * (len(LATENCY_BOUNDS) + 1)


def total(parts: Sequence[Traffic]) -> Traffic:
    """All parts added up; labelled with the first."""
    first = parts[0] if parts else Traffic(model="", environment="", number=0, arm="", second=0)
    return msgspec.structs.replace(
        first,
        requests=sum(part.requests for part in parts),
        rows=sum(part.rows for part in parts),
        failures=sum(part.failures for part in parts),
        crowded=sum(part.crowded for part in parts),
        latencies=tuple(sum(column) for column in zip(*(part.latencies for part in parts), strict=True)) or first.latencies,
    )


class TrafficSeen:
    """Traffic within one transaction."""

    _keys = ("model", "environment", "number", "arm", "second")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def add(self, parts: Sequence[Traffic]) -> None:
        """Add to what is known of these seconds."""
        for part in parts:
            key = {name: getattr(part, name) for name in self._keys}
            known = self._where(**key)
            merged = total([part, *known])
            counts = {"requests": merged.requests, "rows": merged.rows, "failures": merged.failures, "crowded": merged.crowded}
            row = {**key, **counts, "latencies": msgspec.json.encode(merged.latencies).decode()}
            upsert(self.connection, schema.traffic, [row], keys=list(self._keys), set_=[*counts, "latencies"])

    def since(self, model: str, environment: str, second: int, **equals: object) -> list[Traffic]:
        """What was seen from a second on, oldest first."""
        table = schema.traffic
        query = select(table).filter_by(model=model, environment=environment, **equals).where(table.c.second >= second)
        return [_traffic(row._mapping) for row in self.connection.execute(query.order_by(table.c.second))]

    def sums(self, model: str, environment: str, number: int, second: int) -> dict[str, Traffic]:
        """What one version did from a second on, by arm, without its latencies; the database adds up."""
        table = schema.traffic
        counts = [func.sum(table.c[name]) for name in ("requests", "rows", "failures", "crowded")]
        query = select(table.c.arm, *counts).filter_by(model=model, environment=environment, number=number)
        found = self.connection.execute(query.where(table.c.second >= second).group_by(table.c.arm))
        return {
            arm: Traffic(model, environment, number, arm, second, int(requests), int(rows), int(failures), int(crowded))
            for arm, requests, rows, failures, crowded in found
        }

    def _where(self, **equals: object) -> list[Traffic]:
        return [_traffic(row._mapping) for row in self.connection.execute(select(schema.traffic).filter_by(**equals))]

    def called(self, calls: Sequence[tuple[str, str, str, int, int]]) -> None:
        """Count callers: model, environment, consumer, requests, time of the last."""
        table = schema.callers
        keys = ["model", "environment", "consumer"]
        for model, environment, consumer, requests, at in calls:
            key = {"model": model, "environment": environment, "consumer": consumer}
            before = self.connection.execute(select(table.c.requests, table.c.last_at).filter_by(**key)).first() or (0, 0)
            row = {**key, "requests": before[0] + requests, "last_at": max(before[1], at)}
            upsert(self.connection, table, [row], keys=keys, set_=["requests", "last_at"])

    def callers(self, model: str) -> list[tuple[str, str, int, int]]:
        """Who has called a model: environment, consumer, requests, time of the last."""
        table = schema.callers
        query = select(table.c.environment, table.c.consumer, table.c.requests, table.c.last_at)
        return [tuple(row) for row in self.connection.execute(query.filter_by(model=model).order_by(table.c.consumer))]

    def all_callers(self) -> list[tuple[str, str, str, int]]:
        """Who has called what: model, environment, consumer, requests."""
        table = schema.callers
        query = select(table.c.model, table.c.environment, table.c.consumer, table.c.requests)
        return [tuple(row) for row in self.connection.execute(query)]


def _traffic(row: object) -> Traffic:
    values = dict(row)  # type: ignore[call-overload]
    return Traffic(**{**values, "latencies": tuple(msgspec.json.decode(values["latencies"]))})

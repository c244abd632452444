"""Requests by second and by hour: how many, how many failed and how long they took, and who asked."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, Table, and_, bindparam, case, delete, func, select

from lamplighter.domain.decoding import json_decoder
from lamplighter.domain.traffic import HOUR, Traffic, total
from lamplighter.store import schema
from lamplighter.store.collection import gathered, named_versions, rows_named, told, upsert
from lamplighter.store.statements import PLACE, VERSION, equal

#: Rows in one statement.
_ASKED = 500


#: Environment, first second of an hour, and requests.
_answered = json_decoder(list[tuple[str, int, int]]).decode


class TrafficSeen:
    """Traffic within one transaction."""

    _keys = ("model", "environment", "number", "arm", "second")
    _counts = ("requests", "rows", "failures", "crowded")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def add(self, parts: Sequence[Traffic]) -> None:
        """Add to what is known of these seconds, and of their hours."""
        self._add(schema.traffic, parts)
        self._add(schema.hours, [msgspec.structs.replace(part, second=part.second // HOUR * HOUR) for part in parts])

    def _add(self, table: Table, parts: Sequence[Traffic]) -> None:
        together: dict[tuple[object, ...], list[Traffic]] = defaultdict(list)
        for part in parts:
            together[tuple(getattr(part, name) for name in self._keys)].append(part)
        known = self._known(table, together)
        rows = []
        for values, fresh in together.items():
            merged = total([*fresh, *([known[values]] if values in known else [])])
            counts = {name: getattr(merged, name) for name in self._counts}
            latencies = msgspec.json.encode(merged.latencies).decode()
            rows.append({**dict(zip(self._keys, values, strict=True)), **counts, "latencies": latencies})
        for start in range(0, len(rows), _ASKED):
            some = rows[start : start + _ASKED]
            upsert(self.connection, table, some, keys=list(self._keys), set_=[*self._counts, "latencies"])

    def _known(self, table: Table, keys: Iterable[tuple[object, ...]]) -> dict[tuple[object, ...], Traffic]:
        """What is known under these keys, whatever the number of versions."""
        query = rows_named(self.connection.dialect.name, table, self._keys)
        rows = self.connection.execute(query, told(list(keys))).mappings()
        return {tuple(row[name] for name in self._keys): _traffic(row) for row in rows}

    def since(self, model: str, environment: str, second: int, *, before: int | None = None, **equals: object) -> list[Traffic]:
        """What was seen from a second on, up to another one, oldest first."""
        table = schema.traffic
        query = select(table).filter_by(model=model, environment=environment, **equals).where(table.c.second >= second)
        if before is not None:
            query = query.where(table.c.second < before)
        return [_traffic(row._mapping) for row in self.connection.execute(query.order_by(table.c.second))]

    def sums(self, model: str, environment: str, number: int, second: int) -> dict[str, Traffic]:
        """What one version did from a second on, by arm, without its latencies; the database adds up."""
        asked = {"model": model, "environment": environment, "number": number, "second": second}
        found = self.connection.execute(_sums(), asked)
        return {
            arm: Traffic(model, environment, number, arm, second, int(requests), int(rows), int(failures), int(crowded))
            for arm, requests, rows, failures, crowded in found
        }

    def trouble(self, versions: Sequence[tuple[str, str, int]], second: int) -> dict[tuple[str, str], int]:
        """How many requests failed or found no room from a second on, by model and environment, of those of these versions
        (model, environment, number) that were asked at all."""
        table, wanted = schema.traffic, named_versions(self.connection, versions)
        same = [table.c[name] == wanted.c[name] for name in ("model", "environment", "number")]
        joined = wanted.join(table, and_(*same, table.c.second >= second))
        query = select(table.c.model, table.c.environment, func.sum(table.c.failures + table.c.crowded)).select_from(joined)
        found = self.connection.execute(query.group_by(table.c.model, table.c.environment)).all()
        return {(model, environment): int(trouble) for model, environment, trouble in found}

    def hours(self, model: str, environment: str, second: int) -> list[Traffic]:
        """What was seen hour by hour, from the hour of a second on, oldest first; each hour is named by its first second."""
        table = schema.hours
        query = select(table).filter_by(model=model, environment=environment).where(table.c.second >= second // HOUR * HOUR)
        return [_traffic(row._mapping) for row in self.connection.execute(query.order_by(table.c.second))]

    def answered(self, models: Sequence[str], second: int) -> dict[tuple[str, str], Counter[int]]:
        """Requests of these models hour by hour, from the hour of a second on: by model and environment, and then by the first
        second of the hour.

        A request counts once: where the version on trial failed, it is counted with the version that answered.
        """
        of = schema.hours
        counted = case((of.c.arm == "challenger", of.c.requests - of.c.failures), else_=of.c.requests)
        # By the model alone: for a group by its environment as well, SQLite would read every hour that there ever was, as they
        # lie in the order of that group.
        query = select(of.c.model, gathered(self.connection, of.c.environment, of.c.second, counted)).group_by(of.c.model)
        query = query.where(
            of.c.model.in_(models), of.c.second >= second // HOUR * HOUR, of.c.arm.in_(("champion", "challenger"))
        )
        found: defaultdict[tuple[str, str], Counter[int]] = defaultdict(Counter)
        for model, parts in self.connection.execute(query):
            for environment, hour, requests in _answered(parts):
                found[model, environment][hour] += requests
        return found

    def oldest(self, model: str, environment: str) -> int | None:
        """The first second that is kept; nothing if none is."""
        return self.connection.execute(_oldest(), {"model": model, "environment": environment}).scalar()

    def forget(self, model: str, environment: str, *, seconds_before: int, hours_before: int) -> None:
        """Drop what was seen before a second, and the hours before another one."""
        for table, before in ((schema.traffic, seconds_before), (schema.hours, hours_before)):
            of = and_(table.c.model == model, table.c.environment == environment, table.c.second < before)
            self.connection.execute(delete(table).where(of))

    def called(self, calls: Sequence[tuple[str, str, str, int, int]]) -> None:
        """Count callers: model, environment, consumer, requests, time of the last."""
        table = schema.callers
        query = rows_named(self.connection.dialect.name, table, (*PLACE, "consumer"))
        rows = self.connection.execute(query, told([call[:3] for call in calls])).all()
        known = {tuple(row[:3]): (int(row.requests), int(row.last_at)) for row in rows}
        together: dict[tuple[Any, ...], tuple[int, int]] = {}
        for *key, requests, at in calls:
            before, last = together.get(tuple(key)) or known.get(tuple(key)) or (0, 0)
            together[tuple(key)] = (before + requests, max(last, at))
        names = [column.name for column in table.columns]
        changed = [dict(zip(names, (*key, *counted), strict=True)) for key, counted in together.items()]
        upsert(self.connection, table, changed, keys=names[:3], set_=names[3:])

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


@cache
def _sums() -> Select[Any]:
    of = schema.traffic.c
    counts = [func.sum(of[name]) for name in TrafficSeen._counts]
    query = select(of.arm, *counts).where(*equal(schema.traffic, *VERSION), of.second >= bindparam("second"))
    return query.group_by(of.arm)


@cache
def _oldest() -> Select[Any]:
    return select(func.min(schema.traffic.c.second)).where(*equal(schema.traffic, *PLACE))


def _traffic(row: object) -> Traffic:
    values = dict(row)  # type: ignore[call-overload]
    return Traffic(**{**values, "latencies": tuple(msgspec.json.decode(values["latencies"]))})

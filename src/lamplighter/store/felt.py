"""What each consumer of a model felt, by hour: answers, failures, how long they took, and what was refused."""

from collections import defaultdict
from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, and_, case, delete, func, or_, select

from lamplighter.domain.traffic import CallerHour
from lamplighter.store import schema
from lamplighter.store.collection import upsert
from lamplighter.store.hours import HOUR, added, found, read, written


class CallerRefusals(msgspec.Struct, frozen=True):
    """How often one process has refused requests of a consumer since it started."""

    model: str
    environment: str
    consumer: str
    #: Status of the answer.
    status: str
    #: The process, by its slot and start.
    process: str
    #: A second of the hour in which it was counted.
    second: int
    requests: int


class CallersFelt:
    """What callers felt, within one transaction."""

    _keys = ("model", "environment", "consumer", "second")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def add(self, parts: Sequence[CallerHour]) -> None:
        """Add to what is known of these hours; no hour of a consumer is in the parts twice."""
        table = schema.caller_hours
        known = {key: read(row._mapping, CallerHour) for key, row in found(self.connection, table, self._keys, parts)}
        rows = []
        for part in parts:
            before = known.get(tuple(getattr(part, name) for name in self._keys))
            rows.append(written(added([part, *([before] if before else [])])))
        upsert(self.connection, table, rows, keys=list(self._keys), set_=["requests", "failures", "latencies"])

    def since(self, model: str, environment: str, second: int) -> dict[str, CallerHour]:
        """What each consumer felt from the hour of a second on."""
        table = schema.caller_hours
        query = select(table).filter_by(model=model, environment=environment).where(table.c.second >= second // HOUR * HOUR)
        parts: dict[str, list[CallerHour]] = defaultdict(list)
        for row in self.connection.execute(query):
            parts[row.consumer].append(read(row._mapping, CallerHour))
        return {consumer: added(found) for consumer, found in parts.items()}

    def refused(self, counts: Sequence[CallerRefusals]) -> None:
        """Keep the counters of processes as they stand; telling the same ones again changes nothing."""
        rows = [{**msgspec.structs.asdict(one), "second": one.second // HOUR * HOUR} for one in counts]
        keys = ["model", "environment", "consumer", "status", "process", "second"]
        upsert(self.connection, schema.refusals, rows, keys=keys, set_=["requests"], grown=("requests",))

    def refusals(self, model: str, environment: str, second: int) -> dict[str, dict[str, int]]:
        """Requests of each consumer that were refused from the hour of a second on, by status."""
        of, first = schema.refusals, second // HOUR * HOUR
        group = (of.c.consumer, of.c.status, of.c.process)
        before = func.max(case((of.c.second < first, of.c.requests), else_=0))
        query = select(*group, func.max(of.c.requests), before).filter_by(model=model, environment=environment)
        found: dict[str, dict[str, int]] = {}
        for consumer, status, _, count, old in self.connection.execute(query.group_by(*group)):
            if count > old:
                statuses = found.setdefault(consumer, {})
                statuses[status] = statuses.get(status, 0) + int(count - old)
        return found

    def forget(self, before: int) -> None:
        """Drop the hours before a second. Of a counter the newest is kept, or what follows would seem to begin at nothing."""
        self.connection.execute(delete(schema.caller_hours).where(schema.caller_hours.c.second < before))
        of, newer = schema.refusals, schema.refusals.alias("newer")
        same = and_(*(newer.c[name] == of.c[name] for name in ("model", "environment", "consumer", "status", "process")))
        follows = select(newer.c.second).where(same, newer.c.second > of.c.second).correlate(of).exists()
        old = of.c.second < before - 30 * 24 * HOUR
        self.connection.execute(delete(of).where(or_(old, and_(of.c.second < before, follows))))

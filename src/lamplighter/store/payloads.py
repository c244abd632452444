"""Halves of calls that wait for their other half, within one transaction."""

from sqlalchemy import Connection, and_, delete, func, select

from lamplighter.store import schema
from lamplighter.store.collection import upsert

_KEYS = ["model", "environment", "id", "half"]


class Payloads:
    """What waits, by model, environment and id."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def put(self, model: str, environment: str, identity: str, half: str, body: bytes, now: int) -> None:
        """Keep a half; one that is there already stays."""
        row = {"model": model, "environment": environment, "id": identity, "half": half, "received_at": now, "body": body}
        upsert(self.connection, schema.payloads, [row], keys=_KEYS, set_=[])

    def of(self, model: str, environment: str, identity: str) -> dict[str, bytes]:
        """The halves of a call, by their names."""
        table = schema.payloads
        query = select(table.c.half, table.c.body).filter_by(model=model, environment=environment, id=identity)
        return {row[0]: row[1] for row in self.connection.execute(query)}

    def whole(self, limit: int) -> list[tuple[str, str, str]]:
        """Calls of which both halves are there: model, environment and id."""
        table = schema.payloads
        keys = (table.c.model, table.c.environment, table.c.id)
        query = select(*keys).group_by(*keys).having(func.count() > 1).limit(limit)
        return [tuple(row) for row in self.connection.execute(query)]

    def remove(self, model: str, environment: str, identity: str) -> None:
        """Forget a call."""
        t = schema.payloads
        where = and_(t.c.model == model, t.c.environment == environment, t.c.id == identity)
        self.connection.execute(delete(t).where(where))

    def forget(self, before: int) -> int:
        """Forget what came before a moment; gives the number of halves."""
        table = schema.payloads
        return self.connection.execute(delete(table).where(table.c.received_at < before)).rowcount

    def count(self) -> int:
        """Halves that wait."""
        return int(self.connection.execute(select(func.count()).select_from(schema.payloads)).scalar() or 0)

"""Labels as such: those that wait for their prediction, those that waited in vain, and how late labels come."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, delete, exists, func, select, text, update
from sqlalchemy.sql import ColumnElement

from lamplighter.store import schema
from lamplighter.store.collection import upsert

#: Ids in one statement.
_ASKED = 500
#: What the index of these labels says, word for word: with a parameter in its place SQLite would not find the index and read
#: every label there is.
_WAITS = text("labels.waits_for <> ''")
#: Microseconds in a day of event time.
_DAY = 86_400_000_000


class Labels:
    """Labels within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def wait(self, model: str, ids: Iterable[str]) -> None:
        """Say that the predictions of these labels are not there."""
        table, wanted = schema.labels, list(ids)
        for start in range(0, len(wanted), _ASKED):
            where = table.c.id.in_(wanted[start : start + _ASKED])
            self.connection.execute(update(table).where(where).values(waits_for=model))

    def waiting(self, model: str) -> int:
        """Labels of a model whose prediction is not there."""
        table = schema.labels
        return int(
            self.connection.execute(select(func.count()).where(_WAITS, table.c.waits_for == model, ~_arrived())).scalar() or 0
        )

    def claim(self) -> list[str]:
        """Let labels wait no longer whose prediction has come; gives their ids."""
        table = schema.labels
        come = update(table).where(_WAITS, _arrived()).values(waits_for="").returning(table.c.id)
        return list(self.connection.execute(come).scalars())

    def some_arrived(self) -> bool:
        """Whether a label waits whose prediction has come."""
        return self.connection.execute(select(schema.labels.c.id).where(_WAITS, _arrived()).limit(1)).first() is not None

    def expire(self, model: str, before: int) -> int:
        """Drop labels of a model that came before a moment and still wait, and count them; gives their number."""
        table = schema.labels
        gone = _WAITS, table.c.waits_for == model, table.c.received_at < before, ~_arrived()
        count = self.connection.execute(delete(table).where(*gone)).rowcount
        if count:
            self._count(model, count)
        return count

    def _count(self, model: str, more: int) -> None:
        table = schema.expired_labels
        upsert(self.connection, table, [{"model": model, "count": 0}], keys=["model"], set_=[])
        self.connection.execute(update(table).filter_by(model=model).values(count=table.c.count + more))

    def expired(self, model: str) -> int:
        """Labels of a model that waited in vain."""
        return int(self.connection.execute(select(schema.expired_labels.c["count"]).filter_by(model=model)).scalar() or 0)

    def came(self, model: str, environment: str, number: int, day: int, limit: int) -> Sequence[tuple[int, int]]:
        """When they happened and when their label came, for the first labelled rows of one day of a version."""
        p, t = schema.predictions, schema.labels
        query = select(p.c.event_at, t.c.received_at).join(t, t.c.id == p.c.id)
        query = query.where(p.c.model == model, p.c.environment == environment, p.c.number == number)
        query = query.where(p.c.event_at >= day, p.c.event_at < day + _DAY).limit(limit)
        return [(int(event_at), int(received_at)) for event_at, received_at in self.connection.execute(query)]


def _arrived() -> ColumnElement[bool]:
    return exists().where(schema.predictions.c.id == schema.labels.c.id)

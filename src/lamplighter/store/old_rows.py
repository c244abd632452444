"""Scored rows that nobody has to keep: found by the time of their answer, and dropped in pieces with their labels."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import BigInteger, Column, Connection, String, delete, exists, func, select

from lamplighter.domain.window import DAY
from lamplighter.store import schema
from lamplighter.store.closed_days import Place
from lamplighter.store.collection import named
from lamplighter.store.counters import Counters

#: When rows without a time of their answer were there: what an older release kept. Set when its database is brought up to date.
UNKNOWN = "rows-without-answer-time"
#: Rows in one statement.
_ASKED = 500


class OldRow(NamedTuple):
    """A row that may go."""

    id: str
    number: int
    environment: str
    event_at: int

    def place(self, model: str) -> Place:
        """The day that it lies in."""
        return Place(model, self.environment, self.number, self.event_at // DAY * DAY)


class OldRows:
    """Old rows within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def due(self, before: Mapping[str, int]) -> list[str]:
        """Of models with the moment before which their answers are old, those that have such rows; one question for all."""
        p, unknown = schema.predictions, Counters(self.connection).value(UNKNOWN)
        columns = (Column("model", String), Column("least", BigInteger), Column("before", BigInteger))
        wanted = named(self.connection, columns, [(model, _least(unknown, at), at) for model, at in before.items()])
        old = p.c.model == wanted.c.model, p.c.answered_at >= wanted.c.least, p.c.answered_at < wanted.c.before
        query = select(wanted.c.model).where(exists().where(*old)).order_by(wanted.c.model)
        return list(self.connection.execute(query).scalars())

    def oldest(self, model: str, before: int, limit: int) -> list[OldRow]:
        """The first rows of a model that were answered before a moment, oldest answer first."""
        p, unknown = schema.predictions, Counters(self.connection).value(UNKNOWN)
        query = select(p.c.id, p.c.number, p.c.environment, p.c.event_at)
        query = query.where(p.c.model == model, p.c.answered_at >= _least(unknown, before), p.c.answered_at < before)
        return [OldRow(*row) for row in self.connection.execute(query.order_by(p.c.answered_at).limit(limit))]

    def hold(self) -> bool:
        """Whether nobody else drops rows until this transaction ends. Of two that drop the rows of two versions that share a
        label, each would leave the label to the other."""
        if self.connection.dialect.name != "postgresql":
            return True
        lock = select(func.pg_try_advisory_xact_lock(func.hashtext("lamplighter old rows")))
        return bool(self.connection.execute(lock).scalar())

    def drop(self, rows: Sequence[OldRow]) -> None:
        """Drop rows, and the labels that no other row has."""
        for number in sorted({row.number for row in rows}):
            self._drop(number, [row.id for row in rows if row.number == number])
        self._drop_labels({row.id for row in rows})

    def _drop(self, number: int, ids: Sequence[str]) -> None:
        # By pairs of id and number SQLite would look at every row there is.
        p = schema.predictions
        for start in range(0, len(ids), _ASKED):
            self.connection.execute(delete(p).where(p.c.id.in_(ids[start : start + _ASKED]), p.c.number == number))

    def _drop_labels(self, ids: Collection[str]) -> None:
        p, t, gone = schema.predictions, schema.labels, sorted(ids)
        for start in range(0, len(gone), _ASKED):
            other = exists().where(p.c.id == t.c.id)
            self.connection.execute(delete(t).where(t.c.id.in_(gone[start : start + _ASKED]), ~other))


def _least(unknown: int, before: int) -> int:
    """The earliest answer that is looked for: rows whose time is not known count as answered when it was found missing."""
    return 0 if unknown < before else 1

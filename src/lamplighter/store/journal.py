"""The hash-chained journal. It is appended to in the transaction of the change it records, or the change does not happen."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, insert, select, update

from lamplighter.domain import journal
from lamplighter.domain.events import AnyEvent
from lamplighter.domain.identity import Actor
from lamplighter.domain.journal import BEGINNING, Entry, Verification
from lamplighter.store import schema
from lamplighter.store.collection import upsert

#: Microseconds.
_HOUR = 3_600_000_000
#: What every change of the platform executes.
_ADD = insert(schema.journal)
_MOVE_ON = update(schema.journal_head).filter_by(id=1)
_HEAD = select(schema.journal_head.c.sequence, schema.journal_head.c.hash).filter_by(id=1).with_for_update()


class Journal:
    """The journal within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def append(self, event: AnyEvent, actor: Actor, at: int) -> Entry:
        """Add an event at the head of the chain; the head stays locked until the transaction ends."""
        sequence, previous = self._head()
        entry = Entry(
            sequence=sequence + 1, previous=previous, actor=actor.email, credential=actor.credential, at=at, event=event
        )
        body, digest = journal.seal(entry)
        values = {"sequence": entry.sequence, "hash": digest, "at": at, "model": event.model, "name": entry.name, "body": body}
        self.connection.execute(_ADD, values)
        self.connection.execute(_MOVE_ON, {"sequence": entry.sequence, "hash": digest})
        return entry

    def _head(self) -> tuple[int, str]:
        """Sequence and hash of the last entry, locked; made by whoever comes first, so that two cannot both begin."""
        table = schema.journal_head
        upsert(self.connection, table, [{"id": 1, "sequence": 0, "hash": BEGINNING}], keys=["id"], set_=[])
        row = self.connection.execute(_HEAD).one()
        return row[0], row[1]

    def hold(self) -> None:
        """Keep the end of the chain until the transaction ends: nobody writes an entry meanwhile."""
        self._head()

    def end(self) -> tuple[int, str]:
        """Sequence and hash of the last entry, as of this look."""
        row = self.connection.execute(
            select(schema.journal_head.c.sequence, schema.journal_head.c.hash).filter_by(id=1)
        ).first()
        return (row[0], row[1]) if row else (0, BEGINNING)

    def after(self, sequence: int, limit: int = 200) -> list[Entry]:
        """Entries behind a place in the chain, oldest first."""
        table = schema.journal
        query = select(table.c.body).where(table.c.sequence > sequence).order_by(table.c.sequence).limit(limit)
        return [journal.read(row[0]) for row in self.connection.execute(query)]

    def of(self, model: str, *, until: int | None = None) -> list[Entry]:
        """Entries about a model, oldest first, up to a time."""
        table = schema.journal
        query = select(table.c.body).where(table.c.model == model).order_by(table.c.sequence)
        if until is not None:
            query = query.where(table.c.at <= until)
        return [journal.read(row[0]) for row in self.connection.execute(query)]

    def newest(self, *, model: str = "", limit: int = 100, name: str = "") -> list[Entry]:
        """The newest entries, newest first, of one model or of all; with `name` of one type of event and exactly that model."""
        table = schema.journal
        query = select(table.c.body).order_by(table.c.sequence.desc()).limit(limit)
        if name:
            query = query.where(table.c.name == name)
        if model or name:
            query = query.where(table.c.model == model)
        return [journal.read(row[0]) for row in self.connection.execute(query)]

    def named(self, model: str, names: Sequence[str], limit: int) -> list[Entry]:
        """The newest entries about a model whose events are of these types, newest first."""
        table = schema.journal
        query = select(table.c.body).where(table.c.model == model, table.c.name.in_(names))
        return [journal.read(row[0]) for row in self.connection.execute(query.order_by(table.c.sequence.desc()).limit(limit))]

    def between(self, since: int, until: int, names: Sequence[str]) -> list[Entry]:
        """Entries of a period whose events are of these types, oldest first; the end is not within.

        Places in the chain follow the clock, so the first place is found by halves; a clock that was set back by less than an
        hour hides nothing.
        """
        table, first, behind = schema.journal, 0, self.end()[0] + 1
        at = select(table.c.at)
        while behind - first > 1:
            middle = (first + behind) // 2
            early = self.connection.execute(at.where(table.c.sequence == middle)).scalar_one() < since - _HOUR
            first, behind = (middle, behind) if early else (first, middle)
        query = select(table.c.body).where(table.c.sequence > first, table.c.at >= since, table.c.at < until)
        query = query.where(table.c.name.in_(names)).order_by(table.c.sequence)
        return [journal.read(row[0]) for row in self.connection.execute(query)]

    def bodies(self, after: int = 0, limit: int | None = None) -> Iterator[bytes]:
        """The stored bytes of the chain behind a place in it, oldest first."""
        table = schema.journal
        query = select(table.c.body).where(table.c.sequence > after).order_by(table.c.sequence).limit(limit)
        for row in self.connection.execute(query):
            yield row[0]

    def verify(self) -> Verification:
        """Follow the chain over the stored bytes to the hash that the head keeps."""
        last = self.connection.execute(select(schema.journal_head.c.hash).filter_by(id=1)).scalar()
        return journal.verify(self.bodies(), last or BEGINNING)

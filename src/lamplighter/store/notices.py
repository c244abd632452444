"""The outbox: what has to be told to whom. A notice leaves after it was delivered; it is tried again until then."""

import msgspec
from sqlalchemy import Connection, delete, func, select, update

from lamplighter.domain.decoding import from_json
from lamplighter.store import schema
from lamplighter.store.collection import upsert


class Notice(msgspec.Struct, frozen=True):
    """One message to one person through one channel."""

    #: Journal sequence of the event that is told; the receiver can drop what it has seen.
    event: int
    channel: str
    person: str
    #: What it is about: an incident such as `I-31`, a rollout such as `R-91`, a version such as `churn@7`, or the week of a
    #: digest such as `2026-W09`.
    incident: str
    model: str
    title: str
    text: str
    attempts: int = 0
    #: What happened, a noun and a verb in the past tense such as `incident.opened`.
    about: str = "incident.opened"
    #: When it happened, microseconds since the epoch, UTC.
    at: int = 0
    environment: str = ""


class Notices:
    """The outbox within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def add(self, notice: Notice, due_at: int) -> None:
        """Put a message in the outbox; the same event for the same channel is there once."""
        body = msgspec.json.encode(notice).decode()
        row = {"event": notice.event, "channel": notice.channel, "due_at": due_at, "open": True, "body": body}
        upsert(self.connection, schema.notices, [row], keys=["event", "channel"], set_=[])

    def waiting(self, now: int) -> list[str]:
        """Channels with a message whose time has come."""
        table = schema.notices
        query = select(table.c.channel).where(table.c.open, table.c.due_at <= now).distinct().order_by(table.c.channel)
        return [row[0] for row in self.connection.execute(query)]

    def due(self, now: int, channel: str = "", limit: int = 50) -> list[tuple[int, Notice]]:
        """Messages whose time has come, of one channel or of all, with their keys, in the order in which they were put in."""
        table = schema.notices
        query = select(table.c.id, table.c.body).where(table.c.open, table.c.due_at <= now)
        query = query.order_by(table.c.id).limit(limit)
        query = query.where(table.c.channel == channel) if channel else query
        return [(row[0], from_json(row[1], Notice)) for row in self.connection.execute(query)]

    def count(self) -> int:
        """How many wait."""
        found = self.connection.execute(select(func.count()).select_from(schema.notices).where(schema.notices.c.open)).scalar()
        return int(found or 0)

    def close(self, key: int) -> None:
        """The message was delivered, or is given up."""
        self.connection.execute(update(schema.notices).where(schema.notices.c.id == key).values(open=False))

    def shed(self, until: int) -> None:
        """Drop messages that are delivered or given up, of events up to this one; the journal says what became of them. A later
        event may be told once more after a crash, and then has to be known."""
        table = schema.notices
        self.connection.execute(delete(table).where(table.c.open.is_(False), table.c.event <= until))

    def defer(self, key: int, notice: Notice, due_at: int) -> None:
        """Try again later."""
        body = msgspec.json.encode(msgspec.structs.replace(notice, attempts=notice.attempts + 1)).decode()
        self.connection.execute(update(schema.notices).where(schema.notices.c.id == key).values(due_at=due_at, body=body))

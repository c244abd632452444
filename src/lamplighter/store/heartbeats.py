"""The last beat of each loop, of whichever control plane it came."""

from sqlalchemy import Connection, select

from lamplighter.domain.heartbeat import Heartbeat, Loop
from lamplighter.store import schema
from lamplighter.store.collection import upsert


class Heartbeats:
    """Beats within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def beat(self, heartbeat: Heartbeat) -> None:
        """Keep a beat; an older one than is known changes nothing."""
        row = {"loop": heartbeat.loop.value, "at": heartbeat.at}
        upsert(self.connection, schema.heartbeats, [row], keys=["loop"], set_=["at"], grown=("at",))

    def all(self) -> list[Heartbeat]:
        """The last beat of each loop that has ever beaten; loops that this release does not know are left out."""
        table, known = schema.heartbeats, {loop.value for loop in Loop}
        rows = self.connection.execute(select(table.c.loop, table.c.at).order_by(table.c.loop))
        return [Heartbeat(loop=Loop(name), at=int(at)) for name, at in rows if name in known]

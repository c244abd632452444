"""Thresholds that were drawn once, by what they depend on and the power of two of the rows."""

from collections.abc import Mapping

from sqlalchemy import Connection, select

from lamplighter.store import schema
from lamplighter.store.collection import upsert


class Calibrations:
    """Thresholds within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def of(self, place: str) -> dict[int, str]:
        """What is kept in one place, by power."""
        table = schema.calibrations
        rows = self.connection.execute(select(table.c.power, table.c.body).filter_by(place=place))
        return {int(row[0]): row[1] for row in rows}

    def put(self, place: str, bodies: Mapping[int, str]) -> None:
        """Keep more; what is there stays, because the same place always comes to the same."""
        rows = [{"place": place, "power": power, "body": body} for power, body in bodies.items()]
        upsert(self.connection, schema.calibrations, rows, keys=["place", "power"], set_=[])

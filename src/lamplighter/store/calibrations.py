"""Thresholds that were drawn once, by what they depend on and the power of two of the rows."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, select

from lamplighter.store import schema
from lamplighter.store.collection import upsert
from lamplighter.store.statements import equal


class Calibrations:
    """Thresholds within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def of(self, place: str) -> dict[int, str]:
        """What is kept in one place, by power."""
        return {int(power): body for power, body in self.connection.execute(_of(), {"place": place})}

    def put(self, place: str, bodies: Mapping[int, str]) -> None:
        """Keep more; what is there stays, because the same place always comes to the same."""
        rows = [{"place": place, "power": power, "body": body} for power, body in bodies.items()]
        upsert(self.connection, schema.calibrations, rows, keys=["place", "power"], set_=[])


@cache
def _of() -> Select[Any]:
    table = schema.calibrations
    return select(table.c.power, table.c.body).where(*equal(table, "place"))

"""Which files lie below which root, and under which digest their bytes are kept."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select

from lamplighter.domain.record import Record
from lamplighter.domain.tracking.artifact_path import Place
from lamplighter.store import schema
from lamplighter.store.collection import upsert


class Kept(Record, frozen=True):
    """A file."""

    path: str
    digest: str
    size: int


class TrackedFiles:
    """Files within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.table = schema.tracked_files

    def put(self, place: Place, digest: str, size: int) -> None:
        """Keep a file in the place of the one that was there."""
        row = {"root": place.root, "path": place.path, "digest": digest, "size": size}
        upsert(self.connection, self.table, [row], keys=["root", "path"], set_=["digest", "size"])

    def find(self, place: Place) -> Kept | None:
        """The file of exactly this place."""
        t = self.table
        row = self.connection.execute(select(t).where(t.c.root == place.root, t.c.path == place.path)).first()
        return Kept(row.path, row.digest, row.size) if row else None

    def below(self, place: Place) -> list[Kept]:
        """Every file at a place and below it, by path."""
        t = self.table
        rows = self.connection.execute(select(t).where(self._below(place)).order_by(t.c.path))
        return [Kept(row.path, row.digest, row.size) for row in rows]

    def count(self, root: str) -> int:
        """How many files lie below a root."""
        query = select(func.count()).select_from(self.table).where(self.table.c.root == root)
        return int(self.connection.execute(query).scalar() or 0)

    def drop(self, place: Place) -> int:
        """Drop every file at a place and below it; gives how many there were."""
        return int(self.connection.execute(delete(self.table).where(self._below(place))).rowcount)

    def copy(self, root: str, files: Mapping[str, Kept]) -> None:
        """Keep the same bytes below another root, by path there."""
        rows = [{"root": root, "path": path, "digest": one.digest, "size": one.size} for path, one in files.items()]
        if rows:
            self.connection.execute(insert(self.table), rows)

    def _below(self, place: Place) -> ColumnElement[bool]:
        t = self.table
        if not place.path:
            return t.c.root == place.root
        # Texts compare by bytes, and what follows a slash lies before a zero.
        inside = and_(t.c.path > f"{place.path}/", t.c.path < f"{place.path}0")
        return and_(t.c.root == place.root, or_(t.c.path == place.path, inside))

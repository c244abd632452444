"""Makes the body of a prediction ready for its codec: unpacked, and opened if it is a file of another process's reading."""

from lamplighter.serving.codecs.base import media_of
from lamplighter.serving.doors import Door
from lamplighter.serving.encodings import unpacked
from lamplighter.serving.lane import Lane
from lamplighter.serving.message import JSON, Request
from lamplighter.serving.problems import Refusal
from lamplighter.serving.table_files import FORMS, TableFiles

#: Protocols that take tables as files.
_WITH_TABLES = frozenset(("mlflow", "plain"))


#: A compressed body of so many bytes may unfold to more than is done beside others.
_DENSE = 4 * 1024


class Bodies:
    """Holds the readers of tables and the limit of a body."""

    def __init__(self, most_bytes: int, lane: Lane) -> None:
        self._most = most_bytes
        self._lane = lane
        self._tables = TableFiles(lane)

    async def whole(self, request: Request, door: Door, caller: str) -> Request | Refusal:
        """The request of this caller with a body that its codec can read without further ado."""
        if b"content-encoding" in request.headers and len(request.body) > _DENSE:
            whole = await self._lane.run(caller, lambda: unpacked(request, self._most))
        else:
            whole = unpacked(request, self._most)
        if isinstance(whole, Refusal) or door.codec not in _WITH_TABLES or whole.headers.get(b"content-type") == JSON:
            return whole
        media = media_of(whole)
        if media not in FORMS:
            return whole
        table = await self._tables.open(media, whole.body, caller)
        if isinstance(table, Refusal):
            return table
        whole.opened = table
        return whole

    async def close(self) -> None:
        """End the readers of tables."""
        await self._tables.close()

"""Makes the body of a prediction ready for its codec: unpacked, and opened if it is a file of another process's reading."""

from lamplighter.serving.codecs.base import media_of
from lamplighter.serving.doors import Door
from lamplighter.serving.encodings import unpacked
from lamplighter.serving.message import JSON, Request
from lamplighter.serving.problems import Refusal
from lamplighter.serving.table_files import FORMS, TableFiles

#: Protocols that take tables as files.
_WITH_TABLES = frozenset(("mlflow", "plain"))


class Bodies:
    """Holds the readers of tables and the limit of a body."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._tables = TableFiles()

    async def whole(self, request: Request, door: Door, caller: str) -> Request | Refusal:
        """The request of this caller with a body that its codec can read without further ado."""
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

"""A file that another process replaces as a whole."""

import logging
import os
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from lamplighter.domain.decoding import from_json
from lamplighter.domain.record import Record

log = logging.getLogger(__name__)

Kind = TypeVar("Kind", bound=Record)


class Snapshot(Generic[Kind]):
    """Reads the file when it is another one than before. A file that cannot be read changes nothing."""

    def __init__(self, path: Path, kind: type[Kind]) -> None:
        self._path = path
        self._kind = kind
        self._seen: tuple[int, int, int] | None = None

    def changed(self) -> Kind | None:
        """The new content, or nothing if the file is the same, missing or damaged. Costs one `stat` if it is the same."""
        try:
            if _mark(os.stat(self._path)) == self._seen:  # noqa: PTH116
                return None
            with self._path.open("rb") as file:
                self._seen = _mark(os.fstat(file.fileno()))
                return from_json(file.read(), self._kind)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError) as error:
            log.error("%s cannot be read (%s); the one before stays", self._path.name, type(error).__name__)
            return None


def _mark(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_ino, status.st_mtime_ns, status.st_size

"""Requests that killed a worker twice are remembered for a while, so that repeating one cannot end worker after worker."""

import hashlib
import time
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

#: How many are remembered, and for how many seconds.
MOST, SECONDS = 64, 60.0


class Poisons:
    """A short list of digests with the time at which each is forgotten."""

    def __init__(self) -> None:
        self._until: dict[bytes, float] = {}

    def remember(self, columns: Mapping[str, Sequence[Any]]) -> None:
        """These columns killed a worker while they were alone on it."""
        while len(self._until) >= MOST:
            del self._until[next(iter(self._until))]
        self._until[_digest(columns)] = time.monotonic() + SECONDS

    def holds(self, columns: Mapping[str, Sequence[Any]]) -> bool:
        """Whether the very same columns are remembered; costs nothing while the list is empty."""
        if not self._until:
            return False
        now = time.monotonic()
        self._until = {key: until for key, until in self._until.items() if until > now}
        return bool(self._until) and _digest(columns) in self._until


def _digest(columns: Mapping[str, Sequence[Any]]) -> bytes:
    return hashlib.blake2b(msgspec.msgpack.encode(columns, order="sorted"), digest_size=16).digest()

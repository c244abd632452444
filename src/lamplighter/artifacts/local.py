"""Artifacts as files on this machine: temporary name, fsync, rename, fsync of the folder."""

import os
import secrets
from pathlib import Path

from lamplighter.artifacts.base import not_there, wrong_digest
from lamplighter.domain.names import DIGEST
from lamplighter.domain.record import digest_of
from lamplighter.domain.version import address


class Store:
    """Files below a root, one folder for each first two digits."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, digest: str, content: bytes) -> None:
        """Keep the bytes durably."""
        place = self._place(digest)
        if digest_of(content) != digest:
            raise wrong_digest()
        if self.has(digest):
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary = place.with_name(f".{secrets.token_hex(8)}")
        with temporary.open("xb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        temporary.chmod(0o444)
        temporary.replace(place)
        _flush(place.parent)
        _flush(place.parent.parent)

    def get(self, digest: str) -> bytes:
        """The bytes, checked."""
        place = self._place(digest)
        if not place.exists():
            raise not_there()
        content = place.read_bytes()
        if digest_of(content) != digest:
            raise wrong_digest()
        return content

    def has(self, digest: str) -> bool:
        """Whether the bytes are there and undamaged."""
        place = self._place(digest)
        return place.exists() and digest_of(place.read_bytes()) == digest

    def _place(self, digest: str) -> Path:
        # The only join with the file system: nothing but 64 hexadecimal digits passes.
        if not DIGEST.fullmatch(digest):
            raise not_there()
        return self.root / address(digest)


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

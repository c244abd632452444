"""Artifacts as files on this machine: temporary name, fsync, rename, fsync of the folder."""

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from lamplighter.artifacts.base import Held, not_there, wrong_digest
from lamplighter.domain.names import DIGEST
from lamplighter.domain.record import digest_of
from lamplighter.domain.version import address

#: Folder below the root for what is being written; no artifact has such a name.
_PARTIAL = ".partial"


class Store:
    """Files below a root, one folder for each first two digits."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def prove(self) -> None:
        """A rename never leaves two halves, so there is nothing to find out."""

    def put(self, digest: str, content: bytes) -> None:
        """Keep the bytes durably."""
        self._place(digest)
        if digest_of(content) != digest:
            raise wrong_digest()
        if not self.has(digest):
            self.take(digest, [content])

    def take(self, digest: str, chunks: Iterable[bytes]) -> None:
        """Keep bytes that come piece by piece; they get their name once all of them have the digest."""
        place = self._place(digest)
        partial = self.root / _PARTIAL / f".{secrets.token_hex(8)}"
        partial.parent.mkdir(parents=True, exist_ok=True)
        found = hashlib.sha256()
        try:
            with partial.open("xb") as out:
                for chunk in chunks:
                    found.update(chunk)
                    out.write(chunk)
                if found.hexdigest() != digest:
                    raise wrong_digest()
                out.flush()
                os.fsync(out.fileno())
            partial.chmod(0o444)
            place.parent.mkdir(parents=True, exist_ok=True)
            partial.replace(place)
        finally:
            partial.unlink(missing_ok=True)
        _flush(place.parent)
        _flush(self.root)

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
        if not place.exists():
            return False
        with place.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == digest

    def bring(self, digest: str) -> None:
        """They are on this disk or nowhere."""
        if self.lacks([digest]):
            raise not_there()

    def held(self) -> Iterator[Held]:
        """Every file whose name is a digest and that lies where it belongs."""
        for place in sorted(self.root.glob("??/*")):
            if DIGEST.fullmatch(place.name) and place == self._place(place.name):
                seen = place.stat()
                yield Held(place.name, seen.st_size, seen.st_mtime_ns // 1000)

    def lacks(self, digests: Sequence[str]) -> list[str]:
        """Those without a file."""
        return [digest for digest in digests if not self._place(digest).exists()]

    def remove(self, digest: str) -> None:
        """Remove the file."""
        place = self._place(digest)
        place.unlink(missing_ok=True)

    def tidy(self, before: int) -> int:
        """Remove what was being written when its writer died."""
        left = [one for one in self.root.glob(f"{_PARTIAL}/.*") if one.stat().st_mtime_ns // 1000 < before]
        for one in left:
            one.unlink(missing_ok=True)
        return len(left)

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

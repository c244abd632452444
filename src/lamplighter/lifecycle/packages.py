"""What machines of an environment are told to answer with, read anew only when one of its files has changed."""

from pathlib import Path
from typing import NamedTuple

import msgspec

from lamplighter.domain.decoding import from_json
from lamplighter.domain.node import Package
from lamplighter.domain.route import Credentials, Route
from lamplighter.serving.redaction import redaction_key
from lamplighter.targets.base import CREDENTIALS, ROUTE

#: Of each file: its path, its number in the file system, and when it was written.
_Stamp = tuple[tuple[str, int, int], ...]


class Told(NamedTuple):
    """A package with its address and the versions that it names."""

    package: Package
    digest: str
    versions: frozenset[str]


class Packages:
    """The newest package of each environment."""

    def __init__(self, root: Path, keys: Path) -> None:
        self._root, self._keys = root, keys
        self._told: dict[str, tuple[_Stamp, Told]] = {}

    def of(self, environment: str) -> Told | None:
        """Nothing while no route was written."""
        folder = self._root / environment
        try:
            stamp = _stamp([folder / ROUTE, folder / CREDENTIALS, *self._public_keys()])
            before = self._told.get(environment)
            if before is None or before[0] != stamp:
                self._told[environment] = before = stamp, self._read(folder)
        except (FileNotFoundError, msgspec.MsgspecError):
            return None
        return before[1]

    def _read(self, folder: Path) -> Told:
        package = Package(
            route=from_json((folder / ROUTE).read_bytes(), Route),
            credentials=from_json((folder / CREDENTIALS).read_bytes(), Credentials),
            keys={path.name: path.read_text() for path in self._public_keys()},
            redaction=redaction_key(folder).hex(),
        )
        versions = frozenset(one.digest for model in package.route.models for one in model.versions())
        return Told(package, package.digest, versions)

    def _public_keys(self) -> list[Path]:
        return sorted(path for path in self._keys.glob("*") if path.is_file())


def _stamp(paths: list[Path]) -> _Stamp:
    found = ((str(path), path.stat()) for path in paths)
    # A file that is replaced has another number, so that two writes within one tick of the clock are told apart.
    return tuple((path, seen.st_ino, seen.st_mtime_ns) for path, seen in found)

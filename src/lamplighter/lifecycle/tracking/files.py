"""Files of clients: they come in pieces, are counted and hashed on the way, and are kept under their digest."""

import hashlib
import os
import secrets
from collections.abc import Sequence
from types import TracebackType
from typing import BinaryIO

from lamplighter.domain.errors import NotAllowed
from lamplighter.domain.tracking import limits
from lamplighter.domain.tracking.artifact_path import Place
from lamplighter.domain.tracking.experiment import Stage
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.tracking import blobs, finding
from lamplighter.store.tracking.files import Kept
from lamplighter.store.transaction import Transaction

#: Bytes of one file, and files below one root.
LARGEST, MOST = 20 * 1024**3, 10_000
#: Bytes of one file of a candidate that is packed: a version takes no larger artifact.
PACKABLE = 512 * 1024**2


class Incoming:
    """A file that is coming in. Leaving the block drops what was not kept."""

    def __init__(self, kit: Kit, place: Place) -> None:
        """Begin; raises what stands in the way of the file before a byte of it is taken."""
        self._kit, self._place, self.size = kit, place, 0
        with kit.store.reading() as look:
            check_open(look, place)
        folder = kit.settings.tracked / "incoming"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = folder / secrets.token_hex(16)
        self._out = open(self._file, "xb")  # noqa: PTH123, SIM115  closed by the block
        self._hash = hashlib.sha256()

    def __enter__(self) -> "Incoming":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._out.close()
        self._file.unlink(missing_ok=True)

    def take(self, part: bytes) -> None:
        """Take some bytes; raises `OverLimit`."""
        self.size += len(part)
        if self.size > LARGEST:
            raise limits.over("The file", LARGEST)
        self._out.write(part)
        self._hash.update(part)

    def keep(self) -> None:
        """Keep the whole file: it is durable when this returns, and whoever looks sees all of it or what was there before."""
        self._out.flush()
        os.fsync(self._out.fileno())
        digest = self._hash.hexdigest()
        blobs.adopt(self._kit.settings.tracked, digest, self._file)
        with self._kit.store.transaction() as change:
            check_open(change, self._place)
            if change.tracked_files.count(self._place.root) >= MOST and change.tracked_files.find(self._place) is None:
                raise limits.over("The number of files", MOST)
            change.tracked_files.put(self._place, digest, self.size)


def check_open(look: Transaction, place: Place) -> None:
    """Raise what keeps files from being put there or dropped: nothing is there, it was deleted, or it does not change."""
    if place.root.startswith("v-"):
        raise NotAllowed(
            "Files of a version do not change.",
            why="They were copied when it was registered, so that what is looked at is what goes live.",
            fix="Log another model and register it.",
            code="E1818",
        )
    found = look.logged_models.find(id=place.root) if place.root.startswith("m-") else look.runs.find(id=place.root)
    if found is None:
        raise finding.missing("run or logged model")
    if found.stage is Stage.DELETED:
        raise finding.deleted("run or logged model")


def opened(kit: Kit, place: Place) -> tuple[BinaryIO, int]:
    """The bytes of a file and how many there are; raises `NotFound`."""
    with kit.store.reading() as look:
        found = look.tracked_files.find(place)
    if found is None:
        raise finding.missing("file")
    return blobs.opened(kit.settings.tracked, found.digest), found.size


def whole(kit: Kit, files: Sequence[Kept], digest: str) -> bytes:
    """The bytes of one of these files, if it is not too large to be packed; raises `NotFound`, and `OverLimit`."""
    found = next((one for one in files if one.digest == digest), None)
    if found is None:
        raise finding.missing("file")
    if found.size > PACKABLE:
        raise limits.over("The file", PACKABLE)
    with blobs.opened(kit.settings.tracked, digest) as content:
        return content.read()


def listed(kit: Kit, place: Place) -> list[Kept]:
    """What lies in a folder: files, and folders as paths with a slash at the end. A file lists nothing."""
    with kit.store.reading() as look:
        found = look.tracked_files.below(place)
    begin = len(place.path) + 1 if place.path else 0
    names: dict[str, Kept] = {}
    for one in found:
        first, slash, _ = one.path[begin:].partition("/")
        path = f"{place.path}/{first}" if place.path else first
        if first:
            names.setdefault(first, Kept(f"{path}/", "", 0) if slash else one)
    return list(names.values())


def drop(kit: Kit, place: Place) -> None:
    """Drop a file, or a folder with all that is in it; raises `NotFound` where there is none."""
    with kit.store.transaction() as change:
        check_open(change, place)
        if not change.tracked_files.drop(place) and place.path:
            raise finding.missing("file")

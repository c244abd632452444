"""One version served by itself, where another platform looks after processes: it is what was pinned, or nothing answers."""

import hashlib
import logging
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from lamplighter.artifacts.local import Store
from lamplighter.domain.decoding import from_json
from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.errors import Blocked, Invalid, NotFound
from lamplighter.domain.names import STRICT_NAME
from lamplighter.domain.pinned import Pinned
from lamplighter.domain.record import canonical
from lamplighter.domain.route import Credential, Credentials
from lamplighter.domain.version import Manifest
from lamplighter.node.machine import Listening
from lamplighter.node.shipping import by_slot
from lamplighter.targets.base import CREDENTIALS, ROUTE, put
from lamplighter.targets.local import KEYS, Target

_log = logging.getLogger("lamplighter.alone")
#: Seconds between two looks at the processes and at who may call.
_TICK = 0.5
#: A token of a file has no end of its own: it ends with the file.
_ENDLESS = 2**62

#: Gives the bytes of a digest; raises `NotFound`.
Source = Callable[[str], bytes]


def read_pinned(path: Path) -> Pinned:
    """The pinned version in a file; raises `Invalid`, and `NotFound` where there is no such file."""
    if not path.is_file():
        raise NotFound("There is no such file.", why="Nothing, or a folder, is there.", fix="Name what was exported.")
    try:
        found = from_json(path.read_bytes(), Pinned)
    except msgspec.MsgspecError:
        raise Invalid(
            "That is no pinned version.",
            why="The file has another form.",
            fix="Write it anew: lamp export kserve MODEL",
            code="E1472",
        ) from None
    _ = found.digest
    return found


def from_folder(folder: Path) -> Source:
    """Files below a folder, each named by its digest."""

    def read(digest: str) -> bytes:
        path = folder / digest
        if not path.is_file():
            raise NotFound(
                "A file of the version is not there.",
                why="The folder has no file that is named by its digest.",
                fix="Copy the whole folder that was exported to where the files are taken from.",
                code="E1474",
            )
        return path.read_bytes()

    return read


def known_callers(folder: Path) -> Credentials:
    """Who may call: a file for each application, named by it, with its token. Raises `Invalid` where nobody may."""
    files = [path for path in sorted(folder.glob("*")) if path.is_file() and STRICT_NAME.fullmatch(path.name)]
    tokens = [(path.name, path.read_bytes().strip()) for path in files]
    if not folder.is_dir() or not any(token for _, token in tokens):
        raise Invalid(
            "Nobody could call it.",
            why="The folder of callers holds no file with a token, named by an application.",
            fix="Put one there for each application, such as a Secret whose keys are their names.",
            code="E1473",
        )
    return Credentials(
        tokens=tuple(
            Credential(token_digest=hashlib.sha256(token).hexdigest(), holder=name, expires_at=_ENDLESS)
            for name, token in tokens
            if token
        )
    )


class Alone:
    """The processes of one pinned version, below a folder of their own."""

    def __init__(self, pinned: Pinned, home: Path, listening: Listening, callers: Path) -> None:
        self._pinned, self._callers = pinned, callers
        self._store, self._root = Store(home / "artifacts"), home / "serving"
        self._target = Target(self._root, home / "artifacts", listening.further)
        self._here = Environment(
            name=pinned.route.environment,
            level=Level.PRODUCTION,
            host=listening.host,
            port=listening.port,
            workers=listening.workers,
        )
        self._known = Credentials()

    def bring(self, source: Source) -> None:
        """Have every byte of the version here, each checked against its digest; raises `Invalid` for others."""
        self._take(self._pinned.digest, source)
        for artifact in from_json(self._store.get(self._pinned.digest), Manifest).artifacts:
            self._take(artifact.digest, source)

    def run(self, ending: threading.Event) -> None:
        """Serve until told to end. Raises `Blocked` where the processes refuse the version, `Unavailable` where none starts."""
        folder = self._target.folder(self._here.name)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self._root / KEYS).mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, text in self._pinned.keys.items():
            put(self._root / KEYS / Path(name).name, text.encode())
        self._tell_callers(folder)
        put(folder / ROUTE, canonical(self._pinned.route))
        _log.info("%s at %s port %d", self._pinned.version, self._here.host, self._here.port)
        try:
            self._look(folder)
            while not ending.wait(_TICK):
                self._look(folder)
        finally:
            self._target.remove(self._here)

    def _look(self, folder: Path) -> None:
        self._target.apply(self._here)
        self._tell_callers(folder)
        refused = self._target.observe(self._here).refused.get(self._pinned.digest)
        if refused:
            raise Blocked(f"{self._pinned.version} is not served.", why=refused, fix="See what it names.", code="E1475")
        # Nobody brings the log anywhere; what is closed makes room.
        for names in by_slot(path.name for path in (folder / "segments").glob("*.seg")).values():
            for name in names[:-1]:
                (folder / "segments" / name).unlink(missing_ok=True)

    def _tell_callers(self, folder: Path) -> None:
        """A Secret that is replaced holds from then on; one that is empty for a moment changes nothing."""
        try:
            known = known_callers(self._callers)
        except Invalid:
            if not self._known.tokens:
                raise
            return
        if known != self._known:
            put(folder / CREDENTIALS, canonical(known))
            self._known = known

    def _take(self, digest: str, source: Source) -> None:
        if not self._store.has(digest):
            self._store.remove(digest)
            self._store.put(digest, source(digest))


def serve(alone: Alone) -> None:
    """Serve until SIGTERM or SIGINT."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    alone.run(ending)

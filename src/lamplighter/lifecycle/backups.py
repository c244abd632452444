"""A backup: one folder with everything that a platform cannot make again, as of one moment, while it runs.

The database is read in one step, so that it is of one moment. Artifacts never change, and what that database names is never
removed. Segments of predictions only grow: they are held open from before that moment, so that none is missing which the
database has not counted yet.
"""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from io import BufferedRandom, BufferedReader
from pathlib import Path
from time import time_ns
from typing import BinaryIO

import msgspec

from lamplighter import __version__
from lamplighter.domain.decoding import from_json
from lamplighter.domain.errors import Conflict, Invalid, LampError, NotFound, Unavailable
from lamplighter.domain.evaluation import KIND as EVALUATION
from lamplighter.domain.evaluation import evaluation_in
from lamplighter.domain.record import Record, canonical
from lamplighter.domain.version import address
from lamplighter.lifecycle.kit import artifacts_of
from lamplighter.settings import Settings
from lamplighter.store.transaction import Store, Transaction

#: File that lists what a backup holds; a folder without it is none.
LIST = "backup.json"
FORMAT = 1
DATABASE = "control.db"
_SQLITE = "sqlite:///"
#: What people wrote, keys and who is trusted, below the home folder.
_CONFIGURATION = ("config.toml", "owner.token", "keys/*", "serving/.keys/*", "serving/*/redaction.key")
_POLICY = "policy.toml"
_RECORDED = "recorded/**/*.parquet"
#: Files that clients of MLflow brought, without those that are still coming.
_TRACKED = "tracked/??/*"
_SEGMENTS = "serving/*/segments/*.seg"
#: Which segments of machines elsewhere were begun here.
_BEGUN = "serving/*/nodes/*/segments.json"


class Kept(Record, frozen=True):
    """One file of a backup."""

    size: int
    #: SHA-256 of its bytes.
    digest: str


class Backup(Record, frozen=True):
    """What a backup holds.

    Law of change: a field may be added with a default; another form is another number.
    """

    format: int
    #: When the database was read, microseconds since the epoch.
    at: int
    #: The release that wrote it.
    release: str
    #: The last entry of the journal, and its hash.
    entries: int
    head: str
    versions: int
    files: dict[str, Kept]
    #: Artifacts that were not there or damaged, by digest; they are not in the backup.
    damaged: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(one.size for one in self.files.values())


def back_up(settings: Settings, place: Path) -> Backup:
    """Write a backup into a new folder; it has its name once it is whole and on the disk. Raises `Conflict` for a folder that
    is there, `NotFound` where there is no platform, and `Invalid` for a database that is not a file."""
    source = _database(settings)
    if place.exists():
        raise Conflict(
            "That folder is there already.", why="A backup is never written over.", fix="Name another folder.", code="E1502"
        )
    with making(place) as partial:
        found = _made(settings, source, partial)
        (partial / LIST).write_bytes(canonical(found))
        os.sync()
        partial.rename(place)
    return found


def _made(settings: Settings, source: Path, partial: Path) -> Backup:
    with ExitStack() as held:
        # Before the segments: one that counts as begun and is not there would never be asked for again.
        _copy_files(settings, partial, [_BEGUN])
        segments = dict(_opened(settings, held))
        at = time_ns() // 1000
        _copy_database(source, partial / DATABASE)
        (partial / DATABASE).chmod(0o600)
        before = set(segments)
        segments |= {name: file for name, file in _opened(settings, held) if name not in before}
        with closing(Store(f"{_SQLITE}{partial / DATABASE}")) as store, store.reading() as look:
            entries, head = checked_journal(look)
            versions = look.versions.all()
            digests = named(look)
            damaged = tuple(_copy_artifacts(settings, digests, partial))
            # Segments before the files of days: what goes from one to the other meanwhile is in both, and counts once.
            for name, file in segments.items():
                if (settings.folder / name).exists() or _is_open(look, name, os.fstat(file.fileno()).st_size):
                    _write(partial / name, file)
            _copy_files(settings, partial, (*_CONFIGURATION, _RECORDED, _TRACKED))
            _copy_policy(settings, partial)
    return Backup(
        format=FORMAT, at=at, release=__version__, entries=entries, head=head, versions=len(versions),
        files=dict(_files(partial)), damaged=damaged,
    )  # fmt: skip


@contextmanager
def making(place: Path) -> Iterator[Path]:
    """A new folder beside the place; what was begun there before and was cut short goes away, and so does this one if anything
    is raised. Raises `Unavailable` for a disk that takes no more."""
    partial = place.with_name(f".{place.name}.partial")
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True, mode=0o700)
        yield partial
    except OSError as error:
        raise Unavailable(
            "It cannot be written.",
            why=f"The disk says: {os.strerror(error.errno or 0)}.",
            fix="Name a folder that may be written to, or make room, then repeat. Nothing half is left.",
            code="E1887",
        ) from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def named(look: Transaction) -> set[str]:
    """The digest of everything that a version or its evidence names, and of its manifest."""
    versions = look.versions.all()
    files = {part.digest for one in versions for part in one.manifest.artifacts}
    kept = {found.scores for one in look.evidence.all(kind=EVALUATION) if (found := evaluation_in(one))}
    return {one.digest for one in versions} | files | kept


def checked_journal(look: Transaction) -> tuple[int, str]:
    """The end of the journal; raises `Invalid` where its chain is broken."""
    found = look.journal.verify()
    if not found.verified:
        raise Invalid(
            "The journal is not what it was.",
            why="Its chain of hashes is broken, so that nobody knows what else was changed.",
            fix="See with lamp audit verify where; take a backup from before that.",
            code="E1886",
        )
    return look.journal.end()


def read_list(place: Path) -> Backup:
    """What a backup says that it holds; raises `NotFound` and `Invalid`."""
    try:
        found = from_json((place / LIST).read_bytes(), Backup)
    except OSError:
        raise NotFound(
            "That is no backup.",
            why=f"The folder has no {LIST}, which is written last.",
            fix="Name a folder that lamp admin backup has written to its end.",
            code="E1881",
        ) from None
    except msgspec.MsgspecError:
        found = None
    if found is None or found.format != FORMAT:
        raise Invalid(
            "The backup cannot be read.",
            why=f"Its {LIST} is damaged, or of a newer release.",
            fix="Take another backup, or install the release that wrote it.",
            code="E1882",
        )
    return found


def digest_in(file: BufferedReader | BufferedRandom) -> str:
    """SHA-256 of a file."""
    return hashlib.file_digest(file, "sha256").hexdigest()


def _database(settings: Settings) -> Path:
    if not settings.database_url.startswith(_SQLITE):
        raise Invalid(
            "This database is backed up by its own tools.",
            why="It is a server of PostgreSQL, whose copies are made by pg_dump or by whoever runs it.",
            fix="Take pg_dump first, then copy the artifacts and the home folder: what the dump names is never removed.",
            code="E1883",
        )
    check_there(settings)
    return Path(settings.database_url.removeprefix(_SQLITE))


def check_there(settings: Settings) -> None:
    """Raise `NotFound` where no platform was ever started: looking at it would make one."""
    is_file = settings.database_url.startswith(_SQLITE)
    if not settings.folder.exists() or (is_file and not Path(settings.database_url.removeprefix(_SQLITE)).exists()):
        raise NotFound(
            "There is no platform here.",
            why=f"{settings.home} has no database.",
            fix="Set LAMP_HOME to the folder of the platform.",
            code="E1884",
        )


def _copy_database(source: Path, target: Path) -> None:
    """In one step: a copy in several begins anew each time that somebody writes."""
    try:
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as here, closing(sqlite3.connect(target)) as there:
            here.backup(there)
            sound = there.execute("PRAGMA quick_check").fetchone()[0] == "ok"
    except sqlite3.Error as error:
        raise Unavailable(
            "The database could not be copied.",
            why=f"SQLite says {error.sqlite_errorname}." if hasattr(error, "sqlite_errorname") else "SQLite could not read it.",
            fix="Try again; lamp doctor looks deeper.",
            code="E1701",
        ) from None
    if not sound:
        raise Unavailable(
            "The database is damaged.",
            why="SQLite does not find in its file what a database holds.",
            fix="Stop the platform with lamp down, keep the file, and put a copy from before in its place.",
            code="E1705",
        )


def _opened(settings: Settings, held: ExitStack) -> Iterator[tuple[str, BinaryIO]]:
    """Every segment that is there, held open: what goes away meanwhile can still be read."""
    for path in sorted(settings.folder.glob(_SEGMENTS)):
        try:
            yield str(path.relative_to(settings.folder)), held.enter_context(path.open("rb"))
        except FileNotFoundError:
            continue


def _is_open(look: Transaction, name: str, size: int) -> bool:
    """Whether a segment that has gone away holds what the database of the backup has not counted. Where it has counted all, the
    records are in the files of the days."""
    _, environment, _, segment = Path(name).parts
    return 0 < look.predictions.position(environment, segment) < size


def _copy_artifacts(settings: Settings, digests: set[str], target: Path) -> Iterator[str]:
    """Copy what is whole; gives the digests of what is not."""
    store = artifacts_of(settings)
    for digest in sorted(digests):
        try:
            content = store.get(digest)
        except Unavailable:
            raise
        except LampError:
            yield digest
            continue
        file = target / "artifacts" / address(digest)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def _copy_files(settings: Settings, target: Path, patterns: Iterable[str]) -> None:
    for pattern in patterns:
        for path in sorted(settings.folder.glob(pattern)):
            try:
                with path.open("rb") as file:
                    _write(target / path.relative_to(settings.folder), file)
            except FileNotFoundError:
                # A day that nobody has to keep any more goes away at any time, and so does a file that a client removes.
                continue


def _copy_policy(settings: Settings, target: Path) -> None:
    if settings.policy:
        with Path(settings.policy).open("rb") as file:
            _write(target / _POLICY, file)


def _write(target: Path, file: BinaryIO) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        shutil.copyfileobj(file, out, 1 << 20)


def _files(place: Path) -> Iterator[tuple[str, Kept]]:
    for path in sorted(place.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                yield str(path.relative_to(place)), Kept(size=path.stat().st_size, digest=digest_in(file))

"""From a backup to a home folder: everything is held against what the backup says of it before the folder gets its name."""

import os
import shutil
from contextlib import closing
from pathlib import Path, PurePosixPath

from lamplighter.domain.errors import Conflict, Invalid
from lamplighter.domain.version import address
from lamplighter.lifecycle.backups import DATABASE, Backup, checked_journal, digest_in, making, named, read_list
from lamplighter.lifecycle.kit import artifacts_of
from lamplighter.settings import Settings, read_settings
from lamplighter.store.transaction import Store

#: What a refused command leaves in a home folder; nobody needs it.
_TALK = "last-error.log"


def restore(settings: Settings, place: Path) -> Backup:
    """Make the home folder of the settings from a backup. Raises `Conflict` where something is there, `NotFound` for a folder
    that is no backup, `Invalid` for one that is damaged, and `Unavailable` where a bucket is away that has to get artifacts."""
    found = read_list(place)
    home = settings.folder
    if home.exists() and (not home.is_dir() or {one.name for one in home.iterdir()} - {_TALK}):
        raise Conflict(
            "The home folder is not empty.",
            why=f"A backup is restored into a folder of its own, and {home} holds something.",
            fix="Stop what runs there and move the folder away, or set LAMP_HOME to a new one.",
            code="E1885",
        )
    if settings.database:
        raise Conflict(
            "The backup has a database of its own.",
            why="It is a file of SQLite, and the settings name another database.",
            fix="Unset LAMP_DATABASE for the restore.",
            code="E1885",
        )
    with making(home) as partial:
        for name, kept in found.files.items():
            _take(place, partial, name, kept.digest)
        _check(partial, found)
        os.sync()
        (home / _TALK).unlink(missing_ok=True)
        partial.rename(home)
    return found


def _take(place: Path, partial: Path, name: str, digest: str) -> None:
    """Copy one file, held against its digest; its name comes out of a file that somebody may have changed."""
    parts = PurePosixPath(name)
    if parts.is_absolute() or ".." in parts.parts:
        raise damaged(name)
    target = partial / parts
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with (
            (place / parts).open("rb") as file,
            os.fdopen(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "wb+") as out,
        ):
            shutil.copyfileobj(file, out, 1 << 20)
            out.seek(0)
            whole = digest_in(out) == digest
    except FileNotFoundError:
        raise damaged(name) from None
    if not whole:
        raise damaged(name)
    if parts.parts[0] == "artifacts":
        target.chmod(0o444)


def _check(partial: Path, found: Backup) -> None:
    """The journal has to end as it did, and every version has to have its bytes where they are kept from now on."""
    with closing(Store(f"sqlite:///{partial / DATABASE}")) as store, store.reading() as look:
        if checked_journal(look) != (found.entries, found.head):
            raise damaged(DATABASE)
        digests = named(look) - set(found.damaged)
    settings = read_settings(home=str(partial))
    artifacts = artifacts_of(settings)
    for digest in artifacts.lacks(sorted(digests)):
        file = settings.artifacts / address(digest)
        if not file.exists():
            raise damaged(f"artifacts/{address(digest)}")
        artifacts.put(digest, file.read_bytes())


def damaged(name: str) -> Invalid:
    """The refusal of a backup whose file is not what it was."""
    return Invalid(
        "The backup is damaged.",
        why=f"{name} is missing, or is not what was written.",
        fix="Take another backup; nothing was restored from this one.",
        code="E1882",
    )

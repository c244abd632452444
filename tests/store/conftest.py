"""A database for each test: a SQLite file, and a database of one PostgreSQL server that the session starts."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from tests.databases import named, sqlite_file, tell

from lamplighter.store.schema import metadata
from lamplighter.store.transaction import Store

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def shared(server: str) -> Iterator[Store]:
    """A store on PostgreSQL that the tests have one after the other."""
    tell(server, "CREATE DATABASE lamp_shared")
    opened = Store(named(server, "lamp_shared"))
    yield opened
    opened.close()


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
    tell(server, f"CREATE DATABASE {name}")
    yield named(server, name)
    tell(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with the newest schema and nothing in it."""
    if kind == "sqlite":
        (tmp_path / "control.db").write_bytes(sqlite_file())
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

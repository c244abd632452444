"""The schema's history. `upgrade` brings a database to the newest revision, inside one transaction."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, select, table, text
from sqlalchemy import column as named

from lamplighter.domain.errors import Unavailable

#: The revision this release works with: the newest file in `versions/`.
HEAD = "0035"


def upgrade(engine: Engine) -> None:
    """Bring the database to `HEAD`; raises `Unavailable` for one that another release wrote.

    Alembic is imported only where there is something to do.
    """
    with engine.connect() as connection:
        if _revision(connection) == HEAD:
            return
    with engine.begin() as connection:
        _one_at_a_time(connection)
        if _revision(connection) != HEAD:
            _upgrade(connection)


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).parent))
    configuration.attributes["connection"] = connection
    try:
        command.upgrade(configuration, HEAD)
    except CommandError:
        raise Unavailable(
            "The database is of another release.",
            why="Its schema has a revision that this release does not know.",
            fix="Start the release that wrote it, or a newer one.",
            code="E1706",
        ) from None


def _one_at_a_time(connection: Connection) -> None:
    """Let nobody else change the schema until this transaction ends. A writer of SQLite is alone anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('lamplighter schema'))"))


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(select(named("version_num")).select_from(table("alembic_version"))).scalar()

"""The schema's history. `upgrade` brings a database to the newest revision, inside one transaction."""

from pathlib import Path

from sqlalchemy import Engine, inspect, select, table
from sqlalchemy import column as named

#: The revision this release works with: the newest file in `versions/`.
HEAD = "0001"


def upgrade(engine: Engine) -> None:
    """Bring the database to `HEAD`. Alembic is imported only where there is something to do."""
    if _revision(engine) == HEAD:
        return
    from alembic import command
    from alembic.config import Config

    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).parent))
    with engine.begin() as connection:
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, HEAD)


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(select(named("version_num")).select_from(table("alembic_version"))).scalar()

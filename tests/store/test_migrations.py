"""The schema: every database comes to the newest revision, and that is the schema the code speaks of."""

import threading
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from lamplighter.domain.errors import Unavailable
from lamplighter.domain.identity import Team
from lamplighter.store import migrations
from lamplighter.store.migrations import HEAD
from lamplighter.store.schema import metadata
from lamplighter.store.transaction import Store


def test_the_newest_file_is_the_revision_of_this_release() -> None:
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(migrations.__file__).parent))
    assert ScriptDirectory.from_config(configuration).get_heads() == [HEAD]


def test_an_empty_database_comes_to_the_schema_of_the_code(empty: str) -> None:
    store = Store(empty)
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert context.get_current_revision() == HEAD
        assert compare_metadata(context, metadata) == []
        assert set(inspect(connection).get_table_names()) == {*metadata.tables, "alembic_version"}
    store.close()


def test_a_difference_between_schema_and_code_would_be_seen(empty: str) -> None:
    store = Store(empty)
    with store.engine.begin() as connection:
        connection.execute(text("DROP INDEX uq_rollouts_open"))
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    assert [change[0] for change in found] == ["add_index"]
    store.close()


def test_opening_again_changes_nothing(empty: str) -> None:
    first = Store(empty)
    with first.transaction() as change:
        change.teams.add(Team(name="@it-ops", members=("ivo@example.com",)))
    first.close()
    again = Store(empty)
    with again.reading() as look:
        assert [team.name for team in look.teams.all()] == ["@it-ops"]
    again.close()


def test_two_control_planes_may_start_at_once(empty: str) -> None:
    failures: list[BaseException] = []
    barrier = threading.Barrier(4)

    def begin() -> None:
        barrier.wait()
        try:
            # Each waits for those before it, on a machine that may have much else to do.
            Store(empty, patience=60.0).close()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_database_of_a_newer_release_is_left_alone(empty: str) -> None:
    Store(empty).close()
    engine = create_engine(empty)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Unavailable) as caught:
        Store(empty)
    assert (caught.value.what, caught.value.code) == ("The database is of another release.", "E1706")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"
    engine.dispose()


_BEFORE_ANSWERED_ROWS = """
    INSERT INTO predictions (id, number, model, environment, arm, event_at, score) VALUES
        ('a', 1, 'm', 'prod', 'champion', 5, 0.5), ('b', 1, 'm', 'prod', 'challenger', 86400000005, 0.5),
        ('a', 2, 'm', 'prod', 'shadow', 5, 0.5), ('b', 2, 'm', 'prod', 'champion', 7, 0.5),
        ('c', 2, 'n', 'prod', 'shadow', 5, 0.5);
    INSERT INTO labels (id, value, revision, received_at) VALUES ('a', 1.0, 0, 0), ('b', 1.0, 0, 0);
    INSERT INTO outcomes (model, environment, number, day, scored, labelled, rows) VALUES
        ('m', 'prod', 1, 0, 4, 4, ''), ('m', 'prod', 1, 86400000000, 1, 1, ''), ('m', 'prod', 2, 0, 2, 2, '');
    INSERT INTO closed_days (model, environment, number, day, closed_at, first_at, last_at, scored, known, there, said, found,
        distance, gone, gone_known) VALUES
        ('m', 'prod', 1, 0, 9, 1, 5, 4, 4, 4, 4, 4, 0.5, 3, 3), ('m', 'prod', 2, 0, 9, 1, 5, 7, 6, 4, 4, 4, 0.5, 6, 5)
"""


def test_rows_of_an_older_release_are_counted(empty: str) -> None:
    engine = create_engine(empty)
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with engine.begin() as connection:
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, "0019")
        for statement in _BEFORE_ANSWERED_ROWS.split(";"):
            connection.execute(text(statement))
    engine.dispose()
    store = Store(empty)
    with store.reading() as look:
        assert (look.answered.count("m", "prod"), look.answered.count("n", "prod")) == (2 + 3 + 1 + 6, 0)
        # Only of the day on which a version has scored along is looked through which rows were answers.
        assert look.answered.labelled("m", "prod") == 4 + 1 + (1 + 5)
    store.close()


def test_text_compares_by_bytes(store: Store) -> None:
    names = ["@B", "@a", "@a-c", "@ab", "@z", "@é"]
    with store.transaction() as change:
        for name in reversed(names):
            change.teams.add(Team(name=name, members=()))
    with store.reading() as look:
        assert [team.name for team in look.teams.all()] == names == sorted(names)


def test_text_compares_by_bytes_whatever_the_database_was_made_with(store: Store, kind: str) -> None:
    if kind == "sqlite":
        query = "SELECT count(*) FROM sqlite_master WHERE sql LIKE '%COLLATE%'"
    else:
        query = (
            "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'"
            " AND data_type = 'character varying' AND collation_name IS DISTINCT FROM 'C'"
        )
    with store.engine.connect() as connection:
        assert connection.execute(text(query)).scalar() == 0

"""One transaction over all collections: all of it or nothing, durable, and never waiting for ever."""

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.domain import specimens

from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.errors import Conflict, NotFound, Unavailable
from lamplighter.domain.events import AnyEvent
from lamplighter.domain.events.design import ProjectSaved
from lamplighter.domain.identity import PLATFORM, Team
from lamplighter.domain.traffic import Traffic
from lamplighter.store.notices import Notice
from lamplighter.store.transaction import Store, Transaction

TEAM = Team(name="@it-ops", members=())
EVENT: AnyEvent = ProjectSaved(model="late-flights")


def everything(change: Transaction) -> None:
    """Write to every table there is."""
    change.projects.add(specimens.project())
    change.rollouts.add(specimens.rollout())
    change.counters.set("x", 1)
    change.journal.append(EVENT, PLATFORM, at=1)
    change.notices.add(Notice(event=1, channel="inbox", person="a", incident="I-1", model="m", title="", text=""), 1)
    row = {"id": "q.0", "number": 1, "model": "m", "environment": "prod", "arm": "champion", "event_at": 1, "score": 0.5}
    change.predictions.keep([row])
    change.predictions.label([("q.0", 1.0, 0)], now=1)
    change.predictions.move("prod", "1.seg", 10)
    change.traffic.add([Traffic(model="m", environment="prod", number=1, arm="champion", second=1, requests=1)])
    change.traffic.called([("m", "prod", "ops", 1, 1)])
    change.profiles.put("prod", {("m", 1, 0): b"counts"})
    change.profiles.soil({("m", "prod", 0)})


def rows(store: Store) -> int:
    tables = ("projects", "rollouts", "counters", "journal", "journal_head", "notices", "predictions", "labels", "segments")
    with store.engine.connect() as connection:
        return sum(
            connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() or 0
            for table in (*tables, "traffic", "callers", "profiles", "dirty")
        )


def test_a_transaction_is_kept_whole(store: Store) -> None:
    with store.transaction() as change:
        everything(change)
    assert rows(store) == 13


@pytest.mark.parametrize(
    "error", [ZeroDivisionError(), KeyboardInterrupt(), Conflict("No.", why="So.", fix="Wait.")], ids=lambda e: type(e).__name__
)
def test_a_transaction_that_raises_leaves_nothing(store: Store, error: BaseException) -> None:
    def fail() -> None:
        with store.transaction() as change:
            everything(change)
            raise error

    with pytest.raises(type(error)):
        fail()
    assert rows(store) == 0


def test_nothing_that_is_written_while_reading_is_kept(store: Store) -> None:
    with store.reading() as look:
        everything(look)
    assert rows(store) == 0


def test_a_look_sees_one_moment_and_waits_for_no_writer(store: Store) -> None:
    with store.transaction() as change:
        change.counters.set("x", 1)
        change.teams.add(TEAM)
    with store.reading() as look:
        assert look.counters.value("x") == 1
        with store.transaction() as change:
            change.counters.set("x", 2)
            change.teams.put(Team(name="@it-ops", members=("ivo@example.com",)))
            # The writer holds its locks; another look does not wait for them.
            with store.reading() as other:
                assert (other.counters.value("x"), other.teams.all()) == (1, [TEAM])
        assert (look.counters.value("x"), look.teams.all()) == (1, [TEAM])
    with store.reading() as look:
        assert look.counters.value("x") == 2


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_a_look_leaves_nothing_to_the_next_transaction(store: Store) -> None:
    def isolation(change: Transaction) -> object:
        return change.connection.execute(text("SHOW transaction_isolation")).scalar()

    for _ in range(2):
        with store.reading() as look:
            assert isolation(look) == "repeatable read"
        with store.transaction() as change:
            assert isolation(change) == "read committed"


def test_a_write_that_waits_too_long_for_another_is_refused(url: str) -> None:
    store = Store(url, patience=0.2)
    with store.transaction() as change:
        change.journal.append(EVENT, PLATFORM, at=1)
    with store.transaction() as first:
        first.journal.append(EVENT, PLATFORM, at=2)
        begun = time.monotonic()
        with pytest.raises(Unavailable) as caught, store.transaction() as second:
            second.journal.append(EVENT, PLATFORM, at=3)
        assert time.monotonic() - begun > 0.15
    assert caught.value.code == "E1701"
    with store.transaction() as change:
        assert change.journal.append(EVENT, PLATFORM, at=4).sequence == 3
    store.close()


def test_a_write_that_can_wait_gets_its_turn(url: str) -> None:
    store = Store(url, patience=10.0)
    order: list[str] = []
    ready = threading.Event()

    def second() -> None:
        ready.wait()
        with store.transaction() as change:
            change.journal.append(EVENT, PLATFORM, at=2)
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with store.transaction() as change:
        change.journal.append(EVENT, PLATFORM, at=1)
        ready.set()
        time.sleep(0.1)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
    store.close()


@pytest.mark.parametrize(
    "address",
    ["sqlite:////dev/null/nowhere/control.db", "postgresql+psycopg://nobody@127.0.0.1:1/none"],
    ids=["sqlite", "postgresql"],
)
def test_a_database_that_is_not_there_is_unavailable(address: str) -> None:
    with pytest.raises(Unavailable) as caught:
        Store(address)
    assert caught.value.code == "E1701"


def test_unknown_names_are_refused_with_the_known_ones(store: Store) -> None:
    with store.transaction() as change:
        change.projects.add(specimens.project())
        change.environments.add(Environment(name="prod", level=Level.PRODUCTION, port=7083))
        assert change.project("late-flights") == specimens.project()
        assert change.environment("prod").port == 7083
        with pytest.raises(NotFound, match="no model") as caught:
            change.project("late-flight")
        assert caught.value.fix == "Did you mean late-flights?"
        with pytest.raises(NotFound, match="no environment") as caught:
            change.environment("production")
        assert caught.value.why == "Known: prod."


def test_sqlite_is_durable_on_every_connection(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'control.db'}")
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}
    connections = [store.engine.connect() for _ in range(3)]
    assert len({id(connection.connection.dbapi_connection) for connection in connections}) == 3
    for connection in connections:
        assert {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted} == wanted
        connection.close()
    store.close()


def test_a_sqlite_writer_has_the_lock_before_its_first_look(tmp_path: Path) -> None:
    """Otherwise two that read first and write then would each refuse the other."""
    store = Store(f"sqlite:///{tmp_path / 'control.db'}")
    other = sqlite3.connect(tmp_path / "control.db", timeout=0.0, isolation_level=None)
    with store.transaction(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    with store.reading() as look:
        look.teams.all()
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    other.close()
    store.close()


def test_nothing_is_lost_of_what_two_add_to_the_counts_of_a_day(store: Store) -> None:
    def add() -> None:
        with store.transaction() as change:
            change.profiles.hold("prod")
            known = change.profiles.days("prod", [("m", 1, 0)])
            time.sleep(0.01)
            change.profiles.put("prod", {("m", 1, 0): known.get(("m", 1, 0), b"") + b"x"})

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as look:
        assert look.profiles.days("prod", [("m", 1, 0)]) == {("m", 1, 0): b"x" * 8}


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "lamp.db").write_bytes(b"no database at all. " * 500)
    with pytest.raises(Unavailable) as refusal:
        Store(f"sqlite:///{tmp_path / 'lamp.db'}")
    assert refusal.value.code == "E1705"


def test_a_page_that_is_damaged_is_told(tmp_path: Path) -> None:
    path = tmp_path / "lamp.db"
    store = Store(f"sqlite:///{path}")
    with store.transaction() as change:
        everything(change)
    store.close()
    content = bytearray(path.read_bytes())
    content[8192:] = b"\xff" * (len(content) - 8192)
    path.write_bytes(content)
    with pytest.raises(Unavailable) as refusal:
        Store(f"sqlite:///{path}")
    assert refusal.value.code == "E1705"


def test_an_error_that_says_nothing_of_damage_is_left_as_it_is(store: Store) -> None:
    closed = sqlite3.connect(":memory:")
    closed.close()
    with pytest.raises(sqlite3.ProgrammingError), store.transaction():
        closed.execute("SELECT 1")


def test_a_writer_that_comes_back_at_once_keeps_nobody_out(store: Store) -> None:
    over, turns = threading.Event(), []

    def come_back() -> None:
        while not over.is_set():
            with store.transaction():
                turns.append("eager")
                time.sleep(0.02)

    eager = threading.Thread(target=come_back)
    eager.start()
    try:
        while len(turns) < 3:
            time.sleep(0.001)
        for _ in range(5):
            before = len(turns)
            with store.transaction():
                waited = len(turns) - before
            if store.engine.dialect.name == "sqlite":
                assert waited <= 1
    finally:
        over.set()
        eager.join()


def test_a_turn_that_does_not_come_is_told(url: str) -> None:
    if not url.startswith("sqlite"):
        pytest.skip("other databases let writers in together")
    store = Store(url, patience=0.2)
    with store.transaction(), ThreadPoolExecutor(1) as pool:
        late = pool.submit(lambda: store.transaction().__enter__())
        assert isinstance(late.exception(), Unavailable)
    with store.transaction():
        pass
    store.close()

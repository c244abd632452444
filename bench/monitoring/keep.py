"""Rows that nobody has to keep, out of a table with 10 million: how many a second go, and how long others wait who write.

First on SQLite, then on a PostgreSQL server that is started here; `keep.py ROWS` takes another number of rows. Each row has a
label. Somebody else writes a little every 10 ms, as the reconciler does in a tick: first alone, then while rows go.
"""

import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import estate
import fleet
from msgspec.structs import replace
from sqlalchemy import event, text

from lamplighter.lifecycle import discarding, people
from lamplighter.lifecycle.kit import Kit
from lamplighter.settings import Settings

sys.path.insert(0, str(Path(__file__).parents[1] / "serving"))
from lines import line

ROWS, DAYS, KEPT = 10_000_000, 100, 60
#: Seconds of a look, between two, and for which rows go.
LOOK, PAUSE, FOR = 0.2, 0.5, 60.0
#: Seconds for which the writer is alone.
ALONE = 20.0
#: The part of its speed that the writer has to keep.
SLOWER = 0.25
_MODEL = estate.name_of(1)
#: As many different ones as there are in life, in no order.
_SCORE = "(x * 7919 % 1000003) / 1000003.0"
_FILL = {
    "sqlite": "WITH RECURSIVE made(x, id) AS (SELECT 0, lower(hex(randomblob(15))) || '.0' UNION ALL "
    "SELECT x + 1, lower(hex(randomblob(15))) || '.0' FROM made WHERE x < :rows - 1) ",
    "postgresql": "WITH made AS MATERIALIZED (SELECT x, substr(md5(x::text), 1, 30) || '.0' AS id "
    "FROM generate_series(0\\:\\:bigint, :rows - 1) AS x) ",
}


def fill(kit: Kit, rows: int) -> None:
    """A model whose rows of so many days are kept for fewer."""
    estate.fill(kit, models=2, versions=1)
    with _with_room(kit), kit.store.transaction() as change:
        project = change.project(_MODEL)
        change.projects.put(replace(project, log=replace(project.log, keep=f"{KEPT}d")))
        every = DAYS * estate.DAY // rows
        first = kit.clock.now() - DAYS * estate.DAY
        made = _FILL[kit.store.engine.dialect.name]
        change.connection.execute(
            text(
                "INSERT INTO predictions (id, number, model, environment, arm, event_at, score, answered_at) "
                f"{made} SELECT id, 1, :model, 'prod', 'champion', :first + x * :every, {_SCORE}, :first + x * :every FROM made"
            ),
            {"rows": rows, "model": _MODEL, "first": first, "every": every},
        )
        change.connection.execute(
            text(
                "INSERT INTO labels (id, value, revision, received_at) "
                "SELECT id, CASE WHEN score < 0.3 THEN 1.0 ELSE 0.0 END, 0, 0 FROM predictions"
            )
        )
        change.answered.add({(_MODEL, "prod", 1): rows})


@contextmanager
def _with_room(kit: Kit) -> Iterator[None]:
    """Let SQLite hold all pages while it is filled: ids are in no order, and in life they come over months."""

    def widen(made: Any, _: object) -> None:
        made.execute("PRAGMA cache_size=-4000000")

    engine, is_sqlite = kit.store.engine, kit.store.engine.dialect.name == "sqlite"
    if is_sqlite:
        event.listen(engine, "connect", widen)
        engine.dispose()
    yield
    if is_sqlite:
        event.remove(engine, "connect", widen)
        engine.dispose()


class Writer(threading.Thread):
    """Writes a little again and again, and remembers how long each took, seconds."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit, self._ending = kit, threading.Event()
        self.took: list[float] = []

    def run(self) -> None:
        """Write until it is ended."""
        while not self._ending.wait(0.01):
            begun = time.perf_counter()
            with self._kit.store.transaction() as change:
                change.counters.next("bench")
            self.took.append(time.perf_counter() - begun)

    def end(self) -> None:
        """Write no more."""
        self._ending.set()
        self.join()


def measure(kit: Kit, where: str) -> bool:
    """Print every line; whether all limits hold."""
    alone = Writer(kit)
    alone.start()
    time.sleep(ALONE)
    alone.end()
    writer, looks, count = Writer(kit), list[float](), 0
    writer.start()
    begun = time.perf_counter()
    while time.perf_counter() - begun < FOR:
        looked = time.perf_counter()
        gone = discarding.discard(kit, LOOK)
        looks.append(time.perf_counter() - looked)
        time.sleep(PAUSE)
        count += gone
        if not gone:
            break
    seconds = time.perf_counter() - begun
    writer.end()
    print(f"# {count:,} rows went in {seconds:.1f} s; the longest look took {max(looks):.2f} s, with a day to close")
    ratios = (
        _line(f"keep_writer_p95{where}", fleet.p95(writer.took), fleet.p95(alone.took)),
        _line(f"keep_writer_longest{where}", max(writer.took), max(alone.took)),
        # A day of rows has to go within an hour.
        line(f"keep_rows{where}", count / seconds, "limit", ROWS / DAYS / 3600, "rows/s"),
    )
    return ratios[0] >= SLOWER and ratios[2] >= 1


def _line(name: str, with_it: float, alone: float) -> float:
    return line(name, 1000 * with_it, "alone", 1000 * alone, "ms", lower_is_better=True)


def held(database: str, where: str, rows: int) -> bool:
    """Fill a database and measure it; whether all limits hold."""
    with tempfile.TemporaryDirectory(prefix="lamp-keep-") as home:
        kit = Kit.open(Settings(home=home, database=database))
        people.bootstrap(kit)
        begun = time.perf_counter()
        fill(kit, rows)
        fleet.settle(kit)
        print(f"# {rows:,} rows with labels, made in {time.perf_counter() - begun:.0f} s")
        fine = measure(kit, where)
        kit.close()
    return fine


def main(rows: int) -> int:
    """Say by the exit code whether all limits hold on both databases."""
    fine = held("", "", rows)
    with fleet.postgresql() as address:
        fine &= held(address, "_postgresql", rows)
    return int(not fine)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))

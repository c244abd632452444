"""Canaries, promotions and rollbacks under load: nobody is refused, and no customer goes back and forth.

Asks a group of two processes from 64 connections while its route file goes through a hundred cycles: a version is loaded beside
the live one, is given a quarter of the customers, then more than half, then all; every third cycle ends with a rollback.
"""

import asyncio
import multiprocessing
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby, pairwise
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any, NamedTuple

import ground
import msgspec
from lines import line

from lamplighter.domain.record import canonical, digest_of
from lamplighter.domain.route import ModelRoute, Route, Served, WorkerReport
from lamplighter.domain.version import DecisionRule, Manifest, address

CYCLES = 100
REQUESTS = 200_000
CONNECTIONS = 64
#: Customers of each connection.
CUSTOMERS = 4
WORKERS = 2
#: Routes of all cycles; each stays until its part of the requests has been answered.
CHANGES = CYCLES * 4 + CYCLES // 3 * 2


class Seen(NamedTuple):
    """What one process of clients was answered."""

    requests: int
    failed: list[str]
    #: Numbers of the versions that answered each customer, without repetitions in a row.
    histories: list[list[int]]


def versions(model: ground.Trained) -> list[Served]:
    """Enough versions of one artifact, told apart by their thresholds."""
    manifest = msgspec.json.decode((model.artifacts / address(model.served.digest)).read_bytes(), type=Manifest)
    found = []
    for number in range(1, CYCLES + 2):
        content = canonical(msgspec.structs.replace(manifest, decision=DecisionRule(threshold=number / 1000)))
        path = model.artifacts / address(digest_of(content))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        found.append(Served(number=number, digest=digest_of(content)))
    return found


def ask(port: int, name: int, ending: Event, results: Any) -> None:
    """A process of clients."""
    results.put(asyncio.run(_ask(port, name, ending)))


async def _ask(port: int, name: int, ending: Event) -> Seen:
    bodies = [ground.body([row]) for row in ground.rows(16)]
    asking = [_connection(port, f"{name}-{place}", bodies, ending) for place in range(CONNECTIONS // 2)]
    done = await asyncio.gather(*asking)
    return whole(done)


def whole(parts: Sequence[Seen]) -> Seen:
    """All parts together."""
    failed = [why for part in parts for why in part.failed]
    return Seen(sum(part.requests for part in parts), failed, [history for part in parts for history in part.histories])


async def _connection(port: int, name: str, bodies: list[bytes], ending: Event) -> Seen:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    histories: list[list[int]] = [[] for _ in range(CUSTOMERS)]
    failed: list[str] = []
    requests = 0
    while not ending.is_set():
        customer = requests % CUSTOMERS
        body = bodies[requests % len(bodies)]
        writer.write(
            b"POST /m/%b/invocations HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %b\r\nLamp-Key: %b.%d\r\n"
            b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
            % (ground.MODEL.encode(), ground.TOKEN.encode(), name.encode(), customer, len(body), body)
        )
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            await reader.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            failed.append(type(error).__name__)
            break
        requests += 1
        named = head.split(b"Lamp-Version: ")[1:]
        if not head.startswith(b"HTTP/1.1 200 ") or len(named) != 1:
            failed.append(head.partition(b"\r\n")[0].decode("ascii", "replace"))
            continue
        number, history = int(named[0].partition(b"@")[2].partition(b"\r\n")[0]), histories[customer]
        if not history or history[-1] != number:
            history.append(number)
    writer.close()
    return Seen(requests, failed, histories)


@contextmanager
def clients(port: int) -> Iterator[list[Seen]]:
    """Two processes of clients; what they saw is there when they have ended."""
    context = multiprocessing.get_context("spawn")
    ending, results = context.Event(), context.Queue()
    processes = [context.Process(target=ask, args=(port, name, ending, results)) for name in range(2)]
    for process in processes:
        process.start()
    seen: list[Seen] = []
    try:
        yield seen
    finally:
        ending.set()
        seen += [results.get(timeout=60) for _ in processes]
        for process in processes:
            process.join(30)


class Driver:
    """Writes routes and waits until every process answers by them."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._revision = 1
        #: Seconds from each written route until every process had adopted it.
        self.adopted: list[float] = []
        #: The same for rollbacks.
        self.back: list[float] = []

    def change(
        self, champion: Served, *, challenger: Served | None = None, share: float = 0.0, previous: Served | None = None
    ) -> float:
        """Put a route in place."""
        self._revision += 1
        route = ModelRoute(model=ground.MODEL, champion=champion, challenger=challenger, share=share, previous=previous)
        content = canonical(Route(environment="bench", revision=self._revision, models=(route,)))
        temporary = self._directory / "route.json.new"
        temporary.write_bytes(content)
        started = time.monotonic()
        temporary.replace(self._directory / "route.json")
        while any(revision != self._revision for revision in self._revisions()):
            time.sleep(0.002)
        self.adopted.append(time.monotonic() - started)
        return self.adopted[-1]

    def rest(self) -> None:
        """Let the route stay until its part of the requests has been answered; raises `TimeoutError` if nobody is."""
        end = time.monotonic() + 60.0
        while self.answered() < REQUESTS * (len(self.adopted) - 1) / CHANGES:
            if time.monotonic() > end:
                raise TimeoutError("the clients get no answers")
            time.sleep(0.01)

    def _revisions(self) -> list[int]:
        paths = sorted((self._directory / "workers").glob("[0-9]*.json"))
        return [msgspec.json.decode(path.read_bytes(), type=WorkerReport).revision for path in paths]

    def answered(self) -> int:
        """Requests that the group says it has scored."""
        paths = sorted((self._directory / "workers").glob("[0-9]*.json"))
        reports = [msgspec.json.decode(path.read_bytes(), type=WorkerReport) for path in paths]
        return sum(meter.requests for report in reports for meter in report.meters)


def follows(history: list[int], lived: list[int]) -> bool:
    """Whether the versions that a customer saw came in the order in which they lived, none twice in its life."""
    left = iter(lived)
    return all(version in left for version, _ in groupby(history))


def cycle(driver: Driver, turn: int, old: Served, new: Served) -> list[int]:
    """One cycle; the versions that lived in it."""
    for share in (0.0, 0.25, 0.6):
        driver.change(old, challenger=new, share=share)
        driver.rest()
    driver.change(new, previous=old)
    driver.rest()
    if turn % 3 < 2:
        return [new.number]
    driver.back.append(driver.change(old, previous=new))
    driver.rest()
    driver.change(new, previous=old)
    driver.rest()
    return [new.number, old.number, new.number]


def main() -> int:
    """Run the cycles and print the lines; 1 if anybody was refused or went back."""
    model = ground.trained("logistic_regression")
    all_versions = versions(model)
    with ground.serving(model, workers=WORKERS) as ours:
        driver, port = Driver(ours.directory), int(ours.address.split(":")[2].partition("/")[0])
        driver.change(all_versions[0])
        lived, started = [1], time.monotonic()
        with clients(port) as seen:
            for turn, (old, new) in enumerate(pairwise(all_versions)):
                lived += cycle(driver, turn, old, new)
        seconds = time.monotonic() - started
    requests, failed, histories = whole(seen)
    gone_back = [history for history in histories if not follows(history, lived)]
    for why in sorted(set(failed)):
        print(f"failed: {failed.count(why)} x {why}", file=sys.stderr)
    line("cycles_requests", requests, "wanted", REQUESTS, "requests")
    line("cycles_failed", len(failed) + 1, "allowed_plus_one", 1, "requests", lower_is_better=True)
    line("cycles_customers_gone_back", len(gone_back) + 1, "allowed_plus_one", 1, "customers", lower_is_better=True)
    line("cycles_adoption_max", max(driver.adopted), "target", 2.0, "s", lower_is_better=True)
    line("rollback_seconds", max(driver.back), "target", 2.0, "s", lower_is_better=True)
    print(
        f"{CYCLES} cycles, {len(driver.adopted)} routes, {len(histories)} customers, {requests / seconds:.0f} requests a second"
    )
    return int(bool(failed or gone_back or requests < REQUESTS))


if __name__ == "__main__":
    sys.exit(main())

"""Serving on machines elsewhere: they ask for their orders, so the control plane calls nobody and needs no way to them.

What is to run lies in the folder of the environment as for a group on this machine. What each machine says of itself lies below
`nodes`, put there by whoever takes it in.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from lamplighter.domain.decoding import from_json
from lamplighter.domain.environment import Environment
from lamplighter.domain.node import Hearing, Node, hearing
from lamplighter.domain.observation import Observation
from lamplighter.domain.paired import added
from lamplighter.domain.record import canonical
from lamplighter.domain.route import Credentials, Route, WorkerReport
from lamplighter.domain.sandbox import Sandbox
from lamplighter.targets.base import keep_route, least_closed, put

#: Below the folder of an environment: what is to run, and a folder for each machine with what it said last.
WANTED, NODES, REPORT = "wanted.json", "nodes", "report.json"
#: Slots of one machine that are told apart from those of the next.
_SLOTS = 1000
_LOOK = 0.05


class Target:
    """Tells machines through files below `root` what to serve, and sees them through what they said."""

    #: Seconds in which machines that are heard may end what they run.
    end_seconds = 15.0

    def __init__(self, root: Path, artifacts: Path, clock: Callable[[], int] = lambda: time.time_ns() // 1000) -> None:
        # Machines ask for the bytes of versions; nothing is read here.
        del artifacts
        self._root = root.absolute()
        self._clock = clock
        #: Nobody could be heard before; what was said last counts until there was time to say it again.
        self._since = clock()

    def folder(self, environment: str) -> Path:
        """Where the route and what machines said lie."""
        return self._root / environment

    def apply(self, environment: Environment) -> None:
        """Say what is to run; every machine does so when it asks."""
        folder, wanted = self.folder(environment.name), canonical(environment)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (folder / WANTED).exists() or (folder / WANTED).read_bytes() != wanted:
            put(folder / WANTED, wanted)

    def route(self, environment: Environment, route: Route, credentials: Credentials) -> None:
        """Replace both files."""
        keep_route(self.folder(environment.name), route, credentials)

    def observe(self, environment: Environment) -> Observation:
        """What the machines say together. One that fell silent is waited for, since it may still answer by an older route; one
        that is lost is missed until it comes back, leaves or is forgotten, and holds nothing up."""
        known, now = nodes(self.folder(environment.name)), self._clock()
        how = {one.name: self._hearing(one, now) for one in known}
        heard = [one for one in known if how[one.name] is Hearing.HEARD and one.report.observation.alive]
        waited = [one for one in known if how[one.name] is not Hearing.LOST]
        seen = [one.report.observation for one in heard]
        complete = bool(heard) and len(heard) == len(waited)
        return Observation(
            alive=bool(heard),
            revision=min(one.revision for one in seen) if complete else -1,
            loaded=frozenset.intersection(*(one.loaded for one in seen)) if complete else frozenset(),
            refused={digest: why for one in seen for digest, why in one.refused.items()},
            quarantined={digest: why for one in seen for digest, why in one.quarantined.items()},
            reports=tuple(report for one in heard for report in _apart(one)),
            pairs=added([pair for one in known for pair in one.report.observation.pairs]),
            processes=sum(one.report.observation.processes or environment.workers for one in known),
            absence=_absence(environment.name, [name for name in how if how[name] is not Hearing.HEARD], bool(heard)),
        )

    def sandbox(self, environment: Environment) -> Sandbox | None:
        """The weakest of what machines that are heard found."""
        now = self._clock()
        heard = [one for one in nodes(self.folder(environment.name)) if self._hearing(one, now) is Hearing.HEARD]
        return least_closed(report for one in heard for report in one.report.observation.reports)

    def _hearing(self, node: Node, now: int) -> Hearing:
        return hearing(max(node.seen_at, self._since), now)

    def remove(self, environment: Environment) -> None:
        """Say that nothing is to run, and wait for the machines that are heard."""
        (self.folder(environment.name) / WANTED).unlink(missing_ok=True)
        end = time.monotonic() + self.end_seconds
        while self.observe(environment).alive and time.monotonic() < end:
            time.sleep(_LOOK)


def nodes(folder: Path) -> list[Node]:
    """Every machine that ever said something and did not leave, by its number."""
    found = [node for path in folder.glob(f"{NODES}/*/{REPORT}") if (node := _node(path)) is not None]
    return sorted(found, key=lambda one: one.number)


def node_at(folder: Path, name: str) -> Node | None:
    """What one machine said last; nothing if it never said anything or has left."""
    return _node(folder / NODES / name / REPORT)


def _node(path: Path) -> Node | None:
    try:
        return from_json(path.read_bytes(), Node)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def _apart(node: Node) -> list[WorkerReport]:
    """Its processes, with slots that no process of another machine has."""
    first = node.number * _SLOTS
    return [msgspec.structs.replace(one, slot=first + one.slot) for one in node.report.observation.reports]


def _absence(environment: str, unheard: Sequence[str], anybody: bool) -> str:
    if unheard:
        return f"nothing is heard of {', '.join(unheard)}."
    return "" if anybody else f"no machine serves it; begin one with lamp nodes run {environment}."

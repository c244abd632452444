"""A drill: the answer that a project declares for an outage is asked for while the version is well, and written down."""

import time
from collections.abc import Sequence
from typing import Any

import httpx2
import msgspec

from lamplighter.domain.contract import Column, Kind
from lamplighter.domain.drill import KIND, OutageDrill
from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import Conflict, Unavailable
from lamplighter.domain.events.version import EvidenceAdded
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.identity import Actor
from lamplighter.domain.outage import Fallback
from lamplighter.domain.route import Served
from lamplighter.domain.version import Version
from lamplighter.lifecycle import authentication, elsewhere, routing, tokens
from lamplighter.lifecycle.declared import stand_in
from lamplighter.lifecycle.kit import Kit

#: Requests of each sort, each on a connection of its own, so that several processes are met.
_REQUESTS = 20
#: Seconds until every process knows the token of the drill.
_PATIENCE = 5.0


def outage(kit: Kit, actor: Actor, version: Version, environment: Environment) -> OutageDrill:
    """Ask for the answer of an outage and for ordinary ones in turn. Nobody else's request is touched.

    Raises `Conflict` for a version that is not the live one there, and `Unavailable` where the environment does not answer.
    """
    with kit.store.reading() as look:
        elsewhere.check_served(look, version.model)
        route, project = look.routings.of(version.model, environment.name), look.project(version.model)
        other = stand_in(look, project, route)
    if route.champion != Served(number=version.number, digest=version.digest):
        raise Conflict(
            f"{version.name} is not live in {environment.name}.",
            why="A drill shows what callers would be answered, and this version answers nobody there.",
            fix=f"Write lamp drill outage {version.model}@live, or deploy it there first.",
            code="E1517",
        )
    secret = tokens.issue_drill(kit, actor.email, version.model).secret
    try:
        routing.apply(kit, environment.name)
        with httpx2.Client(base_url=environment.address, timeout=10.0, trust_env=False) as client:
            held = _Drill(Asking(client, version, secret), project.outage.answer, other).hold(environment.name)
    except httpx2.HTTPError as error:
        raise Unavailable(
            f"Serving of {environment.name} does not answer.",
            why=f"{type(error).__name__} at {environment.address}.",
            fix=f"Look with lamp status {version.model}, then repeat the drill.",
            code="E1760",
        ) from None
    finally:
        authentication.end_session(kit, secret)
        routing.apply(kit, environment.name)
    _write_down(kit, actor, version, held)
    return held


class Asking:
    """Requests of a drill to one version, with a token of its own."""

    def __init__(self, client: httpx2.Client, version: Version, secret: str) -> None:
        self.version = version
        self._client = client
        self._path = f"/v1/models/{version.model}:predict"
        self._headers = {"Authorization": f"Bearer {secret}", "Lamp-Key": "drill"}
        row = {column.name: _value(column) for column in version.manifest.contract.inputs}
        self._body = {"instances": [row]}

    def ordinary(self, **more: str) -> httpx2.Response:
        """One request, with more headers."""
        return self._client.post(self._path, json=self._body, headers={**self._headers, **more})

    def admitted(self) -> None:
        """Wait until the token is known to one process after another."""
        end, known = time.monotonic() + _PATIENCE, 0
        while known < _REQUESTS and time.monotonic() < end:
            status = self.ordinary(Connection="close").status_code
            known = 0 if status in (401, 403) else known + 1
            if not known:
                time.sleep(0.05)

    def is_own(self, answer: httpx2.Response) -> bool:
        """Whether the version answered itself."""
        return (
            answer.is_success
            and answer.headers.get("Lamp-Version") == self.version.name
            and "Lamp-Fallback" not in answer.headers
        )


class _Drill:
    """One drill under way."""

    def __init__(self, asking: Asking, declared: Fallback, other: Served | None) -> None:
        version = asking.version
        self._asking = asking
        self._declared = declared
        #: Whose answer it is to be.
        self._name = f"{version.model}@{other.number}" if other else version.name
        self._lacks = declared is Fallback.VERSION and other is None

    def hold(self, environment: str) -> OutageDrill:
        """Ordinary requests and those of an outage in turn."""
        self._asking.admitted()
        pairs = [self._pair() for _ in range(_REQUESTS)]
        ordinary, asked = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        kept = [answer for answer in asked if self._keeps(answer)]
        return OutageDrill(
            environment=environment,
            answer=self._declared,
            requests=len(asked),
            kept=len(kept),
            ordinary=len(ordinary),
            untouched=sum(self._asking.is_own(answer) for answer in ordinary),
            scores=tuple(sorted({score for answer in kept if answer.is_success for score in answer.json()["predictions"]})),
            slowest=max(answer.elapsed.total_seconds() for answer in asked),
            why=self._why(asked, environment),
        )

    def _pair(self) -> tuple[httpx2.Response, httpx2.Response]:
        """Both on one connection, so that the process which keeps an answer is the one that is asked for it."""
        ordinary = self._asking.ordinary()
        return ordinary, self._asking.ordinary(**{"Lamp-Drill": "outage", "Connection": "close"})

    def _keeps(self, answer: httpx2.Response) -> bool:
        if self._declared is Fallback.FAIL:
            return answer.status_code == 502
        fallback, name = answer.headers.get("Lamp-Fallback"), answer.headers.get("Lamp-Version")
        return answer.is_success and fallback == self._declared and name == self._name

    def _why(self, asked: Sequence[httpx2.Response], environment: str) -> str:
        if self._lacks:
            return f"No other version was live in {environment} before, so that none answers in its place."
        for answer in asked:
            if not self._keeps(answer):
                came = answer.headers.get("Lamp-Version", "nobody")
                return f"Status {answer.status_code} came from {came}, and {self._name} was to answer."
        return ""


def _value(column: Column) -> Any:
    """A value that the column takes, from the middle of what it has seen."""
    low, high = column.low or 0.0, column.high or column.low or 0.0
    match column.kind:
        case Kind.NUMBER:
            return (low + high) / 2.0
        case Kind.INTEGER:
            return int((low + high) / 2.0)
        case Kind.BOOLEAN:
            return False
        case _:
            return column.categories[0] if column.categories else "drill"


def _write_down(kit: Kit, actor: Actor, version: Version, held: OutageDrill) -> None:
    facts = {**msgspec.to_builtins(held), "passed": held.passed}
    found = Evidence(version=version.digest, kind=KIND, facts=facts, author=actor.email, at=kit.clock.now())
    with kit.store.transaction() as change:
        change.evidence.put(found)
        event = EvidenceAdded(model=version.model, version=version.digest, kind=found.kind, digest=found.digest)
        kit.record(change, event, actor)

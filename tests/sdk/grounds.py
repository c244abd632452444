"""Running platforms: one embedded in this process, one behind the HTTP of a control plane of its own."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, cast

from tests.sdk import cast as people
from tests.sdk.homes import home, until
from tests.sdk.training import training

from lamplighter.domain.identity import Actor, Purpose
from lamplighter.domain.rollout import Phase, Rollout
from lamplighter.domain.version import Version
from lamplighter.lifecycle import authentication
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.people import bootstrap
from lamplighter.lifecycle.reconciler import Reconciler
from lamplighter.lifecycle.tokens import NODE_PREFIX
from lamplighter.sdk import local
from lamplighter.sdk.answers import Label
from lamplighter.sdk.connect import local_token
from lamplighter.sdk.deployed import bring_live
from lamplighter.sdk.embedded import Embedded
from lamplighter.sdk.interface import Platform
from lamplighter.sdk.model import Endpoint, live_in
from lamplighter.sdk.remote import remote
from lamplighter.settings import Settings

#: The year 2002, microseconds since the epoch.
_LONG_AGO = 1_009_843_200_000_000
#: A client of the holder of a token.
Enter = Callable[[str], Platform]


class Recording:
    """A platform that notes which verbs gave an answer."""

    def __init__(self, platform: Platform, answered: set[str]) -> None:
        self._platform, self._answered = platform, answered

    def __getattr__(self, name: str) -> Any:
        verb = getattr(self._platform, name)

        def call(*positional: Any, **named: Any) -> Any:
            answer = verb(*positional, **named)
            self._answered.add(name)
            return answer

        return call


class Ground:
    """A running platform, as each of its people has it."""

    def __init__(self, settings: Settings, enter: Enter) -> None:
        self.settings = settings
        #: Names of the verbs that have given an answer.
        self.answered: set[str] = set()
        self._enter = enter
        self._endpoints: list[Endpoint] = []
        #: The owner of the machine, an administrator.
        self.owner = self.entered(local_token(settings))
        self.tokens: Mapping[str, str] = people.arrive(self.owner)
        self._clients = {name: self.entered(token) for name, token in self.tokens.items()}

    def entered(self, token: str) -> Platform:
        """The platform as the holder of a token."""
        return cast(Platform, Recording(self._enter(token), self.answered))

    def __getitem__(self, name: str) -> Platform:
        return self._clients[name]

    def machine(self, token: str) -> Platform:
        """The platform as machines have it that hold this token."""
        return self.entered(token)

    def endpoint(self, model: str, environment: str) -> Endpoint:
        """Where the display asks a live model."""
        address = live_in(self["dana"], model, environment).address
        self._endpoints.append(Endpoint(address, model, self.tokens["display"]))
        return self._endpoints[-1]

    def live(self, version: Version, *environments: str) -> None:
        """Bring a version live, environment by environment, as its owner."""
        for environment in environments:
            bring_live(self["dana"], version, environment, wait=60.0)

    def reached(self, rollout: Rollout, *phases: Phase) -> Rollout:
        """Wait until a rollout is in one of these phases."""
        until(lambda: self["dana"].rollout(rollout.id).phase in phases)
        return self["dana"].rollout(rollout.id)

    def followed(self, endpoint: Endpoint, environment: str, number: int) -> None:
        """Wait until a version scores along, seen by a labelled row of long ago that it scored."""

        def scored() -> bool:
            answer = endpoint.predict({"delay": [5.0], "load": [0.5]}, event_time="2001-01-01T00:00:00Z")
            self["display"].push_labels(endpoint.model, [Label(id=answer.ids[0], value=1.0)])
            return self["rita"].figures(endpoint.model, environment, number, 0, _LONG_AGO).rows > 0

        until(scored)

    def close(self) -> None:
        """Close what was opened to ask models."""
        for endpoint in self._endpoints:
            endpoint.close()


def tables(folder: Path) -> str:
    """The configuration that names a table to score and one for the scores."""
    return f'[tables]\ntrains = "{folder / "trains.csv"}"\nscored = "{folder / "scored.csv"}"\n'


@contextmanager
def embedded(folder: Path) -> Iterator[Ground]:
    """A kit in this process with a running reconciler."""
    more = training(folder / "project", "python", "enter.py", str(folder)) + tables(folder)
    settings = home(folder, more=more)
    kit = Kit.open(settings)
    bootstrap(kit)
    reconciler = Reconciler(kit)
    reconciler.start()
    ground = Ground(settings, lambda token: Embedded(kit, _holder(kit, token)))
    try:
        yield ground
    finally:
        ground.close()
        reconciler.stop()
        kit.close()
        local.stop(settings)


def _holder(kit: Kit, token: str) -> Actor:
    if token.startswith(NODE_PREFIX):
        return authentication.authenticate_node(kit, token)
    return authentication.authenticate(kit, token, Purpose.TOKEN)


@contextmanager
def served(folder: Path) -> Iterator[Ground]:
    """The process of a control plane, over HTTP."""
    more = training(folder / "project", "python", "-m", "lamplighter.sdk.training") + tables(folder)
    settings = home(folder, more=more)
    clients: list[Any] = []

    def enter(token: str) -> Platform:
        clients.append(remote(settings.url, token))
        return cast(Platform, clients[-1])

    try:
        local.start(settings, wait=60.0)
        ground = Ground(settings, enter)
        yield ground
        ground.close()
    finally:
        for client in clients:
            client.close()
        local.stop(settings)


#: Both ways, by name.
GROUNDS: Mapping[str, Callable[[Path], AbstractContextManager[Ground]]] = {"embedded": embedded, "remote": served}

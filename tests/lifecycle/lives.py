"""A platform whose time and whose looks a test holds in its hands: nothing happens in it by itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import msgspec
from tests.sdk import models
from tests.sdk.cast import ROLES, address
from tests.sdk.homes import home, until

from lamplighter.domain.events.base import Event
from lamplighter.domain.events.routing import WentLive
from lamplighter.domain.identity import PLATFORM, Actor, Person
from lamplighter.domain.journal import Entry
from lamplighter.domain.project import Project
from lamplighter.domain.rollout import Phase, Rollout
from lamplighter.domain.route import Served
from lamplighter.domain.routing import promoted
from lamplighter.domain.version import Version
from lamplighter.lifecycle import people, progress, routing
from lamplighter.lifecycle.clock import Clock
from lamplighter.lifecycle.holding import Calendar
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.reconciler import Reconciler
from lamplighter.sdk import local
from lamplighter.sdk.embedded import Embedded
from lamplighter.sdk.release import Checked, checked

Happened = TypeVar("Happened", bound=Event)


class MovableClock(Clock):
    """The clocks of this machine, as far ahead as a test has moved them."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> int:
        """Microseconds since the epoch, UTC."""
        return super().now() + int(self._ahead * 1e6)

    def elapsed(self) -> float:
        """Seconds on a clock that never jumps back."""
        return super().elapsed() + self._ahead

    def forward(self, seconds: float) -> None:
        """Let so much time pass at once."""
        self._ahead += seconds


class Life:
    """A platform with its people, without a thread of its own."""

    def __init__(self, folder: Path, more: str = "") -> None:
        self.settings = home(folder, more=more)
        self.clock = MovableClock()
        self._open()
        people.bootstrap(self.kit)
        for name, roles in ROLES.items():
            people.save_person(self.kit, PLATFORM, address(name), name.capitalize(), roles)
        people.save_team(self.kit, PLATFORM, "@it-ops", [address("ines"), address("ivo")])

    def _open(self) -> None:
        self.kit = Kit.open(self.settings, self.clock)
        self.reconciler = Reconciler(self.kit)

    def restart(self) -> None:
        """Forget everything that is not in the store, as after a crash."""
        self.reconciler.release()
        self.kit.close()
        self._open()

    def __getitem__(self, name: str) -> Embedded:
        """The platform as one of its people."""
        return Embedded(self.kit, self.actor(name))

    def actor(self, name: str) -> Actor:
        """One of the people, as verbs are told of them."""
        return Actor(person=Person(email=address(name), name=name.capitalize(), roles=ROLES[name]), credential=name)

    # Versions

    def version(self, project: Project, *, threshold: float = 0.5, blind: bool = False) -> Version:
        """Register a version of a model, under the name of its owner."""
        ready = prepared(threshold, blind)
        dana = self["dana"]
        dana.save_project(project.name, project)
        for digest, content in ready.blobs.items():
            dana.put_artifact(digest, content)
        manifest = msgspec.structs.replace(ready.manifest, model=project.name)
        return dana.register(project.name, manifest, ready.evidence)

    def versions(self, project: Project, count: int) -> list[Version]:
        """Versions that differ in their thresholds."""
        return [self.version(project, threshold=round(0.3 + place / 10, 1)) for place in range(count)]

    def appoint(self, version: Version, environment: str = "prod") -> None:
        """Write down that a version is live, without any process that serves it."""
        served = Served(number=version.number, digest=version.digest)
        with self.kit.store.transaction() as change:
            before = change.routings.of(version.model, environment)
            routing.change_routing(change, before, promoted(before, served, self.clock.now()))
            went = WentLive(model=version.model, environment=environment, number=version.number, version=version.digest)
            self.kit.record(change, went, PLATFORM)

    # Looks

    def look_until(self, condition: Callable[[], object]) -> None:
        """Look again and again, as the reconciler does, until the condition holds."""

        def looked() -> object:
            self.reconciler.look()
            return condition()

        until(looked)

    def rollout(self, rollout: Rollout) -> Rollout:
        """The rollout as it is now."""
        return self["dana"].rollout(rollout.id)

    def replaying(self) -> bool:
        """Whether a replay is under way."""
        with self.kit.store.reading() as look:
            return bool(look.replays.all(open=True))

    def reached(self, rollout: Rollout, phase: Phase) -> Rollout:
        """Look until the rollout is in this phase."""
        self.look_until(lambda: self.rollout(rollout).phase is phase)
        return self.rollout(rollout)

    def live(self, version: Version, environment: str = "prod") -> None:
        """Bring a version live for good, on real processes."""
        asked = self["dana"].deploy(version.name, environment).rollout
        assert asked is not None
        self.reached(asked, Phase.COMPLETED)

    def entries(self, kind: type[Happened]) -> list[Entry]:
        """Entries of the journal about one type of event, oldest first."""
        with self.kit.store.reading() as look:
            return [entry for entry in look.journal.after(0, 100_000) if isinstance(entry.event, kind)]

    def events(self, kind: type[Happened]) -> list[Happened]:
        """The events of one type, oldest first."""
        return [entry.event for entry in self.entries(kind)]  # type: ignore[misc]

    def close(self) -> None:
        """Close the store and end every process."""
        self.reconciler.release()
        self.kit.close()
        local.stop(self.settings)


def advance(kit: Kit, rollout: Rollout, elapsed: float) -> Rollout:
    """One step of one rollout, as the reconciler takes it of all."""
    with kit.store.reading() as look:
        calendar = Calendar(kit, look, [rollout])
    return progress.advance(kit, rollout, elapsed, calendar)


@lru_cache
def prepared(threshold: float, blind: bool) -> Checked:
    """A packed model; packing takes longer than everything that is done with it here."""
    return checked(models.project("prepared"), models.build(threshold=threshold, blind=blind))


@contextmanager
def lived(folder: Path, more: str = "") -> Iterator[Life]:
    """A platform that is closed in the end."""
    life = Life(folder, more)
    try:
        yield life
    finally:
        life.close()

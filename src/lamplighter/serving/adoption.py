"""Makes a new route true: loads what it names, then moves each model to it, then lets go of what nobody names."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection

from lamplighter.domain.expiry import EXPIRED, Action
from lamplighter.domain.route import Condition, ModelRoute, Route, Served
from lamplighter.domain.switch import STAND_INS, SWITCHED_OFF
from lamplighter.domain.version import Badge, Manifest
from lamplighter.serving import withheld
from lamplighter.serving.clock import Clock
from lamplighter.serving.outage import Outage
from lamplighter.serving.redaction import Redactor
from lamplighter.serving.router import Adopted, Router, refusal_of
from lamplighter.serving.runtimes.base import Unloadable
from lamplighter.serving.versions import Loaded

log = logging.getLogger(__name__)

_NEVER = 2**63

#: Loads a version; raises `Unloadable`.
Open = Callable[[str, Served], Awaitable[Loaded]]
#: Reads the manifest of a version and nothing else of it; raises `Unloadable`.
Describe = Callable[[str, Served], Manifest]


def check_formats(manifest: Manifest, allowed: Collection[Badge]) -> None:
    """Raise `Unloadable` for an artifact that the rule book does not let be opened there, whatever a gate has said before."""
    for artifact in manifest.artifacts:
        if artifact.badge not in allowed:
            raise Unloadable(
                f"format-not-allowed: {artifact.name} ({artifact.format}, {artifact.badge}) is none of the formats that the"
                " rule book allows here. Deploy a version in a format without code."
            )


class Adoption:
    """Loads beside the traffic. A model moves once everything its part of the route names is loaded or refused, so a way back
    to a loaded version is a pointer and waits for nothing; where nobody answers yet, the champion does as soon as it is loaded.
    The revision counts as adopted once every model has settled.

    A champion whose time is over is replaced by one that answers nobody; so is one that cannot be loaded where an answer is
    declared for that."""

    def __init__(
        self,
        environment: str,
        router: Router,
        open_version: Open,
        describe: Describe,
        changed: Callable[[], None],
        clock: Clock,
        key: bytes,
    ) -> None:
        self._environment = environment
        self._router = router
        self._open = open_version
        self._describe = describe
        self._changed = changed
        self._clock = clock
        #: The secret of redacted columns.
        self._key = key
        #: When the next version's time is over; nothing is looked at before.
        self._next_end = _NEVER
        #: The champions that answer nobody, and why.
        self._withheld: dict[tuple[Served, str], Loaded] = {}
        self._route: Route | None = None
        self._versions: dict[Served, Loaded] = {}
        self._loading: dict[Served, asyncio.Task[None]] = {}
        self._retired: set[Loaded] = set()
        #: Why a version could not be loaded, by digest.
        self.refused: dict[str, str] = {}
        #: Seconds that loading took the last time, by digest; of versions that the route names.
        self.load_seconds: dict[str, float] = {}
        #: Revision of the route that is fully adopted; -1 before the first.
        self.revision = -1

    @property
    def loaded(self) -> tuple[str, ...]:
        """Digests of the versions that are loaded and verified."""
        return tuple(served.digest for served in self._versions)

    @property
    def loading(self) -> tuple[str, ...]:
        """Digests of the versions that are being loaded."""
        return tuple(served.digest for served in self._loading)

    @property
    def answers(self) -> bool:
        """Whether every model of the route has a version that answers, or all has been tried."""
        return self.revision >= 0 or (self._route is not None and self._router.models.keys() >= self._router.named)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """How the versions do that have processes of their own."""
        found = (version.condition for version in self._versions.values())
        return tuple(condition for condition in found if condition is not None)

    def offer(self, route: Route) -> None:
        """Work towards this route from now on. A version that was refused before is tried once more."""
        if route.environment != self._environment:
            log.error("route of another environment ignored, revision %d", route.revision)
            return
        self._route = route
        self.refused = {}
        self._router.named = frozenset(model_route.model for model_route in route.models)
        self._router.gone = {gone.model: refusal_of(gone) for gone in route.gone}
        for model_route in route.models:
            for served in model_route.versions():
                if served not in self._versions and served not in self._loading:
                    self._loading[served] = asyncio.get_running_loop().create_task(self._load(model_route, served))
        self._settle()

    def look(self) -> None:
        """Withhold every version whose time has come to its end since the last look."""
        if self._clock.now >= self._next_end:
            self._settle()

    async def _load(self, route: ModelRoute, served: Served) -> None:
        model, begun = route.model, time.monotonic()
        try:
            check_formats(await asyncio.to_thread(self._describe, model, served), route.formats)
            self._versions[served] = await self._open(model, served)
            self.load_seconds[served.digest] = time.monotonic() - begun
            log.info("loaded %s@%d %s", model, served.number, served.digest[:12])
        except Unloadable as error:
            self._refuse(model, served, str(error))
        except Exception as error:
            self._refuse(model, served, f"The runtime could not load it ({type(error).__name__}).")
        finally:
            del self._loading[served]
        self._settle()

    def _refuse(self, model: str, served: Served, why: str) -> None:
        log.error("refused %s@%d %s: %s", model, served.number, served.digest[:12], why)
        self.refused[served.digest] = why

    def _settle(self) -> None:
        route = self._route
        if route is None:
            return
        models = {model_route.model: model_route for model_route in route.models}
        for model_route in models.values():
            self._move(model_route)
        ends = [one.expiry.ends_at for one in route.models if one.expiry is not None]
        self._next_end = min((end for end in ends if end > self._clock.now), default=_NEVER)
        if not self._loading:
            for gone in self._router.models.keys() - models.keys():
                del self._router.models[gone]
            if self.revision != route.revision:
                log.info("adopted revision %d", route.revision)
            self.revision = route.revision
            self._let_go(route)
        self._changed()

    def _move(self, route: ModelRoute) -> None:
        """Point the model at the new route unless something is still loading or the champion is missing."""
        current = self._router.models.get(route.model)
        begins = current is None and route.champion in self._versions
        if not begins and any(served in self._loading for served in route.versions()):
            return
        champion = self._champion(route)
        if champion is None:
            return
        if current is None or current.route != route or current.champion is not champion or self._lacks(current):
            self._router.models[route.model] = self._adopted(route, champion, current)

    def _lacks(self, adopted: Adopted) -> bool:
        """Whether a part of its route is loaded by now that was not."""
        held = {version.served for version in adopted.versions()}
        return any(served in self._versions and served not in held for served in adopted.route.versions())

    def _adopted(self, route: ModelRoute, champion: Loaded, current: Adopted | None) -> Adopted:
        other = self._part(route.fallback)
        return Adopted(
            route=route,
            champion=champion,
            challenger=self._part(route.challenger),
            shadow=self._part(route.shadow),
            previous=self._part(route.previous),
            fallback=other,
            outage=self._outage(route, champion, other, current),
            redactor=Redactor(route.log, self._key),
            farewell=route.farewell.lines if route.farewell else b"",
        )

    def _champion(self, route: ModelRoute) -> Loaded | None:
        """The version that answers, or stands there and answers nobody; nothing if the model stays as it is."""
        version = self._versions.get(route.champion)
        if version is None:
            return self._unloadable(route)
        if route.off_since:
            return self._held_back(route.champion, SWITCHED_OFF, lambda: withheld.switched_off(version))
        if route.expiry is None or not route.expiry.over(self._clock.now):
            return version
        return self._held_back(route.champion, EXPIRED, lambda: withheld.expired(version))

    def _held_back(self, served: Served, why: str, made: Callable[[], Loaded]) -> Loaded:
        place = (served, why)
        if place not in self._withheld:
            self._withheld[place] = made()
            log.error("%s answers nobody: %s", self._withheld[place].name, why)
        return self._withheld[place]

    def _unloadable(self, route: ModelRoute) -> Loaded | None:
        """A stand-in where nothing else answers and an answer is declared for an outage."""
        current = self._router.models.get(route.model)
        if route.outage is None or (current is not None and current.champion.served in self._versions):
            return None
        try:
            return withheld.unloadable(route.champion, self._describe(route.model, route.champion))
        except Unloadable:
            return None

    def _outage(self, route: ModelRoute, champion: Loaded, other: Loaded | None, current: Adopted | None) -> Outage | None:
        if route.outage is None or self._is_blocked(route):
            return None
        before = current.outage if current is not None else None
        if before is not None and before.fits(route.outage, champion, other):
            return before
        return Outage(route.outage, champion, other, self._clock)

    def _is_blocked(self, route: ModelRoute) -> bool:
        """Whether the champion may not answer, and nothing in its place."""
        if route.off_since:
            return route.outage is None or route.outage.answer not in STAND_INS
        expiry = route.expiry
        return expiry is not None and expiry.action is Action.BLOCK and expiry.over(self._clock.now)

    def _part(self, served: Served | None) -> Loaded | None:
        return None if served is None else self._versions.get(served)

    def _let_go(self, route: Route) -> None:
        """Retire what neither the route names nor a model that stayed behind still uses."""
        named = {served for model_route in route.models for served in model_route.versions()}
        held = {version for adopted in self._router.models.values() for version in adopted.versions()}
        for served, version in list(self._versions.items()):
            if served not in named and version not in held:
                del self._versions[served]
                version.retire()
                self._retired.add(version)
        self._withheld = {place: version for place, version in self._withheld.items() if place[0] in named}
        digests = {served.digest for served in named}
        self.load_seconds = {digest: took for digest, took in self.load_seconds.items() if digest in digests}
        self._retired = {version for version in self._retired if not version.is_closed}

    async def close(self) -> None:
        """Stop loading and close every version."""
        for task in list(self._loading.values()):
            task.cancel()
        await asyncio.gather(*self._loading.values(), return_exceptions=True)
        everything = {*self._versions.values(), *self._retired}
        for version in everything:
            version.retire()
        await asyncio.gather(*(version.closed() for version in everything), return_exceptions=True)

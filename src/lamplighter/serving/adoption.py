"""Makes a new route true: loads what it names, then moves each model to it, then lets go of what nobody names."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from lamplighter.domain.route import ModelRoute, Route, Served
from lamplighter.serving.router import Adopted, Router
from lamplighter.serving.runtimes.base import Unloadable
from lamplighter.serving.versions import Loaded

log = logging.getLogger(__name__)

Open = Callable[[str, Served], Awaitable[Loaded]]


class Adoption:
    """Loads beside the traffic. A model moves once everything its part of the route names is loaded or refused, so a way back
    to a loaded version is a pointer and waits for nothing. The revision counts as adopted once every model has settled."""

    def __init__(self, environment: str, router: Router, open_version: Open, changed: Callable[[], None]) -> None:
        self._environment = environment
        self._router = router
        self._open = open_version
        self._changed = changed
        self._route: Route | None = None
        self._versions: dict[Served, Loaded] = {}
        self._loading: dict[Served, asyncio.Task[None]] = {}
        self._retired: set[Loaded] = set()
        #: Why a version could not be loaded, by digest.
        self.refused: dict[str, str] = {}
        #: Revision of the route that is fully adopted; -1 before the first.
        self.revision = -1

    @property
    def loaded(self) -> tuple[str, ...]:
        """Digests of the versions that are loaded and verified."""
        return tuple(served.digest for served in self._versions)

    def offer(self, route: Route) -> None:
        """Work towards this route from now on. A version that was refused before is tried once more."""
        if route.environment != self._environment:
            log.error("route of another environment ignored, revision %d", route.revision)
            return
        self._route = route
        self.refused = {}
        self._router.named = frozenset(model_route.model for model_route in route.models)
        for model_route in route.models:
            for served in model_route.versions():
                if served not in self._versions and served not in self._loading:
                    self._loading[served] = asyncio.get_running_loop().create_task(self._load(model_route.model, served))
        self._settle()

    async def _load(self, model: str, served: Served) -> None:
        try:
            self._versions[served] = await self._open(model, served)
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
        champion = self._versions.get(route.champion)
        if champion is None or any(served in self._loading for served in route.versions()):
            return
        current = self._router.models.get(route.model)
        if current is not None and current.route == route and len(current.versions()) == len(route.versions()):
            return
        self._router.models[route.model] = Adopted(
            route=route,
            champion=champion,
            challenger=self._part(route.challenger),
            shadow=self._part(route.shadow),
            previous=self._part(route.previous),
        )

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

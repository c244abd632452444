"""Every model, read with a handful of questions for any number of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

from lamplighter.domain.emergency import Emergency
from lamplighter.domain.incident import Incident
from lamplighter.domain.monitor import Finding
from lamplighter.domain.routing import Routing
from lamplighter.domain.validation import ValidationFinding, ranked
from lamplighter.domain.waiver import Waiver
from lamplighter.views.handover import Due, due
from lamplighter.views.known import Circle, Known, known
from lamplighter.views.live import places_away
from lamplighter.views.standing import Standing, in_order, standing
from lamplighter.views.waiting import Waiting, waiting

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.rollouts import Routings
    from lamplighter.store.transaction import Transaction

Found = TypeVar("Found", Routing, Waiting, Emergency, Waiver, ValidationFinding)


class Estate:
    """All models, or some, as of one look; nothing is asked of the store after it is made."""

    def __init__(self, look: "Transaction", everybody: Circle, *, now: int, model: str = "", search: str = "") -> None:
        """Read it: one model, or those whose name or summary holds a text in small letters."""
        handed, self._open = look.handovers.under_way(now)
        self._handed = frozenset(handed)
        every = (known(body, everybody, handed) for body in look.projects.bodies(model))
        self.known = [one for one in every if search in one.words]
        self._now = now
        self._places = {place.name: place for place in in_order(look.environments.all())}
        rank = {name: rank for rank, name in enumerate(self._places)}
        routings = [routing for routing in self._asked(look.routings, model, search) if routing.champion]
        self._routings = _by_model(sorted(routings, key=lambda routing: rank[routing.environment]))
        self._away = places_away(look, routings)
        self._incidents: dict[str, list[Incident]] = defaultdict(list)
        self._felt: dict[str, list[Finding]] = defaultdict(list)
        for incident in look.incidents.of(model) if model else look.incidents.all(newest="opened_at", open=True):
            for name in incident.models:
                self._incidents[name].append(incident)
            for finding in incident.felt:
                self._felt[finding.model].append(finding)
        self._waiting = _by_model(waiting(look, model))
        self._emergencies = _by_model(look.emergencies.all(equals={"model": model} if model else None, open=True))
        self._waivers = _by_model(look.waivers.all(equals={"model": model} if model else None, open=True))
        self._findings = _by_model(look.validation_findings.all(equals={"model": model} if model else None, open=True))
        self._moved = look.inputs.moved(model)
        found = look.retirements.all(equals={"model": model} if model else None, holds=True)
        self._retirements = {one.model: one for one in found}

    def _asked(self, routings: "Routings", model: str, search: str) -> list[Routing]:
        if search:
            # Most searches find few of a thousand.
            return routings.among("model", (one.project.name for one in self.known))
        return routings.all(equals={"model": model} if model else {})

    def standings(self) -> Iterator[Standing]:
        """How every model stands, by name."""
        return (self.standing(one) for one in self.known)

    def standing(self, one: Known) -> Standing:
        """How a model stands."""
        name = one.project.name
        routings = self._routings.get(name, ())
        main = routings[-1] if routings else None
        number = main.champion.number if main and main.champion else 0
        return standing(
            one,
            tuple([(routing, self._places[routing.environment]) for routing in routings]),
            self._away,
            tuple(self._incidents.get(name, ())),
            self._felt.get(name, ()),
            tuple(self._waiting.get(name, ())),
            tuple(self._emergencies.get(name, ())),
            tuple(self._waivers.get(name, ())),
            ranked(self._findings.get(name, ())),
            self._open.get(name),
            self._due(one, main),
            self._retirements.get(name),
            moved=main is not None and (name, main.environment, number) in self._moved,
            now=self._now,
        )

    def _due(self, one: Known, main: Routing | None) -> Due | None:
        """The handover that is overdue and that nobody has started."""
        name = one.project.name
        if main is None or name in self._handed or name in self._open:
            return None
        return due(one.project, one.ownership, main, self._places[main.environment].level, self._now)

    def due(self) -> tuple[Due, ...]:
        """Every handover that is overdue and that nobody has started, the longest first."""
        found = (self.standing(one).due for one in self.known)
        return tuple(sorted((one for one in found if one), key=lambda one: one.due_at))


def _by_model(found: Iterable[Found]) -> dict[str, list[Found]]:
    grouped: dict[str, list[Found]] = defaultdict(list)
    for one in found:
        grouped[one.model].append(one)
    return grouped

"""How much people and teams carry as of now."""

from lamplighter.domain.incident import FELT
from lamplighter.domain.load import Load
from lamplighter.domain.monitor import Severity
from lamplighter.domain.ownership import Assignment, ownership_of, people_of
from lamplighter.domain.stage import Duty
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction

#: Weeks over which pages are counted, and microseconds of one.
_WEEKS, _WEEK = 4, 7 * 86_400_000_000


class Loads:
    """Everybody's, as of one look; nothing is asked of the store after it is made."""

    def __init__(self, kit: Kit, look: Transaction) -> None:
        self._people, self._teams = look.people.by_email(), look.teams.by_name()
        now = kit.clock.now()
        given = look.handovers.in_force(now)
        live = {routing.model for routing in look.routings.all() if routing.champion}
        #: Who answers outages of the models that are live.
        self._watched: dict[str, Assignment] = {
            project.name: ownership_of(project, self._people, self._teams, given.get(project.name)).of(Duty.MONITOR_TECHNICAL)
            for project in look.projects.all()
            if project.name in live
        }
        recent = look.incidents.since(now - _WEEKS * _WEEK)
        self._paged = [name for one in recent if one.finding.severity is Severity.PAGE for name in one.models]
        missed = [one.holder for one in look.incidents.all(open=True) if one.state in FELT and one.level > 0]
        self._late = [*missed, *(one.owner for one in look.emergencies.all(open=True) if one.due_at < now)]

    def of(self, party: str) -> Load:
        """What a person or a team carries."""
        here = people_of(party, self._people, self._teams)
        members = {party, *(self._teams[party].members if party in self._teams else ())}
        mine = {name for name, held in self._watched.items() if party in (held.accountable, held.holder)}
        return Load(
            party=party,
            people=len(here),
            models=len(mine),
            pages_per_week=sum(name in mine for name in self._paged) / _WEEKS,
            overdue=sum(email in members for email in self._late),
        )

    def with_model(self, party: str, model: str) -> Load:
        """What they would carry with one model more."""
        load = self.of(party)
        held = self._watched.get(model)
        if held is not None and party in (held.accountable, held.holder):
            return load
        return Load(
            party=party,
            people=load.people,
            models=load.models + 1,
            pages_per_week=load.pages_per_week + self._paged.count(model) / _WEEKS,
            overdue=load.overdue,
        )

    def all(self) -> list[Load]:
        """Of every team, and of everybody who is here and carries something, those with the most models first."""
        here = [email for email, person in self._people.items() if person.active]
        found = [self.of(party) for party in (*self._teams, *here)]
        return sorted(
            (one for one in found if one.models or one.overdue or one.party in self._teams),
            key=lambda one: (-one.models, -one.pages_per_week, one.party),
        )

"""Who has which duty. One accountable party a stage, one holder and a deputy a duty, always or named as a gap."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from lamplighter.domain.identity import Person, Role, Team
from lamplighter.domain.owners import Holder
from lamplighter.domain.project import Project
from lamplighter.domain.record import Record
from lamplighter.domain.stage import STAGE_OF, Duty, Stage


class Assignment(Record, frozen=True):
    """One duty and the people behind it."""

    duty: Duty
    #: Person or team that is accountable; empty for a gap.
    accountable: str
    #: The person who acts now: the accountable one, or who is on call in the team, or the deputy.
    holder: str
    #: Who stands in.
    deputy: str


class Ownership(Record, frozen=True):
    """Every duty of one model."""

    assignments: tuple[Assignment, ...]

    def of(self, duty: Duty) -> Assignment:
        """The assignment of a duty; every duty has one."""
        return next(assignment for assignment in self.assignments if assignment.duty is duty)

    @property
    def gaps(self) -> tuple[Duty, ...]:
        """Duties that nobody who is here holds."""
        return tuple(assignment.duty for assignment in self.assignments if not assignment.holder)


def ownership_of(
    project: Project, people: Mapping[str, Person], teams: Mapping[str, Team], handed_over: Collection[Stage] = ()
) -> Ownership:
    """Everybody's duties as of now: a stage belongs to `then` once its handover was accepted."""
    return Ownership(assignments=tuple(_assignment(project, duty, people, teams, handed_over) for duty in Duty))


def _assignment(
    project: Project, duty: Duty, people: Mapping[str, Person], teams: Mapping[str, Team], handed_over: Collection[Stage]
) -> Assignment:
    stage = STAGE_OF[duty]
    owner = project.owners.holder(stage)
    if owner is None:
        return Assignment(duty=duty, accountable="", holder="", deputy="")
    accountable = owner.then if stage in handed_over and owner.then else owner.first
    standing_in = (owner.deputy, project.owners.deputy, owner.then, accountable)
    holder = _first_active((_responder(duty, owner) or accountable, *standing_in), people, teams, "")
    deputy = _first_active(standing_in, people, teams, holder)
    return Assignment(duty=duty, accountable=accountable, holder=holder, deputy=deputy)


def _responder(duty: Duty, owner: Holder) -> str:
    if duty is Duty.MONITOR_FUNCTIONAL:
        return owner.model_alerts
    return owner.retraining if duty is Duty.RETRAIN else ""


def _first_active(parties: Sequence[str], people: Mapping[str, Person], teams: Mapping[str, Team], but: str) -> str:
    members = (email for party in parties for email in (teams[party].members if party in teams else (party,)))
    return next((email for email in members if email != but and email in people and people[email].active), "")


def owner_of_source(
    source: str, projects: Iterable[Project], people: Mapping[str, Person], teams: Mapping[str, Team], stands_in: str
) -> Assignment | None:
    """Who answers for a source: the owner that most projects name, of two as often named the first by name.

    `stands_in` is the deputy where the owner has none of its own; nothing if no project names an owner who is here.
    """
    named = Counter(known.owner for project in projects for known in project.source if known.name == source and known.owner)
    for owner in sorted(named, key=lambda party: (-named[party], party)):
        holder = _first_active((owner,), people, teams, "")
        if holder:
            deputy = _first_active((owner, stands_in), people, teams, holder)
            return Assignment(duty=Duty.MONITOR_TECHNICAL, accountable=owner, holder=holder, deputy=deputy)
    return None


def reader_of(project: Project, people: Mapping[str, Person], teams: Mapping[str, Team]) -> str:
    """Who reads how a model does: the business owner, else whoever designs it; empty for nobody."""
    designs = ownership_of(project, people, teams).of(Duty.DESIGN).holder
    return _first_active((project.owners.business,), people, teams, "") or designs


def last_resort(project: Project, people: Mapping[str, Person], teams: Mapping[str, Team], but: Collection[str] = ()) -> str:
    """Who is told when nobody else is left: the business owner, else whoever looks after the platform; empty for nobody."""
    members = teams[project.owners.business].members if project.owners.business in teams else (project.owners.business,)
    administrators = sorted(person.email for person in people.values() if Role.ADMINISTRATOR in person.roles)
    here = (email for email in (*members, *administrators) if email in people and people[email].active)
    return next((email for email in here if email not in but), "")


def acts_for(assignment: Assignment, person: Person, teams: Mapping[str, Team]) -> bool:
    """Whether the person may do this duty: its holder, its deputy, or a member of the accountable team."""
    if person.email in (assignment.holder, assignment.deputy, assignment.accountable):
        return True
    team = teams.get(assignment.accountable)
    return team is not None and person.email in team.members

"""Who has which duty. One accountable party a stage, one holder and a deputy a duty, always or named as a gap."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from lamplighter.domain.handover import Handed
from lamplighter.domain.identity import Person, Role, Team
from lamplighter.domain.owners import Holder
from lamplighter.domain.project import Project
from lamplighter.domain.record import Record
from lamplighter.domain.stage import FUNCTIONAL, STAGE_OF, Duty


class Assignment(Record, frozen=True):
    """One duty and the people behind it."""

    duty: Duty
    #: Person or team that is accountable; empty for a gap.
    accountable: str
    #: The person who acts now: the accountable one, or who is on call in the team, or the deputy.
    holder: str
    #: Who stands in.
    deputy: str
    #: The handover that gave it, such as `H-12`; empty where lamp.toml says whose it is.
    handover: str = ""


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


def ownership_of(project: Project, people: Mapping[str, Person], teams: Mapping[str, Team], handed: Handed | None) -> Ownership:
    """Everybody's duties as of now; what an accepted handover gave is the receiver's, whatever the project says since."""
    return Ownership(assignments=tuple(_assignment(project, duty, people, teams, handed) for duty in Duty))


def _assignment(
    project: Project, duty: Duty, people: Mapping[str, Person], teams: Mapping[str, Team], handed: Handed | None
) -> Assignment:
    owner = project.owners.holder(STAGE_OF[duty])
    if handed is not None and STAGE_OF[duty] in handed.stages:
        return _received(project, duty, owner, people, teams, handed)
    if owner is None:
        return Assignment(duty=duty, accountable="", holder="", deputy="")
    standing_in = (owner.deputy, project.owners.deputy, owner.then, owner.first)
    holder = _first_active((_responder(duty, owner) or owner.first, *standing_in), people, teams, "")
    deputy = _first_active(standing_in, people, teams, holder)
    return Assignment(duty=duty, accountable=owner.first, holder=holder, deputy=deputy)


def _received(
    project: Project,
    duty: Duty,
    owner: Holder | None,
    people: Mapping[str, Person],
    teams: Mapping[str, Team],
    handed: Handed,
) -> Assignment:
    """Whose a duty of a stage is that was handed over. What takes knowledge of the model stays with whoever has it; who else
    is named in lamp.toml has no say, because the giver writes that file."""
    if duty in FUNCTIONAL:
        own = owner.first if owner is not None and owner.first != handed.receiver else handed.knows
        standing_in = [own, project.owners.deputy, handed.receiver]
        accountable, first, gave = own, (_responder(duty, owner) if owner else "") or own, ""
    else:
        backed = duty is Duty.MONITOR_TECHNICAL and handed.co_owned
        standing_in = [handed.giver, handed.receiver] if backed else [handed.receiver]
        accountable, first, gave = handed.receiver, handed.receiver, handed.id
    holder = _first_active((first, *standing_in), people, teams, "")
    deputy = _first_active(standing_in, people, teams, holder)
    return Assignment(duty=duty, accountable=accountable, holder=holder, deputy=deputy, handover=gave)


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
    designs = ownership_of(project, people, teams, None).of(Duty.DESIGN).holder
    return _first_active((project.owners.business,), people, teams, "") or designs


def last_resort(project: Project, people: Mapping[str, Person], teams: Mapping[str, Team], but: Collection[str] = ()) -> str:
    """Who is told when nobody else is left: the business owner, else whoever looks after the platform; empty for nobody."""
    members = teams[project.owners.business].members if project.owners.business in teams else (project.owners.business,)
    administrators = sorted(person.email for person in people.values() if Role.ADMINISTRATOR in person.roles)
    here = (email for email in (*members, *administrators) if email in people and people[email].active)
    return next((email for email in here if email not in but), "")


def people_of(party: str, people: Mapping[str, Person], teams: Mapping[str, Team]) -> tuple[Person, ...]:
    """Everybody of a team who is here, in the order of call; a person is a team of one."""
    members = teams[party].members if party in teams else (party,)
    return tuple(people[email] for email in members if email in people and people[email].active)


def acts_for(assignment: Assignment, person: Person, teams: Mapping[str, Team]) -> bool:
    """Whether the person may do this duty: its holder, its deputy, or a member of the accountable team."""
    if person.email in (assignment.holder, assignment.deputy, assignment.accountable):
        return True
    team = teams.get(assignment.accountable)
    return team is not None and person.email in team.members

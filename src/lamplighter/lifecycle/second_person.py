"""Who is asked to look at what one person did alone."""

from collections.abc import Iterator

from lamplighter.domain.identity import Permission
from lamplighter.domain.project import Project
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction


def second_person(kit: Kit, look: Transaction, project: Project, but: set[str]) -> str:
    """The first who may accept versions and is none of these: the business owner, then risk, then whoever has a duty of the
    model; empty if nobody is here who may."""
    people, teams = look.people.by_email(), look.teams.by_name()
    for party in (project.owners.business, project.owners.risk, *holders(kit, look, project)):
        for email in teams[party].members if party in teams else (party,):
            person = people.get(email)
            if person is not None and person.active and person.may(Permission.APPROVE) and email not in but:
                return email
    return ""


def holders(kit: Kit, look: Transaction, project: Project) -> Iterator[str]:
    """Everybody who has a duty of the model, and their deputies; some several times."""
    for assignment in look.duties(project, kit.clock.now()).assignments:
        yield from filter(None, (assignment.holder, assignment.deputy))

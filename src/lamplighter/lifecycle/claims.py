"""How the consumers of a model stand to its end, and who speaks for whom."""

from collections.abc import Mapping

from lamplighter.domain.claimant import Claim, Retiring, claimants, missing
from lamplighter.domain.identity import Role
from lamplighter.domain.ownership import people_of
from lamplighter.domain.project import Project
from lamplighter.domain.retirement import Retirement
from lamplighter.domain.stage import Duty
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.retirement import rule_of
from lamplighter.store.transaction import Transaction


def retiring(kit: Kit, look: Transaction, retirement: Retirement) -> Retiring:
    """Everything that decides whether a model may end now. A model that answered nowhere has nobody to ask."""
    project, now = look.project(retirement.model), kit.clock.now()
    rule, asks = rule_of(kit, project)
    since = max((one.first_at or one.live_since for one in look.routings.all(model=project.name)), default=0)
    found = claimants(retirement, look.callers(project), since, now, rule)
    business = asks and since > 0
    holder = look.duties(project, now).of(Duty.RETIRE).holder
    return Retiring(
        retirement=retirement,
        claimants=found,
        missing=missing(retirement, found, now, business=business),
        business=business,
        holder=holder,
    )


def concerned(look: Transaction, found: Retiring) -> Mapping[str, tuple[str, ...]]:
    """Whom a retirement concerns, and the consumers that they speak for: the first who is here of each owner, whoever holds
    the duty, and somebody of the business side where that has to agree."""
    people, teams = look.people.by_email(), look.teams.by_name()
    told: dict[str, tuple[str, ...]] = {}
    for one in found.claimants:
        if one.claim is not Claim.GONE:
            for person in people_of(one.owner, people, teams)[:1]:
                told[person.email] = (*told.get(person.email, ()), one.name)
    project = look.project(found.retirement.model)
    for email in (found.holder, business_person(look, project, found.retirement.person) if found.business else ""):
        if email:
            told.setdefault(email, ())
    return told


def business_person(look: Transaction, project: Project, but: str) -> str:
    """Who of the business side is asked: the owner of the business if it is not who asks, then anybody with the role."""
    people, teams = look.people.by_email(), look.teams.by_name()
    named = people_of(project.owners.business, people, teams)
    others = sorted((one for one in people.values() if one.active), key=lambda one: one.email)
    found = (one.email for one in (*named, *others) if Role.BUSINESS in one.roles and one.email != but)
    return next(found, "")

"""What the governance of a model lacks: somebody who answers for it, somebody who stands in, or a look that is due."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from lamplighter.domain.emergency import Emergency
from lamplighter.domain.expiry import Age
from lamplighter.domain.identity import Person, Team
from lamplighter.domain.lifetime import Lifetime
from lamplighter.domain.ownership import Ownership


class Lack(StrEnum):
    """What somebody who answers for all models looks for."""

    #: A duty has no owner, or its owner has left.
    OWNER = "owner"
    #: Nobody stands in for the holder of a duty.
    DEPUTY = "deputy"
    #: The live version has outlived its time, or an emergency was not reviewed in time.
    REVIEW = "review"


def lacks_of_people(ownership: Ownership, people: Mapping[str, Person], teams: Mapping[str, Team]) -> frozenset[Lack]:
    """What follows from who has which duty; a team has left when none of its members is here."""
    owners = {duty.accountable for duty in ownership.assignments}
    gone = any(not _is_here(party, people, teams) for party in owners)
    alone = any(not duty.deputy for duty in ownership.assignments)
    return frozenset([Lack.OWNER] * gone + [Lack.DEPUTY] * alone)


def _is_here(party: str, people: Mapping[str, Person], teams: Mapping[str, Team]) -> bool:
    members = teams[party].members if party in teams else (party,)
    return any(email in people and people[email].active for email in members)


def lacks_of_time(lifetime: Lifetime | None, emergencies: Iterable[Emergency], now: int) -> frozenset[Lack]:
    """What follows from the age of the live version, and from emergencies that nobody has reviewed yet."""
    old = lifetime is not None and lifetime.age in (Age.GRACE, Age.EXPIRED)
    late = old or any(one.open and one.due_at < now for one in emergencies)
    return frozenset([Lack.REVIEW] * late)

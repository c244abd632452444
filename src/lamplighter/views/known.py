"""What follows from a project, the rule book and the people: the same for every look until one of them changes."""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from lamplighter.domain.criticality import Criticality, criticality_of, tier_of
from lamplighter.domain.decoding import json_decoder
from lamplighter.domain.handover import Handed
from lamplighter.domain.identity import Person, Team
from lamplighter.domain.lack import Lack, lacks_of_people
from lamplighter.domain.ownership import Ownership, ownership_of
from lamplighter.domain.policy import Policy, Tier
from lamplighter.domain.project import Project
from lamplighter.domain.record import Record
from lamplighter.domain.stage import Duty

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.transaction import Transaction


class Known(Record, frozen=True):
    """One model before anything has happened to it."""

    project: Project
    criticality: Criticality
    tier: Tier
    #: Place of the tier, from 1, and how many tiers there are.
    dots: tuple[int, int]
    ownership: Ownership
    #: Duties that nobody who is here holds.
    gaps: tuple[Duty, ...]
    #: What its owners and deputies leave open.
    lacks: frozenset[Lack]
    #: What a search looks through, in small letters.
    words: str


class Circle:
    """The rule book and everybody who has duties, as of one look; equal where they say the same."""

    def __init__(self, policy: Policy, people: Mapping[str, Person], teams: Mapping[str, Team]) -> None:
        self.policy, self.people, self.teams = policy, people, teams
        self._hash = hash((policy.name, policy.version, tuple(people), tuple(teams)))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        mine = (self.policy, self.people, self.teams)
        return isinstance(other, Circle) and mine == (other.policy, other.people, other.teams)


def circle(look: "Transaction", policy: Policy) -> Circle:
    """The circle as of this look; the same object as before if nobody came, left or moved."""
    return _same(Circle(policy, look.people.by_email(), look.teams.by_name()))


@lru_cache(maxsize=8)
def _same(circle: Circle) -> Circle:
    return circle


_decoder = json_decoder(Project)


def known(body: str, circle: Circle, handed: Mapping[str, Handed]) -> Known:
    """What follows from the stored text of a project and what was handed over, by model."""
    one = _known(body, circle, None)
    mine = handed.get(one.project.name)
    return _known(body, circle, mine) if mine else one


@lru_cache(maxsize=8192)
def _known(body: str, circle: Circle, handed: Handed | None) -> Known:
    """Worked out once for each text, circle and handover."""
    project, policy = _decoder.decode(body), circle.policy
    criticality, ownership = criticality_of(project, policy), ownership_of(project, circle.people, circle.teams, handed)
    return Known(
        project=project,
        criticality=criticality,
        tier=tier_of(policy, criticality.tier),
        dots=(policy.rank(criticality.tier) + 1, len(policy.tier)),
        ownership=ownership,
        gaps=ownership.gaps,
        lacks=lacks_of_people(ownership, circle.people, circle.teams),
        words=f"{project.name} {project.model.summary}".lower(),
    )

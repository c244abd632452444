"""Roles and teams that somebody has because of an identity provider: given, taken back, and told from those of people."""

from collections.abc import Sequence

import msgspec

from lamplighter.domain.binding import Binding
from lamplighter.domain.events.identity import IdentityUnbound, PersonAdded, TeamSaved
from lamplighter.domain.identity import Actor, Person, Role, Team
from lamplighter.lifecycle.holders import find_person
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.revoking import revoke_all
from lamplighter.store.transaction import Transaction


def own_roles(person: Person | None, binding: Binding | None) -> tuple[Role, ...]:
    """Roles that somebody has from people of this platform, not from the provider."""
    given = binding.roles if binding else ()
    return tuple(role for role in person.roles if role not in given) if person else ()


def put_person(kit: Kit, change: Transaction, person: Person, actor: Actor, provider: str) -> None:
    """Keep an account as it is now, if that is another state."""
    if change.people.find(email=person.email) != person:
        change.people.put(person)
        event = PersonAdded(email=person.email, roles=person.roles, active=person.active, by=provider)
        kit.record(change, event, actor)


def put_teams(
    kit: Kit, change: Transaction, email: str, before: Sequence[str], wanted: Sequence[str], actor: Actor, provider: str
) -> tuple[str, ...]:
    """Put somebody into teams and out of those that the provider gave before; gives those that they are in because of it."""
    given = []
    for name in dict.fromkeys((*before, *wanted)):
        team = change.teams.find(name=name) or Team(name=name, members=())
        if name not in wanted:
            members = tuple(member for member in team.members if member != email)
        else:
            members = team.members if email in team.members else (*team.members, email)
            if name in before or email not in team.members:
                given.append(name)
        if members != team.members:
            change.teams.put(Team(name=name, members=members))
            kit.record(change, TeamSaved(team=name, members=members, by=provider), actor)
    return tuple(given)


def withdraw(kit: Kit, change: Transaction, binding: Binding, actor: Actor) -> None:
    """Take back what the provider gave, and make every session and token of the account worthless."""
    person = change.people.find(email=binding.email)
    if person is not None:
        kept = msgspec.structs.replace(person, roles=own_roles(person, binding))
        put_person(kit, change, kept, actor, binding.provider)
    put_teams(kit, change, binding.email, binding.teams, (), actor, binding.provider)
    revoke_all(change, binding.email)


def unbind(kit: Kit, actor: Actor, email: str) -> Person:
    """Let an account be bound anew, by whoever signs in with its address next; nothing changes for one that is not bound.

    Raises `NotFound`, and `NotAllowed` for a closed account.
    """
    with kit.store.transaction() as change:
        find_person(change, email)
        binding = change.bindings.find(email=email)
        if binding is not None:
            withdraw(kit, change, binding, actor)
            change.bindings.remove(binding.id)
            kit.record(change, IdentityUnbound(email=email, provider=binding.provider, subject=binding.subject), actor)
        return find_person(change, email)

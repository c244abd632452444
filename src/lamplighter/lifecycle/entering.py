"""Somebody whom an identity provider vouches for gets their account, or is turned away; either way it stands in the journal."""

from typing import NamedTuple

import msgspec

from lamplighter.domain.binding import Binding, Claimed
from lamplighter.domain.errors import Conflict, NotAllowed
from lamplighter.domain.events.identity import (
    AddressRenamed,
    IdentityBound,
    SignedIn,
    SignInRefused,
)
from lamplighter.domain.identity import PLATFORM, Actor, Credential, Person, Purpose, Role
from lamplighter.domain.identity_provider import IdentityProvider
from lamplighter.domain.record import digest_of
from lamplighter.lifecycle.authentication import SESSION_SECONDS
from lamplighter.lifecycle.granting import own_roles, put_person, put_teams, withdraw
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.tokens import Secret, keep_session
from lamplighter.lifecycle.trips import SECONDS, astray
from lamplighter.store.transaction import Transaction


class _Turned(NamedTuple):
    """Why somebody does not enter, and what to do about it."""

    why: str
    fix: str
    code: str


class _Grant(NamedTuple):
    """What an account has because of the provider."""

    email: str
    roles: tuple[Role, ...]
    teams: tuple[str, ...]


def enter(kit: Kit, provider: IdentityProvider, claimed: Claimed, state: str) -> Secret:
    """A session; raises `NotAllowed` for somebody who may not enter, and `Unauthenticated` for a state that was used."""
    with kit.store.transaction() as change:
        _spend(kit, change, state)
        binding = change.bindings.find(id=claimed.id)
        turned = _turned(change, provider, claimed, binding)
        if turned is None:
            return _entered(kit, change, provider, claimed, binding)
        _refuse(kit, change, provider, claimed, binding, turned)
    raise NotAllowed("You may not enter.", why=turned.why, fix=turned.fix, code=turned.code)


def _spend(kit: Kit, change: Transaction, state: str) -> None:
    """Nobody comes back twice from one way."""
    now, digest = kit.clock.now(), digest_of(f"state:{state}".encode())
    end = now + SECONDS * 1_000_000
    try:
        change.credentials.add(
            Credential(digest=digest, email="", purpose=Purpose.STATE, created_at=now, expires_at=end, revoked=True)
        )
    except Conflict:
        raise astray("It was finished before.") from None


def _turned(change: Transaction, provider: IdentityProvider, claimed: Claimed, binding: Binding | None) -> _Turned | None:
    """Why this person may not enter; nothing for one who may."""
    if why := provider.why_not(claimed.email, claimed.groups):
        return _Turned(why, f"Ask whoever looks after {provider.label} for what lets you enter.", code="E1338")
    if binding is None and change.bindings.find(email=claimed.email):
        why = "The account with this e-mail address belongs to another identity."
        return _Turned(why, "Ask an administrator, who can let it be bound anew: lamp users unbind EMAIL.", code="E1339")
    person = change.people.find(email=_account(claimed, binding))
    if person is not None and not person.active:
        return _Turned("The account is closed.", "Ask an administrator.", code="E1303")
    if not provider.roles_of(claimed.groups) and not own_roles(person, binding):
        return _Turned("None of your groups stands for a role here.", "Ask an administrator for a role.", code="E1338")
    return None


def _entered(kit: Kit, change: Transaction, provider: IdentityProvider, claimed: Claimed, binding: Binding | None) -> Secret:
    email = _account(claimed, binding)
    person = change.people.find(email=email)
    name = person.name if person else claimed.name or email.partition("@")[0]
    own, mapped = own_roles(person, binding), provider.roles_of(claimed.groups)
    granted = tuple(role for role in mapped if role not in own)
    now = Person(email=email, name=name, roles=own + granted)
    put_person(kit, change, now, PLATFORM, provider.name)
    before = binding.teams if binding else ()
    teams = put_teams(kit, change, email, before, provider.teams_of(claimed.groups), PLATFORM, provider.name)
    _bind(kit, change, provider, claimed, binding, _Grant(email, granted, teams))
    secret = keep_session(kit, change, email, SESSION_SECONDS * 1_000_000, provider.name)
    actor = Actor(person=now, credential=digest_of(secret.secret.encode())[:12])
    kit.record(change, SignedIn(email=email, by=provider.name), actor)
    return secret


def _refuse(
    kit: Kit, change: Transaction, provider: IdentityProvider, claimed: Claimed, binding: Binding | None, turned: _Turned
) -> None:
    """Write it down, and take back what the provider has given before."""
    email = _account(claimed, binding)
    if binding is not None:
        withdraw(kit, change, binding, PLATFORM)
        change.bindings.put(msgspec.structs.replace(binding, roles=(), teams=()))
    event = SignInRefused(
        email=email, provider=provider.name, subject=claimed.subject, why=turned.why, withdrawn=binding is not None
    )
    kit.record(change, event, PLATFORM)


def _account(claimed: Claimed, binding: Binding | None) -> str:
    """The subject says who it is; the address only where the subject is new."""
    return binding.email if binding else claimed.email


def _bind(
    kit: Kit, change: Transaction, provider: IdentityProvider, claimed: Claimed, binding: Binding | None, grant: _Grant
) -> None:
    """Keep whose account it is, and what it has from the provider."""
    now = Binding(
        id=claimed.id,
        email=grant.email,
        issuer=claimed.issuer,
        subject=claimed.subject,
        provider=provider.name,
        told_email=claimed.email,
        bound_at=binding.bound_at if binding else kit.clock.now(),
        roles=grant.roles,
        teams=grant.teams,
    )
    if binding is None:
        change.bindings.add(now)
        kit.record(change, IdentityBound(email=now.email, provider=provider.name, subject=now.subject), PLATFORM)
    elif now != binding:
        change.bindings.put(now)
    if binding is not None and binding.told_email != now.told_email:
        event = AddressRenamed(email=now.email, provider=provider.name, told_email=now.told_email)
        kit.record(change, event, PLATFORM)

"""Signing in: who holds a secret, and a session in exchange for it."""

import msgspec

from lamplighter.domain.errors import Unauthenticated
from lamplighter.domain.events.identity import SignedIn
from lamplighter.domain.identity import Actor, Credential, Person, Purpose
from lamplighter.domain.names import unknown
from lamplighter.domain.record import digest_of
from lamplighter.lifecycle.holders import check_account, find_person
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.tokens import ONCE, Secret, issue_session
from lamplighter.store.transaction import Transaction

#: How long a browser's session lasts, seconds.
SESSION_SECONDS = 12 * 3600


class Worthless(Unauthenticated):
    """A secret is worth nothing, and never will be."""

    code = "E1312"


def redeem(kit: Kit, secret: str) -> Secret:
    """Turn a one-time secret, which is spent by that, or a token of a person into a session that ends no later than the token.

    Raises `Unauthenticated` if it was used or is too old.
    """
    digest, once = digest_of(secret.encode()), secret.startswith(ONCE)
    with kit.store.transaction() as change:
        found = _valid(kit, change, digest, Purpose.SIGN_IN if once else Purpose.TOKEN)
        if once:
            change.credentials.put(msgspec.structs.replace(found, revoked=True))
        person = find_person(change, found.email)
        kit.record(change, SignedIn(email=person.email), Actor(person=person, credential=digest[:12]))
    life = SESSION_SECONDS * 1_000_000
    left = life if once else min(life, found.expires_at - kit.clock.now())
    return issue_session(kit, person.email, left, "" if once else digest)


def end_session(kit: Kit, secret: str) -> str:
    """Make a session, or the token of a drill, worthless; gives the identity provider that a session came from, if one did."""
    with kit.store.transaction() as change:
        found = change.credentials.find(digest=digest_of(secret.encode()))
        if found is not None:
            change.credentials.put(msgspec.structs.replace(found, revoked=True))
        return found.label if found is not None and found.purpose is Purpose.SESSION else ""


def authenticate(kit: Kit, secret: str, purpose: Purpose) -> Actor:
    """The holder of a secret; raises `Unauthenticated`."""
    digest = digest_of(secret.encode())
    with kit.store.reading() as look:
        found = _valid(kit, look, digest, purpose)
        return Actor(person=find_person(look, found.email), credential=digest[:12], permissions=found.permissions)


def authenticate_push(kit: Kit, secret: str) -> Actor:
    """The application that holds a token for pushing; raises `Unauthenticated`, and `NotAllowed` once its account is closed."""
    digest = digest_of(secret.encode())
    with kit.store.reading() as look:
        found = _valid(kit, look, digest, Purpose.PUSH)
        account = look.consumers.find(name=found.email)
        if account is None:
            raise unknown("consumer", found.email, ())
        check_account(account, found.models[0])
    person = Person(email=account.name, name=account.name, roles=())
    return Actor(person=person, credential=digest[:12], models=found.models, environment=found.environment)


def authenticate_node(kit: Kit, secret: str) -> Actor:
    """The machines that hold a token of an environment; raises `Unauthenticated`."""
    digest = digest_of(secret.encode())
    with kit.store.reading() as look:
        found = _valid(kit, look, digest, Purpose.NODE)
    person = Person(email=found.email, name=found.email, roles=())
    return Actor(person=person, credential=digest[:12], environment=found.environment, permissions=found.permissions)


def _valid(kit: Kit, look: Transaction, digest: str, purpose: Purpose) -> Credential:
    found = look.credentials.find(digest=digest, purpose=purpose)
    if found is None or not found.valid(kit.clock.now()):
        raise worthless()
    return found


def worthless() -> Worthless:
    """The refusal of a secret: the same for every one, so that it says nothing of which there are."""
    return Worthless(
        "You are not signed in.",
        why="The secret is unknown, was used, was revoked or is too old.",
        fix="Get a new token, or a new sign-in link with lamp up.",
    )

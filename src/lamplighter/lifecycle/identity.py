"""People, teams and what they sign in with. Secrets are shown once and kept as hashes."""

import getpass
import os
import re
import secrets
from collections.abc import Sequence
from pathlib import Path

import msgspec

from lamplighter.domain.consumer import Account
from lamplighter.domain.errors import Invalid, NotAllowed, Unauthenticated
from lamplighter.domain.events.design import EnvironmentSaved
from lamplighter.domain.events.identity import PersonAdded, SignedIn, TeamSaved, TokenIssued
from lamplighter.domain.identity import PLATFORM, Actor, Credential, Person, Purpose, Role, Team
from lamplighter.domain.job import HOLDER
from lamplighter.domain.names import party_name, unknown
from lamplighter.domain.record import digest_of
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction

#: How a token for pushing begins.
PUSH_PREFIX = "lmp_push_"
#: How the secret of a sign-in link begins.
_ONCE = "lmp_once_"
_MINUTE = 60 * 1_000_000
_DAY = 24 * 60 * _MINUTE
#: How long a browser's session lasts, seconds.
SESSION_SECONDS = 12 * 3600
_OWNER_ROLES = (Role.DATA_SCIENTIST, Role.ML_ENGINEER, Role.ADMINISTRATOR)


class Secret(msgspec.Struct, frozen=True):
    """A secret, shown once."""

    secret: str
    expires_at: int


def bootstrap(kit: Kit) -> None:
    """Make the environments and the local owner of a new platform. Its token lies in a file that only this user can read."""
    with kit.store.transaction() as change:
        known = change.environments.all()
        for environment in kit.settings.first_environments():
            if not known:
                change.environments.add(environment)
                event = EnvironmentSaved(environment=environment.name, level=environment.level)
                kit.record(change, event, PLATFORM)
        fresh = not change.people.all()
    if fresh:
        owner = owner_address()
        save_person(kit, PLATFORM, owner, "Local owner", _OWNER_ROLES)
        secret = issue_token(kit, PLATFORM, owner, "owner of this machine", days=365).secret
        _write_private(kit.settings.folder / "owner.token", secret)


def owner_address() -> str:
    """The address of the person who runs this machine's platform."""
    name = re.sub(r"[^a-z0-9._-]", "", getpass.getuser().lower()) or "owner"
    return f"{name}@localhost"


def _write_private(file: Path, text: str) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text)


def save_person(kit: Kit, actor: Actor, email: str, name: str, roles: Sequence[Role], active: bool = True) -> Person:
    """Add somebody or change them; who is not active loses every credential. Raises `Invalid` for a bad address."""
    if party_name(email).startswith("@"):
        raise Invalid("That is a team.", why="A name that starts with @ is a team.", fix="Use lamp teams set.", code="E1104")
    person = Person(email=email, name=name, roles=tuple(roles), active=active)
    with kit.store.transaction() as change:
        change.people.put(person)
        if not active:
            for credential in change.credentials.all(email=email):
                change.credentials.put(msgspec.structs.replace(credential, revoked=True))
        kit.record(change, PersonAdded(email=email, roles=person.roles, active=active), actor)
    return person


def save_team(kit: Kit, actor: Actor, name: str, members: Sequence[str]) -> Team:
    """Set the members of a team; raises `NotFound` for a member who is not known."""
    if not party_name(name).startswith("@"):
        raise Invalid("That is not a team.", why="The name of a team starts with @.", fix="Write @it-ops.", code="E1105")
    team = Team(name=name, members=tuple(members))
    with kit.store.transaction() as change:
        known = change.people.by_email()
        for member in members:
            if member not in known:
                raise unknown("person", member, known)
        change.teams.put(team)
        kit.record(change, TeamSaved(team=name, members=team.members), actor)
    return team


def issue_token(kit: Kit, actor: Actor, email: str, label: str, days: float = 90) -> Secret:
    """Give out a token; raises `NotFound`, or `Invalid` for a life of more than a year."""
    check_life(days)
    secret = _issue(kit, email, Purpose.TOKEN, "lmp_pat_", int(days * _DAY), label)
    with kit.store.transaction() as change:
        kit.record(change, TokenIssued(email=email, label=label, digest=digest_of(secret.secret.encode())[:12]), actor)
    return secret


def issue_predict_token(kit: Kit, actor: Actor, consumer: str, model: str, environment: str, days: float) -> Secret:
    """A token with which an application calls one model in one environment, and can do nothing else.

    Raises `NotFound` for names that nobody has, `NotAllowed` for a closed account or a model that it may not call, and
    `Invalid` for a life of more than a year.
    """
    return _issue_limited(kit, actor, consumer, model, environment, days, Purpose.PREDICT, "lmp_app_")


def issue_push_token(kit: Kit, actor: Actor, consumer: str, model: str, environment: str, days: float) -> Secret:
    """A token with which an application brings predictions and labels of one model in one environment, and nothing else.

    Raises as `issue_predict_token` does.
    """
    return _issue_limited(kit, actor, consumer, model, environment, days, Purpose.PUSH, PUSH_PREFIX)


def _issue_limited(
    kit: Kit, actor: Actor, consumer: str, model: str, environment: str, days: float, purpose: Purpose, prefix: str
) -> Secret:
    check_life(days)
    secret, now = prefix + secrets.token_urlsafe(32), kit.clock.now()
    digest = digest_of(secret.encode())
    with kit.store.transaction() as change:
        account = change.consumers.find(name=consumer)
        if account is None:
            raise unknown("consumer", consumer, (known.name for known in change.consumers.all()))
        change.project(model)
        change.environment(environment)
        _check_account(account, model)
        change.credentials.add(
            Credential(
                digest=digest,
                email=consumer,
                purpose=purpose,
                created_at=now,
                expires_at=now + int(days * _DAY),
                label=environment,
                models=(model,),
                environment=environment,
            )
        )
        kit.record(change, TokenIssued(model=model, email=consumer, label=environment, digest=digest[:12]), actor)
    return Secret(secret=secret, expires_at=now + int(days * _DAY))


def _check_account(account: Account, model: str) -> None:
    if not account.active:
        raise NotAllowed(
            "This account is closed.",
            why="The application is gone.",
            fix="Open it again with lamp consumers add.",
            code="E1304",
        )
    if account.models and model not in account.models:
        raise NotAllowed(
            f"{account.name} may not call {model}.",
            why=f"Its account is for {', '.join(account.models)}.",
            fix="Add the model to its account with lamp consumers add.",
            code="E1305",
        )


def check_life(days: float) -> None:
    """Raise `Invalid` for a token that would never expire, or in more than a year."""
    if not 0 < days <= 365:
        raise Invalid(
            "A token cannot live that long.", why="It lives from 1 to 365 days.", fix="Ask for 90 days.", code="E1106"
        )


def issue_sign_in(kit: Kit, email: str) -> Secret:
    """A one-time secret for a browser, good for 15 minutes."""
    return _issue(kit, email, Purpose.SIGN_IN, _ONCE, 15 * _MINUTE, "")


def issue_drill(kit: Kit, email: str, model: str) -> Secret:
    """A token that may ask one model for the answer of an outage, good for 2 minutes."""
    return _issue(kit, email, Purpose.DRILL, "lmp_drill_", 2 * _MINUTE, model)


def issue_for_job(kit: Kit, job: str, model: str, environment: str, seconds: float) -> Secret:
    """A token with which a run of a job calls one model in one environment, and can do nothing else."""
    secret, now = f"lmp_app_{secrets.token_urlsafe(32)}", kit.clock.now()
    until = now + int(seconds * 1_000_000)
    with kit.store.transaction() as change:
        change.credentials.add(
            Credential(
                digest=digest_of(secret.encode()),
                email=f"{HOLDER}{job}",
                purpose=Purpose.PREDICT,
                created_at=now,
                expires_at=until,
                label=environment,
                models=(model,),
                environment=environment,
            )
        )
    return Secret(secret=secret, expires_at=until)


def revoke_of_job(kit: Kit, digest: str) -> None:
    """Make the token of a run worthless, by its digest."""
    with kit.store.transaction() as change:
        found = change.credentials.find(digest=digest, purpose=Purpose.PREDICT)
        if found is not None:
            change.credentials.put(msgspec.structs.replace(found, revoked=True))


def redeem(kit: Kit, secret: str) -> Secret:
    """Turn a one-time secret, which is spent by that, or a token of a person into a session that ends no later than the token.

    Raises `Unauthenticated` if it was used or is too old.
    """
    digest, once = digest_of(secret.encode()), secret.startswith(_ONCE)
    with kit.store.transaction() as change:
        found = _valid(kit, change, digest, Purpose.SIGN_IN if once else Purpose.TOKEN)
        if once:
            change.credentials.put(msgspec.structs.replace(found, revoked=True))
        person = _person(change, found.email)
        kit.record(change, SignedIn(email=person.email), Actor(person=person, credential=digest[:12]))
    life = SESSION_SECONDS * 1_000_000
    left = life if once else min(life, found.expires_at - kit.clock.now())
    return _issue(kit, person.email, Purpose.SESSION, "lmp_session_", left, "")


def end_session(kit: Kit, secret: str) -> None:
    """Make a session, or the token of a drill, worthless."""
    with kit.store.transaction() as change:
        found = change.credentials.find(digest=digest_of(secret.encode()))
        if found is not None:
            change.credentials.put(msgspec.structs.replace(found, revoked=True))


def authenticate(kit: Kit, secret: str, purpose: Purpose) -> Actor:
    """The holder of a secret; raises `Unauthenticated`."""
    digest = digest_of(secret.encode())
    with kit.store.reading() as look:
        found = _valid(kit, look, digest, purpose)
        return Actor(person=_person(look, found.email), credential=digest[:12])


def authenticate_push(kit: Kit, secret: str) -> Actor:
    """The application that holds a token for pushing; raises `Unauthenticated`, and `NotAllowed` once its account is closed."""
    digest = digest_of(secret.encode())
    with kit.store.reading() as look:
        found = _valid(kit, look, digest, Purpose.PUSH)
        account = look.consumers.find(name=found.email)
        if account is None:
            raise unknown("consumer", found.email, ())
        _check_account(account, found.models[0])
    person = Person(email=account.name, name=account.name, roles=())
    return Actor(person=person, credential=digest[:12], models=found.models, environment=found.environment)


def _issue(kit: Kit, email: str, purpose: Purpose, prefix: str, life: int, label: str) -> Secret:
    secret = prefix + secrets.token_urlsafe(32)
    now = kit.clock.now()
    with kit.store.transaction() as change:
        _person(change, email)
        change.credentials.add(
            Credential(
                digest=digest_of(secret.encode()),
                email=email,
                purpose=purpose,
                created_at=now,
                expires_at=now + life,
                label=label,
            )
        )
    return Secret(secret=secret, expires_at=now + life)


def _valid(kit: Kit, look: Transaction, digest: str, purpose: Purpose) -> Credential:
    found = look.credentials.find(digest=digest, purpose=purpose)
    if found is None or not found.valid(kit.clock.now()):
        raise Unauthenticated(
            "You are not signed in.",
            why="The secret is unknown, was used, was revoked or is too old.",
            fix="Get a new token, or a new sign-in link with lamp up.",
            code="E1312",
        )
    return found


def _person(look: Transaction, email: str) -> Person:
    person = look.people.find(email=email)
    if person is None:
        raise unknown("person", email, look.people.by_email())
    if not person.active:
        raise NotAllowed("This account is closed.", why="The person left.", fix="Ask an administrator.", code="E1303")
    return person

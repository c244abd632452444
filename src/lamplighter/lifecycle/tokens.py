"""Secrets that are given out: each is shown once and kept as its hash."""

import secrets

import msgspec

from lamplighter.domain.errors import Invalid, NotFound
from lamplighter.domain.events.identity import TokenIssued, TokenRevoked
from lamplighter.domain.events.node import NodeTokensRevoked
from lamplighter.domain.identity import Actor, Credential, Permission, Person, Purpose
from lamplighter.domain.job import HOLDER
from lamplighter.domain.names import unknown
from lamplighter.domain.record import digest_of
from lamplighter.lifecycle.holders import check_account, find_person
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.revoking import revoke
from lamplighter.store.transaction import Transaction

#: How a token of a person begins.
PERSONAL_PREFIX = "lmp_pat_"
#: How a token for pushing begins.
PUSH_PREFIX = "lmp_push_"
#: How a token of a run of a CI begins.
PIPELINE_PREFIX = "lmp_ci_"
#: How a token of machines begins.
NODE_PREFIX = "lmp_node_"
#: How the secret of a sign-in link begins.
ONCE = "lmp_once_"
#: How the secret of an invitation begins.
INVITATION_PREFIX = "lmp_uat_"
_SESSION = "lmp_session_"
_MINUTE = 60 * 1_000_000
_DAY = 24 * 60 * _MINUTE
#: Days that a token lives which a person allowed a machine.
MACHINE_DAYS = 90
#: Digits by which a token is named.
_NAMED = 12


class Secret(msgspec.Struct, frozen=True):
    """A secret, shown once."""

    secret: str
    expires_at: int


def issue_token(kit: Kit, actor: Actor, email: str, label: str, days: float = 90) -> Secret:
    """Give out a token; raises `NotFound`, or `Invalid` for a life of more than a year."""
    check_life(days)
    secret = _issue(kit, email, Purpose.TOKEN, PERSONAL_PREFIX, int(days * _DAY), label)
    with kit.store.transaction() as change:
        kit.record(change, TokenIssued(email=email, label=label, digest=_digest(secret)[:12]), actor)
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
    with kit.store.transaction() as change:
        account = change.consumers.find(name=consumer)
        if account is None:
            raise unknown("consumer", consumer, (known.name for known in change.consumers.all()))
        change.project(model)
        change.environment(environment)
        check_account(account, model)
        secret = _keep(kit, change, consumer, purpose, prefix, int(days * _DAY), environment, model)
        event = TokenIssued(model=model, email=consumer, label=environment, digest=_digest(secret)[:12])
        kit.record(change, event, actor)
    return secret


def check_life(days: float) -> None:
    """Raise `Invalid` for a token that would never expire, or in more than a year."""
    if not 0 < days <= 365:
        raise Invalid(
            "A token cannot live that long.", why="It lives from 1 to 365 days.", fix="Ask for 90 days.", code="E1106"
        )


def issue_sign_in(kit: Kit, email: str) -> Secret:
    """A one-time secret for a browser, good for 15 minutes."""
    return _issue(kit, email, Purpose.SIGN_IN, ONCE, 15 * _MINUTE, "")


def issue_drill(kit: Kit, email: str, model: str) -> Secret:
    """A token that may ask one model for the answer of an outage, good for 2 minutes."""
    return _issue(kit, email, Purpose.DRILL, "lmp_drill_", 2 * _MINUTE, model)


def issue_session(kit: Kit, email: str, life: int, parent: str = "") -> Secret:
    """A secret for a browser that lasts so many microseconds; `parent` is the digest of the token that it came from."""
    with kit.store.transaction() as change:
        find_person(change, email)
        return _keep(kit, change, email, Purpose.SESSION, _SESSION, life, "", parent=parent)


def keep_linked(kit: Kit, change: Transaction, email: str, life: int, invitation: str, purpose: Purpose) -> Secret:
    """A secret for a browser that holds an invitation, and opens nothing else."""
    return _keep(kit, change, email, purpose, "lmp_linked_", life, invitation)


def keep_session(kit: Kit, change: Transaction, email: str, life: int, provider: str) -> Secret:
    """The same within a transaction, for somebody whom an identity provider vouches for."""
    return _keep(kit, change, email, Purpose.SESSION, _SESSION, life, provider)


def keep_for_machine(kit: Kit, change: Transaction, person: Person, machine: str, end: int, parent: str) -> Secret:
    """Within a transaction, a token with which a person works on a machine, until an instant."""
    secret = _keep(kit, change, person.email, Purpose.TOKEN, PERSONAL_PREFIX, 0, machine, parent=parent, end=end)
    digest = _digest(secret)[:_NAMED]
    kit.record(change, TokenIssued(email=person.email, label=machine, digest=digest), Actor(person=person, credential=digest))
    return secret


def tokens_of(kit: Kit, actor: Actor, email: str) -> list[Credential]:
    """Tokens of somebody that are good now, the newest first; raises `NotFound` for those of others, without the right."""
    if not _is_own(actor, email):
        raise _none(f"These are somebody else's, and it takes the permission {Permission.ADMINISTER} to see them.")
    with kit.store.reading() as look:
        held = look.credentials.all(email=email, purpose=Purpose.TOKEN)
    return sorted((one for one in held if one.valid(kit.clock.now())), key=lambda one: -one.created_at)


def revoke_token(kit: Kit, actor: Actor, key: str) -> Credential:
    """Make a token of a person worthless, and every session and token that came from it.

    `key` is its first 12 digits, as lists and the journal have them. Raises `NotFound` for one that is not there, or is
    somebody else's and the caller may not.
    """
    with kit.store.transaction() as change:
        held = change.credentials.all(purpose=Purpose.TOKEN)
        found = next((one for one in held if one.digest[:_NAMED] == key and _is_own(actor, one.email)), None)
        if found is None or not found.valid(kit.clock.now()):
            raise _none("None that is good now has this name, or it is somebody else's.")
        revoke(change, found)
        kit.record(change, TokenRevoked(email=found.email, label=found.label, digest=key), actor)
    return found


def _is_own(actor: Actor, email: str) -> bool:
    """Whether tokens of this address are the caller's to see and to end. A token of a pipeline is for less than that."""
    return (email == actor.email and not actor.permissions) or actor.may(Permission.ADMINISTER)


def _none(why: str) -> NotFound:
    return NotFound("There is no such token.", why=why, fix="See lamp tokens list.", code="E1469")


def issue_for_pipeline(kit: Kit, email: str, label: str, permissions: tuple[Permission, ...], minutes: int) -> Secret:
    """A token for one run of a CI, which may do no more than this; raises `NotFound`, and `NotAllowed` for a closed account."""
    with kit.store.transaction() as change:
        person = find_person(change, email)
        secret = _keep(kit, change, email, Purpose.PIPELINE, PIPELINE_PREFIX, minutes * _MINUTE, label, permissions=permissions)
        event = TokenIssued(email=email, label=label, digest=_digest(secret)[:12])
        kit.record(change, event, Actor(person=person, credential=_digest(secret)[:12]))
    return secret


def issue_node_token(kit: Kit, actor: Actor, environment: str, days: float) -> Secret:
    """A token with which machines serve one environment, and can do nothing else.

    Raises `NotFound`, and `Invalid` for a life of more than a year.
    """
    check_life(days)
    with kit.store.transaction() as change:
        change.environment(environment)
        now, secret = kit.clock.now(), NODE_PREFIX + secrets.token_urlsafe(32)
        made = Credential(
            digest=digest_of(secret.encode()),
            email=node_holder(environment),
            purpose=Purpose.NODE,
            created_at=now,
            expires_at=now + int(days * _DAY),
            environment=environment,
            permissions=(Permission.SERVE,),
        )
        change.credentials.add(made)
        kit.familiar.add(made.digest)
        kit.record(change, TokenIssued(email=made.email, label=environment, digest=made.digest[:12]), actor)
    return Secret(secret=secret, expires_at=made.expires_at)


def revoke_node_tokens(kit: Kit, actor: Actor, environment: str) -> int:
    """Make every token of the machines of an environment worthless; gives how many there were. Raises `NotFound`."""
    with kit.store.transaction() as change:
        change.environment(environment)
        found = [one for one in change.credentials.all(email=node_holder(environment), purpose=Purpose.NODE) if not one.revoked]
        for one in found:
            change.credentials.put(msgspec.structs.replace(one, revoked=True))
        kit.record(change, NodeTokensRevoked(environment=environment, count=len(found)), actor)
    return len(found)


def node_holder(environment: str) -> str:
    """Who machines of an environment are in the journal; no address of a person and no name of a consumer looks like it."""
    return f"machines of {environment}"


def issue_for_job(kit: Kit, job: str, model: str, environment: str, seconds: float) -> Secret:
    """A token with which a run of a job calls one model in one environment, and can do nothing else."""
    with kit.store.transaction() as change:
        life = int(seconds * 1_000_000)
        return _keep(kit, change, f"{HOLDER}{job}", Purpose.PREDICT, "lmp_app_", life, environment, model)


def revoke_of_job(kit: Kit, digest: str) -> None:
    """Make the token of a run worthless, by its digest."""
    with kit.store.transaction() as change:
        found = change.credentials.find(digest=digest, purpose=Purpose.PREDICT)
        if found is not None:
            change.credentials.put(msgspec.structs.replace(found, revoked=True))


def _issue(kit: Kit, email: str, purpose: Purpose, prefix: str, life: int, label: str) -> Secret:
    with kit.store.transaction() as change:
        find_person(change, email)
        return _keep(kit, change, email, purpose, prefix, life, label)


def _keep(
    kit: Kit,
    change: Transaction,
    holder: str,
    purpose: Purpose,
    prefix: str,
    life: int,
    label: str,
    model: str = "",
    permissions: tuple[Permission, ...] = (),
    parent: str = "",
    end: int = 0,
) -> Secret:
    """Make a secret of so many microseconds, or until an instant, and keep its hash; with a model it is for that and the
    environment `label` only."""
    now = kit.clock.now()
    secret = Secret(secret=prefix + secrets.token_urlsafe(32), expires_at=end or now + life)
    change.credentials.add(
        Credential(
            digest=_digest(secret),
            email=holder,
            purpose=purpose,
            created_at=now,
            expires_at=secret.expires_at,
            label=label,
            models=(model,) if model else (),
            environment=label if model else "",
            permissions=permissions,
            parent=parent,
        )
    )
    kit.familiar.add(_digest(secret))
    return secret


def _digest(secret: Secret) -> str:
    return digest_of(secret.secret.encode())

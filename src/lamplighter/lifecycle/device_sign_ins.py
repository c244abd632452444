"""Signing a command in by a browser that is somewhere else: the device flow (RFC 8628), with us as the authorization server.

A command holds a long code and shows a short one. Whoever is signed in types the short one and allows it; then the long one is
good for one token of this person, with their rights and no others.
"""

import secrets
from typing import NamedTuple

from lamplighter.domain import device_sign_in
from lamplighter.domain.device_sign_in import INTERVAL, LIFE, DeviceSignIn, Standing, Step
from lamplighter.domain.errors import Blocked, Conflict, LampError, NotAllowed, NotFound, Unauthenticated, Unavailable
from lamplighter.domain.events.identity import DeviceAllowed, DeviceRefused
from lamplighter.domain.identity import Actor, Credential, Purpose
from lamplighter.domain.record import digest_of
from lamplighter.lifecycle import tokens
from lamplighter.lifecycle.authentication import worthless
from lamplighter.lifecycle.holders import find_person
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.tokens import Secret
from lamplighter.store.transaction import Transaction

#: Commands that may wait at once, and seconds after which one that is over is forgotten.
MOST, KEPT = 2_000, 3_600


class Pending(Blocked):
    """Nobody has allowed it yet."""

    code = "E1461"


class TooSoon(Unavailable):
    """The command asks more often than it was told to."""

    code = "E1462"


class Expired(Unauthenticated):
    """Nobody allowed it in time."""

    code = "E1463"


class Denied(NotAllowed):
    """Somebody refused it."""

    code = "E1464"


class Begun(NamedTuple):
    """What a command is given."""

    #: A secret; only the command has it.
    device_code: str
    #: What the person types, as it is shown.
    user_code: str
    #: Seconds.
    expires_in: int
    interval: int


def begin(kit: Kit, machine: str, sender: str) -> Begun:
    """Let a command wait to be allowed; raises `Unavailable` where too many wait already. Nothing is in the journal yet."""
    now, code, device_code = kit.clock.now(), device_sign_in.new_code(), secrets.token_urlsafe(32)
    asked = DeviceSignIn(
        id=digest_of(device_code.encode()),
        user_code=device_sign_in.code_digest(code),
        machine=device_sign_in.machine_name(machine),
        sender=sender,
        asked_at=now,
        expires_at=now + LIFE * 1_000_000,
    )
    with kit.store.transaction() as change:
        change.device_sign_ins.remove_older(now - KEPT * 1_000_000)
        if change.device_sign_ins.waiting(now) >= MOST:
            raise _too_many()
        change.device_sign_ins.add(asked)
    kit.familiar.add(asked.id)
    return Begun(device_code, device_sign_in.shown_code(code), LIFE, INTERVAL)


def waiting(kit: Kit, typed: str) -> DeviceSignIn:
    """The command that waits and shows this code; raises `NotFound`, alike for a code that nobody has, had, or answered."""
    with kit.store.reading() as look:
        return _waiting(kit, look, typed)


def allow(kit: Kit, actor: Actor, typed: str) -> DeviceSignIn:
    """Let a command have a token of the person who says so; raises `NotFound`, and `NotAllowed` for anything but a browser in
    which a person is signed in: a token must not bring forth others."""
    with kit.store.transaction() as change:
        session = _session(kit, change, actor)
        allowed = _answered(kit, change, typed, Step.ALLOW, actor, session.parent)
        kit.record(change, DeviceAllowed(email=actor.email, machine=allowed.machine, sender=allowed.sender), actor)
    return allowed


def refuse(kit: Kit, actor: Actor, typed: str) -> DeviceSignIn:
    """Let a command have nothing; raises as `allow` does."""
    with kit.store.transaction() as change:
        _session(kit, change, actor)
        refused = _answered(kit, change, typed, Step.REFUSE, actor, "")
        kit.record(change, DeviceRefused(email=actor.email, machine=refused.machine, sender=refused.sender), actor)
    return refused


def redeem(kit: Kit, device_code: str) -> Secret:
    """The token that a command was allowed, once.

    Raises `Pending`, `TooSoon`, `Expired`, `Denied`, and `Worthless` for a code that nobody has or that was redeemed.
    """
    command = digest_of(device_code.encode())
    if kit.polls.too_soon(command, kit.clock.elapsed()):
        raise _too_soon()
    with kit.store.reading() as look:
        _check(kit, look, command)
    try:
        with kit.store.transaction() as change:
            secret = _redeemed(kit, change, _check(kit, change, command))
    except Conflict:
        # Another question with the same code was faster, and has the token.
        raise worthless() from None
    kit.polls.forget(command)
    return secret


def _check(kit: Kit, look: Transaction, command: str) -> DeviceSignIn:
    """One that was allowed; raises for every other."""
    found = look.device_sign_ins.find(id=command)
    if found is None or found.standing is Standing.REDEEMED:
        raise worthless()
    if found.standing is Standing.REFUSED:
        raise _denied("Somebody pressed Refuse, or lost their account.")
    if kit.clock.now() >= found.expires_at:
        raise _expired()
    if found.standing is Standing.ASKED:
        kit.polls.seen(command, kit.clock.elapsed())
        raise _pending()
    return found


def _redeemed(kit: Kit, change: Transaction, found: DeviceSignIn) -> Secret:
    try:
        person = find_person(change, found.email)
    except LampError:
        raise _denied("The account of the person who allowed it is closed.") from None
    end = _end(kit, change, found)
    change.device_sign_ins.replace(found.moved(Step.REDEEM), revision=found.revision)
    return tokens.keep_for_machine(kit, change, person, found.machine, end, found.parent)


def _end(kit: Kit, change: Transaction, found: DeviceSignIn) -> int:
    """When the token ends: no later than the one with which the person signed in, if it was one."""
    now = kit.clock.now()
    end = now + tokens.MACHINE_DAYS * 86_400 * 1_000_000
    if not found.parent:
        return end
    parent = change.credentials.find(digest=found.parent)
    if parent is None or not parent.valid(now):
        raise _denied("The token with which the person signed in is worth nothing any more.")
    return min(end, parent.expires_at)


def _waiting(kit: Kit, look: Transaction, typed: str) -> DeviceSignIn:
    code = device_sign_in.typed_code(typed)
    found = look.device_sign_ins.find(user_code=device_sign_in.code_digest(code)) if code else None
    if found is None or not found.waits(kit.clock.now()):
        raise NotFound(
            "No command waits with this code.",
            why="It was mistyped, was answered, or is older than 10 minutes.",
            fix="Type it as the terminal shows it; if it stays so, begin again with lamp login.",
            code="E1465",
        )
    return found


def _answered(kit: Kit, change: Transaction, typed: str, step: Step, actor: Actor, parent: str) -> DeviceSignIn:
    found = _waiting(kit, change, typed)
    answered = found.moved(step, actor.email, parent)
    change.device_sign_ins.replace(answered, revision=found.revision)
    return answered


def _session(kit: Kit, change: Transaction, actor: Actor) -> Credential:
    """The session of the browser in which somebody answers."""
    held = change.credentials.all(email=actor.email, purpose=Purpose.SESSION)
    for one in held:
        if actor.credential and one.digest.startswith(actor.credential) and one.valid(kit.clock.now()):
            return one
    raise NotAllowed(
        "Only a person in a browser can answer this.",
        why="The request carries a token, and a token must not bring forth another.",
        fix="Sign in on the page of the platform and type the code there.",
        code="E1460",
    )


def _pending() -> Pending:
    return Pending(
        "Nobody has allowed it yet.",
        why="The code was not typed, or neither Allow nor Refuse was pressed.",
        fix="Open the address, type the code and press Allow.",
    )


def _too_soon() -> TooSoon:
    return TooSoon(
        "The command asks too often.", why="Its interval is not over.", fix="Wait 5 seconds longer between two questions."
    )


def _expired() -> Expired:
    return Expired("The code is too old.", why="Nobody allowed it within 10 minutes.", fix="Begin again with lamp login.")


def _denied(why: str) -> Denied:
    return Denied("The command was refused.", why=why, fix="If that was a mistake, begin again with lamp login.")


def _too_many() -> Unavailable:
    return Unavailable(
        "Too many commands wait to be allowed.",
        why=f"There are {MOST} of them, and no more are taken until some are answered or too old.",
        fix="Repeat it in a few minutes, or sign in with a token: lamp login --token-stdin.",
        code="E1466",
    )

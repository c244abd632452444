"""Inviting somebody of the business to accept one version for one environment, by a link and without an account."""

import hashlib
import hmac
import secrets
from typing import NamedTuple

import msgspec

from lamplighter.domain.criticality import criticality_of, tier_of
from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import Blocked, Conflict, Invalid, NotAllowed
from lamplighter.domain.events.invitation import (
    InvitationCodeSent,
    InvitationOpened,
    InvitationRevoked,
    InvitationSent,
)
from lamplighter.domain.identity import Actor, Credential, Purpose, Role
from lamplighter.domain.invitation import CODE_LIFE, MOST_CODES, MOST_TRIES, Invitation
from lamplighter.domain.names import unknown
from lamplighter.domain.ownership import people_of
from lamplighter.domain.project import Project
from lamplighter.domain.record import digest_of
from lamplighter.domain.version import Version
from lamplighter.lifecycle import blind_tests, invitation_mail, invited, judging, mail, tokens
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.tokens import Secret
from lamplighter.store.transaction import Transaction

#: Days that an invitation may live, and microseconds that a browser holds one.
MOST_DAYS, _DAY, _BROWSER = 30, 86_400_000_000, 2 * 3_600_000_000


class Sent(NamedTuple):
    """An invitation, and its link where it did not go by mail."""

    invitation: Invitation
    link: str


class Entered(NamedTuple):
    """A browser that holds an invitation."""

    actor: Actor
    invitation: Invitation
    #: Whether it may see and answer; else it has yet to give the code.
    proven: bool


def send(kit: Kit, actor: Actor, version: Version, environment: Environment, person: str, days: float) -> Sent:
    """Make a link, and mail it; without a server of mail it is given to whoever sends it, and takes no code.

    A link that was sent before to the same person for the same purpose opens nothing any more. Raises `NotAllowed` for whom
    neither may be, `Blocked` for a critical model without a server of mail, `Unavailable` if the mail does not go out, and
    `Invalid` for a life of more than 30 days.
    """
    if not 0 < days <= MOST_DAYS:
        raise Invalid(
            "An invitation cannot live that long.", why=f"It lives up to {MOST_DAYS} days.", fix="Ask for 7.", code="E1444"
        )
    with kit.store.reading() as look:
        channel, with_code = _checked(kit, look, actor, version, environment, person)
    secret, now = tokens.INVITATION_PREFIX + secrets.token_urlsafe(32), kit.clock.now()
    made = Invitation(
        id="",
        model=version.model,
        number=version.number,
        version=version.digest,
        environment=environment.name,
        person=person,
        secret=digest_of(secret.encode()),
        sent_by=actor.email,
        shown_to="" if channel else actor.email,
        with_code=with_code,
        opened_at=now,
        expires_at=now + int(days * _DAY),
    )
    link = f"{kit.settings.opened_at}/sign-in?to=/uat#{secret}"
    if channel:
        mail.send(kit.settings, channel, invitation_mail.asking(kit, made, link))
    with kit.store.transaction() as change:
        _checked(kit, change, actor, version, environment, person)
        made = _added(kit, change, actor, made, channel)
    return Sent(made, "" if channel else link)


def enter(kit: Kit, secret: str, browser: str = "") -> tuple[Invitation, Secret]:
    """Open a link in a browser, which is given a secret of its own; nothing is answered or signed by that.

    Raises `Worthless` for a link that opens nothing, and `NotAllowed` in the browser of somebody else: `browser` is the address
    of whoever is signed in there.
    """
    with kit.store.transaction() as change:
        found = change.invitations.find(secret=digest_of(secret.encode()))
        if found is None:
            raise invited.worthless()
        actor = invited.actor_of(kit, change, found)
        if browser and browser != found.person:
            raise NotAllowed(
                "This link is for somebody else.",
                why="Another person is signed in to this browser, and the link is for whom it was sent to alone.",
                fix="Leave it to them, or sign out first if it is yours.",
                code="E1449",
            )
        purpose = Purpose.LINKED if found.with_code else Purpose.INVITED
        given = _given(kit, change, found, purpose)
        kit.record(change, _opened(found, "link"), actor)
    return found, given


def authenticate(kit: Kit, secret: str) -> Entered:
    """What a browser holds; raises as `invited.actor_of` does."""
    with kit.store.reading() as look:
        credential, found = _held(kit, look, secret)
        return Entered(invited.actor_of(kit, look, found), found, credential.purpose is Purpose.INVITED)


def send_code(kit: Kit, secret: str) -> None:
    """Mail a code of six digits, good for ten minutes in this browser; one before is good no more.

    Raises `Blocked` after so many codes, and as `mail.send` does.
    """
    code = f"{secrets.randbelow(10**6):06d}"
    channel = mail.channel(kit.settings)
    with kit.store.transaction() as change:
        _, found = _held(kit, change, secret)
        actor = invited.actor_of(kit, change, found)
        if not channel or found.codes >= MOST_CODES:
            raise _no_more_codes(channel)
        until = kit.clock.now() + CODE_LIFE
        # The key is the browser's secret, of which the database has the hash alone: who reads it cannot try all codes.
        sealed = _sealed(secret, code)
        _replace(change, found, code=sealed, code_expires_at=until, tries=0, codes=found.codes + 1)
        event = InvitationCodeSent(
            model=found.model,
            invitation=found.id,
            number=found.number,
            environment=found.environment,
            person=found.person,
            channel=channel,
        )
        kit.record(change, event, actor)
    mail.send(kit.settings, channel, invitation_mail.telling(kit, found, code))


def prove(kit: Kit, secret: str, code: str) -> Secret:
    """The secret of a browser that has given the code; raises `NotAllowed` for a wrong one, and after five of them for any."""
    with kit.store.transaction() as change:
        credential, found = _held(kit, change, secret)
        actor = invited.actor_of(kit, change, found)
        lives = bool(found.code) and found.tries < MOST_TRIES and kit.clock.now() < found.code_expires_at
        if lives and hmac.compare_digest(found.code, _sealed(secret, code)):
            found = _replace(change, found, code="", tries=0)
            change.credentials.put(msgspec.structs.replace(credential, revoked=True))
            given = _given(kit, change, found, Purpose.INVITED)
            kit.record(change, _opened(found, "link and code"), actor)
            return given
        _replace(change, found, tries=found.tries + 1)
    # Outside, so that the guess is counted.
    raise NotAllowed(
        "The code is not right.",
        why="It is another one, it is older than ten minutes, or it was tried too often.",
        fix="Type the newest code that was mailed to you, or have another one sent.",
        code="E1448",
    )


def revoke(kit: Kit, actor: Actor, key: str) -> Invitation:
    """Let an invitation open nothing any more, in browsers that hold it, too; raises `NotAllowed` for who may not send one."""
    with kit.store.transaction() as change:
        found = change.invitations.find(id=key)
        if found is None:
            raise unknown("invitation", key, ())
        _check_sender(change, actor, change.project(found.model))
        return _revoked(kit, change, actor, found)


def _checked(
    kit: Kit, look: Transaction, actor: Actor, version: Version, environment: Environment, person: str
) -> tuple[str, bool]:
    """The channel that brings the link, if any does, and whether it takes a code."""
    project = look.project(version.model)
    _check_sender(look, actor, project)
    invited.person_of(look, version, person)
    blind_tests.check_put(look, judging.dossier(kit, look, version, environment))
    channel = mail.channel(kit.settings)
    critical = tier_of(kit.policy, criticality_of(project, kit.policy).tier).critical
    if not channel and critical:
        raise Blocked(
            "Nobody can be invited to accept a critical model.",
            why="That takes a code by e-mail beside the link, and no channel here is a server of mail.",
            fix="Add one under [apprise] in config.toml, such as mailto://user:password@example.com",
            code="E1446",
        )
    if not channel and actor.email == version.author:
        raise NotAllowed(
            "You cannot be given this link.",
            why="Without a server of mail it is shown to whoever sends it, and you registered the version.",
            fix="Let somebody of IT or another owner send it, or add a server of mail under [apprise] in config.toml.",
            code="E1446",
        )
    return channel, critical


def _check_sender(look: Transaction, actor: Actor, project: Project) -> None:
    people, teams = look.people.by_email(), look.teams.by_name()
    owners = {one.email for party in project.owners.parties() for one in people_of(party, people, teams)}
    if Role.IT not in actor.person.roles and actor.email not in owners:
        raise NotAllowed(
            "You cannot invite anybody to accept this model.",
            why="That is for its owners and for IT.",
            fix="Ask one of them; lamp who says who they are.",
            code="E1445",
        )


def _added(kit: Kit, change: Transaction, actor: Actor, made: Invitation, channel: str) -> Invitation:
    for before in change.invitations.all(version=made.version, environment=made.environment):
        if before.person == made.person and before.signs(kit.clock.now()):
            _revoked(kit, change, actor, before)
    made = msgspec.structs.replace(made, id=change.counters.id("N"))
    change.invitations.add(made)
    kit.familiar.add(made.secret)
    event = InvitationSent(
        model=made.model,
        invitation=made.id,
        number=made.number,
        environment=made.environment,
        version=made.version,
        person=made.person,
        channel=channel,
        with_code=made.with_code,
        expires_at=made.expires_at,
    )
    kit.record(change, event, actor)
    return made


def _revoked(kit: Kit, change: Transaction, actor: Actor, found: Invitation) -> Invitation:
    if not found.signs(kit.clock.now()):
        raise Conflict(
            f"{found.id} is {found.state(kit.clock.now())} already.",
            why="Only a link that is open can be revoked.",
            fix="See lamp uat invitations.",
            code="E1449",
        )
    ended = _replace(change, found, revoked_at=kit.clock.now(), revoked_by=actor.email)
    kit.record(
        change,
        InvitationRevoked(
            model=found.model, invitation=found.id, number=found.number, environment=found.environment, person=found.person
        ),
        actor,
    )
    return ended


def _held(kit: Kit, look: Transaction, secret: str) -> tuple[Credential, Invitation]:
    credential = look.credentials.find(digest=digest_of(secret.encode()))
    held = credential is not None and credential.purpose in (Purpose.LINKED, Purpose.INVITED)
    if credential is None or not held or not credential.valid(kit.clock.now()):
        raise invited.worthless()
    found = look.invitations.find(id=credential.label)
    if found is None:
        raise invited.worthless()
    return credential, found


def _given(kit: Kit, change: Transaction, found: Invitation, purpose: Purpose) -> Secret:
    life = min(_BROWSER, found.expires_at - kit.clock.now())
    return tokens.keep_linked(kit, change, found.person, life, found.id, purpose)


def _replace(change: Transaction, found: Invitation, **changes: object) -> Invitation:
    after = msgspec.structs.replace(found, revision=found.revision + 1, **changes)
    change.invitations.replace(after, revision=found.revision)
    return after


def _sealed(secret: str, code: str) -> str:
    return hmac.new(secret.encode(), code.strip().encode(), hashlib.sha256).hexdigest()


def _opened(found: Invitation, by: str) -> InvitationOpened:
    return InvitationOpened(
        model=found.model, invitation=found.id, number=found.number, environment=found.environment, person=found.person, by=by
    )


def _no_more_codes(channel: str) -> Blocked:
    return Blocked(
        "No other code can be sent.",
        why=f"{MOST_CODES} were sent for this link." if channel else "No channel here is a server of mail.",
        fix="Ask whoever sent the link for another one.",
        code="E1448",
    )

"""Who an invitation is for, and whether it still holds: asked when it is sent, and each time it is used."""

import msgspec

from lamplighter.domain.acceptance import Side
from lamplighter.domain.errors import Conflict, NotAllowed
from lamplighter.domain.evidence import Dossier
from lamplighter.domain.identity import Actor, Person, Role
from lamplighter.domain.invitation import Invitation
from lamplighter.domain.ownership import people_of
from lamplighter.domain.version import Version
from lamplighter.lifecycle.authentication import Worthless
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction


def person_of(look: Transaction, version: Version, email: str) -> Person:
    """The person, as somebody of the business and nothing else; raises `NotAllowed` for anybody else.

    It takes both: that the project names them, and that an administrator has let them speak for the business. Whoever builds
    the model writes the first, and must not make up the second.
    """
    named = look.project(version.model).owners.business
    known = people_of(named, look.people.by_email(), look.teams.by_name()) if named else ()
    person = next((one for one in known if one.email == email), None)
    if person is None:
        raise _refused(
            "The business owner that lamp.toml names has to be somebody who is here.",
            fix="Name them as business in [owners], and add them: lamp users add EMAIL --role business",
        )
    if Role.BUSINESS not in person.roles or Role.IT in person.roles:
        raise _refused(
            "It is for somebody who speaks for the business, and not for IT as well.",
            fix="Invite somebody with the role business alone.",
        )
    if email == version.author:
        raise _refused("Whoever registered a version never holds a key to it.", fix="Invite somebody else of the business.")
    return msgspec.structs.replace(person, roles=(Role.BUSINESS,))


def actor_of(kit: Kit, look: Transaction, invitation: Invitation) -> Actor:
    """Whoever holds an invitation; raises `Worthless` once it is over, and `NotAllowed` for whom it may not be any more."""
    if not invitation.opens(kit.clock.now()):
        raise worthless()
    version = look.versions.find(model=invitation.model, number=invitation.number)
    if version is None or version.digest != invitation.version:
        raise worthless()
    return Actor(person=person_of(look, version, invitation.person), credential=f"link {invitation.id}")


def use(kit: Kit, change: Transaction, key: str, held: Dossier) -> Invitation:
    """Spend an invitation on a word; raises `Conflict` for one that is spent, and as `actor_of` does.

    Raises `NotAllowed` where whoever was shown the link has signed for another side, too.
    """
    found = change.invitations.find(id=key)
    if found is None or (found.version, found.environment) != (held.version.digest, held.environment.name):
        raise worthless()
    actor_of(kit, change, found)
    if found.signed_at:
        raise Conflict(
            "This link is used.",
            why="It is good for one word, and that is written down.",
            fix="Ask whoever sent it for another one.",
            code="E1449",
        )
    check_apart(held, found.shown_to)
    spent = msgspec.structs.replace(found, signed_at=kit.clock.now(), revision=found.revision + 1)
    change.invitations.replace(spent, revision=found.revision)
    return spent


def check_apart(held: Dossier, shown_to: str) -> None:
    """Raise `NotAllowed` where somebody was shown a link of the business and signs for another side."""
    others = [one for one in held.signatures if one.person == shown_to and one.binding == held.binding]
    if shown_to and any(one.side is not Side.BUSINESS for one in others):
        raise NotAllowed(
            "One person cannot hold both keys.",
            why=f"{shown_to} was shown this link, and has signed this version for another side.",
            fix="Ask somebody else to send a link.",
            code="E1322",
        )


def worthless() -> Worthless:
    """The refusal of a link: the same for every one, so that it says nothing of which there are."""
    return Worthless(
        "This link opens nothing.",
        why="It is unknown, was revoked, or has ended; a browser holds it for two hours.",
        fix="Open it again from your mail; if that does not help, ask whoever sent it for another one.",
        code="E1447",
    )


def _refused(why: str, *, fix: str) -> NotAllowed:
    return NotAllowed("This person cannot be invited to accept it.", why=why, fix=fix, code="E1445")

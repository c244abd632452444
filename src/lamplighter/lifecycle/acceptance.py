"""Acceptance: people turn their keys, on the evidence as it is now."""

from lamplighter.domain.acceptance import Side, Signature
from lamplighter.domain.blind_test import BlindTest
from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import Conflict, Invalid, NotAllowed
from lamplighter.domain.events.version import VersionAccepted, VersionRefused
from lamplighter.domain.evidence import Dossier
from lamplighter.domain.identity import Actor
from lamplighter.domain.version import Version
from lamplighter.lifecycle import blind_tests, invited, judging, sides
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction


def sign(
    kit: Kit,
    actor: Actor,
    version: Version,
    environment: Environment,
    side: Side,
    *,
    accepted: bool,
    reason: str,
    binding: str = "",
    condition: str = "",
    signed_as: str = "",
    link: str = "",
) -> Signature:
    """Accept or refuse a version for one side; raises `NotAllowed` for the author, a second key or a wrong role.

    The business accepts once it has judged every example case, or answered every one in a blind test; `Blocked` is raised
    before. Where the criteria of that test are not met it takes a condition, else `Conflict` is raised. With `binding`, that
    of what was looked at, `Conflict` is raised if anything of it has changed. `link` is the invitation by which it is given,
    and spent by it.
    """
    _check_condition(condition, accepted=accepted)
    with kit.store.transaction() as change:
        held = judging.dossier(kit, change, version, environment)
        _separate(actor, side, held)
        judging.check_complete(held)
        if binding and binding != held.binding:
            raise _changed(version)
        test = _rests_on(change, held, actor, reason, condition, accepted=accepted) if side is Side.BUSINESS else None
        invitation = invited.use(kit, change, link, held) if link else None
        signature = Signature(
            model=version.model,
            version=version.digest,
            environment=environment.name,
            side=side,
            person=actor.email,
            accepted=accepted,
            reason=reason[:2000],
            binding=held.binding,
            seen=held.seen,
            at=kit.clock.now(),
            condition=condition.strip()[:2000],
            test=test.id if test else "",
            signed_as=signed_as.strip()[:200],
            link=link,
            shown_to=invitation.shown_to if invitation else "",
        )
        change.signatures.add(signature)
        kit.record(change, _event(signature, version), actor)
    return signature


def _rests_on(
    look: Transaction, held: Dossier, actor: Actor, reason: str, condition: str, *, accepted: bool
) -> BlindTest | None:
    if not accepted:
        return blind_tests.own(look, held, actor.email)
    return blind_tests.check_done(look, held, actor, reason, condition)


def _check_condition(condition: str, *, accepted: bool) -> None:
    if condition.strip() and not accepted:
        raise Invalid(
            "A refusal has no condition.",
            why="A condition says what has to be so as well for a version that is accepted.",
            fix="Write it as the reason of the refusal, or accept the version with it.",
            code="E1444",
        )


def _changed(version: Version) -> Conflict:
    return Conflict(
        f"{version.name} is not what it was.",
        why="Its evidence, its project, a waiver or the rule book has changed since it was shown.",
        fix="Look at it again, and then decide.",
        code="E1640",
    )


def _separate(actor: Actor, side: Side, held: Dossier) -> None:
    sides.check(actor, side, held.version)
    handed = [one.person for one in held.signatures if one.shown_to == actor.email and one.binding == held.binding]
    if handed and side is not Side.BUSINESS:
        raise NotAllowed(
            "One person cannot hold both keys.",
            why=f"You were shown the link with which {handed[0]} has signed for the business.",
            fix="Ask somebody else for this side.",
            code="E1322",
        )
    others = [s for s in held.signatures if s.person == actor.email and s.side is not side and s.binding == held.binding]
    if others:
        raise NotAllowed(
            "One person cannot hold both keys.",
            why=f"You have signed this version for {others[0].side} already.",
            fix="Ask somebody else for this side.",
            code="E1322",
        )


def _event(signature: Signature, version: Version) -> VersionAccepted | VersionRefused:
    if signature.accepted:
        return VersionAccepted(
            model=signature.model,
            number=version.number,
            version=signature.version,
            environment=signature.environment,
            side=signature.side,
            person=signature.person,
            binding=signature.binding,
            condition=signature.condition,
            test=signature.test,
            signed_as=signature.signed_as,
            link=signature.link,
        )
    return VersionRefused(
        model=signature.model,
        number=version.number,
        version=signature.version,
        environment=signature.environment,
        side=signature.side,
        person=signature.person,
        reason=signature.reason,
        link=signature.link,
    )

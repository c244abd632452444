"""Have the people who must accept it done so, on what is known now?"""

from lamplighter.domain.acceptance import ROLE_OF, Side, Signature
from lamplighter.domain.case import KIND
from lamplighter.domain.decision import Passed, Refused, Undecided, Verdict
from lamplighter.domain.evidence import Dossier
from lamplighter.domain.record import Settings


class Gate(Settings, frozen=True):
    """One acceptance for each side asked for, from different people, none the author, bound to version and evidence."""

    def judge(self, dossier: Dossier) -> Verdict:
        """Undecided and waiting while a side is missing, but for an emergency; refused if a side said no."""
        newest = _newest(dossier.signatures)
        for side in dossier.approvals:
            signature = newest.get(side)
            if signature is not None and not signature.accepted:
                why = f"{signature.person} refused it for {Side(side).word}."
                return Refused(why=why, fix="Answer the reason with a new version.")
        open_sides = [side for side in dossier.approvals if not _holds(newest.get(side), dossier)]
        if open_sides and dossier.emergency:
            said = f"{dossier.emergency.person} declared an emergency: {dossier.emergency.why}"
            return Passed(why=f"{said} The word of {_words(open_sides)} is missing; a review follows.")
        if open_sides:
            return _waiting(open_sides, newest, dossier)
        signed = [newest[side] for side in dossier.approvals]
        # Whoever had the link of somebody else in hand could have held that key, too.
        people = [name for one in signed for name in (one.person, one.shown_to) if name]
        if len(set(people)) != len(people) or dossier.version.author in people:
            return Refused(why="One person holds two keys, or the author holds one.", fix="Let another person accept it.")
        words = [_accepted(newest[side]) for side in dossier.approvals]
        return Passed(why=f"Accepted by {', '.join(words)}." if people else "Nobody's acceptance is asked for.")


def _accepted(signature: Signature) -> str:
    return f"{signature.person} if: {signature.condition.rstrip('.')}" if signature.condition else signature.person


def _newest(signatures: tuple[Signature, ...]) -> dict[str, Signature]:
    return {signature.side.value: signature for signature in sorted(signatures, key=lambda one: one.at)}


def _holds(signature: Signature | None, dossier: Dossier) -> bool:
    return signature is not None and signature.binding == dossier.binding


def _words(sides: list[str]) -> str:
    return " and ".join(Side(side).word for side in sides)


def _waiting(sides: list[str], newest: dict[str, Signature], dossier: Dossier) -> Undecided:
    side = sides[0]
    stale = newest.get(side)
    changed = f" {stale.person} accepted before {_changed(stale, dossier)} changed." if stale else ""
    names = _words(sides)
    named = getattr(dossier.project.owners, side, "") or f"somebody with the role {ROLE_OF[Side(side)]}"
    name, place = dossier.version.name, dossier.environment.name
    deed = f"lamp approvals approve {name} --env {place} --side {side}"
    asked = dossier.project.uat
    tried = side == Side.BUSINESS and ((KIND in dossier.evidence and asked.case) or asked.pick)
    return Undecided(
        why=f"The acceptance of {names} is missing.{changed}",
        fix=f"Ask {named}: {f'lamp uat begin {name} --env {place}' if tried else deed}",
        waiting=True,
    )


def _changed(signature: Signature, dossier: Dossier) -> str:
    now = dossier.seen
    names = sorted(name for name in {*now, *signature.seen} if now.get(name) != signature.seen.get(name))
    return ", ".join(names) or "the version"

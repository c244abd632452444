"""Acceptance by example: somebody of the business judges what a version says of each case."""

from lamplighter.domain.acceptance import Side
from lamplighter.domain.case import KIND, CaseWord, Judged, judged, left
from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import Blocked, Conflict, Invalid
from lamplighter.domain.events.version import CaseJudged
from lamplighter.domain.evidence import Dossier
from lamplighter.domain.identity import Actor
from lamplighter.domain.names import unknown
from lamplighter.domain.version import Version
from lamplighter.lifecycle import judging, sides
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction


def judge(
    kit: Kit, actor: Actor, version: Version, environment: Environment, case: str, *, as_expected: bool, note: str
) -> CaseWord:
    """Keep somebody's word on one case; the newest word on it counts.

    Raises `NotAllowed` for the author and for a wrong role, `Invalid` for a no without a note, and `Conflict` once the
    business has signed.
    """
    sides.check(actor, Side.BUSINESS, version)
    if not (as_expected or note.strip()):
        raise Invalid(
            "A case that is not as expected needs a word of why.",
            why="Whoever builds the next version learns from it.",
            fix="Say in a few words what you had expected.",
            code="E1169",
        )
    with kit.store.transaction() as change:
        held = judging.dossier(kit, change, version, environment)
        check_open(held)
        _check_not_blind(change, held, actor, case)
        found = of(change, version, environment)
        names = [one.tried.name for one in found]
        if case not in names:
            raise unknown("case", case, names)
        word = CaseWord(
            model=version.model,
            version=version.digest,
            environment=environment.name,
            case=case,
            person=actor.email,
            as_expected=as_expected,
            note=note.strip()[:2000],
            evidence=held.evidence[KIND].digest,
            at=kit.clock.now(),
        )
        change.case_words.add(word)
        kit.record(change, _event(word, version), actor)
    return word


def of(look: Transaction, version: Version, environment: Environment) -> tuple[Judged, ...]:
    """Every case that the project asks for, with the newest word; raises `Blocked` where the version was not tried on them."""
    script = look.project(version.model).uat
    if not script.case or version.elsewhere is not None:
        return ()
    words = look.case_words.all(version=version.digest, environment=environment.name)
    cases = judged(look.evidence.newest(version.digest).get(KIND), script.digest, words)
    if cases is None:
        raise Blocked(
            f"{version.name} was not tried on the cases of its project.",
            why="They were written or changed after it was registered.",
            fix="Register it again with lamp deploy, which tries it on them.",
            code="E1413",
        )
    return cases


def check_done(look: Transaction, held: Dossier, reason: str) -> None:
    """Raise `Blocked` unless every case is judged, and a no to one of them has its reason."""
    cases = of(look, held.version, held.environment)
    open_ones = left(cases)
    if open_ones:
        raise Blocked(
            f"{len(open_ones)} of {len(cases)} cases are not judged.",
            why="The business accepts a version on what it says of each of them.",
            fix=f"See them on the page Approvals, or with lamp uat show {held.version.name} --env {held.environment.name}.",
            code="E1412",
        )
    others = [one for one in cases if one.word is not None and not one.word.as_expected]
    if others and not reason.strip():
        raise Invalid(
            f"{len(others)} of {len(cases)} cases were judged not as expected.",
            why="Whoever accepts the version all the same says why.",
            fix="Give a reason, or refuse the version.",
            code="E1169",
        )


def check_open(held: Dossier) -> None:
    """Raise `Conflict` once the business has signed on what is known now."""
    signed = [one for one in held.signatures if one.side is Side.BUSINESS and one.binding == held.binding]
    if signed:
        raise Conflict(
            "The cases are closed.",
            why=f"{signed[-1].person} has signed for the business on what was judged.",
            fix="A new version, or new evidence, opens them again.",
            code="E1503",
        )


def _check_not_blind(look: Transaction, held: Dossier, actor: Actor, case: str) -> None:
    """Raise `Conflict` where the actor has answered the case before seeing the version's answer: that word stands."""
    for test in look.blind_tests.all(version=held.version.digest, environment=held.environment.name):
        if test.person == actor.email and case in look.blind_answers.by_case(test.id):
            raise Conflict(
                "You have answered this case.",
                why=f"In {test.id} you said what you expect before you saw the answer, and that word stands.",
                fix="Say at the end what you think of it: accept it, accept it if something is so, or refuse it.",
                code="E1441",
            )


def _event(word: CaseWord, version: Version) -> CaseJudged:
    return CaseJudged(
        model=word.model,
        number=version.number,
        version=word.version,
        environment=word.environment,
        case=word.case,
        person=word.person,
        as_expected=word.as_expected,
        note=word.note,
        evidence=word.evidence,
    )

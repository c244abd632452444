"""Blind acceptance: somebody of the business answers every case before they see what the version answers."""

import secrets
from collections.abc import Mapping

import msgspec

from lamplighter.domain.acceptance import Side
from lamplighter.domain.blind_test import (
    BlindAnswer,
    BlindTest,
    Card,
    agrees,
    basis_of,
    cards_of,
    classes_of,
    met,
    question_of,
    read_said,
    tally,
    terms_of,
    wanted,
)
from lamplighter.domain.case import KIND, CaseWord
from lamplighter.domain.case_pool import KIND as POOL
from lamplighter.domain.case_pool import cards_drawn, pool_in
from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import Blocked, Conflict, Invalid
from lamplighter.domain.events.blind_test import BlindTestBegun, CaseAnswered
from lamplighter.domain.evidence import Dossier, Evidence
from lamplighter.domain.identity import Actor
from lamplighter.domain.names import unknown
from lamplighter.domain.script import Script
from lamplighter.domain.version import Version
from lamplighter.lifecycle import cases, judging, sides
from lamplighter.lifecycle.kit import Kit
from lamplighter.monitoring.case_draw import draw
from lamplighter.store.transaction import Transaction


def begin(kit: Kit, actor: Actor, version: Version, environment: Environment, agree_at_least: int = 0) -> BlindTest:
    """Fix what has to come out, and the cases; one that was begun and still holds goes on.

    The criteria are those of the project. Where it names none `agree_at_least` is needed, and refused where it does. Raises
    `NotAllowed` as `sides.check` does, `Conflict` once the business has signed, and `Blocked` where there are no cases.
    """
    sides.check(actor, Side.BUSINESS, version)
    with kit.store.transaction() as change:
        held = judging.dossier(kit, change, version, environment)
        cases.check_open(held)
        found = own(change, held, actor.email)
        if found is not None:
            return found
        key = change.counters.id("U")
        # Whoever began it at the same time was before us at the counter.
        found = own(change, held, actor.email)
        if found is not None:
            return found
        test = _made(kit, change, held, actor, key, agree_at_least)
        change.blind_tests.add(test)
        kit.record(change, _begun(test), actor)
    return test


def answer(kit: Kit, actor: Actor, version: Version, environment: Environment, case: str, said: str) -> BlindTest:
    """Keep the first answer to a case, before the version's is shown; the same again changes nothing.

    Raises `Conflict` for another answer to a case that has one, and once the business has signed; `NotFound` for a case that
    nobody asks, `Blocked` before the test has begun.
    """
    sides.check(actor, Side.BUSINESS, version)
    with kit.store.transaction() as change:
        held = judging.dossier(kit, change, version, environment)
        cases.check_open(held)
        test = own(change, held, actor.email)
        if test is None:
            raise _not_begun(held)
        known = {card.name: card for card in test.cards}
        if case not in known:
            raise unknown("case", case, known)
        word = BlindAnswer(test=test.id, case=case, said=read_said(test, said), at=kit.clock.now())
        before = _standing(change, word)
        if before is not None and before.said != word.said:
            raise _answered(before)
        if before is None:
            _tell(kit, change, held, test, known[case], word, actor)
    return test


def _standing(change: Transaction, word: BlindAnswer) -> BlindAnswer | None:
    """The answer that stands already; nothing if this is the first one, which is kept then."""
    before = change.blind_answers.find(test=word.test, case=word.case)
    if before is None:
        try:
            change.blind_answers.add(word)
        except Conflict:
            # Somebody tapped twice, and both came at once.
            return change.blind_answers.find(test=word.test, case=word.case)
    return before


def _tell(kit: Kit, change: Transaction, held: Dossier, test: BlindTest, card: Card, word: BlindAnswer, actor: Actor) -> None:
    event = CaseAnswered(
        model=test.model,
        test=test.id,
        number=test.number,
        version=test.version,
        environment=test.environment,
        person=test.person,
        case=word.case,
        said=word.said,
    )
    kit.record(change, event, actor)
    same = agrees(test, card, word.said)
    declared = {one.name for one in held.project.uat.case}
    if same is not None and card.name in declared:
        # What is known of each case elsewhere: in the card of the version, and to others who judge it.
        change.case_words.add(_case_word(held, test, word, same))


def _case_word(held: Dossier, test: BlindTest, word: BlindAnswer, same: bool) -> CaseWord:
    return CaseWord(
        model=test.model,
        version=test.version,
        environment=test.environment,
        case=word.case,
        person=test.person,
        as_expected=same,
        note=f"Said {word.said} before seeing the answer ({test.id}).",
        evidence=held.evidence[KIND].digest,
        at=word.at,
    )


def own(look: Transaction, held: Dossier, person: str) -> BlindTest | None:
    """The newest test of a person that still holds: what was agreed, the script and the evidence are as they were."""
    found = look.blind_tests.all(newest="opened_at", version=held.version.digest, environment=held.environment.name)
    return next((test for test in found if test.person == person and not voided(test, held.project.uat, held.evidence)), None)


def voided(test: BlindTest, script: Script, evidence: Mapping[str, Evidence]) -> str:
    """Why a test counts no more; empty while it does."""
    if test.terms != terms_of(test):
        return "What was agreed before the first card is not what stands there now."
    if test.basis != _basis(script, evidence):
        return "The cases, the criteria or what the version answers have changed since the first card."
    return ""


def check_done(look: Transaction, held: Dossier, actor: Actor, reason: str, condition: str) -> BlindTest | None:
    """The blind test that an acceptance for the business rests on, if it rests on one.

    Raises `Blocked` while cases are not answered, or not judged; `Conflict` where the criteria are not met and there is no
    condition; `Invalid` where a case was judged not as expected and there is no reason.
    """
    test = own(look, held, actor.email)
    if test is None:
        if held.project.uat.pick is not None:
            raise _not_begun(held)
        cases.check_done(look, held, reason or condition)
        return None
    found = tally(test, look.blind_answers.by_case(test.id))
    if not found.done:
        raise Blocked(
            f"{found.cases - found.answered} of {found.cases} cases are not answered.",
            why=f"You have begun {test.id}, and its criteria are about all of them.",
            fix="Answer the others first.",
            code="E1412",
        )
    if not met(test, found) and not condition.strip():
        missed = f" They differ on {', '.join(found.missed)}." if found.missed else ""
        raise Conflict(
            "The criteria that you agreed on are not met.",
            why=f"You and the version agree on {found.agreed} of {found.cases}, wanted are {test.agree_at_least}.{missed}",
            fix="Accept it with a condition, or refuse it with a reason.",
            code="E1442",
        )
    return test


def check_put(look: Transaction, held: Dossier) -> None:
    """Raise `Blocked` where there is no case to answer, and `Conflict` once the business has signed."""
    cases.check_open(held)
    _cards(look, held, 0)


def _made(kit: Kit, look: Transaction, held: Dossier, actor: Actor, key: str, agree_at_least: int) -> BlindTest:
    script, output = held.project.uat, held.version.manifest.contract.output
    # 53 bits, so that every program reads the number as it is.
    seed = secrets.randbits(53) if script.pick else 0
    cards = _cards(look, held, seed)
    criteria = script.accept_if
    least = _criterion(criteria.agree_at_least if criteria else 0, agree_at_least, len(cards))
    test = BlindTest(
        id=key,
        model=held.version.model,
        number=held.version.number,
        version=held.version.digest,
        environment=held.environment.name,
        person=actor.email,
        question=question_of(script, output),
        classes=classes_of(output),
        cards=cards,
        agree_at_least=least,
        must_agree=wanted(script, cards),
        basis=_basis(script, held.evidence),
        terms="",
        opened_at=kit.clock.now(),
        seed=seed,
    )
    return msgspec.structs.replace(test, terms=terms_of(test))


def _cards(look: Transaction, held: Dossier, seed: int) -> tuple[Card, ...]:
    # It raises where the version was not tried on the cases as they are now.
    cases.of(look, held.version, held.environment)
    cards = (*cards_of(held.project.uat, held.evidence.get(KIND)), *drawn(held, seed))
    if not cards:
        raise Blocked(
            f"{held.version.name} has no cases to answer.",
            why="Its project names none, or it runs elsewhere, where nothing can be tried.",
            fix="Write [[uat.case]] in lamp.toml and register the version again.",
            code="E1443",
        )
    return cards


def drawn(held: Dossier, seed: int) -> tuple[Card, ...]:
    """The cases that are picked with this seed, the same each time; none where the project has none picked.

    Raises `Blocked` where the version came without rows to pick from.
    """
    pick, output = held.project.uat.pick, held.version.manifest.contract.output
    if pick is None:
        return ()
    pool, threshold = pool_in(held.evidence.get(POOL)), held.version.manifest.decision.threshold
    if pool is None or len(pool.rows) < pick.cases or not set(pick.by) <= set(pool.names):
        raise Blocked(
            f"{held.version.name} has no rows to pick cases from.",
            why="They come with its registration, and what is picked was written or changed after it.",
            fix="Register it again with lamp deploy.",
            code="E1443",
        )
    return cards_drawn(pool, draw(pool, output, threshold, pick.cases, pick.by, seed), output, threshold, pick.within)


def _criterion(declared: int, asked: int, cards: int) -> int:
    if declared and asked:
        raise Invalid(
            "The criteria are fixed.",
            why=f"The project says that {declared} cases have to agree.",
            fix="Leave out how many have to agree.",
            code="E1444",
        )
    if not 1 <= (declared or asked) <= cards:
        raise Invalid(
            "Say first how many cases have to agree.",
            why="It is fixed before the first card, and the project does not say it.",
            fix=f"Give a number from 1 to {cards}.",
            code="E1444",
        )
    return declared or asked


def _basis(script: Script, evidence: Mapping[str, Evidence]) -> str:
    return basis_of(script, [evidence.get(KIND), evidence.get(POOL)])


def _begun(test: BlindTest) -> BlindTestBegun:
    return BlindTestBegun(
        model=test.model,
        test=test.id,
        number=test.number,
        version=test.version,
        environment=test.environment,
        person=test.person,
        cases=len(test.cards),
        agree_at_least=test.agree_at_least,
        must_agree=test.must_agree,
        terms=test.terms,
        basis=test.basis,
        picked=sum(bool(card.origin) for card in test.cards),
        seed=test.seed,
    )


def _not_begun(held: Dossier) -> Blocked:
    return Blocked(
        "The test has not begun.",
        why="What has to come out is fixed before the first card; or it has changed since, and the test counts no more.",
        fix=f"Begin it: lamp uat begin {held.version.name} --env {held.environment.name}",
        code="E1440",
    )


def _answered(before: BlindAnswer) -> Conflict:
    return Conflict(
        "You have answered this case.",
        why=f"You said {before.said} before you saw the version's answer, and that word stands.",
        fix="Go on with the next case.",
        code="E1441",
    )

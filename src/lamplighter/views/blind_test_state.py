"""How far a blind test has gone, made of the test and its answers."""

from collections.abc import Mapping

from lamplighter.domain.acceptance import Signature
from lamplighter.domain.blind_test import BlindTest, Card, agrees, filled, met, tally
from lamplighter.domain.script import Script
from lamplighter.monitoring.intervals import wilson
from lamplighter.views.blind_test import AskedCase, BlindTestState, Revealed


def state_of(
    test: BlindTest, answers: Mapping[str, str], script: Script, voided: str, word: Signature | None
) -> BlindTestState:
    """A test with its answers, by case, in the words of the project's script."""
    found = tally(test, answers)
    low, high = wilson(found.agreed, found.sure) if found.sure else (0.0, 1.0)
    no, yes = (script.answers.get(name, name) for name in test.classes) if test.classes else ("", "")
    return BlindTestState(
        id=test.id,
        model=test.model,
        number=test.number,
        environment=test.environment,
        person=test.person,
        cases=tuple(_asked(test, card, answers.get(card.name, ""), script) for card in test.cards),
        yes=yes,
        no=no,
        labels=script.labels,
        agree_at_least=test.agree_at_least,
        must_agree=test.must_agree,
        terms=test.terms,
        opened_at=test.opened_at,
        answered=found.answered,
        sure=found.sure,
        agreed=found.agreed,
        low=low,
        high=high,
        missed=found.missed,
        met=met(test, found),
        voided=voided,
        # With it whoever has the rows draws the cases, and reads what comes.
        seed=test.seed if found.done else 0,
        word=word,
    )


def _asked(test: BlindTest, card: Card, said: str, script: Script) -> AskedCase:
    return AskedCase(
        name=card.name,
        words=card.words,
        question=filled(test.question, card.inputs),
        inputs=card.inputs,
        said=said,
        # The only place where an answer of the version is handed on.
        revealed=_revealed(test, card, said, script) if said else None,
    )


def _revealed(test: BlindTest, card: Card, said: str, script: Script) -> Revealed:
    return Revealed(
        decision=script.answers.get(card.decision, card.decision),
        score=card.score,
        expected=script.answers.get(card.expected, card.expected),
        happened=card.happened,
        agrees=agrees(test, card, said),
        origin=card.origin,
    )

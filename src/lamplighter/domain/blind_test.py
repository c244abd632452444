"""A blind test: somebody of the business answers cases first, and sees only then what the version answers."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from lamplighter.domain.case import tries_in
from lamplighter.domain.contract import Meaning, Output
from lamplighter.domain.errors import Invalid
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.record import Record, canonical, digest_of
from lamplighter.domain.script import Script
from lamplighter.domain.slices import read_slice


class Said(StrEnum):
    """What somebody answers before they see what the version answers. Where it answers with a number, a number is said."""

    #: The positive class.
    YES = "yes"
    #: The negative class.
    NO = "no"
    #: Neither; it counts for neither side.
    UNSURE = "unsure"


class Card(Record, frozen=True):
    """One case as it is put to somebody, with what the version answers to it."""

    name: str
    #: The case in the words of those who are asked.
    words: str
    inputs: Mapping[str, bool | int | float | str | None]
    #: What the version answers: the class, or the number.
    decision: str
    score: float
    #: What the project expects, or what really happened.
    expected: str
    #: Whether `expected` is what really happened.
    happened: bool = False
    #: How far a number may lie from the one that is said.
    within: float = 0.0
    #: Why it was picked, such as `boundary`; empty for a case that the project declares.
    origin: str = ""


class BlindTest(Record, frozen=True):
    """The cases of one version for one environment, as one person answers them. Nothing of it is ever changed."""

    #: Such as `U-44`.
    id: str
    model: str
    number: int
    #: Digest of the version.
    version: str
    environment: str
    #: E-mail address of whoever answers.
    person: str
    #: What is asked of each case; `{origin}` stands for the value of that input.
    question: str
    #: Classes of the answer, negative first; empty for numbers.
    classes: tuple[str, ...]
    cards: tuple[Card, ...]
    #: On how many cases person and version agree at least, and names of those on which they have to.
    agree_at_least: int
    must_agree: tuple[str, ...]
    #: Digest of what the cards were made of: the script of the project, and the evidence.
    basis: str
    #: Digest of what was agreed: the criteria, the question, and the cases without what the version answers.
    terms: str
    #: Microseconds since the epoch, UTC.
    opened_at: int
    #: What cases were drawn with; 0 where none were.
    seed: int = 0


class BlindAnswer(Record, frozen=True):
    """What somebody said of one case before they saw the version's answer. It is written once."""

    test: str
    case: str
    said: str
    #: Microseconds since the epoch, UTC.
    at: int


class Tally(Record, frozen=True):
    """How far person and version agree."""

    #: Cases, those that are answered, those with a yes or a no, and those of them that agree.
    cases: int
    answered: int
    sure: int
    agreed: int
    #: Names of cases on which they have to agree and do not.
    missed: tuple[str, ...]

    @property
    def done(self) -> bool:
        """Whether every case is answered."""
        return self.answered == self.cases


def tally(test: BlindTest, answers: Mapping[str, str]) -> Tally:
    """What came of the answers, by case."""
    said = {card.name: agrees(test, card, answers[card.name]) for card in test.cards if card.name in answers}
    agreed = {name for name, same in said.items() if same}
    return Tally(
        cases=len(test.cards),
        answered=len(said),
        sure=sum(same is not None for same in said.values()),
        agreed=len(agreed),
        missed=tuple(name for name in test.must_agree if name in said and name not in agreed),
    )


def met(test: BlindTest, found: Tally) -> bool:
    """Whether every case is answered and the criteria are met."""
    return found.done and not found.missed and found.agreed >= test.agree_at_least


def agrees(test: BlindTest, card: Card, said: str) -> bool | None:
    """Whether a version answers as somebody said; nothing where they were not sure."""
    if said == Said.UNSURE:
        return None
    if not test.classes:
        return abs(float(said) - card.score) <= card.within
    return test.classes[said == Said.YES] == card.decision


def read_said(test: BlindTest, text: str) -> str:
    """An answer as it is kept; raises `Invalid` for one that the case does not take."""
    if test.classes or text == Said.UNSURE:
        if text in tuple(Said):
            return text
        raise _unsaid("It is yes, no or unsure.")
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise _unsaid("It is a number, or unsure.")
    return f"{number:.6g}"


def cards_of(script: Script, evidence: Evidence | None) -> tuple[Card, ...]:
    """The cases that the project declares, with what the version answers; none where it was not tried on these."""
    tries = tries_in(evidence)
    if tries is None or tries.script != script.digest:
        return ()
    within = {case.name: case.within for case in script.case}
    return tuple(
        Card(
            name=one.name,
            words=one.words,
            inputs=one.inputs,
            decision=one.decision,
            score=one.score,
            expected=one.expected,
            within=within[one.name],
        )
        for one in tries.cases
    )


def wanted(script: Script, cards: Sequence[Card]) -> tuple[str, ...]:
    """Names of the cases on which person and version have to agree."""
    asked = script.accept_if.must_agree if script.accept_if else ()
    return tuple(card.name for card in cards if any(_is_of(card, one) for one in asked))


def _is_of(card: Card, asked: str) -> bool:
    if "=" not in asked:
        return card.name == asked
    part = read_slice(asked)
    return part.column in card.inputs and str(card.inputs[part.column]) == part.value


def question_of(script: Script, output: Output) -> str:
    """What is asked of each case."""
    if script.ask or output.meaning is Meaning.NUMBER:
        return script.ask or "What would you expect?"
    positive = classes_of(output)[1]
    return f"Would you expect: {script.answers.get(positive, positive)}?"


def classes_of(output: Output) -> tuple[str, ...]:
    """The classes, negative first; none for numbers."""
    return () if output.meaning is Meaning.NUMBER else (output.classes or ("0", "1"))


def basis_of(script: Script, evidence: Iterable[Evidence | None]) -> str:
    """Digest of what cards are made of."""
    return digest_of(canonical([script, [one.digest if one else "" for one in evidence]]))


def terms_of(test: BlindTest) -> str:
    """Digest of what is agreed before the first card. It says nothing of the version's answers, since people see it."""
    asked = [[card.name, card.words, card.inputs] for card in test.cards]
    agreed = [test.agree_at_least, test.must_agree]
    return digest_of(canonical([test.version, test.environment, test.person, agreed, test.question, test.classes, asked]))


def filled(text: str, inputs: Mapping[str, object]) -> str:
    """A sentence with the values of inputs in the place of their names in braces."""
    return re.sub(r"\{([^{}]+)\}", lambda found: worded(inputs.get(found[1])), text)


def worded(value: object) -> str:
    """A value of an input as people read it."""
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "not known"}[value]
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _unsaid(why: str) -> Invalid:
    return Invalid("That is no answer to this case.", why=why, fix="Answer what the case asks.", code="E1444")

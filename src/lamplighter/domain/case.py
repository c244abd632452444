"""Example cases put to a version: what it decides in each, and what people say of that."""

import math
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from lamplighter.domain.contract import Meaning, Output
from lamplighter.domain.decoding import from_json
from lamplighter.domain.errors import Invalid
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.record import Record, canonical
from lamplighter.domain.script import Case

#: The kind of evidence that holds what a version says of the cases.
KIND = "cases"


class Tried(Record, frozen=True):
    """What a version says of one case."""

    name: str
    words: str
    inputs: Mapping[str, bool | int | float | str | None]
    #: What is expected, and what the version decides, both in words.
    expected: str
    decision: str
    score: float
    #: Whether the decision is the one that is expected.
    agrees: bool


class Tries(Record, frozen=True):
    """What a version says of every case: the facts of the evidence."""

    #: Digest of the script that was tried.
    script: str
    cases: tuple[Tried, ...]


class CaseWord(Record, frozen=True):
    """What one person says of a version's answer to one case, for one environment."""

    model: str
    #: Digest of the version.
    version: str
    environment: str
    case: str
    #: E-mail address of the person.
    person: str
    as_expected: bool
    note: str
    #: Digest of the evidence that holds the answer.
    evidence: str
    #: Microseconds since the epoch, UTC.
    at: int


class Judged(Record, frozen=True):
    """One case with the newest word on it, if anybody has judged it."""

    tried: Tried
    word: CaseWord | None = None


def in_words(output: Output, score: float, threshold: float) -> str:
    """The decision that a score is."""
    if output.meaning is Meaning.NUMBER:
        return f"{score:.6g}"
    return _classes(output)[score >= threshold]


def expected(case: Case, output: Output) -> str:
    """What a case expects, in words of the output; raises `Invalid` where the version never answers so."""
    number = not isinstance(case.expect, (bool, str))
    if output.meaning is Meaning.NUMBER:
        if not number or not math.isfinite(float(case.expect)):
            raise misfit(case, "The model answers with a number.", "Write expect as a number.")
        return f"{float(case.expect):.6g}{f' within {case.within:g}' if case.within else ''}"
    wanted = f"{case.expect:g}" if number else str(case.expect)
    if wanted not in _classes(output):
        known = " or ".join(_classes(output))
        raise misfit(case, "What it expects is no class of the model.", f"Write expect as {known}.")
    return wanted


def agrees(case: Case, output: Output, score: float, threshold: float) -> bool:
    """Whether the score is the decision that is expected."""
    if output.meaning is Meaning.NUMBER:
        return abs(score - float(case.expect)) <= case.within
    return in_words(output, score, threshold) == expected(case, output)


def judged(evidence: Evidence | None, script: str, words: Iterable[CaseWord]) -> tuple[Judged, ...] | None:
    """Every case of the evidence with the newest word on these very answers; nothing if it is not about the script of this
    digest."""
    tries = tries_in(evidence)
    if evidence is None or tries is None or tries.script != script:
        return None
    newest = {word.case: word for word in sorted(words, key=lambda one: one.at) if word.evidence == evidence.digest}
    return tuple(Judged(tried=tried, word=newest.get(tried.name)) for tried in tries.cases)


def tries_in(evidence: Evidence | None) -> Tries | None:
    """What the evidence says of the cases; nothing where there is none, or it has another form."""
    try:
        return from_json(canonical(evidence.facts), Tries) if evidence else None
    except msgspec.ValidationError:
        # Anybody who may register brings facts of any shape.
        return None


def left(cases: Sequence[Judged]) -> tuple[Judged, ...]:
    """Those that nobody has judged."""
    return tuple(one for one in cases if one.word is None)


def misfit(case: Case, why: str, fix: str) -> Invalid:
    """The refusal of a case that cannot be put to this model."""
    return Invalid(f"The case {case.name} does not fit the model.", why=why, fix=fix, code="E1168")


def _classes(output: Output) -> tuple[str, ...]:
    return output.classes or ("0", "1")

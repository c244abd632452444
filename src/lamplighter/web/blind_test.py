"""Cases that somebody answers before they see what the version answers: one card at a time, and a word at the end.

Nothing of a case that is not answered is in a page but what is asked: what is handed over here holds no more.
"""

import math
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from starlette.requests import Request

from lamplighter.domain.acceptance import Side
from lamplighter.domain.blind_test import Said, worded
from lamplighter.domain.names import unknown
from lamplighter.sdk.interface import Platform
from lamplighter.views.blind_test import AskedCase, BlindTestState
from lamplighter.web import facts, forms

#: What `deed` gives once somebody has said their word.
SIGNED = "signed"


class Deed(StrEnum):
    """What a form of the page does."""

    #: Fix what has to come out.
    BEGIN = "begin"
    #: Answer a case.
    ANSWER = "answer"
    #: Say the word in the end.
    SIGN = "sign"


class Ending(StrEnum):
    """The word in the end."""

    #: As it is.
    ACCEPT = "accept"
    #: If something is so as well.
    IF = "if"
    #: For a reason.
    REFUSE = "refuse"


class Subject(NamedTuple):
    """What is put to somebody: a version for an environment."""

    model: str
    number: int
    environment: str

    @property
    def name(self) -> str:
        """Such as `late-flights@7`."""
        return f"{self.model}@{self.number}"


def own(platform: Platform, subject: Subject, person: str) -> BlindTestState | None:
    """The newest test of somebody; it may count no more."""
    found = platform.blind_tests(subject.name, subject.environment)
    return next((test for test in found if test.person == person), None)


def values(platform: Platform, subject: Subject, test: BlindTestState | None, count: int, after: str) -> Mapping[str, Any]:
    """What the page is made of; `after` names the case that was answered last. Raises `NotFound` for one that nobody asks."""
    project = platform.project(subject.model)
    card = test.left[0] if test and test.left else None
    names = [one.name for one in test.cases] if test else []
    return {
        **subject._asdict(),
        "summary": project.model.summary,
        "criteria": project.uat.accept_if,
        "declared": {case.name: case.words or case.name for case in project.uat.case},
        "suggested": math.ceil(0.8 * count),
        "count": len(names) if test and not test.voided else count,
        "test": test,
        "card": card,
        "place": names.index(card.name) + 1 if card else 0,
        "inputs": inputs(card.inputs, test.labels) if card and test else [],
        "after": _answered(test, after) if test and after else None,
        "titles": {one.name: one.words or one.question for one in test.cases} if test else {},
        "said": said,
    }


def _answered(test: BlindTestState, name: str) -> AskedCase | None:
    for case in test.cases:
        if case.name == name:
            return case if case.revealed else None
    raise unknown("case", name, (case.name for case in test.cases))


def deed(request: Request, platform: Platform, subject: Subject) -> str:
    """Carry out what a form of the page asks; gives the query of the page to come, or `signed`."""
    wanted = forms.choice(request, "deed", Deed)
    if wanted is Deed.BEGIN:
        least = forms.whole(request, "agree_at_least") if forms.text(request, "agree_at_least") else 0
        platform.begin_blind_test(subject.name, subject.environment, least)
        return ""
    if wanted is Deed.ANSWER:
        case = forms.needed(request, "case")
        word = Said.UNSURE.value if forms.text(request, "unsure") else forms.needed(request, "said")
        platform.answer_case(subject.name, subject.environment, case, word)
        return f"?after={case}"
    _sign(request, platform, subject)
    return SIGNED


def _sign(request: Request, platform: Platform, subject: Subject) -> None:
    ending, name = forms.choice(request, "decision", Ending), forms.needed(request, "signed_as", 200)
    words = forms.text(request, "words") if ending is Ending.ACCEPT else forms.needed(request, "words")
    condition, reason = (words, "") if ending is Ending.IF else ("", words)
    accepted = ending is not Ending.REFUSE
    platform.sign(subject.name, subject.environment, Side.BUSINESS, accepted, reason, condition, name)


def inputs(row: Mapping[str, object], labels: Mapping[str, str]) -> list[facts.Line]:
    """The inputs as people call them, those with a name of their own first."""
    ordered = sorted(row, key=lambda name: name not in labels)
    return [facts.Line(labels.get(name, name), worded(row[name])) for name in ordered]


def said(case: AskedCase) -> str:
    """What was said of a case, as people say it."""
    return {"yes": "yes", "no": "no", "unsure": "not sure"}.get(case.said, case.said)

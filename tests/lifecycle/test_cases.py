"""Acceptance by example: the business judges what a version says of each case before it signs."""

from typing import Any

import pytest
from tests.lifecycle.lives import Life
from tests.sdk import models
from tests.sdk.cast import address

from lamplighter.domain.acceptance import Side
from lamplighter.domain.errors import Blocked, Conflict, Invalid, LampError, NotAllowed, NotFound
from lamplighter.domain.events.version import CaseJudged
from lamplighter.domain.project import Project
from lamplighter.domain.version import Version
from lamplighter.sdk.answers import Facts
from lamplighter.sdk.release import checked, registered

MODEL = "by-example"
ROUGH = {"name": "rough-night", "words": "Ten minutes behind, and full.", "inputs": {"delay": 10.0, "load": 0.9}, "expect": 1}
CALM = {"name": "calm-noon", "inputs": {"delay": 0.0, "load": 0.1}, "expect": "0"}
ODD = {"name": "odd", "inputs": {"delay": 12.0, "load": 0.5}, "expect": "0"}


def project(*cases: dict[str, Any]) -> Project:
    return models.critical(
        MODEL, uat={"labels": {"delay": "Minutes late at the last stop"}, "answers": {"1": "late"}, "case": list(cases)}
    )


def register(life: Life, found: Project, *, threshold: float = 0.5) -> Version:
    life["dana"].save_project(MODEL, found)
    return registered(life["dana"], checked(found, models.build(threshold=threshold)))


@pytest.fixture
def version(life: Life) -> Version:
    return register(life, project(ROUGH, CALM, ODD))


def judge(life: Life, version: Version, case: str, as_expected: bool = True, note: str = "", person: str = "bea") -> None:
    life[person].judge_case(version.name, "prod", case, as_expected, note)


def accept(life: Life, version: Version, reason: str = "") -> None:
    life["bea"].sign(version.name, "prod", Side.BUSINESS, True, reason)


def refusal(error: LampError) -> tuple[str, str]:
    return error.code, error.what


def test_a_version_is_tried_on_every_case_when_it_is_registered(life: Life, version: Version) -> None:
    found = life["bea"].cases(version.name, "prod")
    seen = [(one.tried.name, one.tried.expected, one.tried.decision, one.tried.agrees) for one in found.cases]
    assert seen == [("rough-night", "1", "1", True), ("calm-noon", "0", "0", True), ("odd", "0", "1", False)]
    assert found.cases[0].tried.inputs == {"delay": 10.0, "load": 0.9}
    assert found.labels == {"delay": "Minutes late at the last stop"}
    assert len(found.left) == 3


def test_the_business_signs_once_every_case_is_judged_and_a_no_has_its_reason(life: Life, version: Version) -> None:
    judge(life, version, "rough-night")
    with pytest.raises(Blocked) as some_left:
        accept(life, version, "All fine.")
    assert refusal(some_left.value) == ("E1412", "2 of 3 cases are not judged.")
    judge(life, version, "calm-noon")
    with pytest.raises(Invalid, match="needs a word of why"):
        judge(life, version, "odd", False)
    judge(life, version, "odd", False, "It waits for the express there.")
    with pytest.raises(Invalid) as unexplained:
        accept(life, version)
    assert refusal(unexplained.value) == ("E1169", "1 of 3 cases were judged not as expected.")
    accept(life, version, "One in three is rare.")
    assert [(one.case, one.person, one.as_expected, one.note) for one in life.events(CaseJudged)] == [
        ("rough-night", address("bea"), True, ""),
        ("calm-noon", address("bea"), True, ""),
        ("odd", address("bea"), False, "It waits for the express there."),
    ]
    with pytest.raises(Conflict) as closed:
        judge(life, version, "odd")
    assert refusal(closed.value) == ("E1503", "The cases are closed.")


def test_the_newest_word_on_a_case_counts(life: Life, version: Version) -> None:
    for case in ("rough-night", "calm-noon", "odd"):
        judge(life, version, case, False, "Unsure.")
        life.clock.forward(1)
        judge(life, version, case)
    accept(life, version)


@pytest.mark.parametrize(("person", "code"), [("ines", "E1320"), ("rita", "E1320"), ("dana", "E1320")])
def test_only_the_business_judges(life: Life, version: Version, person: str, code: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        judge(life, version, "odd", person=person)
    assert refused.value.code == code


def test_the_author_judges_nothing_of_their_own(life: Life) -> None:
    found = project(CALM)
    life["ada"].save_project(MODEL, found)
    version = registered(life["ada"], checked(found, models.build()))
    with pytest.raises(NotAllowed) as refused:
        judge(life, version, "calm-noon", person="ada")
    assert refused.value.code == "E1321"


def test_a_case_that_nobody_wrote_is_not_found(life: Life, version: Version) -> None:
    with pytest.raises(NotFound, match="no case of that name"):
        judge(life, version, "calm-noom")


def test_it_may_be_refused_without_judging_any(life: Life, version: Version) -> None:
    life["bea"].sign(version.name, "prod", Side.BUSINESS, False, "It speaks of trains that we do not run.")


def test_words_hold_for_the_answers_they_saw(life: Life, version: Version) -> None:
    judge(life, version, "odd")
    with life.kit.store.reading() as look:
        facts = dict(look.evidence.newest(version.digest)["cases"].facts)
    facts["cases"] = [{**case, "score": 0.25} for case in facts["cases"]]
    life["dana"].add_evidence(version.name, Facts(kind="cases", facts=facts))
    assert len(life["bea"].cases(version.name, "prod").left) == 3


def test_evidence_of_another_shape_is_no_script(life: Life, version: Version) -> None:
    life["dana"].add_evidence(version.name, Facts(kind="cases", facts={"cases": 3}))
    with pytest.raises(Blocked) as refused:
        life["bea"].cases(version.name, "prod")
    assert refused.value.code == "E1413"


def test_cases_that_changed_since_are_no_script(life: Life, version: Version) -> None:
    life["dana"].save_project(MODEL, project(ROUGH))
    with pytest.raises(Blocked) as refused:
        accept(life, version)
    assert refused.value.code == "E1413"


def test_a_project_without_cases_asks_for_none(life: Life) -> None:
    version = register(life, project())
    assert life["bea"].cases(version.name, "prod").cases == ()
    accept(life, version)


def test_another_threshold_decides_otherwise(life: Life) -> None:
    version = register(life, project(ODD), threshold=0.9999)
    (one,) = life["bea"].cases(version.name, "prod").cases
    assert (one.tried.decision, one.tried.agrees) == ("0", True)


@pytest.mark.parametrize(
    ("case", "why"),
    [
        ({**CALM, "expect": "late"}, "What it expects is no class of the model."),
        ({**CALM, "inputs": {"delay": 1.0}}, "Of its inputs, load is null; wanted is number."),
        (
            {**CALM, "inputs": {"delay": 1.0, "load": 0.1, "secret": "x"}},
            "Of its inputs, secret is extra; wanted is no other column.",
        ),
        ({**CALM, "inputs": {"delay": "1", "load": 0.1}}, "Of its inputs, delay is type; wanted is number."),
    ],
)
def test_a_case_that_does_not_fit_the_model_is_refused_when_it_is_built(case: dict[str, Any], why: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(project(case), models.build())
    assert (refused.value.code, refused.value.why) == ("E1168", why)


@pytest.mark.parametrize(
    "cases",
    [(CALM, CALM), ({**CALM, "inputs": {}},), ({**CALM, "within": -1.0},), ({**CALM, "words": "x" * 501},)],
    ids=["twice the same name", "no inputs", "no distance", "too many words"],
)
def test_a_script_that_cannot_be_is_refused_when_it_is_read(cases: tuple[dict[str, Any], ...]) -> None:
    with pytest.raises(Invalid) as refused:
        project(*cases)
    assert refused.value.code == "E1167"

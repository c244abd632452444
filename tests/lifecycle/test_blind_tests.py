"""Blind acceptance: the business answers every case first, and sees only then what the version answers."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import count
from typing import Any

import msgspec
import pytest
from tests.lifecycle.lives import Happened, Life, lived
from tests.lifecycle.test_cases import CALM, ODD, ROUGH
from tests.sdk import models
from tests.sdk.cast import address

from lamplighter.domain.acceptance import Side, Signature
from lamplighter.domain.blind_test import terms_of
from lamplighter.domain.errors import Blocked, Conflict, Invalid, LampError, NotAllowed, NotFound
from lamplighter.domain.events.blind_test import BlindTestBegun, CaseAnswered
from lamplighter.domain.events.version import VersionAccepted
from lamplighter.domain.project import Project
from lamplighter.domain.version import Version
from lamplighter.lifecycle import blind_tests, judging
from lamplighter.sdk.answers import Facts
from lamplighter.sdk.release import Checked, checked
from lamplighter.views.blind_test import BlindTestState

CASES: Mapping[str, dict[str, Any]] = {"rough-night": ROUGH, "calm-noon": CALM, "odd": ODD}


_names = (f"blind-{number}" for number in count())


def agreed(least: int = 2, *must: str, ask: str = "", cases: tuple[dict[str, Any], ...] = (ROUGH, CALM, ODD)) -> Project:
    """A project of a name that no other has; without criteria where `least` is 0."""
    criteria = {"accept_if": {"agree_at_least": least, "must_agree": must}} if least else {}
    words = {"labels": {"delay": "Minutes late at the last stop"}, "answers": {"1": "late"}}
    return models.critical(next(_names), uat={"ask": ask, "case": list(cases), **words, **criteria})


def saved(life: Life, version: Version, found: Project) -> None:
    """The project of a version says something else from now on."""
    life["dana"].save_project(version.model, msgspec.structs.replace(found, model=life["dana"].project(version.model).model))


@cache
def tried(*names: str) -> Checked:
    """A build that is tried on these cases."""
    return checked(agreed(0, cases=tuple(CASES[name] for name in names)), models.build())


def register(life: Life, found: Project, author: str = "dana") -> Version:
    ready, someone = tried(*(case.name for case in found.uat.case)), life[author]
    someone.save_project(found.name, found)
    for digest, content in ready.blobs.items():
        someone.put_artifact(digest, content)
    return someone.register(found.name, msgspec.structs.replace(ready.manifest, model=found.name), ready.evidence)


def events(life: Life, kind: type[Happened], version: Version) -> list[Happened]:
    return [one for one in life.events(kind) if one.model == version.model]


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """One platform for all of them; each has a model of its own."""
    with lived(tmp_path_factory.mktemp("home")) as life:
        yield life


@pytest.fixture
def version(life: Life) -> Version:
    """A version that answers 1 in the cases rough-night and odd, and 0 in calm-noon."""
    return register(life, agreed(2))


def begin(life: Life, version: Version, least: int = 0, person: str = "bea") -> BlindTestState:
    return life[person].begin_blind_test(version.name, "prod", least)


def answer(life: Life, version: Version, *said: str, person: str = "bea") -> BlindTestState:
    for case, word in zip(CASES, said, strict=False):
        state = life[person].answer_case(version.name, "prod", case, word)
    return state


def accept(life: Life, version: Version, condition: str = "", person: str = "bea") -> Signature:
    return life[person].sign(version.name, "prod", Side.BUSINESS, True, "", condition, "Bea B.")


def code(error: pytest.ExceptionInfo[LampError]) -> str:
    return error.value.code


def test_the_versions_answer_is_told_only_beside_an_answer(life: Life, version: Version) -> None:
    begun = begin(life, version)
    assert [(one.name, one.said, one.revealed) for one in begun.cases] == [(name, "", None) for name in CASES]
    assert (begun.agree_at_least, begun.answered, begun.yes, begun.no) == (2, 0, "late", "0")
    state = answer(life, version, "yes")
    first = state.cases[0].revealed
    assert first is not None
    assert (first.decision, first.expected, first.agrees) == ("late", "late", True)
    assert [one.revealed for one in state.cases[1:]] == [None, None]
    assert life["ines"].blind_tests(version.name, "prod") == [state], "nobody else is told more"


def test_agreement_is_counted_with_wilsons_interval_and_bound_to_what_was_signed(life: Life, version: Version) -> None:
    begun = begin(life, version)
    state = answer(life, version, "yes", "no", "no")
    assert (state.agreed, state.sure, state.met, state.missed) == (2, 3, True, ())
    assert (round(state.low, 3), round(state.high, 3)) == (0.208, 0.939)
    signature = accept(life, version)
    assert (signature.test, signature.signed_as, signature.person) == (begun.id, "Bea B.", address("bea"))
    with life.kit.store.reading() as look:
        assert look.signatures.all(version=version.digest)[-1].binding == signature.binding
    (told,) = events(life, VersionAccepted, version)
    assert (told.test, told.signed_as, told.condition) == (begun.id, "Bea B.", "")
    (event,) = events(life, BlindTestBegun, version)
    assert (event.terms, event.cases, event.agree_at_least) == (begun.terms, 3, 2)
    assert [(one.case, one.said) for one in events(life, CaseAnswered, version)] == list(
        zip(CASES, ("yes", "no", "no"), strict=True)
    )
    verdicts = {one.gate: one.verdict for one in life["ines"].check(version.name, "prod").judgements}
    assert verdicts["acceptance"].why == "The acceptance of IT is missing."


def test_the_first_answer_stands(life: Life, version: Version) -> None:
    begin(life, version)
    answer(life, version, "no")
    assert answer(life, version, "no").answered == 1, "a second tap is no second answer"
    with pytest.raises(Conflict) as other:
        answer(life, version, "yes")
    assert code(other) == "E1441"
    with pytest.raises(Conflict) as judged:
        life["bea"].judge_case(version.name, "prod", "rough-night", True)
    assert code(judged) == "E1441"
    assert [(one.case, one.said) for one in events(life, CaseAnswered, version)] == [("rough-night", "no")]


def test_a_version_below_the_criteria_is_accepted_only_with_a_condition(life: Life, version: Version) -> None:
    begin(life, version)
    answer(life, version, "yes", "unsure", "no")
    with pytest.raises(Conflict) as below:
        accept(life, version)
    assert code(below) == "E1442"
    assert "agree on 1 of 3, wanted are 2" in below.value.why
    accept(life, version, "The gate desks are told.")
    life["ines"].sign(version.name, "prod", Side.IT, True, "Practised.")
    verdict = next(one.verdict for one in life["ines"].check(version.name, "prod").judgements if one.gate == "acceptance")
    assert verdict.why == f"Accepted by {address('bea')} if: The gate desks are told, {address('ines')}."


def test_a_case_on_which_both_have_to_agree_is_missed(life: Life) -> None:
    version = register(life, agreed(1, "odd", "load = 0.9"))
    assert begin(life, version).must_agree == ("rough-night", "odd")
    state = answer(life, version, "yes", "no", "no")
    assert (state.agreed, state.missed, state.met) == (2, ("odd",), False)
    with pytest.raises(Conflict, match="not met"):
        accept(life, version)


def test_nobody_signs_before_the_last_card(life: Life, version: Version) -> None:
    begun = begin(life, version)
    answer(life, version, "yes", "no")
    with pytest.raises(Blocked) as early:
        accept(life, version, "Soon.")
    assert code(early) == "E1412"
    refused = life["bea"].sign(version.name, "prod", Side.BUSINESS, False, "It speaks of other trains.")
    assert (refused.accepted, refused.test) == (False, begun.id)


def test_no_answer_comes_after_the_word(life: Life, version: Version) -> None:
    begin(life, version)
    answer(life, version, "yes", "no", "yes")
    accept(life, version)
    with pytest.raises(Conflict) as closed:
        answer(life, version, "yes")
    assert code(closed) == "E1503"


@pytest.mark.parametrize("change", ["criteria", "question", "cases"])
def test_a_change_after_the_first_card_voids_the_answers(life: Life, version: Version, change: str) -> None:
    begin(life, version)
    answer(life, version, "yes", "no", "yes")
    if change == "cases":
        with life.kit.store.reading() as look:
            facts = dict(look.evidence.newest(version.digest)["cases"].facts)
        facts["cases"] = [{**case, "score": 0.25} for case in facts["cases"]]
        life["dana"].add_evidence(version.name, Facts(kind="cases", facts=facts))
    else:
        saved(life, version, agreed(1) if change == "criteria" else agreed(2, ask="Late?"))
    (state,) = life["bea"].blind_tests(version.name, "prod")
    assert "have changed since the first card" in state.voided
    with pytest.raises(Blocked) as unbegun:
        answer(life, version, "yes")
    assert code(unbegun) == "E1440"
    assert begin(life, version).id != state.id


def test_criteria_that_were_changed_where_they_are_kept_are_seen(life: Life, version: Version) -> None:
    begun = begin(life, version)
    with life.kit.store.transaction() as change:
        kept = change.blind_tests.find(id=begun.id)
        assert kept is not None
        assert kept.terms == terms_of(kept)
        change.blind_tests.put(msgspec.structs.replace(kept, agree_at_least=1))
    (state,) = life["bea"].blind_tests(version.name, "prod")
    assert "is not what stands there now" in state.voided


def test_criteria_are_said_before_the_first_card_and_only_once(life: Life) -> None:
    version = register(life, agreed(0))
    for least in (0, 4, -1):
        with pytest.raises(Invalid) as unsaid:
            begin(life, version, least)
        assert code(unsaid) == "E1444"
    first = begin(life, version, 3)
    assert begin(life, version, 1) == first, "what was begun goes on"
    declared = register(life, agreed(2))
    with pytest.raises(Invalid) as fixed:
        begin(life, declared, 1)
    assert code(fixed) == "E1444"


@pytest.mark.parametrize("person", ["ines", "rita", "dana"])
def test_only_the_business_answers(life: Life, version: Version, person: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        begin(life, version, person=person)
    assert code(refused) == "E1320"
    with pytest.raises(NotAllowed) as refused:
        answer(life, version, "yes", person=person)
    assert code(refused) == "E1320"


def test_the_author_answers_nothing_of_their_own(life: Life) -> None:
    found = agreed(1, cases=(CALM,))
    version = register(life, found, "ada")
    with pytest.raises(NotAllowed) as refused:
        begin(life, version, person="ada")
    assert code(refused) == "E1321"


@pytest.mark.parametrize("said", ["maybe", "", "1", "YES"])
def test_what_is_no_answer_is_refused(life: Life, version: Version, said: str) -> None:
    begin(life, version)
    with pytest.raises(Invalid) as refused:
        answer(life, version, said)
    assert code(refused) == "E1444"


def test_a_case_that_nobody_asks_and_a_test_that_nobody_began(life: Life, version: Version) -> None:
    with pytest.raises(Blocked) as unbegun:
        answer(life, version, "yes")
    assert code(unbegun) == "E1440"
    begin(life, version)
    with pytest.raises(NotFound, match="no case of that name"):
        life["bea"].answer_case(version.name, "prod", "calm-noom", "yes")


def test_a_project_without_cases_puts_none(life: Life) -> None:
    version = register(life, agreed(0, cases=()))
    with pytest.raises(Blocked) as refused:
        begin(life, version, 1)
    assert code(refused) == "E1443"


def test_a_refusal_has_no_condition(life: Life, version: Version) -> None:
    with pytest.raises(Invalid) as refused:
        life["bea"].sign(version.name, "prod", Side.BUSINESS, False, "No.", "Unless it rains.")
    assert code(refused) == "E1444"


@pytest.mark.parametrize(
    ("least", "must"), [(0, ()), (4, ()), (2, ("nobody",)), (2, ("= 3",))], ids=["none", "too many", "no case", "no part"]
)
def test_criteria_that_cannot_be_are_refused_when_they_are_read(least: int, must: tuple[str, ...]) -> None:
    uat = {"case": [ROUGH, CALM, ODD], "accept_if": {"agree_at_least": least, "must_agree": must}}
    with pytest.raises(Invalid) as refused:
        models.critical("by-example", uat=uat)
    assert refused.value.code in ("E1167", "E1119")


@cache
def picking(by: tuple[str, ...] = ("load",)) -> Checked:
    """A build that comes with rows to pick cases from."""
    return checked(models.critical("picked", uat={"pick": {"cases": 12, "by": by}}), models.build())


def register_picking(life: Life, least: int = 1) -> Version:
    uat = {"pick": {"cases": 12, "by": ["load"]}, "case": [], "accept_if": {"agree_at_least": least}}
    found, dana, ready = models.critical(next(_names), uat=uat), life["dana"], picking()
    dana.save_project(found.name, found)
    for digest, content in ready.blobs.items():
        dana.put_artifact(digest, content)
    return dana.register(found.name, msgspec.structs.replace(ready.manifest, model=found.name), ready.evidence)


def test_the_platform_picks_cases_when_somebody_begins_and_says_with_what(life: Life) -> None:
    version = register_picking(life)
    with pytest.raises(Blocked) as unbegun:
        accept(life, version, "Soon.")
    assert code(unbegun) == "E1440", "cases that nobody has drawn are not passed by"
    state = begin(life, version)
    assert len(state.cases) == 12
    assert state.seed == 0, "with it, and with the rows, one could read what comes"
    for case in state.cases:
        state = life["bea"].answer_case(version.name, "prod", case.name, "yes")
        revealed = next(one.revealed for one in state.cases if one.name == case.name)
        assert revealed is not None
        assert (revealed.happened, bool(revealed.origin), revealed.expected in ("0", "1")) == (True, True, True)
    with life.kit.store.reading() as look:
        kept = look.blind_tests.find(id=state.id)
        assert kept is not None
        held = judging.dossier(life.kit, look, version, look.environment("prod"))
        assert blind_tests.drawn(held, kept.seed) == kept.cards, "whoever has the seed draws the same"
        assert blind_tests.drawn(held, kept.seed + 1) != kept.cards
    (event,) = events(life, BlindTestBegun, version)
    assert (event.picked, event.seed, state.seed) == (12, kept.seed, kept.seed)
    assert accept(life, version, "" if state.met else "So be it.").test == state.id


def test_two_who_begin_are_asked_about_other_rows(life: Life) -> None:
    version = register_picking(life)
    mine, yours = (tuple(one.inputs["delay"] for one in begin(life, version, person=who).cases) for who in ("bea", "ada"))
    assert mine != yours


def test_a_version_without_rows_has_none_picked(life: Life) -> None:
    uat = {"pick": {"cases": 12}, "accept_if": {"agree_at_least": 1}, "case": [ROUGH]}
    version = register(life, models.critical(next(_names), uat=uat))
    with pytest.raises(Blocked) as refused:
        begin(life, version)
    assert code(refused) == "E1443"


@pytest.mark.parametrize("pick", [{"cases": 0}, {"cases": 201}, {"cases": 3, "within": -1.0}])
def test_a_pick_that_cannot_be_is_refused_when_it_is_read(pick: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        models.critical("by-example", uat={"pick": pick})
    assert refused.value.code == "E1167"


def test_picks_that_do_not_fit_the_rows_are_refused_when_it_is_built() -> None:
    with pytest.raises(NotFound, match="no input"):
        picking(("nothing",))
    with pytest.raises(Invalid) as refused:
        checked(
            msgspec.structs.replace(agreed(0), uat=models.critical("x", uat={"pick": {"cases": 3}}).uat, requirement=()),
            replace(models.build(), labels=None),
        )
    assert refused.value.code == "E1168"

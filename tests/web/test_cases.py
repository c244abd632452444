"""What a business owner does before signing: judge the example cases of a version, one card at a time."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.test_cases import CALM, MODEL, ODD, ROUGH, project, register
from tests.sdk.cast import address
from tests.web.conftest import Site, served, sign_in
from tests.web.test_accessibility import violations
from tests.web.test_phone import HEIGHT, WIDTH, tap

from lamplighter.api.authentication import COOKIE
from lamplighter.domain.acceptance import Side
from lamplighter.domain.case import CaseWord
from lamplighter.domain.identity import PLATFORM, Actor, Person, Role
from lamplighter.lifecycle import authentication, people
from lamplighter.sdk.answers import Facts
from lamplighter.sdk.embedded import Embedded
from lamplighter.web.main import with_pages
from lamplighter.web.routes import pages

BUSINESS = "bo@trains.example"
PHONE: dict[str, Any] = {"viewport": {"width": WIDTH, "height": HEIGHT}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    """A platform on which a version waits for its keys, and somebody who speaks for the business and for nobody else."""
    with lived(tmp_path / "home") as life:
        people.save_person(life.kit, PLATFORM, BUSINESS, "Bo", (Role.BUSINESS,))
        version = register(life, project(ROUGH, CALM, ODD))
        for environment in ("dev", "staging"):
            life.appoint(version, environment)
        assert life["dana"].deploy(version.name, "prod").rollout is not None
        yield life


@pytest.fixture
def asking(life: Life) -> Iterator[Site]:
    yield from served(life.kit, with_pages(life.kit, pages()), [])


def opened(browser: Browser, site: Site, email: str = BUSINESS, **options: Any) -> Iterator[Page]:
    context: BrowserContext = sign_in(browser, site, email, **options)
    yield context.new_page()
    context.close()


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def phone(request: pytest.FixtureRequest, browser: Browser, asking: Site) -> Iterator[Page]:
    yield from opened(browser, asking, java_script_enabled=request.param, **PHONE)


@pytest.fixture
def desk(browser: Browser, asking: Site) -> Iterator[Page]:
    yield from opened(browser, asking)


def bo(life: Life) -> Embedded:
    """The platform as somebody of the business has it."""
    return Embedded(life.kit, Actor(person=Person(email=BUSINESS, name="Bo", roles=(Role.BUSINESS,)), credential="bo"))


def words(life: Life) -> list[tuple[str, str, bool]]:
    with life.kit.store.reading() as look:
        found: list[CaseWord] = look.case_words.all(model=MODEL)
    return [(word.case, word.person, word.as_expected) for word in found]


def answers(life: Life) -> dict[str, str]:
    with life.kit.store.reading() as look:
        return look.blind_answers.by_case("U-1")


def test_somebody_of_the_business_answers_every_case_on_a_phone_and_signs(phone: Page, life: Life) -> None:
    phone.goto("/approvals")
    phone.get_by_role("link", name="Answer the cases").tap()
    phone.get_by_label("You accept it if you agree on at least").fill("2")
    tap(phone.get_by_role("button", name="Start"))
    expect(phone.locator("#progress")).to_have_text("Case 1 of 3")
    expect(phone.locator("#case h2")).to_have_text("Ten minutes behind, and full.")
    facts = phone.locator("#case .facts > div").all_inner_texts()
    assert facts == ["Minutes late at the last stop\n10", "load\n0.9"], "inputs go by what people call them"
    expect(phone.locator("#case .question")).to_have_text("Would you expect: late?")
    assert phone.locator("#reveal").count() == 0
    tap(phone.get_by_role("button", name="Yes", exact=True))
    expect(phone.locator("#reveal")).to_contain_text("You said yes. The model says late")
    expect(phone.locator("#reveal")).to_contain_text("You agree. The project expects: late")
    expect(phone.locator("#progress")).to_have_text("Case 2 of 3")
    tap(phone.get_by_role("button", name="Not sure", exact=True))
    expect(phone.locator("#reveal")).to_contain_text("You were not sure")
    tap(phone.get_by_role("button", name="No", exact=True))
    expect(phone.locator("#reveal")).to_contain_text("You differ. The project expects: 0")
    expect(phone.locator("#finished .lead")).to_have_text(
        "You and the model agree on 1 of the 2 cases that you were sure of. That is 50 %; with 2 cases the true figure is "
        "between 9 % and 91 %."
    )
    expect(phone.locator("#finished")).to_contain_text("Not met: agree on at least 2 of 3: 1")
    assert phone.get_by_label("Accept", exact=True).count() == 0, "what was agreed is not met"
    phone.get_by_label("Accept, if…").check()
    phone.get_by_label("If what, or why").fill("The express is timed anew.")
    phone.get_by_label("Your name").fill("Bo Business")
    tap(phone.get_by_role("button", name="Sign"))
    phone.locator(".said", has_text="Your word is written down, with your answers.").wait_for()
    assert answers(life) == {"rough-night": "yes", "calm-noon": "unsure", "odd": "no"}
    assert words(life) == [("rough-night", BUSINESS, True), ("odd", BUSINESS, False)]
    with life.kit.store.reading() as look:
        (signature,) = look.signatures.all(model=MODEL)
    assert (signature.side, signature.person, signature.accepted) == (Side.BUSINESS, BUSINESS, True)
    assert (signature.test, signature.condition) == ("U-1", "The express is timed anew.")
    assert signature.signed_as == "Bo Business"


def test_the_button_to_accept_waits_for_the_cases_and_says_so(desk: Page) -> None:
    desk.goto("/approvals/R-1")
    expect(desk.get_by_role("button", name="Accept v1")).to_be_disabled()
    expect(desk.locator("#open-cases")).to_have_text("3 cases are not answered yet.")
    expect(desk.get_by_role("button", name="Refuse v1")).to_be_enabled()


def test_cases_are_answered_by_the_keys_1_2_and_3_and_signed_by_keyboard(desk: Page, life: Life) -> None:
    bo(life).begin_blind_test(f"{MODEL}@1", "prod", 1)
    desk.goto("/approvals/R-1/cases")
    for key, place in (("1", "Case 2 of 3"), ("3", "Case 3 of 3")):
        desk.keyboard.press(key)
        expect(desk.locator("#progress")).to_have_text(place)
    desk.keyboard.press("2")
    expect(desk.locator("#finished h2")).to_have_text("You are done. 3 of 3")
    assert answers(life) == {"rough-night": "yes", "calm-noon": "unsure", "odd": "no"}
    desk.get_by_label("Accept", exact=True).focus()
    desk.keyboard.press("Space")
    desk.get_by_label("Your name").focus()
    desk.keyboard.type("Bo 1 2 3")
    desk.keyboard.press("Enter")
    desk.locator(".said").wait_for()
    with life.kit.store.reading() as look:
        assert [one.signed_as for one in look.signatures.all(model=MODEL)] == ["Bo 1 2 3"]


@pytest.mark.parametrize("left", [3, 2, 0], ids=["first card", "with an answer", "end"])
def test_pages_with_cases_break_no_rule(desk: Page, life: Life, left: int) -> None:
    desk.goto("/approvals/R-1/cases")
    expect(desk.locator("#begin")).to_contain_text("3 cases")
    assert violations(desk) == {}
    bo(life).begin_blind_test(f"{MODEL}@1", "prod", 1)
    for case in ("rough-night", "calm-noon", "odd")[: 3 - left]:
        bo(life).answer_case(f"{MODEL}@1", "prod", case, "no")
    desk.goto(f"/approvals/R-1/cases{'?after=rough-night' if left < 3 else ''}")
    expect(desk.locator("main")).to_contain_text("You are done" if left == 0 else f"Case {4 - left} of 3")
    assert violations(desk) == {}
    desk.goto("/approvals/R-1")
    assert violations(desk) == {}


def flipped(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same cases, each answered the other way."""
    cases = [{**one, "decision": str(1 - int(one["decision"])), "score": 1.0 - one["score"]} for one in facts["cases"]]
    return {**facts, "cases": [{**one, "agrees": not one["agrees"]} for one in cases]}


def page_of(life: Life, site: Site, path: str) -> bytes:
    """The bytes that are sent to somebody of the business."""
    session = authentication.redeem(life.kit, site.secret(BUSINESS)).secret
    answer = httpx2.get(f"{site.url}{path}", headers={"Cookie": f"{COOKIE}={session}", "Accept": "text/html"})
    assert answer.status_code == 200
    # The proof against forgery is another one for each session, and ages are of this second.
    return re.sub(rb'name="csrf" value="\w+"|<time.*?</time>|\(\d+ (?:ms|s|min)\)', b"", answer.content)


def test_pages_are_the_same_bytes_whatever_the_version_answers(life: Life, asking: Site) -> None:
    someone, pages_before = bo(life), []
    paths = ("/approvals", "/approvals/R-1", "/approvals/R-1/cases")
    for turn in (1, 2):
        if turn == 2:
            with life.kit.store.reading() as look:
                version = look.versions.find(model=MODEL, number=1)
                assert version is not None
                facts = look.evidence.newest(version.digest)["cases"].facts
            life["dana"].add_evidence(version.name, Facts(kind="cases", facts=flipped(facts)))
        someone.begin_blind_test(f"{MODEL}@1", "prod", 2)
        pages_before.append([page_of(life, asking, path).replace(f"U-{turn}".encode(), b"U") for path in paths])
    for before, after in zip(*pages_before, strict=True):
        assert before.splitlines() == after.splitlines()


def test_no_byte_of_an_answer_is_sent_before_the_word(life: Life, asking: Site) -> None:
    found = life["dana"].project(MODEL)
    spoken = msgspec.structs.replace(found.uat, ask="Late or not?", answers={"1": "ANSWER-A", "0": "ANSWER-B"})
    life["dana"].save_project(MODEL, msgspec.structs.replace(found, uat=spoken))
    someone = bo(life)
    cases = "/approvals/R-1/cases"
    everywhere = [page_of(life, asking, path) for path in ("/approvals", "/approvals/R-1", cases)]
    someone.begin_blind_test(f"{MODEL}@1", "prod", 2)
    everywhere += [page_of(life, asking, path) for path in ("/approvals", "/approvals/R-1", cases, f"{cases}?after=odd")]
    assert not [page for page in everywhere if b"ANSWER" in page or b"in 100" in page]
    someone.answer_case(f"{MODEL}@1", "prod", "rough-night", "yes")
    told = page_of(life, asking, f"{cases}?after=rough-night")
    assert (told.count(b"ANSWER"), told.count(b"in 100")) == (3, 1), "of the one case that is answered"
    assert b"ANSWER" not in page_of(life, asking, f"{cases}?after=odd")


@pytest.mark.parametrize(
    ("person", "why"),
    [("dana", "You registered this version"), ("ines", "none of your roles speaks for it"), ("milo", "the permission approve")],
)
def test_whoever_may_not_judge_reads_why(browser: Browser, asking: Site, person: str, why: str) -> None:
    for page in opened(browser, asking, address(person)):
        page.goto("/approvals/R-1/cases")
        expect(page.locator("#case .strip")).to_contain_text(why)
        assert page.locator("#case form").count() == 0


def test_a_name_that_no_case_has_and_a_rollout_that_does_not_wait_are_not_found(desk: Page, life: Life) -> None:
    bo(life).begin_blind_test(f"{MODEL}@1", "prod", 2)
    for path in ("/approvals/R-1/cases?after=none", "/approvals/R-9/cases"):
        answer = desk.goto(path)
        assert answer is not None
        assert answer.status == httpx2.codes.NOT_FOUND

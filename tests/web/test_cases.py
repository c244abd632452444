"""What a business owner does before signing: judge the example cases of a version, one card at a time."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.test_cases import CALM, MODEL, ODD, ROUGH, project, register
from tests.sdk.cast import address
from tests.web.conftest import Site, served, sign_in
from tests.web.test_accessibility import violations
from tests.web.test_phone import HEIGHT, WIDTH, tap

from lamplighter.domain.acceptance import Side
from lamplighter.domain.case import CaseWord
from lamplighter.domain.identity import PLATFORM, Role
from lamplighter.lifecycle import people
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


def words(life: Life) -> list[tuple[str, str, bool, str]]:
    with life.kit.store.reading() as look:
        found: list[CaseWord] = look.case_words.all(model=MODEL)
    return [(word.case, word.person, word.as_expected, word.note) for word in found]


def test_somebody_of_the_business_judges_every_case_on_a_phone_and_signs(phone: Page, life: Life) -> None:
    phone.goto("/approvals")
    phone.get_by_role("link", name="Judge the cases").tap()
    expect(phone.locator("#progress")).to_have_text("0 of 3 cases are judged, 3 are left.")
    expect(phone.locator("#case h2")).to_have_text("Ten minutes behind, and full.")
    facts = phone.locator("#case .facts > div").all_inner_texts()
    assert facts == ["Minutes late at the last stop\n10", "load\n0.9"], "inputs go by what people call them"
    assert phone.locator("#case .verdict-pair dd").all_inner_texts() == ["Late", "Late"]
    tap(phone.get_by_role("button", name="As expected", exact=True))
    expect(phone.locator("#progress")).to_have_text("1 of 3 cases are judged, 2 are left.")
    tap(phone.get_by_role("button", name="As expected", exact=True))
    expect(phone.locator("#case")).to_contain_text("Not the same")
    tap(phone.get_by_role("button", name="Not as expected"))
    expect(phone.locator("#progress")).to_have_text("2 of 3 cases are judged, 1 is left.")
    phone.get_by_label("What is wrong with it?").fill("It waits for the express there.")
    tap(phone.get_by_role("button", name="Not as expected"))
    expect(phone.locator("#finished")).to_contain_text("2 as expected, 1 not.")
    tap(phone.get_by_role("link", name="Accept or refuse"))
    phone.get_by_label("Reason").fill("One in three is rare.")
    tap(phone.get_by_role("button", name="Accept v1"))
    phone.locator(".said", has_text="Your acceptance is written down.").wait_for()
    assert words(life) == [
        ("rough-night", BUSINESS, True, ""),
        ("calm-noon", BUSINESS, True, ""),
        ("odd", BUSINESS, False, "It waits for the express there."),
    ]
    with life.kit.store.reading() as look:
        (signature,) = look.signatures.all(model=MODEL)
    assert (signature.side, signature.person, signature.accepted) == (Side.BUSINESS, BUSINESS, True)


def test_the_button_to_accept_waits_for_the_cases_and_says_so(desk: Page) -> None:
    desk.goto("/approvals/R-1")
    expect(desk.get_by_role("button", name="Accept v1")).to_be_disabled()
    expect(desk.locator("#open-cases")).to_have_text("3 cases are not judged yet.")
    expect(desk.get_by_role("button", name="Refuse v1")).to_be_enabled()


def test_a_case_is_judged_by_keyboard_and_may_be_judged_again(desk: Page, life: Life) -> None:
    desk.goto("/approvals/R-1/cases")
    desk.get_by_role("button", name="As expected", exact=True).focus()
    desk.keyboard.press("Enter")
    expect(desk.locator("#progress")).to_contain_text("1 of 3")
    desk.get_by_role("link", name="Ten minutes behind, and full.").focus()
    desk.keyboard.press("Enter")
    expect(desk.locator("#case")).to_contain_text(f"As expected, says {BUSINESS}")
    desk.get_by_label("What is wrong with it?").focus()
    desk.keyboard.type("On second thought, no.")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    expect(desk.locator("main")).to_contain_text("“On second thought, no.”")
    assert [(case, as_expected) for case, _, as_expected, _ in words(life)] == [("rough-night", True), ("rough-night", False)]


@pytest.mark.parametrize("path", ["/approvals", "/approvals/R-1", "/approvals/R-1/cases", "/approvals/R-1/cases?case=odd"])
def test_pages_with_cases_break_no_rule(desk: Page, path: str) -> None:
    desk.goto(path)
    expect(desk.locator("main")).to_contain_text("case")
    assert violations(desk) == {}


def test_the_page_after_the_last_case_breaks_no_rule(desk: Page, life: Life) -> None:
    for case in ("rough-night", "calm-noon", "odd"):
        life["bea"].judge_case(f"{MODEL}@1", "prod", case, False, "No.")
    desk.goto("/approvals/R-1/cases")
    expect(desk.locator("#finished")).to_contain_text("say why")
    assert violations(desk) == {}
    desk.goto("/approvals/R-1/cases?case=odd")
    assert violations(desk) == {}


@pytest.mark.parametrize(
    ("person", "why"),
    [("dana", "You registered this version"), ("ines", "none of your roles speaks for it"), ("milo", "the permission approve")],
)
def test_whoever_may_not_judge_reads_why(browser: Browser, asking: Site, person: str, why: str) -> None:
    for page in opened(browser, asking, address(person)):
        page.goto("/approvals/R-1/cases")
        expect(page.locator("#case .strip")).to_contain_text(why)
        assert page.locator("#case form").count() == 0


def test_a_name_that_no_case_has_and_a_rollout_that_does_not_wait_are_not_found(desk: Page) -> None:
    for path in ("/approvals/R-1/cases?case=none", "/approvals/R-9/cases"):
        answer = desk.goto(path)
        assert answer is not None
        assert answer.status == httpx2.codes.NOT_FOUND

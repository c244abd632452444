"""How somebody of IT takes a model over on the page, and what the giver sees there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.lifecycle.handing import MODEL, started, twice_live
from tests.lifecycle.lives import Life, lived
from tests.sdk.cast import address
from tests.web.conftest import Site, served, sign_in
from tests.web.test_accessibility import violations

from lamplighter.domain.stage import Duty
from lamplighter.web.main import with_pages
from lamplighter.web.routes import pages


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """A platform on which Dana asks IT for two things: to read, and to take her model."""
    folder: Path = tmp_path_factory.mktemp("handover")
    with lived(folder / "home") as life:
        twice_live(life)
        started(life)
        yield life


@pytest.fixture(scope="module")
def asking(life: Life) -> Iterator[Site]:
    yield from served(life.kit, with_pages(life.kit, pages()), [])


def opened(browser: Browser, site: Site, name: str) -> Page:
    return sign_in(browser, site, address(name)).new_page()


def test_the_giver_sees_that_nobody_shows_it_for_the_receiver(browser: Browser, asking: Site) -> None:
    page = opened(browser, asking, "dana")
    page.goto("/handover/H-1")
    expect(page.locator("#state")).to_contain_text("6 of 9 checks hold.")
    expect(page.get_by_role("button", name="Practise a rollback")).to_have_count(0)
    expect(page.get_by_role("button", name="Accept ownership")).to_have_count(0)
    expect(page.locator("#why-not")).to_contain_text("It is accepted by somebody of @it-ops who does not give it")
    page.get_by_label("Ask or answer").fill("Have you seen the feed?")
    page.get_by_role("button", name="Say it").click()
    expect(page.locator("#discussion")).to_contain_text("Have you seen the feed?")
    assert violations(page) == {}
    page.context.close()


def test_the_receiver_practises_answers_the_page_and_takes_it(browser: Browser, asking: Site, life: Life) -> None:
    page = opened(browser, asking, "ines")
    page.goto("/approvals")
    page.get_by_role("link", name="H-1: take").click()
    expect(page.get_by_role("button", name="Accept ownership")).to_be_disabled()
    for button in ("Check my access", "Practise a rollback", "Send a test page"):
        page.get_by_role("button", name=button).click(timeout=60_000)
    expect(page.locator("#drill-rollback")).to_contain_text("Shown")
    page.get_by_role("button", name="Answer the page").click()
    expect(page.locator("#state")).to_contain_text("9 of 9 checks hold.")
    assert violations(page) == {}
    page.get_by_role("button", name="Accept ownership").click()
    expect(page.locator(".said")).to_contain_text("The duties are yours")
    expect(page.locator("#state")).to_contain_text(f"Now {address('ines')} is paged, then {address('dana')}")
    assert life["rita"].status(MODEL).ownership.of(Duty.DEPLOY).accountable == "@it-ops"
    page.context.close()
    giver = opened(browser, asking, "dana")
    giver.goto(f"/m/{MODEL}")
    expect(giver.get_by_role("button", name="Roll back to v1")).to_be_disabled()
    expect(giver.locator("main")).to_contain_text("It is the duty of @it-ops since the handover H-1.")
    giver.context.close()


def test_the_receiver_hands_it_back_with_a_reason(browser: Browser, asking: Site, life: Life) -> None:
    page = opened(browser, asking, "ivo")
    page.goto("/handover/H-1")
    page.get_by_label("Which condition holds").fill("A page needs knowledge of the model.")
    page.get_by_role("button", name="Hand it back").click()
    expect(page.locator("#state")).to_contain_text("A page needs knowledge of the model.")
    assert life["rita"].status(MODEL).ownership.of(Duty.DEPLOY).accountable == address("dana")
    page.context.close()

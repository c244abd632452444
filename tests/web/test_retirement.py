"""The end of a model on the pages: announced, agreed to, ended and taken back, each by whom it is for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.lifecycle.lives import Life, lived
from tests.sdk import models
from tests.sdk.cast import address
from tests.web.conftest import Site, served, sign_in
from tests.web.test_accessibility import violations

from lamplighter.domain.retirement import State
from lamplighter.web.main import with_pages
from lamplighter.web.routes import pages

MODEL = "trains"


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    """A critical model that somebody's application is declared to call; it is live nowhere, so that nothing is started."""
    with lived(tmp_path / "home") as life:
        life.version(models.critical(MODEL, consumer=[{"name": "display", "owner": address("ines")}]))
        life.version(models.project("trains-2"))
        yield life


@pytest.fixture
def site(life: Life) -> Iterator[Site]:
    yield from served(life.kit, with_pages(life.kit, pages()), [])


def opened(browser: Browser, site: Site, person: str, path: str) -> Page:
    page = sign_in(browser, site, address(person)).new_page()
    page.goto(path)
    return page


def test_it_is_announced_and_ended_by_its_owner_and_brought_back(browser: Browser, site: Site, life: Life) -> None:
    page = opened(browser, site, "dana", f"/m/{MODEL}")
    page.get_by_role("link", name="Take it out of use").click()
    assert violations(page) == {}
    page.get_by_label("Why").fill("Nobody uses it.")
    page.get_by_label("Answers until").fill("2037-03-31")
    page.get_by_label("Successor").fill("trains-2")
    page.get_by_role("button", name="Announce it").click()
    expect(page.locator("main")).to_contain_text("The end of the model is announced.")
    found = life["rita"].retirement(MODEL).retirement
    assert (found.reason, found.sunset, found.successor) == ("Nobody uses it.", 2_122_070_400_000_000, "trains-2")
    assert violations(page) == {}
    page.goto("/approvals")
    expect(page.locator("#X-1")).to_contain_text("trains is to be retired")
    page.goto(f"/m/{MODEL}")
    expect(page.locator("main")).to_contain_text("Being retired")

    owner = opened(browser, site, "ines", f"/m/{MODEL}/retirement")
    expect(owner.locator("main")).to_contain_text("That is for dana@trains.example, who owns its management.")
    expect(owner.get_by_role("button", name="Let it end now")).to_have_count(0)
    owner.context.close()

    page.goto(f"/m/{MODEL}/retirement")
    page.get_by_role("button", name="Let it end now").click()
    expect(page.locator("main")).to_contain_text("The model is retired.")
    page.goto("/")
    expect(page.locator("#models")).not_to_contain_text("Retired since")
    page.get_by_role("link", name="Retired 1").click()
    expect(page.locator("#models")).to_contain_text("Nobody uses it.")
    assert violations(page) == {}
    page.goto(f"/m/{MODEL}/retirement")
    page.get_by_label("Why it comes back").fill("It is needed.")
    page.get_by_role("button", name="Let it be deployed again").click()
    expect(page.locator("main")).to_contain_text("The model may be deployed again")
    assert life["rita"].retirement(MODEL).retirement.state is State.REVIVED
    page.context.close()


def test_words_are_given_by_whom_they_are_asked_of(browser: Browser, site: Site, life: Life) -> None:
    life["dana"].retire(MODEL, "Nobody uses it.", successor="trains-2")
    with life.kit.store.transaction() as change:
        change.traffic.called([(MODEL, "prod", "display", 3, life.clock.now())])
    page = opened(browser, site, "ines", f"/m/{MODEL}/retirement")
    page.get_by_role("button", name="Agree for display").click()
    expect(page.locator("main")).to_contain_text("Your consent is written down.")
    expect(page.get_by_role("button", name="Agree for display")).to_have_count(0)
    page.context.close()
    assert life["rita"].retirement(MODEL).claimants[0].word is not None

"""Another threshold on the pages: what it would turn is seen before a version of it is made."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.test_retuning import MODEL, live
from tests.sdk.cast import address
from tests.web.conftest import Site, served, sign_in
from tests.web.test_accessibility import violations

from lamplighter.web.main import with_pages
from lamplighter.web.routes import pages


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    """A platform with a version that has answered two applications."""
    with lived(tmp_path / "home") as life:
        live(life)
        yield life


@pytest.fixture
def site(life: Life) -> Iterator[Site]:
    yield from served(life.kit, with_pages(life.kit, pages()), [])


def test_a_threshold_is_looked_at_and_then_made_a_version(browser: Browser, site: Site, life: Life) -> None:
    page = sign_in(browser, site, address("dana")).new_page()
    page.goto(f"/m/{MODEL}/v/1")
    page.get_by_role("link", name="What another threshold would turn").click()
    page.get_by_label("Decisions are positive from this score on").fill("0.35")
    page.get_by_role("button", name="See what turns").click()
    expect(page.locator("main")).to_contain_text("20 of 200 decisions in prod would have been others.")
    expect(page.get_by_role("row", name="travel-app")).to_contain_text("20 %")
    expect(page.get_by_role("row", name="gate-desk")).to_contain_text("its own 0.7")
    assert violations(page) == {}
    assert len(life["dana"].versions(MODEL)) == 1
    page.get_by_label("Why").fill("Passengers want to know sooner.")
    page.get_by_role("button", name="Register it").click()
    expect(page).to_have_url(f"{site.url}/m/{MODEL}/v/2?done=retuned")
    expect(page.locator("main")).to_contain_text("otherwise v1, which decides at 0.5")
    expect(page.get_by_role("row", name="travel-app").first).to_contain_text("20")
    assert violations(page) == {}
    assert life["dana"].versions(MODEL)[1].manifest.decision.threshold == 0.35


def test_whoever_only_reads_sees_what_turns_and_why_no_version_can_be_made(browser: Browser, site: Site) -> None:
    page = sign_in(browser, site, address("rita")).new_page()
    page.goto(f"/m/{MODEL}/v/1/retune?threshold=0.35")
    expect(page.get_by_role("row", name="travel-app")).to_contain_text("20")
    expect(page.locator("main")).to_contain_text("It takes the permission register")
    assert page.get_by_role("button", name="Register it").count() == 0
    page.goto(f"/m/{MODEL}/v/1/retune?threshold=7")
    expect(page.locator("main")).to_contain_text("That is no threshold.")

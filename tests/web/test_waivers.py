"""What was waived on the pages: where it is shown, who may give and end it, and what the list counts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.test_waivers import MODEL, WHY, ready, waive
from tests.sdk.cast import address
from tests.web.conftest import Site, served, sign_in
from tests.web.test_accessibility import violations

from lamplighter.lifecycle import lapsing
from lamplighter.web.main import with_pages
from lamplighter.web.routes import pages


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    """A platform on which a gate says no to a version."""
    with lived(tmp_path / "home") as life:
        version = ready(life)
        life["dana"].deploy(version.name, "prod")
        yield life


@pytest.fixture
def site(life: Life) -> Iterator[Site]:
    yield from served(life.kit, with_pages(life.kit, pages()), [])


def opened(browser: Browser, site: Site, person: str, path: str) -> Page:
    page = sign_in(browser, site, address(person)).new_page()
    page.goto(path)
    return page


def test_somebody_whose_role_may_waives_a_gate_on_the_page_of_the_version_and_ends_it(
    browser: Browser, site: Site, life: Life
) -> None:
    page = opened(browser, site, "rita", f"/m/{MODEL}/v/1")
    page.get_by_text("Waive performance in prod").click()
    page.get_by_label("Days, 30 at most").fill("14")
    page.get_by_label("Why you take that on").fill(WHY)
    page.get_by_role("button", name="Waive performance", exact=True).click()
    expect(page.locator("main")).to_contain_text("The waiver is written down.")
    expect(page.locator("h1")).to_contain_text("W-1")
    expect(page.locator("main")).to_contain_text(WHY)
    assert violations(page) == {}
    life["dana"].deploy(f"{MODEL}@1", "prod")
    page.goto(f"/m/{MODEL}/v/1")
    expect(page.locator("#decision-1 .waived")).to_contain_text(WHY)
    expect(page.locator("main")).to_contain_text("in force")
    assert violations(page) == {}
    page.goto("/approvals/R-1")
    expect(page.locator(".waived")).to_contain_text("W-1")
    page.goto("/waivers/W-1")
    page.get_by_label("Why").fill("We were wrong.")
    page.get_by_role("button", name="End the waiver").click()
    expect(page.locator("main")).to_contain_text("The waiver is over.")
    assert life["rita"].waiver("W-1").end_why == "We were wrong."
    page.context.close()


@pytest.mark.parametrize(("person", "why"), [("dana", "You registered this version"), ("ines", "That takes the role risk.")])
def test_whoever_may_not_reads_why(browser: Browser, site: Site, person: str, why: str) -> None:
    page = opened(browser, site, person, f"/m/{MODEL}/v/1")
    expect(page.get_by_role("button", name="Waive performance in prod")).to_be_disabled()
    expect(page.locator("main")).to_contain_text(why)
    page.context.close()


def test_one_that_is_over_calls_from_the_model_and_is_counted_in_the_list(browser: Browser, site: Site, life: Life) -> None:
    with life.kit.store.reading() as look:
        version = look.versions.newest(MODEL)
    assert version is not None
    waive(life, version, days=1)
    life.appoint(version)
    life.clock.forward(2 * 86_400)
    lapsing.watch(life.kit)
    page = opened(browser, site, "dana", f"/m/{MODEL}")
    expect(page.locator("#open")).to_contain_text("Waiver over")
    for path, says in (("/", "1 waiver"), ("/waivers", "Over, not seen to"), ("/waivers/W-1", "Mend what the gate says")):
        page.goto(path)
        expect(page.locator("main")).to_contain_text(says)
        assert violations(page) == {}
    expect(page.locator("main")).to_contain_text("It is over.")
    page.context.close()

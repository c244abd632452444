"""Versions side by side on the pages: reached from the model and from a version, read at a glance, chosen by hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.lifecycle.lives import Life, lived
from tests.sdk.cast import address
from tests.views.test_version_comparison import BAD, GOOD, LABELS, LIKE, MODEL, brought
from tests.web.conftest import Site, served, sign_in
from tests.web.test_accessibility import violations

from lamplighter.web.main import with_pages
from lamplighter.web.routes import pages


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    """A live version, one that is worse, one like it, and one of another set."""
    with lived(tmp_path / "home") as life:
        life.appoint(brought(life, GOOD))
        brought(life, BAD), brought(life, LIKE), brought(life, BAD, labels=[1.0 - label for label in LABELS])
        yield life


@pytest.fixture
def site(life: Life) -> Iterator[Site]:
    yield from served(life.kit, with_pages(life.kit, pages()), [])


def test_versions_are_seen_beside_the_live_one_and_others_are_chosen(browser: Browser, site: Site) -> None:
    page = sign_in(browser, site, address("rita")).new_page()
    page.goto(f"/m/{MODEL}/v/2")
    page.get_by_role("link", name="Beside v1, live in prod").click()
    expect(page.get_by_role("row", name="auc higher is better").first).to_contain_text("worse")
    expect(page.get_by_role("row", name="auc higher is better").first).to_contain_text("best")
    assert violations(page) == {}
    page.goto(f"/m/{MODEL}")
    page.get_by_role("link", name="Side by side").click()
    expect(page.locator("main")).to_contain_text("It was evaluated on another set")
    expect(page.get_by_role("region", name="Apart")).to_contain_text("v4")
    page.get_by_label("v2").uncheck()
    page.get_by_label("v4").uncheck()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("row", name="auc higher is better").first).to_contain_text("not enough evidence")
    assert page.get_by_role("region", name="Apart").count() == 0
    assert violations(page) == {}
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390

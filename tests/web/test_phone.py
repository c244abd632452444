"""What somebody does with a thumb at night: a narrow screen that is touched, in a real browser."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.web.conftest import Site, sign_in

from lamplighter.domain.incident import State

WIDTH, HEIGHT = 390, 844
#: Smallest side of what a thumb hits, CSS pixels (WCAG 2.2, target size of level AAA).
THUMB = 44


def phone(browser: Browser, site: Site) -> Iterator[Page]:
    context = sign_in(browser, site, viewport={"width": WIDTH, "height": HEIGHT}, has_touch=True, is_mobile=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    yield from phone(browser, site)


@pytest.fixture
def own_page(browser: Browser, own: Site) -> Iterator[Page]:
    yield from phone(browser, own)


def tap(button: Locator) -> None:
    """A touch of what is large enough for it."""
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= THUMB
    assert box["width"] >= THUMB
    button.tap()


def test_a_rollback_takes_three_taps(page: Page, site: Site) -> None:
    page.set_viewport_size({"width": WIDTH, "height": 600})
    page.goto("/incidents")
    page.get_by_role("link", name=re.compile("^I-2 ")).tap()
    tap(page.locator("#safe-action > summary"))
    sheet = page.locator("#safe-action .sheet")
    assert "v7 answers every request in prod" in sheet.inner_text()
    expect(sheet.locator("button.primary")).to_be_in_viewport(ratio=1, timeout=5_000)
    tap(sheet.locator("button.primary"))
    page.locator(".said", has_text="Rolled back.").wait_for()
    assert site.asked[-1] == ("churn", "prod", 7, "I-2", 8)


def test_an_incident_is_snoozed_with_its_reason_and_says_until_when(own_page: Page, own: Site) -> None:
    own_page.goto("/incidents/I-1")
    form = own_page.locator("form.say[action$=snooze]")
    tap(form.get_by_role("button"))
    assert own.incident("I-1").state is State.OPEN, "it takes a time and a reason"
    form.get_by_label("For how long").fill("2h")
    form.get_by_label("Reason").fill("the source is back at noon")
    with own_page.expect_navigation():
        tap(form.get_by_role("button"))
    assert own.incident("I-1").state is State.SNOOZED
    assert "Quiet until" in own_page.locator("#state").inner_text()
    assert "the source is back at noon" in own_page.locator("#notes").inner_text()


def test_an_incident_is_given_to_somebody_who_then_has_it(own_page: Page, own: Site) -> None:
    own_page.goto("/incidents/I-1")
    form = own_page.locator("form.say[action$=assign]")
    form.get_by_label("To whom").fill("nobody-here")
    with own_page.expect_navigation():
        tap(form.get_by_role("button"))
    assert own_page.locator(".refusal").count() == 1
    own_page.goto("/incidents/I-1")
    form.get_by_label("To whom").fill("@data-science")
    with own_page.expect_navigation():
        tap(form.get_by_role("button"))
    assert own.incident("I-1").assignee == "@data-science"
    assert "given to @data-science" in own_page.locator("#people").inner_text()


@pytest.mark.parametrize("path", ["/", "/incidents", "/incidents/I-2", "/m/churn", "/m/churn/monitor", "/audit", "/help"])
def test_nothing_is_wider_than_the_screen(page: Page, path: str) -> None:
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH


def test_what_happened_is_read_without_moving_the_journal(page: Page) -> None:
    page.goto("/audit")
    ends = page.locator(".journal td:last-child").evaluate_all(
        "cells => cells.map((cell) => cell.getBoundingClientRect().right)"
    )
    assert ends
    assert max(ends) <= WIDTH

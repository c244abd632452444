"""The main pages against the rules of axe-core, in both colour schemes, on a desk and on a phone."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, BrowserContext, Page
from tests.web.conftest import Site

PATHS = (
    "/",
    "/m/late-flights",
    "/m/late-flights/monitor",
    "/m/late-flights/why",
    "/m/late-flights/who",
    "/m/late-flights/v/2",
    "/incidents/I-1",
    "/incidents/I-2",
    "/incidents",
    "/approvals",
    "/rollouts",
    "/audit",
    "/owners",
    "/feeds",
    "/affected?what=weather",
    "/policy",
    "/report",
    "/m/late-flights/hand-over",
    "/help",
)
#: Scheme, width and rules. Of the dark scheme nothing but its colours can break a rule, and a phone has those of a desk.
LOOKS: tuple[tuple[Any, int, dict[str, Any]], ...] = (
    ("light", 390, {}),
    ("light", 1280, {}),
    ("dark", 1280, {"runOnly": ["color-contrast"]}),
)
_AXE = Axe().axe_script


def violations(page: Page) -> dict[str, list[str]]:
    """Where a page breaks a rule, by rule, in both schemes and widths."""
    found: dict[str, list[str]] = {}
    page.evaluate(_AXE)
    for scheme, width, rules in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        asked = json.dumps({**rules, "resultTypes": ["violations"]})
        for rule in page.evaluate(f"axe.run({asked}).then((found) => found.violations)"):
            where = [" ".join(map(str, node["target"])) for node in rule["nodes"]]
            found.setdefault(f"{rule['id']} ({rule['impact']})", []).append(f"{scheme}, {width} px: {where}")
    return found


@pytest.mark.parametrize("path", PATHS)
def test_a_page_breaks_no_rule(page: Page, path: str) -> None:
    page.goto(path)
    assert violations(page) == {}


@pytest.fixture
def stranger(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=site.url)
    yield context
    context.close()


def test_the_page_to_sign_in_breaks_no_rule(stranger: BrowserContext) -> None:
    page = stranger.new_page()
    page.goto("/sign-in")
    assert violations(page) == {}


@pytest.mark.parametrize(
    ("colour", "scheme"), [("#bbb", "light"), ("#333", "dark")], ids=["pale on white", "dark grey on the dark ground"]
)
def test_rules_that_are_broken_are_seen(stranger: BrowserContext, colour: str, scheme: str) -> None:
    page = stranger.new_page()
    page.goto("/sign-in")
    page.evaluate("document.documentElement.removeAttribute('lang')")
    page.evaluate(f"document.querySelector('h1').style.color = '{colour}'")
    assert violations(page) == {
        "html-has-lang (serious)": [f"light, {width} px: ['html']" for width in (390, 1280)],
        "color-contrast (serious)": [f"{look}, {width} px: ['h1']" for look, width, _ in LOOKS if look == scheme],
    }

"""The rule book on its page: what is in force, what each one changed, and what another would have done."""

from playwright.sync_api import Browser, expect
from tests.domain import specimens
from tests.web import seed
from tests.web.conftest import Site, sign_in
from tests.web.test_accessibility import violations

from lamplighter.domain.identity import PLATFORM
from lamplighter.lifecycle import policies


def test_the_page_tells_what_is_in_force_and_what_another_would_have_done(browser: Browser, own: Site) -> None:
    starter = specimens.starter_text()
    stricter = starter.replace("version = 1", "version = 2").replace("expires_after_days = 365", "expires_after_days = 300")
    policies.change(own.kit, PLATFORM, stricter, "Once a year was too rare.")
    context = sign_in(browser, own, seed.RITA)
    page = context.new_page()
    page.goto("/policy")
    expect(page.locator("h1")).to_have_text("Rule book: starter 2")
    expect(page.locator("#tier-mission-critical")).to_contain_text("business, IT")
    expect(page.locator("#tier-internal")).to_contain_text("load_check")
    page.get_by_role("link", name="What it changed").click()
    expect(page.locator("#versions tbody")).to_contain_text("internal.expires_after_days")
    assert violations(page) == {}
    page.get_by_label("A rule book in TOML").fill("version = ")
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("#refused")).to_contain_text("The policy file is not valid.")
    page.get_by_label("A rule book in TOML").fill(stricter.replace('approvals = ["business", "it"]', 'approvals = ["risk"]'))
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("#tried")).to_contain_text("mission-critical.levels.production.approvals")
    expect(page.locator("#tried")).to_contain_text("Nothing was changed.")
    assert violations(page) == {}
    assert own.kit.policy.version == 2
    context.close()

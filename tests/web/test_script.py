"""What the script adds: parts that refresh themselves, keys, and colours."""

import msgspec
from playwright.sync_api import Browser, Page, expect
from tests.web import seed
from tests.web.conftest import Site, sign_in

from lamplighter.web import assets


def test_a_page_refreshes_itself_and_leaves_an_open_sheet_alone(page: Page, site: Site) -> None:
    page.goto("/m/price-001")
    page.locator("#traffic-data > summary").click()
    expect(page.locator("#freshness")).to_have_text("Live.")
    seed.traffic(site.kit, "price-001", 1, hourly=5000)
    expect(page.locator(".tiles dd").first).not_to_have_text("1,128")
    assert page.locator("#traffic-data").get_attribute("open") is not None

    page.goto("/rollouts/R-6")
    page.get_by_text("Stop the rollout of v2", exact=True).first.click()
    with site.kit.store.transaction() as change:
        rollout = change.rollouts.find(id="R-6")
        assert rollout is not None
        change.rollouts.put(msgspec.structs.replace(rollout, why="The limits still hold."))
    expect(page.locator("#state")).to_contain_text("The limits still hold.")
    assert page.locator("#actions .sheet button.primary:visible").inner_text() == "Stop the rollout of v2"


def test_keys_lead_to_pages_and_can_be_turned_off(browser: Browser, site: Site) -> None:
    context = sign_in(browser, site)
    page = context.new_page()
    page.goto("/audit")
    page.keyboard.press("g")
    page.keyboard.press("f")
    page.wait_for_url(f"{site.url}/")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == "churn"
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.textContent") == "churn"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("gap")
    assert page.locator("#search").input_value() == "gap"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement === document.body")
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url(f"{site.url}/approvals")
    page.keyboard.press("?")
    page.wait_for_url(f"{site.url}/help")
    page.get_by_role("button", name="Turn single-letter keys off").click()
    page.keyboard.press("g")
    page.keyboard.press("f")
    page.keyboard.press("/")
    assert page.url == f"{site.url}/help"
    assert page.evaluate("document.activeElement.id") != "search"
    context.close()


def test_escape_closes_the_sheet_and_gives_the_focus_back(page: Page) -> None:
    page.goto("/incidents/I-2")
    page.locator("#safe-action > summary").focus()
    page.keyboard.press("Enter")
    assert page.locator("#safe-action .sheet").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#safe-action .sheet").is_visible()
    assert page.evaluate("document.activeElement.textContent") == "Roll back to v7"


def test_a_whole_rollback_can_be_reached_by_tab(page: Page) -> None:
    page.goto("/incidents/I-2")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Roll back to v7":
            break
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    focused = page.evaluate("[document.activeElement.tagName, document.activeElement.textContent]")
    assert focused == ["BUTTON", "Roll back to v7"]
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "2px"


def test_colours_follow_the_system_and_can_be_chosen(browser: Browser, site: Site) -> None:
    context = sign_in(browser, site, color_scheme="dark")
    page = context.new_page()
    page.goto("/")
    background = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(background) == "rgb(15, 19, 25)"
    page.locator(".person > summary").click()
    page.get_by_role("button", name="Light").click()
    assert page.evaluate(background) == "rgb(255, 255, 255)"
    page.reload()
    assert page.evaluate(background) == "rgb(255, 255, 255)"
    page.locator(".person > summary").click()
    page.get_by_role("button", name="System").click()
    page.reload()
    assert page.evaluate(background) == "rgb(15, 19, 25)"
    context.close()


def test_scripts_are_small() -> None:
    sizes = {name: len(asset.content) for name, asset in assets.assets().items() if name.endswith(".js")}
    assert set(sizes) == {"lamp.js", "keys.js", "sign-in.js", "cards.js"}
    assert max(sizes.values()) < 4000

"""The feeds on their page, and what a change of one reaches."""

from playwright.sync_api import Page, expect


def test_a_feed_leads_to_what_its_change_reaches(page: Page) -> None:
    page.goto("/feeds")
    expect(page.locator("#feeds")).to_contain_text("weather")
    page.get_by_role("link", name="weather", exact=True).click()
    expect(page.locator("#sentence")).to_contain_text("A change of weather reaches 2 models: 1 live, 2 critical")
    expect(page.locator("#models")).to_contain_text("v2 in prod")
    page.get_by_label("A table, one of its columns").fill("wether")
    page.get_by_role("button", name="See what it reaches").click()
    expect(page.locator("#refused")).to_contain_text("There is no source, model or column of that name.")

"""Who calls a model, what a version does to them, and the word of their owners, in a real browser."""

import pytest
from playwright.sync_api import Browser, expect
from tests.web import seed
from tests.web.conftest import Site, sign_in

from lamplighter.domain.route import Arm
from lamplighter.store.version_hours import VersionHour
from lamplighter.web.numbers import NOTHING

VERSION = "/m/late-flights/v/3"


def test_a_model_shows_who_calls_and_who_fell_silent(browser: Browser, own: Site) -> None:
    context = sign_in(browser, own, seed.ADA)
    page = context.new_page()
    page.goto("/m/late-flights")
    rows = page.get_by_role("group", name="Consumers").locator("tbody tr").all_inner_texts()
    found = [row.split("\t")[:3] for row in rows]
    assert found == [
        ["nightly-report", "@it-ops", "registered"],
        ["ops-dashboard", seed.BEA, "declared"],
        ["spreadsheet-macro", "nobody", "unknown"],
    ]
    assert ["silent" in row for row in rows] == [True, False, False]
    assert [row.split("\t")[-2:] for row in rows] == [[NOTHING, NOTHING], ["0.2 %", "10 ms"], ["0 %", "10 ms"]]
    # Nobody can call what is not live yet.
    page.goto("/m/returns-fraud")
    expect(page.locator("[aria-label=Consumers]")).to_contain_text("ops-dashboard")
    expect(page.locator("[aria-label=Consumers]")).not_to_contain_text("silent")
    expect(page.locator("#people .now")).to_have_text("WaitsThe acceptance of IT is missing.")
    page.goto("/m/late-flights/monitor")
    rows = page.get_by_role("group", name="Service by consumer", exact=True).locator("tbody tr").all_inner_texts()
    assert [row.split("\t") for row in rows] == [
        ["ops-dashboard", "6,150", "0.2 %", "0", "2.5 ms", "10 ms", "25 ms"],
        ["spreadsheet-macro", "3", "0 %", "9", "2.5 ms", "10 ms", "25 ms"],
    ]
    context.close()


def test_a_trial_that_fails_one_consumer_only_is_told_apart(browser: Browser, own: Site) -> None:
    second = own.kit.clock.now() // 1_000_000 // 3600 * 3600
    asked = (
        ("ops-dashboard", 2, Arm.CHAMPION, 40, 0),
        ("ops-dashboard", 3, Arm.CHALLENGER, 12, 12),
        ("spreadsheet-macro", 2, Arm.CHAMPION, 9, 0),
    )
    with own.kit.store.transaction() as change:
        change.version_hours.add(
            [
                VersionHour("late-flights", "prod", name, number, arm, second, requests, failures)
                for name, number, arm, requests, failures in asked
            ]
        )
    context = sign_in(browser, own, seed.ADA)
    page = context.new_page()
    page.goto("/m/late-flights/monitor")
    rows = page.get_by_role("group", name="Service by consumer and version").locator("tbody tr").all_inner_texts()
    # A consumer that knows one version only has nothing to compare.
    assert [row.split("\t")[:4] for row in rows] == [
        ["ops-dashboard", "v2 champion", "40", "0 %"],
        ["ops-dashboard", "v3 challenger only here", "12", "100 %"],
    ]
    page.goto("/m/late-flights")
    rows = page.get_by_role("group", name="Consumers").locator("tbody tr").all_inner_texts()
    assert ["v3 fails" in row for row in rows] == [False, True, False]
    context.close()


def test_only_the_owner_is_asked_and_the_word_is_kept(browser: Browser, own: Site) -> None:
    stranger = sign_in(browser, own, seed.ADA)
    page = stranger.new_page()
    page.goto(VERSION)
    assert page.get_by_role("button", name="Accept for").count() == 0
    tiles = page.locator("#consumer-2 .tiles dd").all_inner_texts()
    assert tiles[:5] == ["0 of 500", "15 of 500", "11", "4", "0.0240"]
    stranger.close()
    context = sign_in(browser, own, seed.BEA)
    page = context.new_page()
    page.goto(VERSION)
    page.locator("#consumer-2").get_by_label("Reason").fill("Fewer late surprises.")
    page.get_by_role("button", name="Accept for ops-dashboard").click()
    assert page.get_by_text("Your consent is written down.").is_visible()
    assert page.locator("#consumer-2 h3").inner_text() == f"Consented ops-dashboard {seed.BEA}"
    with own.kit.store.reading() as look:
        (word,) = look.consents.all()
    assert (word.consumer, word.person, word.accepted, word.reason) == (
        "ops-dashboard", seed.BEA, True, "Fewer late surprises.",
    )  # fmt: skip
    context.close()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", ["/m/late-flights", VERSION])
def test_the_cards_fit(browser: Browser, own: Site, path: str, width: int) -> None:
    context = sign_in(browser, own, seed.IVO, viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(path)
    assert page.locator("#consumers").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()

"""Look-alikes on the pages: one item, what stands apart before the others, one act; and what was accepted by itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.retrains import asked, govern, trained
from tests.lifecycle.test_auto_approval import ALL
from tests.sdk import models
from tests.sdk.cast import address
from tests.web.conftest import Site, served, sign_in
from tests.web.test_accessibility import violations

from lamplighter.domain.events.version import VersionAccepted
from lamplighter.sdk.answers import Facts
from lamplighter.web.main import with_pages
from lamplighter.web.routes import pages


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    with lived(tmp_path / "home") as life:
        govern(life)
        for place, name in enumerate(("demand-bergen", "demand-oslo", "demand-voss")):
            asked(life, name, better=place / 1000)
        asked(life, "demand-skien", better=-0.12)
        yield life


@pytest.fixture
def site(life: Life) -> Iterator[Site]:
    yield from served(life.kit, with_pages(life.kit, pages()), [])


def test_one_act_accepts_them_and_names_what_was_left_out(browser: Browser, site: Site, life: Life) -> None:
    ivo = sign_in(browser, site, address("ivo")).new_page()
    ivo.set_viewport_size({"width": 390, "height": 844})
    ivo.goto("/approvals")
    cards = ivo.locator(".cards > li")
    expect(cards).to_have_count(2)
    expect(cards.nth(0)).to_contain_text("3 look-alikes for prod")
    expect(cards.nth(0)).to_contain_text("apart demand-skien v2")
    expect(cards.nth(1)).to_contain_text("(-12.0%), more than 5 %.")
    cards.nth(0).get_by_role("link", name="Read and decide").click()
    expect(ivo.locator("section").first).to_contain_text("demand-skien v2 apart")
    assert violations(ivo) == {}
    assert ivo.evaluate("document.documentElement.scrollWidth <= innerWidth")
    life["dana"].add_evidence("demand-oslo@2", Facts(kind="fairness", facts={"gap": 0.2}))
    ivo.get_by_role("button", name="Accept these 3").click()
    expect(ivo.locator("h1")).to_have_text("2 of 3 are accepted")
    expect(ivo.locator("main")).to_contain_text("demand-oslo@2: demand-oslo@2 is not what it was.")
    assert violations(ivo) == {}
    assert [event.model for event in life.events(VersionAccepted)] == ["demand-bergen", "demand-voss"]
    ivo.context.close()


def test_a_spot_check_is_judged_bad_and_lifted(browser: Browser, site: Site, life: Life) -> None:
    govern(life, internal=ALL)
    life["dana"].stop(life["dana"].rollouts("demand-oslo")[0].id)
    life["dana"].deploy(trained(life, models.project("demand-oslo"), seed=3).name, "prod")
    rita = sign_in(browser, site, address("rita")).new_page()
    rita.goto("/approvals")
    rita.get_by_role("link", name="S-1: check demand-oslo v3 in prod").click()
    expect(rita.locator("main")).to_contain_text("acceptance auto-approved No person's word")
    assert violations(rita) == {}
    rita.get_by_label("What you looked at").fill("It was trained on rows of one week.")
    rita.get_by_role("button", name="It is bad").click()
    expect(rita.locator("#state")).to_contain_text("People accept versions of demand-oslo until somebody lifts that.")
    assert violations(rita) == {}
    rita.goto("/m/demand-oslo")
    expect(rita.locator("#open")).to_contain_text("S-1 of v3 in prod: It was trained on rows of one week.")
    rita.goto("/spot-checks/S-1")
    rita.get_by_label("What was mended").fill("The window is a year again.")
    rita.get_by_role("button", name="Lift it").click()
    expect(rita.locator("#state")).to_contain_text("rita@trains.example lifted what followed")
    assert life["rita"].spot_checks() == []
    rita.context.close()

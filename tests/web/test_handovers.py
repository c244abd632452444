"""How somebody of IT takes a model over on the page, and what the giver sees there."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect
from tests.lifecycle.handing import MODEL, RUNBOOK, twice_live
from tests.lifecycle.lives import Life, lived
from tests.sdk.cast import address
from tests.web.conftest import Site, served, sign_in
from tests.web.test_accessibility import violations

from lamplighter.domain.errors import NotAllowed
from lamplighter.domain.rollout import Phase
from lamplighter.domain.stage import Duty
from lamplighter.domain.steps import Steps
from lamplighter.web.main import with_pages
from lamplighter.web.routes import pages


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """A platform on which Dana has a model that can be handed over."""
    folder: Path = tmp_path_factory.mktemp("handover")
    with lived(folder / "home") as life:
        twice_live(life)
        yield life


@pytest.fixture(scope="module")
def asking(life: Life) -> Iterator[Site]:
    yield from served(life.kit, with_pages(life.kit, pages()), [])


def opened(browser: Browser, site: Site, name: str) -> Page:
    return sign_in(browser, site, address(name)).new_page()


def test_the_owner_of_the_deployment_starts_it_on_the_page(browser: Browser, asking: Site, life: Life) -> None:
    other = opened(browser, asking, "ivo")
    for path in (f"/m/{MODEL}/hand-over", f"/m/{MODEL}"):
        other.goto(path)
        expect(other.locator("#why-not, #hand-over")).to_contain_text(f"It is {address('dana')}'s to deploy")
    other.goto("/owners")
    expect(other.get_by_role("link", name="Hand over")).to_have_count(0)
    other.context.close()
    page = opened(browser, asking, "dana")
    page.goto("/owners")
    expect(page.locator("#loads")).to_contain_text("@it-ops")
    assert violations(page) == {}
    page.get_by_role("link", name=f"Hand over {MODEL}").click()
    page.goto(f"/m/{MODEL}/hand-over?to={address('dana')}")
    expect(page.locator("#refused")).to_contain_text("Nobody hands a model over to themselves.")
    page.get_by_label("Who takes it").select_option("@it-ops")
    page.get_by_role("button", name="See what that takes").click()
    expect(page.locator("main")).to_contain_text("checks hold already")
    assert violations(page) == {}
    page.get_by_label("What should be done first when it fails?").fill(RUNBOOK["runbook"])
    page.get_by_role("button", name="Ask @it-ops to take it").click()
    expect(page.locator(".said")).to_contain_text("They are asked to take it.")
    assert [one.answers for one in life["dana"].handovers(MODEL)] == [RUNBOOK]
    page.goto(f"/m/{MODEL}/hand-over")
    expect(page.locator("#why-not")).to_contain_text("H-1 asks @it-ops for it already.")
    page.context.close()


def test_the_giver_sees_that_nobody_shows_it_for_the_receiver(browser: Browser, asking: Site) -> None:
    page = opened(browser, asking, "dana")
    page.goto("/handover/H-1")
    expect(page.locator("#state")).to_contain_text("6 of 9 checks hold.")
    expect(page.get_by_role("button", name="Practise a rollback")).to_have_count(0)
    expect(page.get_by_role("button", name="Accept ownership")).to_have_count(0)
    expect(page.locator("#why-not")).to_contain_text("It is accepted by somebody of @it-ops who does not give it")
    page.get_by_label("Ask or answer").fill("Have you seen the feed?")
    page.get_by_role("button", name="Say it").click()
    expect(page.locator("#discussion")).to_contain_text("Have you seen the feed?")
    assert violations(page) == {}
    page.context.close()


def test_the_receiver_practises_answers_the_page_and_takes_it(browser: Browser, asking: Site, life: Life) -> None:
    page = opened(browser, asking, "ines")
    page.goto("/approvals")
    page.get_by_role("link", name="H-1: take").click()
    expect(page.get_by_role("button", name="Accept ownership")).to_be_disabled()
    for button in ("Check my access", "Practise a rollback", "Send a test page"):
        page.get_by_role("button", name=button).click(timeout=60_000)
    expect(page.locator("#drill-rollback")).to_contain_text("Shown")
    page.get_by_role("button", name="Answer the page").click()
    expect(page.locator("#state")).to_contain_text("9 of 9 checks hold.")
    assert violations(page) == {}
    page.get_by_role("button", name="Accept ownership").click()
    expect(page.locator(".said")).to_contain_text("The duties are yours")
    expect(page.locator("#state")).to_contain_text(f"Now {address('ines')} is paged, then {address('dana')}")
    assert life["rita"].status(MODEL).ownership.of(Duty.DEPLOY).accountable == "@it-ops"
    page.context.close()
    giver = opened(browser, asking, "dana")
    giver.goto(f"/m/{MODEL}")
    expect(giver.get_by_role("button", name="Roll back to v1")).to_be_disabled()
    expect(giver.locator("main")).to_contain_text("It is the duty of @it-ops since the handover H-1.")
    giver.context.close()


def test_the_buttons_of_a_rollout_say_whose_they_are_now(browser: Browser, asking: Site, life: Life) -> None:
    came = life["dana"].rollouts(MODEL)[0]
    giver, taker = opened(browser, asking, "dana"), opened(browser, asking, "ines")
    for page in (giver, taker):
        page.goto(f"/rollouts/{came.id}")
    expect(giver.get_by_role("button", name="Roll back to v1")).to_be_disabled()
    expect(taker.locator("#actions summary")).to_contain_text("Roll back to v1")
    going = msgspec.structs.replace(came, id="R-90", phase=Phase.SHIFTING, plan=Steps(steps=(10, 100)), step=0)
    with life.kit.store.transaction() as change:
        change.rollouts.add(going)
    for steer in (life["dana"].pause, life["dana"].stop):
        with pytest.raises(NotAllowed):
            steer("R-90")
    for page in (giver, taker):
        page.goto("/rollouts/R-90")
    why = "It is the duty of @it-ops since the handover H-1. Ask ines@trains.example."
    expect(giver.locator(".cannot .why")).to_have_text([why] * 2)
    assert violations(giver) == {}
    expect(taker.locator("#actions summary")).to_have_text(["Pause the rollout of v2", "Stop the rollout of v2"])
    over = msgspec.structs.replace(going, phase=Phase.WITHDRAWN, revision=going.revision + 1)
    with life.kit.store.transaction() as change:
        change.rollouts.replace(over, revision=going.revision)
    for page in (giver, taker):
        page.context.close()


def test_the_receiver_hands_it_back_with_a_reason(browser: Browser, asking: Site, life: Life) -> None:
    page = opened(browser, asking, "ivo")
    page.goto("/handover/H-1")
    page.get_by_label("Which condition holds").fill("A page needs knowledge of the model.")
    page.get_by_role("button", name="Hand it back").click()
    expect(page.locator("#state")).to_contain_text("A page needs knowledge of the model.")
    assert life["rita"].status(MODEL).ownership.of(Duty.DEPLOY).accountable == address("dana")
    page.context.close()

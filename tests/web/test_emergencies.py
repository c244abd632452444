"""How an emergency is declared on the pages, what it leaves there, and its review; a rollout that is held, and one that asks
hooks."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, expect
from tests.domain import specimens
from tests.lifecycle.calendars import frozen_life
from tests.sdk import models
from tests.sdk.cast import address
from tests.web import seed
from tests.web.conftest import Site, served, sign_in
from tests.web.test_accessibility import violations

from lamplighter.domain.hold import Hold
from lamplighter.domain.hook import Answer, Hook, Moment, OnFailure
from lamplighter.domain.rollout import Phase
from lamplighter.web.main import with_pages
from lamplighter.web.routes import pages

MODEL = "late-flights"


@pytest.fixture(scope="module")
def declared(own: Site) -> Site:
    """A platform with an emergency that nobody has reviewed and a rollout that is held."""
    with own.kit.store.transaction() as change:
        version = change.versions.newest(MODEL)
        assert version is not None
        now = own.kit.clock.now()
        told: dict[str, Any] = {"model": MODEL, "number": version.number, "version": version.digest, "opened_at": now}
        said = Answer(Moment.BEFORE, 0, "tickets", 1, 503, 0.25, "It answered 503.", now)
        asked = specimens.rollout(Phase.WITHDRAWN, **{**told, "id": "R-701"}, emergency="E-1", answers=(said,))
        hooks = (Hook("tickets", OnFailure.CONTINUE), Hook("load", OnFailure.STOP))
        change.rollouts.add(replace(asked, before=hooks))
        hold = Hold(rule="freeze year-end", why="The books are closed.", until=now + 86_400_000_000)
        held = specimens.rollout(Phase.PENDING, **{**told, "id": "R-702", "environment": "staging"}, hold=hold)
        change.rollouts.add(held)
        change.emergencies.add(
            specimens.emergency(**told, person=seed.ADA, author=seed.ADA, owner=seed.BEA, rollout="R-701", due_at=1)
        )
    return own


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/approvals", "E-1: review the emergency"),
        ("/emergencies/E-1", "passed"),
        (f"/m/{MODEL}", "past freeze year-end"),
        ("/rollouts/R-701", "try 1 of 1: It answered 503."),
        ("/rollouts/R-702", "by the freeze year-end: The books are closed."),
    ],
)
def test_pages_say_so_and_break_no_rule(browser: Browser, declared: Site, path: str, says: str) -> None:
    context = sign_in(browser, declared, seed.BEA)
    page = context.new_page()
    page.goto(path)
    expect(page.locator("main")).to_contain_text(says, ignore_case=True)
    assert violations(page) == {}
    context.close()


def test_a_second_person_closes_the_review_with_words_and_the_first_cannot(browser: Browser, declared: Site) -> None:
    context = sign_in(browser, declared, seed.ADA)
    page = context.new_page()
    page.goto("/emergencies/E-1")
    expect(page.locator("main")).to_contain_text("the review has to come from somebody else")
    assert page.locator("form.sign").count() == 0
    context.close()
    context = sign_in(browser, declared, seed.BEA)
    page = context.new_page()
    page.goto("/emergencies/E-1")
    expect(page.locator("#state")).to_contain_text("that is over")
    page.locator("textarea").fill("Read the requests of that hour; the answers are right.")
    page.get_by_role("button", name="Close the review").click()
    expect(page.locator("#state")).to_contain_text(f"Reviewed {seed.BEA} looked at it")
    expect(page.locator("main")).to_contain_text("the answers are right.")
    page.goto("/approvals")
    expect(page.locator("main")).not_to_contain_text("E-1")
    context.close()


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Site]:
    """A platform that is frozen, with a rollout of a real version that the calendar holds."""
    with frozen_life(tmp_path, -1, 30) as life:
        version = life.version(models.project("trains"))
        asked = life["dana"].deploy(version.name, "prod").rollout
        assert asked is not None
        assert asked.id == "R-1"
        assert asked.hold is not None
        yield from served(life.kit, with_pages(life.kit, pages()), [])


WHY = "Every second answer is wrong since noon."


def test_whoever_deploys_declares_an_emergency_for_a_held_rollout_and_nobody_else(browser: Browser, held: Site) -> None:
    context = sign_in(browser, held, address("ines"))
    page = context.new_page()
    page.goto("/rollouts/R-1")
    expect(page.get_by_role("button", name="Declare an emergency")).to_be_disabled()
    expect(page.locator("#actions")).to_contain_text(f"To declare an emergency is the duty of {models.OWNER}.")
    context.close()
    context = sign_in(browser, held, models.OWNER)
    page = context.new_page()
    page.goto("/rollouts/R-1")
    page.locator("summary", has_text="Declare an emergency").click()
    sheet = page.locator(".sheet:visible")
    facts = dict(zip(sheet.locator("dt").all_inner_texts(), sheet.locator("dd").all_inner_texts(), strict=True))
    assert facts == {
        "Rollout": "R-1: trains v1 into prod",
        "Passes": "freeze closing",
        "Effect": "It goes on at once. Every other gate is asked, and its limits hold.",
        "Told": "Everybody with a duty of the model, at once and through every channel.",
        "Review": "A second person is asked to look at it, within three days unless the rule book says otherwise. You cannot "
        "close it. Until then trains is on watch, and its next version waits before prod.",
    }
    expect(sheet.locator("code")).to_contain_text("lamp deploy trains@1 --env prod --emergency --reason WHY")
    assert violations(page) == {}
    sheet.get_by_role("button", name="Declare an emergency").click()
    # Without a reason nothing is declared.
    assert page.url.endswith("/rollouts/R-1")
    sheet.locator("textarea").fill(WHY)
    sheet.get_by_role("button", name="Declare an emergency").click()
    page.wait_for_url("**/emergencies/E-1?done=declared")
    expect(page.locator("main")).to_contain_text("You declared it, so the review has to come from somebody else.")
    expect(page.locator(".top")).to_contain_text("Approvals 1")
    page.goto("/rollouts/R-1")
    expect(page.locator("main")).to_contain_text("in the emergency E-1")
    expect(page.locator("#actions")).not_to_contain_text("Declare")
    context.close()
    with held.kit.store.reading() as look:
        (one,) = look.emergencies.all()
        assert [(rollout.id, rollout.emergency, rollout.hold) for rollout in look.rollouts.all()] == [("R-1", "E-1", None)]
    assert (one.person, one.why, one.passed, one.rollout) == (models.OWNER, WHY, ("freeze closing",), "R-1")

"""What an emergency leaves on the pages, and its review; a rollout that is held, and one that asks hooks."""

from typing import Any

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, expect
from tests.domain import specimens
from tests.web import seed
from tests.web.conftest import Site, sign_in
from tests.web.test_accessibility import violations

from lamplighter.domain.hold import Hold
from lamplighter.domain.hook import Answer, Hook, Moment, OnFailure
from lamplighter.domain.rollout import Phase

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

"""Validation on the pages: a validator finds, the owner answers with evidence, a validator closes."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.test_validations import MODEL, ready
from tests.sdk.cast import address
from tests.web.conftest import Site, served, sign_in
from tests.web.test_accessibility import violations

from lamplighter.domain.errors import NotAllowed
from lamplighter.domain.owners import Holder
from lamplighter.domain.validation import Weight
from lamplighter.sdk.answers import Facts
from lamplighter.web.main import with_pages
from lamplighter.web.routes import pages


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    """A platform with a version that somebody may validate."""
    with lived(tmp_path / "home") as life:
        ready(life)
        yield life


@pytest.fixture
def site(life: Life) -> Iterator[Site]:
    yield from served(life.kit, with_pages(life.kit, pages()), [])


def opened(browser: Browser, site: Site, person: str, path: str) -> Page:
    page = sign_in(browser, site, address(person)).new_page()
    page.goto(path)
    return page


def test_a_finding_goes_from_the_validator_to_its_owner_and_back(browser: Browser, site: Site, life: Life) -> None:
    rita = opened(browser, site, "rita", f"/m/{MODEL}/v/1")
    rita.get_by_text("Raise a finding").click()
    rita.get_by_label("What you found").fill("It was never tried on winter.")
    rita.get_by_label("Severity").select_option("high")
    rita.get_by_role("button", name="Write the finding down").click()
    expect(rita.locator("main")).to_contain_text("The finding is written down.")
    expect(rita.locator("main")).to_contain_text("dana@trains.example answers it.")
    assert violations(rita) == {}
    life["dana"].add_evidence(f"{MODEL}@1", Facts(kind="fairness", facts={"winter": True}))
    dana = opened(browser, site, "dana", f"/m/{MODEL}")
    expect(dana.locator("#open")).to_contain_text("It was never tried on winter.")
    dana.goto("/validations/V-1")
    dana.locator("select[name=evidence]").select_option("fairness")
    dana.get_by_label("What was mended").fill("Tried on three winters.")
    assert violations(dana) == {}
    dana.get_by_role("button", name="Answer").click()
    expect(dana.locator("#state")).to_contain_text("A validator closes it or gives it back.")
    dana.context.close()
    rita.goto("/approvals")
    expect(rita.locator("main")).to_contain_text("close or return a finding")
    assert violations(rita) == {}
    rita.goto("/validations/V-1")
    rita.get_by_label("What you looked at").fill("Read the figures of three winters.")
    rita.get_by_role("button", name="Close it").click()
    expect(rita.locator("#state")).to_contain_text("rita@trains.example closed it")
    assert life["rita"].validation_findings() == []
    rita.goto(f"/m/{MODEL}/v/1")
    rita.get_by_text("Say that it was validated").click()
    rita.get_by_label("What you looked at").fill("Read the code, and scored it anew.")
    rita.get_by_role("button", name="It was validated").click()
    expect(rita.locator("main")).to_contain_text("Read the code, and scored it anew.")
    assert violations(rita) == {}
    rita.context.close()


def test_whoever_builds_it_is_offered_no_form_whatever_their_role(browser: Browser, site: Site, life: Life) -> None:
    project = life["dana"].project(MODEL)
    owners = msgspec.structs.replace(project.owners, design=Holder(first=address("dana"), deputy=address("rita")))
    life["dana"].save_project(MODEL, msgspec.structs.replace(project, owners=owners))
    with pytest.raises(NotAllowed):
        life["rita"].raise_finding(f"{MODEL}@1", Weight.LOW, "Own.", address("dana"), 0)
    page = opened(browser, site, "rita", f"/m/{MODEL}/v/1")
    expect(page.get_by_role("button", name="Raise a finding")).to_be_disabled()
    expect(page.locator("#find-why")).to_contain_text("You build this model")
    page.context.close()


def test_whoever_may_not_reads_why(browser: Browser, site: Site) -> None:
    page = opened(browser, site, "bea", f"/m/{MODEL}/v/1")
    expect(page.get_by_role("button", name="Raise a finding")).to_be_disabled()
    expect(page.locator("main")).to_contain_text("That takes the role risk.")
    page.context.close()

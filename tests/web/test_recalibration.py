"""Another calibration on the pages: what it makes of unseen rows is seen before a version of it is made."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.test_recalibration import MODEL, answered, project
from tests.sdk.cast import address
from tests.web.conftest import Site, served, sign_in
from tests.web.test_accessibility import violations

from lamplighter.web.main import with_pages
from lamplighter.web.routes import pages


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """A platform with a version that says too much."""
    with lived(tmp_path_factory.mktemp("recalibrated") / "home") as life:
        version = life.version(project())
        life.appoint(version)
        answered(life, version, 0)
        yield life


@pytest.fixture(scope="module")
def site(life: Life) -> Iterator[Site]:
    yield from served(life.kit, with_pages(life.kit, pages()), [])


def test_a_calibration_is_looked_at_and_then_made_a_version(browser: Browser, site: Site, life: Life) -> None:
    page = sign_in(browser, site, address("dana")).new_page()
    page.goto(f"/m/{MODEL}/v/1")
    page.get_by_role("link", name="What another calibration would change").click()
    page.get_by_label("Labelled rows of").select_option("prod")
    page.get_by_role("button", name="See what it changes").click()
    expect(page.locator("main")).to_contain_text("On 900 later rows of 6 days that it has not seen, the Brier score goes from")
    expect(page.get_by_role("img", name="Before, scores of")).to_be_visible()
    expect(page.get_by_role("row", name="gate-desk")).to_contain_text("0.7")
    expect(page.get_by_role("row", name="brier").first).to_contain_text("all unseen rows")
    assert violations(page) == {}
    assert len(life["dana"].versions(MODEL)) == 1
    page.get_by_label("Why").fill("It warns too often.")
    page.get_by_role("button", name="Register it").click()
    expect(page).to_have_url(f"{site.url}/m/{MODEL}/v/2?done=recalibrated")
    expect(page.locator("main")).to_contain_text("log-odds times")
    expect(page.locator("main")).to_contain_text("It warns too often.")
    assert life["dana"].versions(MODEL)[1].manifest.calibrates is not None


def test_probabilities_that_are_off_where_rows_are_ranked_well_lead_here(browser: Browser, site: Site, life: Life) -> None:
    (incident,) = [one for one in life["rita"].incidents(MODEL) if one.finding.measure == "calibration"]
    page = sign_in(browser, site, address("dana")).new_page()
    for place in (f"/incidents/{incident.id}", f"/m/{MODEL}/monitor"):
        page.goto(place)
        expect(page.locator("#recalibrates")).to_contain_text("v1 still ranks rows: AUC 0.")
    page.locator("#recalibrates").get_by_role("link").click()
    expect(page.locator("main")).to_contain_text("the Brier score goes from")


def test_whoever_only_reads_sees_it_and_what_is_lacking_is_told(browser: Browser, site: Site) -> None:
    page = sign_in(browser, site, address("rita")).new_page()
    page.goto(f"/m/{MODEL}/v/1/recalibrate?environment=prod&fit=intercept")
    expect(page.locator("main")).to_contain_text("times 1")
    expect(page.locator("main")).to_contain_text("It takes the permission register")
    assert page.get_by_role("button", name="Register it").count() == 0
    page.goto(f"/m/{MODEL}/v/1/recalibrate?environment=dev")
    expect(page.locator("main")).to_contain_text("There is not enough evidence to calibrate")

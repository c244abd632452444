"""From an incident or a slice to its rows: on a page, as a file, and in a notebook, for whoever may see them."""

import ast
import io
import re
import shlex
from collections.abc import Iterator

import msgspec
import pytest
from arro3.io import read_parquet
from playwright.sync_api import Browser, BrowserContext, Page
from tests.web import seed
from tests.web.conftest import Site, sign_in
from tests.web.test_pages import check_commands, check_names

from lamplighter.lifecycle import looking
from lamplighter.store.closed_days import ClosedDay

ROWS = "/m/late-flights/rows?incident=I-1"


@pytest.fixture(scope="module")
def ada(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """The data scientist, who may see rows."""
    context = sign_in(browser, site, seed.ADA)
    yield context
    context.close()


@pytest.fixture
def page(ada: BrowserContext) -> Iterator[Page]:
    opened = ada.new_page()
    yield opened
    opened.close()


def test_two_clicks_lead_from_an_incident_to_the_rows_that_meet_a_condition(page: Page) -> None:
    page.goto("/incidents/I-1")
    page.get_by_role("link", name=re.compile("^See the rows")).click()
    assert page.locator("h1").inner_text() == "63 rows"
    assert page.locator("tbody tr").count() == 20
    page.get_by_label("Only where").fill("carrier = AA, precip > 4")
    page.get_by_role("button", name="Show").click()
    found = int(page.locator("h1").inner_text().split()[0])
    assert 0 < found < 20
    shown = page.locator("tbody tr").all()
    assert len(shown) == found
    for row in shown:
        texts = row.locator("td").all_inner_texts()
        assert texts[6] == "AA"
        assert float(texts[0]) > 4.0
    assert page.locator(".paste").inner_text() == (
        'lamplighter.model("late-flights").slice("incident:I-1", where=\'carrier = AA, precip > 4\')'
    )


def test_the_number_of_rows_of_a_slice_leads_to_them(page: Page) -> None:
    page.goto("/m/late-flights/why")
    (link,) = page.locator("dl.tiles a").all()
    assert link.inner_text() == "2,100"
    link.click()
    assert "happened" in page.locator(".lead").inner_text()
    assert re.search(r"slice\(environment='prod', number=2, start='20", page.locator(".paste").inner_text())
    page.goto("/m/late-flights/why")
    assert page.locator("table a[href*='condition=origin']").count() > 0


def test_an_incident_says_of_how_many_rows_the_truth_is_known(browser: Browser, own: Site) -> None:
    finding = own.incident("I-1").finding
    known = seed.reading("late-flights", 2, "brier", finding.start, 0.213, end=finding.end, count=42)
    with own.kit.store.transaction() as change:
        change.readings.put(known)
    context = sign_in(browser, own, seed.ADA)
    page = context.new_page()
    page.goto("/incidents/I-1")
    assert page.locator("#known .forms").inner_text().startswith("See the rows\nOpen as notebook\n42 with their truth")
    context.close()


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_the_page_is_whole_small_and_usable(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    answer = page.goto(ROWS)
    assert answer is not None
    assert len(answer.body()) < 100_000
    assert page.locator("[style], [onclick], script:not([src])").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    check_names(page)
    check_commands(page)


def test_what_callers_sent_is_no_markup(page: Page) -> None:
    page.goto(f"{ROWS}&condition=carrier+%3D+(unseen)")
    assert page.locator("h1").inner_text() == "1 row"
    assert "<script>" in page.locator("tbody").inner_text()
    assert page.title() != "owned"
    assert page.locator("tbody img, tbody script").count() == 0


def test_the_rows_are_taken_along_as_a_file(ada: BrowserContext, page: Page) -> None:
    page.goto(ROWS)
    links = page.locator("a[download]").all()
    assert [link.inner_text() for link in links] == ["parquet", "csv", "arrow", "json", "notebook"]
    for link in links:
        answer = ada.request.get(str(link.get_attribute("href")))
        assert answer.status == 200
        assert answer.headers["content-disposition"].startswith("attachment; filename=")
        if link.inner_text() == "parquet":
            table = read_parquet(io.BytesIO(answer.body())).read_all()
            assert (table.num_rows, table.column_names[6:8]) == (63, ["precip", "visib"])
        if link.inner_text() == "json":
            rows = msgspec.json.decode(answer.body())
            assert [row["label"] for row in rows[:3]] == [0.0, 1.0, None]
            assert rows[9]["failure"] == "model-failed: It raised."
        if link.inner_text() == "notebook":
            assert "model.slice('incident:I-1')" in answer.text()


def test_the_page_says_that_it_shows_a_sample_and_how_large_that_is(page: Page) -> None:
    page.goto(ROWS)
    assert page.get_by_role("heading", name="20 of 63 an even sample").count() == 1
    assert page.locator("#taken").inner_text() == "all 63"


def test_the_page_says_how_much_of_the_log_was_read(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "LONGEST", -1.0)
    page.goto(ROWS)
    assert page.locator("h1").inner_text() == "0 rows or more"
    assert "less than 1 % of it was" in page.locator("#cut").inner_text()


def test_a_condition_of_an_address_is_no_command(page: Page) -> None:
    page.goto(f"{ROWS}&condition=carrier+%3D+$(touch+x)'%22")
    text = page.locator(".head code.chip").inner_text().removeprefix(">_ ")
    assert shlex.split(text)[-1] == "carrier = $(touch x)'\""
    assert ast.parse(page.locator(".paste").inner_text())


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/m/late-flights/rows.xlsx?incident=I-1", 422, "E1198"),
        ("/m/late-flights/rows?incident=I-1&number=x", 422, "E1134"),
        ("/m/late-flights/rows?incident=I%001", 422, "E1134"),
        ("/m/late-flights/rows?incident=I-1&condition=carrier", 422, "E1248"),
        ("/m/late-flights/rows?incident=I-77", 404, "E1201"),
        ("/m/churn/rows?incident=I-1", 404, "E1257"),
    ],
)
def test_an_address_that_cannot_be_is_refused_with_a_page(page: Page, path: str, status: int, code: str) -> None:
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == status
    assert code in page.locator("main").inner_text()


def test_whoever_may_not_see_rows_is_told_what_it_takes(browser: Browser, site: Site) -> None:
    context = sign_in(browser, site, seed.IVO)
    page = context.new_page()
    page.goto("/incidents/I-1")
    section = page.locator("#known").inner_text()
    assert "It takes the permission rows, which none of your roles carries." in section
    assert page.locator("#known .paste, #known a[download]").count() == 0
    page.goto("/m/late-flights/why")
    assert page.locator("a[href*='/rows']").count() == 0
    for path in (ROWS, "/m/late-flights/rows.csv?incident=I-1", "/incidents/I-1/notebook"):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 403
        assert "It takes the permission rows" in page.locator("main").inner_text()
    context.close()


def test_the_page_of_the_monitors_says_up_to_which_day_rows_are_gone(browser: Browser, own: Site) -> None:
    context = sign_in(browser, own, seed.ADA)
    page = context.new_page()
    page.goto("/m/late-flights/monitor")
    assert page.locator("#closed").count() == 0
    with own.kit.store.transaction() as change:
        change.closed_days.add(ClosedDay("late-flights", "prod", 2, 1_372_636_800_000_000, 1, 2, 3, 9, 9, 4, 4, 4, 0.5))
    page.reload()
    told = page.locator("#closed").inner_text()
    assert "1 Jul" in told
    assert told.endswith("are not all kept any more: the figures of their days stay, whatever labels come.")
    context.close()

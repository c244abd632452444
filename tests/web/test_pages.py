"""Every page in a real browser: nothing from elsewhere, nothing inline, readable by everybody, small."""

import re

import msgspec
import pytest
from playwright.sync_api import Browser, Page
from tests.domain import specimens
from tests.web import seed
from tests.web.conftest import Site, sign_in

from lamplighter.cli.headings import HEADINGS
from lamplighter.cli.verifier import check_card
from lamplighter.domain.identity import PLATFORM, Role
from lamplighter.domain.monitor import Kind, Rule
from lamplighter.lifecycle import people

PATHS = (
    "/",
    "/?search=nothing-has-this-name",
    "/m/late-flights",
    "/m/parts-demand",
    "/m/returns-fraud",
    "/m/churn",
    "/m/late-flights/monitor",
    "/m/churn/monitor",
    "/m/returns-fraud/monitor",
    "/m/late-flights/v/3",
    "/m/late-flights/compare",
    "/m/late-flights/v/2/card",
    "/m/returns-fraud/v/1/card",
    "/m/late-flights/who",
    "/m/late-flights/why",
    "/approvals",
    "/approvals/R-7",
    "/waivers",
    "/incidents",
    "/incidents/I-1",
    "/incidents/I-2",
    "/rollouts",
    "/rollouts/R-6",
    "/audit",
    "/audit?model=late-flights&environment=prod&at=2999-01-01T00:00",
    "/help",
    "/help/errors/E1510",
)


KNOWN = {name: entry for commands in HEADINGS.values() for name, entry in commands.items()}
NAMELESS = """() => [...document.querySelectorAll("a, button, summary, input:not([type=hidden]), select, textarea")]
    .filter((one) => !(one.textContent.trim() || one.labels?.length || one.getAttribute("aria-label")))
    .map((one) => one.outerHTML)"""


class Watch:
    """What a page said on its console, and what it asked for."""

    def __init__(self, page: Page) -> None:
        self.said: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))


@pytest.fixture
def watch(page: Page) -> Watch:
    return Watch(page)


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_whole_small_and_usable(page: Page, watch: Watch, site: Site, path: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 640})
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200
    assert len(answer.body()) <= 100_000
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert page.locator("h1").count() == 1
    assert page.locator("[style], [onclick], script:not([src]), style").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    check_names(page)
    check_commands(page)
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert watch.said == []
    assert {url for url in watch.asked if not url.startswith(site.url)} == set()


def check_names(page: Page) -> None:
    """Everything that can be used has a name; every id is there once; what describes something is there."""
    assert page.evaluate(NAMELESS) == []
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
    assert sorted(ids) == sorted(set(ids))
    described = "[...document.querySelectorAll('[aria-describedby]')].map((one) => one.getAttribute('aria-describedby'))"
    assert set(page.evaluate(described)) <= set(ids)


def check_commands(page: Page) -> None:
    """The same on the command line exists there."""
    for text in page.locator("code.chip").all_text_contents():
        command, *rest = text.removeprefix(">_ ").removeprefix("lamp ").split()
        assert command in KNOWN, text
        verbs = re.fullmatch(r"[a-z]+(\|[a-z]+)*", KNOWN[command].form)
        assert not verbs or rest[0] in KNOWN[command].form.split("|"), text


@pytest.mark.parametrize("path", ["/m/late-flights", "/m/churn", "/m/late-flights/monitor", "/incidents/I-1", "/incidents/I-2"])
def test_a_plot_says_what_it_shows_and_has_its_numbers(page: Page, path: str) -> None:
    page.goto(path)
    figures = page.locator("figure")
    assert figures.count() > 0
    for figure in figures.all():
        assert re.search(r"\d.*\.$", figure.locator("figcaption").inner_text())
        assert figure.locator("tbody tr").count() > 0
    for drawing in page.locator("figure svg:not([aria-hidden])").all():
        assert drawing.get_attribute("aria-label")


def test_a_sentence_stands_apart_from_the_figures_below_it(page: Page) -> None:
    page.goto("/m/late-flights/why")
    banner, figures = page.locator(".banner").bounding_box(), page.locator("dl.tiles").bounding_box()
    assert banner is not None
    assert figures is not None
    assert figures["y"] - banner["y"] - banner["height"] >= 12


def test_the_first_lines_of_a_model_answer_four_questions(page: Page) -> None:
    page.goto("/m/late-flights")
    head = page.locator("#state").inner_text()
    assert "Watch v2 serves 100 % in prod. Service is fine. Quality (brier) is 0.213, over its limit of 0.19" in head.replace(
        "\n", " "
    )
    assert "live since" in head
    assert page.locator("#people").inner_text().split("\n")[:2] == ["On call now", seed.IVO]
    assert page.get_by_text("Roll back to v1", exact=True).first.is_visible()
    place = page.locator("#actions").bounding_box()
    assert place is not None
    assert place["y"] < 300


def test_a_button_that_cannot_be_used_says_why(page: Page) -> None:
    page.goto("/m/late-flights")
    button = page.get_by_role("button", name="Train a new version")
    assert button.is_disabled()
    why = page.locator(f"#{button.get_attribute('aria-describedby')}").inner_text()
    assert why == f"It takes the permission retrain, which none of your roles carries. Ask {seed.ADA}."
    page.goto("/m/parts-demand")
    button = page.get_by_role("button", name="Start rollout of v2 in prod")
    why = page.locator(f"#{button.get_attribute('aria-describedby')}").inner_text()
    assert why == "R-6 of v2 into prod is not over yet."


def test_the_page_says_what_sets_off_the_next_training(page: Page) -> None:
    page.goto("/m/late-flights")
    lines = page.locator("#next-training + ul li").all_inner_texts()
    assert lines[0].startswith("quality: armed. No incident about lost quality is open that has had no training.")
    assert [line.partition(":")[0] for line in lines[1:]] == ["schedule 0 5 1 * *", "volume 20000", "expiry 21d"]
    assert "1 of 4 trainings in 30 days are used." in page.locator("#management").inner_text()
    assert "The feed was broken." in page.locator("#management").inner_text()


def test_stored_text_stays_text(page: Page, watch: Watch) -> None:
    for path in ("/m/parts-demand", "/m/parts-demand/v/2", "/"):
        page.goto(path)
        assert "owned" not in page.title()
        assert page.locator("main script, main img").count() == 0
        assert watch.said == []
    page.goto("/m/parts-demand/v/2")
    assert seed.HOSTILE in page.locator("main").inner_text()
    page.goto(f"/?search={seed.HOSTILE}")
    assert page.locator("#search").input_value() == seed.HOSTILE


def test_the_model_file_is_one_step_from_its_version_and_signed(page: Page) -> None:
    page.goto("/m/parts-demand/v/2")
    page.get_by_role("link", name="Everything on record of it: the model file").click()
    page.wait_for_url("**/card")
    assert page.locator("main script, main img").count() == 0
    assert seed.HOSTILE in page.locator("main").inner_text()
    for name, ending in (("HTML", "html"), ("Markdown", "md"), ("Hugging Face", "md")):
        with page.expect_download() as begun:
            page.get_by_role("link", name=name, exact=True).click()
        assert begun.value.suggested_filename == f"parts-demand-2-card.{ending}"
        assert check_card(begun.value.path().read_bytes()).why == ""


def test_what_a_version_is_made_of_is_one_step_from_it(page: Page) -> None:
    page.goto("/m/parts-demand/v/2")
    with page.expect_download() as begun:
        page.get_by_role("link", name="What it is made of: CycloneDX").click()
    assert begun.value.suggested_filename == "parts-demand-2.cdx.json"
    told = msgspec.json.decode(begun.value.path().read_bytes())
    assert (told["bomFormat"], told["metadata"]["component"]["version"]) == ("CycloneDX", "2")


def test_the_fleet_counts_and_filters(page: Page) -> None:
    page.goto("/")
    assert page.locator("#needs").inner_text() == "2 need you · 1 needs others · 7 healthy · 2 unknown"
    assert page.locator("tbody tr").count() == 11
    *told, requests, you, _, minutes, unit = page.locator("tbody tr").first.inner_text().split()
    assert told == ["churn", "●○", "internal,", "1", "of", "2", "v8", "prod", "Failing", "Healthy", "Unknown", "Healthy"]
    assert 700_000 < int(requests.replace(",", "")) <= 768_000
    assert (you, minutes.isdecimal(), unit) == ("you", True, "min")
    page.get_by_role("link", name=re.compile("Watch")).click()
    assert page.locator("tbody th").all_inner_texts() == ["late-flights"]
    page.goto("/?search=price-00")
    assert page.locator("tbody tr").count() == 6


def test_what_governance_lacks_is_one_step_away(browser: Browser, own: Site) -> None:
    people.save_person(own.kit, PLATFORM, "kim@example.com", "Kim", (Role.BUSINESS,))
    alone = {"design": "kim@example.com", "deployment": "kim@example.com", "monitoring": seed.ADA, "management": seed.ADA}
    named = seed.project("price-001", "Suggests a price.", owners={**alone, "industrialization": seed.ADA})
    with own.kit.store.transaction() as change:
        change.projects.put(named)
    people.save_person(own.kit, PLATFORM, "kim@example.com", "Kim", (Role.BUSINESS,), active=False)
    page = sign_in(browser, own).new_page()
    page.goto("/")
    page.get_by_role("link", name="Owner gone 1").click()
    page.wait_for_url("**lack=owner")
    assert page.locator("tbody th").all_inner_texts() == ["price-001"]
    assert "lamp list --lack owner" in page.locator(".head").inner_text()
    page.get_by_role("link", name="Review overdue 0").click()
    page.wait_for_url("**lack=review")
    assert page.get_by_text("No model matches.").is_visible()
    with page.expect_download() as begun:
        page.get_by_role("link", name="Inventory (.csv)").click()
    assert begun.value.suggested_filename == "inventory.csv"
    rows = begun.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == sorted(row.split(",")[0] for row in rows[1:])
    assert len(rows) == 7


def test_models_that_are_not_watched_are_counted_and_one_step_away(browser: Browser, own: Site) -> None:
    seed.incident(own.kit, "price-001", 1, Kind.MONITOR, "silent", "Nobody has asked for 26 hours.")
    context = sign_in(browser, own)
    page = context.new_page()
    page.goto("/?page=1")
    page.get_by_role("link", name="1 not watched").click()
    page.wait_for_url("**gap=any")
    assert page.locator("tbody th").all_inner_texts() == ["price-001"]
    assert "silent" in page.locator("tbody td").last.inner_text()
    page.get_by_role("link", name="Silent 1").click()
    page.wait_for_url("**gap=silent")
    assert page.locator("tbody tr").count() == 1
    assert "1 model, silent only" in page.locator(".filtered").inner_text()
    context.close()


def test_an_alert_of_another_system_leads_back_to_it_and_is_text(browser: Browser, own: Site) -> None:
    rule = Rule(name=seed.HOSTILE, link='http://prometheus.example/graph?g0.expr="><script>')
    incident = seed.incident(own.kit, "price-001", 1, Kind.TECHNICAL, "alert/DiskFull", seed.HOSTILE, {"rule": rule})
    with own.kit.store.transaction() as change:
        change.external_alerts.put(specimens.external_alert(name=seed.HOSTILE, summary=seed.HOSTILE, link=rule.link))
    context = sign_in(browser, own)
    page = context.new_page()
    page.goto(f"/incidents/{incident.id}")
    link = page.locator("#rules a")
    assert (link.inner_text(), link.get_attribute("href"), link.get_attribute("rel")) == (
        seed.HOSTILE,
        rule.link,
        "noopener noreferrer nofollow",
    )
    page.goto("/incidents")
    unplaced = page.locator("#unplaced")
    assert seed.HOSTILE in unplaced.inner_text()
    assert "No label names a model or a source that is known here" in unplaced.inner_text()
    assert page.title().startswith("Incidents")
    context.close()


def test_the_list_says_how_many_false_alarms_are_expected_and_how_that_is_computed(browser: Browser, own: Site) -> None:
    with own.kit.store.transaction() as change:
        for one in change.inputs.all():
            change.inputs.put(msgspec.structs.replace(one, false_alarms=0.25, calibration=0.05))
    context = sign_in(browser, own)
    page = context.new_page()
    page.goto("/")
    told = page.locator("#false-alarms")
    assert "at most 0.3 false alarms a month are expected of all models together (30 allowed; 3 of 4" in told.inner_text()
    told.get_by_role("link").click()
    assert "Over all models the numbers are added" in page.locator("#word-false-alarms").inner_text()
    context.close()


def test_a_page_of_a_hundred_models_is_small_and_leads_on(browser: Browser, crowded: Site) -> None:
    context = sign_in(browser, crowded)
    page = context.new_page()
    answer = page.goto("/")
    assert answer is not None
    assert len(answer.body()) <= 100_000
    assert page.locator("tbody tr").count() == 100
    page.get_by_role("link", name="Next").click()
    page.wait_for_url("**page=2")
    assert page.locator("tbody tr").count() == 25
    assert page.locator(".pages").inner_text().startswith("page 2 of 2")
    context.close()


def test_everything_a_first_visit_loads_is_within_its_budget(page: Page) -> None:
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(answer.body())))
    page.goto("/m/late-flights", wait_until="networkidle")
    assert sum(sizes) <= 150_000


EMPTY = {
    "/": "No models yet. The sockets are ready.",
    "/approvals": "Nothing waits for you.",
    "/incidents": "No open incidents.",
    "/rollouts": "No rollout yet.",
}


def test_an_empty_page_has_a_sentence_a_command_and_a_button(browser: Browser, empty: Site) -> None:
    context = sign_in(browser, empty)
    page = context.new_page()
    for path, words in EMPTY.items():
        page.goto(path)
        shown = page.locator(".empty")
        assert words in shown.inner_text()
        assert page.locator("main .chip").count() >= 1
        assert shown.locator("a.button").count() == 1
    context.close()


def test_a_page_reads_without_script(browser: Browser, site: Site) -> None:
    context = sign_in(browser, site)
    state = context.storage_state()
    context.close()
    still = browser.new_context(base_url=site.url, java_script_enabled=False, storage_state=state)
    page = still.new_page()
    page.goto("/incidents/I-2")
    page.locator("#safe-action > summary").click()
    assert page.locator("#safe-action .sheet button.primary").is_visible()
    assert "Load the page again" in page.locator("footer").inner_text()
    still.close()


def test_each_alarm_of_a_limit_says_how_often_it_is_wrong(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/m/late-flights/monitor")
    rows = page.locator("#alarms tbody tr").all()
    expected = {row.locator("th").inner_text(): row.locator("td").last.inner_text() for row in rows}
    # Of the service one a month; of quality one in forty of the windows that end in a month.
    assert expected["Failed requests"] == "≤ 1"
    assert expected["Brier score"] == "≤ 0.76"

"""A job that failed: the page of its model and the page of its monitors say it, and how to go on."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.web import seed
from tests.web.conftest import Site, sign_in
from tests.web.test_accessibility import violations

from lamplighter.domain.job import Cause, Failure, Run, State
from lamplighter.domain.monitor import Kind

MODEL = "price-001"
WHY = "Row 12 holds no finite number"
TOLD = f"J-7 of the job nightly failed by its data: {WHY}; 20 rows are kept."
FIX, AGAIN = "lamp jobs fix J-7", "lamp jobs fix J-7 --rerun"
DECLARED = {"schedule": "0 3 * * *", "environment": "prod", "input": "night", "output": "scores"}


def _run(name: str, job: str, state: State, failure: Failure | None = None) -> Run:
    at = seed.NOW - int(name[2:]) * seed.MINUTE
    return Run(id=name, model=MODEL, job=job, due_at=at, state=state, version=f"{MODEL}@1", rows=40, failure=failure)


@pytest.fixture
def page(browser: Browser, own: Site) -> Iterator[Page]:
    jobs = [{"name": name, **DECLARED} for name in ("nightly", "weekly")]
    failure = Failure(cause=Cause.DATA, why=WHY, rows=10, kept=20)
    with own.kit.store.transaction() as change:
        change.projects.put(seed.project(MODEL, "Suggests a price.", job=jobs))
        for run in (
            _run("J-7", "nightly", State.FAILED, failure),
            _run("J-8", "weekly", State.FINISHED),
            _run("J-9", "weekly", State.FAILED, failure),
        ):
            change.job_runs.add(run)
    seed.incident(own.kit, MODEL, 1, Kind.FUNCTIONAL, "job-nightly", TOLD, {"run": "J-7"})
    context = sign_in(browser, own, seed.ADA, viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


def test_the_way_forward_is_where_one_looks(page: Page) -> None:
    page.goto(f"/m/{MODEL}")
    expect(page.locator("#state")).to_contain_text(f"Failing v1 serves 100 % in prod. {TOLD} Callers are answered as before.")
    expect(page.locator("#actions > code").first).to_contain_text(FIX)
    # Another version would not help.
    expect(page.locator("#actions summary.primary")).to_have_count(0)
    expect(page.locator("#open .strip.failing code")).to_contain_text([FIX, AGAIN])
    rows = page.locator("#service [aria-label='Runs of jobs'] tbody tr")
    expect(rows).to_have_count(2)
    kept = "Its order, its log and the 20 rows it failed on are kept:"
    expect(rows.nth(0)).to_contain_text(f"failed data: {WHY}{kept}")
    expect(rows.nth(0).locator("code")).to_contain_text([FIX, AGAIN])
    expect(rows.nth(1)).to_contain_text(f"40 rows by {MODEL}@1")
    assert violations(page) == {}
    page.goto(f"/m/{MODEL}/monitor")
    expect(page.locator(".strip.failing code")).to_contain_text(FIX)
    rows = page.locator("[aria-label='Runs of jobs'] tbody tr")
    # What is over needs no way forward.
    expect(rows.locator("code")).to_contain_text([FIX, AGAIN])
    expect(rows).to_have_count(3)
    assert violations(page) == {}

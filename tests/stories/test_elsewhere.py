"""A model that a vendor serves is adopted, pushed for thirty days, and the right person hears that it is no longer right."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright
from tests.lifecycle.away import AT, reference_file, scored_rows
from tests.sdk import models
from tests.sdk.cast import address, arrive
from tests.sdk.homes import home, until

from lamplighter.domain.errors import Unavailable
from lamplighter.domain.pushed import Pushed
from lamplighter.domain.stage import Duty
from lamplighter.domain.version import Elsewhere
from lamplighter.sdk import local, lock
from lamplighter.sdk.adoption import Reference, adopted
from lamplighter.sdk.answers import Label
from lamplighter.sdk.connect import local_token
from lamplighter.sdk.deployed import bring_live
from lamplighter.sdk.interface import Platform
from lamplighter.sdk.release import registered
from lamplighter.sdk.remote import remote
from lamplighter.settings import Settings

MODEL = "vendor-delays"
DAY, DAYS, ROWS, TURN = 86_400_000_000, 30, 120, 16


class Vendor:
    """Thirty days of predictions and what really happened; from the turn on trains are later and the scores are wrong."""

    def __init__(self, today: int) -> None:
        self.days: list[list[Pushed]] = []
        self.labels: list[list[Label]] = []
        for day in range(DAYS):
            begun, turned = today - (DAYS - day) * DAY, day >= TURN
            rows = scored_rows(ROWS, seed=100 + day).to_dict("records")
            made = [
                Pushed(
                    id=f"d{day}-{place}",
                    time=begun + place * 600_000_000,
                    score=row["score"],
                    inputs={"delay": row["delay"] + 6.0 * turned, "load": row["load"], "line": row["line"]},
                    latency_ms=20.0,
                )
                for place, row in enumerate(rows)
            ]
            self.days.append(made)
            truth = [float(row["late"] != turned) for row in rows]
            self.labels.append([Label(id=one.id, value=value) for one, value in zip(made, truth, strict=True)])


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    settings = home(tmp_path_factory.mktemp("vendor") / "home")
    local.start(settings, wait=60.0)
    yield settings
    local.stop(settings)


def resent(platform: Platform, rows: list[Pushed]) -> None:
    """Push as a client does that does not know what became of its request: again, until it is acknowledged."""
    end = time.monotonic() + 90.0
    while True:
        try:
            platform.push_predictions(MODEL, "prod", rows)
        except Unavailable:
            assert time.monotonic() < end
            time.sleep(0.05)
        else:
            return


def test_thirty_days_of_a_vendor(settings: Settings, tmp_path: Path) -> None:
    # Given a model of a vendor with a project, owners and a limit, adopted from rows that it has scored
    owner = remote(settings.url, local_token(settings), timeout=60.0)
    tokens = arrive(owner)
    dana, rita = (remote(settings.url, tokens[name], timeout=60.0) for name in ("dana", "rita"))
    quality = {"metric": "brier", "limit": 0.3, "window": "4d", "least_rows": 100}
    project = models.project(MODEL, monitor={"quality": quality, "labels": {"expected_after": "2d"}})
    dana.save_project(MODEL, project)
    reference = Reference(reference_file(tmp_path), score="score", label="late", held_out=True)
    version = registered(dana, adopted(project, reference, Elsewhere(at=AT)))
    bring_live(dana, version, "prod", wait=60.0)
    owner.save_consumer("vendor", address("dana"), [MODEL])
    vendor = remote(settings.url, owner.issue_push_token("vendor", MODEL, "prod").secret, timeout=60.0)

    # When it pushes thirty days, with labels two days late, and the control plane is killed in the middle
    pushed = Vendor(int(time.time() * 1_000_000))
    for day, rows in enumerate(pushed.days):
        if day == 10:
            threading.Thread(target=lambda: _kill_and_start(settings)).start()
        resent(vendor, rows[::-1])
        if day >= 2 and day != 10:
            until(lambda day=day: _labelled(vendor, pushed.labels[day - 2]))  # type: ignore[misc]
    vendor.push_labels(MODEL, pushed.labels[8])

    # Then everything that was acknowledged is there once
    until(lambda: rita.status(MODEL).rows == DAYS * ROWS, 60.0)
    until(lambda: rita.status(MODEL).labelled == (DAYS - 2) * ROWS, 60.0)

    # and the one who holds the duty has an incident about its quality, while the inputs that moved are shown
    incident = until(lambda: [one for one in rita.incidents(MODEL) if one.finding.measure == "brier"], 60.0)[0]
    assert (incident.duty, incident.holder, incident.finding.number) == (Duty.MONITOR_FUNCTIONAL, address("dana"), 1)
    moved = [one for one in rita.readings(MODEL, "prod", "drift") if one.column == "delay" and one.crossed]
    assert moved
    assert min(one.end for one in moved) > pushed.days[TURN][0].time
    figures = rita.readings(MODEL, "prod", "quality", "brier")
    assert figures[0].value < 0.25 < 0.3 < figures[-1].value
    assert any(one.measure == "brier" for one in rita.readings(MODEL, "prod", "estimate"))

    # and its page says so, where it runs, and that nothing of it is rolled back from here
    _see_the_page(settings, owner.issue_sign_in(address("dana")).secret)

    # without one process of serving
    for place in rita.environments():
        with socket.socket() as caller:
            assert caller.connect_ex(("127.0.0.1", place.port)) != 0
    for one in (owner, dana, rita, vendor):
        one.close()


def _labelled(platform: Platform, labels: list[Label]) -> bool:
    try:
        return platform.push_labels(MODEL, labels).kept == len(labels)
    except Unavailable:
        return False


def _kill_and_start(settings: Settings) -> None:
    """No word of warning, then as `lamp up` does."""
    os.kill(lock.running(settings), signal.SIGKILL)
    while lock.running(settings):
        time.sleep(0.005)
    local.start(settings, wait=60.0)


def _see_the_page(settings: Settings, secret: str) -> None:
    expect.set_options(timeout=60_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium-headless-shell", args=["--headless", "--no-sandbox"]
        )
        page = browser.new_page(base_url=settings.url)
        page.goto(f"/sign-in#{secret}")
        page.get_by_role("button").first.click()
        page.wait_for_url("**/")
        page.goto(f"/m/{MODEL}")
        expect(page.locator("#state")).to_contain_text(f"v1 runs elsewhere ({AT}) and is live in prod.")
        expect(page.locator("#open")).to_contain_text("brier")
        expect(page.locator("main")).to_contain_text(f"elsewhere: {AT}")
        page.goto(f"/m/{MODEL}/v/1")
        expect(page.locator("main")).to_contain_text("nothing to judge")
        browser.close()

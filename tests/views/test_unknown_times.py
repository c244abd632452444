"""Requests of which nobody knows how long they took: that is told as unknown, never as fast."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.segments import scored
from tests.sdk import models

from lamplighter.cli.instants import milliseconds
from lamplighter.cli.pages.outcome import figure
from lamplighter.cli.pages.status import status_page
from lamplighter.domain.monitor_plan import Monitor
from lamplighter.domain.outcome import Guard
from lamplighter.domain.route import LATENCY_BOUNDS
from lamplighter.domain.traffic import HOUR, CallerHour, Traffic
from lamplighter.lifecycle import tallying
from lamplighter.store.tallies import StepTally
from lamplighter.web import alarms, callers

MODEL = "trains"


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    with lived(tmp_path / "home") as life:
        version = life.version(models.project(MODEL))
        life.appoint(version)
        second = life.clock.now() // 1_000_000
        with life.kit.store.transaction() as change:
            # As hours of an older store stand there.
            change.traffic.add([Traffic(MODEL, "prod", 1, "champion", second, requests=50, rows=50)])
            change.felt.add([CallerHour(MODEL, "prod", "gate-desk", second // HOUR * HOUR, 50, 0)])
            change.traffic.called([(MODEL, "prod", "gate-desk", 50, life.clock.now())])
        yield life


def test_no_figure_is_made_of_them(life: Life) -> None:
    rita = life["rita"]
    service, state, seen = rita.service(MODEL, "prod"), rita.status(MODEL), rita.monitored(MODEL)
    assert (service.requests, service.p50_ms, service.p95_ms, service.p99_ms) == (50, None, None, None)
    assert (seen.hours[-1].requests, seen.hours[-1].p95_ms) == (50, None)
    assert [one.felt.p95_ms for one in state.consumers] == [None]
    assert "50 requests in 24 h, 0 failed, p95 -" in str(status_page(state, ""))
    [_, stands] = alarms.alarms(seen, Monitor(p95_ms=50.0), service)[:2]
    assert (stands.stands, stands.crossed) == ("not known", False)


def test_a_page_shows_a_dash_for_them_and_draws_what_is_known(life: Life) -> None:
    assert [one.title for one in callers.figures(life["rita"].monitored(MODEL).hours, 0.01)][1:] == ["Failed requests, in 100"]
    known = (0,) * 4 + (20,) + (0,) * (len(LATENCY_BOUNDS) - 4)
    with life.kit.store.transaction() as change:
        second = life.clock.now() // 1_000_000 - HOUR
        change.traffic.add([Traffic(MODEL, "prod", 1, "champion", second, requests=20, rows=20, latencies=known)])
    *_, times = callers.figures(life["rita"].monitored(MODEL).hours, 0.01)
    assert [row[1:] for row in times.rows] == [("\u2013", "\u2013"), ("10 ms", "10 ms")]
    assert times.caption.startswith("19 of 20 answers took at most 10 ms")


def test_the_command_line_shows_a_dash() -> None:
    assert (milliseconds(None), milliseconds(2.5), figure(Guard.LATENCY, None)) == ("-", "2.5 ms", "-")


def test_a_step_of_a_rollout_does_not_count_them_as_fast(life: Life) -> None:
    version = life.version(models.project(MODEL))
    records = [scored(version, f"r{place}", [0.5], at=1, duration=duration) for place, duration in enumerate((-1, -1, 400))]
    nothing = StepTally("R-1", 0, 1)
    grown = tallying._grown(nothing, records, None)
    assert (grown.requests, sum(grown.latencies)) == (3, 1)

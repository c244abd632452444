"""Sources that are late, empty or broken: who is told, once, and when it is over."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.test_incidents import react
from tests.sdk import models
from tests.sdk.cast import address

from lamplighter.domain.errors import Invalid, NotFound
from lamplighter.domain.events.incident import FindingMade
from lamplighter.domain.feed import FeedState
from lamplighter.domain.incident import State
from lamplighter.domain.monitor import Finding, Kind, Severity
from lamplighter.lifecycle import feeds, findings

HOUR = 3_600


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    with lived(tmp_path / "home") as life:
        yield life


def _live(life: Life, name: str, **source: Any) -> None:
    declared = {"name": "timetable", "owner": address("milo"), "freshness": "1h", "columns": ["delay"], **source}
    life.appoint(life.version(models.project(name, source=[declared])))


def _push(life: Life, **more: Any) -> FeedState:
    return life["display"].push_arrival("timetable", **more).state


def _findings(life: Life) -> list[Finding]:
    """Look as the reconciler does; everything that was ever found."""
    findings.settle(life.kit, feeds.looks(life.kit))
    react(life)
    return [event.finding for event in life.events(FindingMade) if event.finding is not None]


def _now(life: Life, ago: int = 0) -> int:
    return life.clock.now() - ago * 1_000_000


def test_a_source_that_was_never_heard_of_is_listed_and_nobody_is_told(life: Life) -> None:
    _live(life, "trains")
    life.clock.forward(100 * HOUR)
    assert _findings(life) == []
    (feed,) = life["rita"].feeds()
    assert (feed.name, feed.state, feed.owner, feed.models) == ("timetable", FeedState.UNKNOWN, address("milo"), ("trains",))


def test_one_that_is_declared_as_watched_is_missed_from_the_start(life: Life) -> None:
    _live(life, "trains", watch=True)
    assert _findings(life) == []
    life.clock.forward(HOUR + 1)
    (found,) = _findings(life)
    assert found.sentence == "The source timetable is late. Nothing was ever told of it. It may be 1h old. trains needs it."


def test_a_late_source_is_a_page_about_the_source(life: Life) -> None:
    _live(life, "trains")
    assert _push(life, newest=_now(life)) is FeedState.FRESH
    life.clock.forward(HOUR - 5)
    assert _findings(life) == []
    life.clock.forward(10)
    (found,) = _findings(life)
    assert (found.kind, found.source, found.severity, found.measure) == (Kind.FEED, "timetable", Severity.PAGE, "feed")
    assert (found.limit, 3600.0 < found.value < 3700.0) == (3600.0, True)
    assert found.sentence.startswith("The source timetable is late. Its newest row is 60 minutes old, and it may be 1h.")


def test_a_source_of_many_models_is_found_for_each_by_its_own_bound(life: Life) -> None:
    for name, bound in (("buses", "1h"), ("trains", "2h"), ("trams", "")):
        _live(life, name, freshness=bound)
    _push(life, newest=_now(life))
    life.clock.forward(HOUR + 60)
    assert [found.model for found in _findings(life)] == ["buses"]
    life.clock.forward(HOUR)
    assert sorted(found.model for found in _findings(life)) == ["buses", "trains"]


def test_no_rows_and_failed_checks_are_told_as_that(life: Life) -> None:
    _live(life, "trains")
    assert _push(life, newest=_now(life), rows=0) is FeedState.EMPTY
    assert _push(life, passed=False, check="1 of 3: not_null_delay") is FeedState.BROKEN
    (found,) = _findings(life)
    assert found.sentence == ("The source timetable is broken. Its checks failed: 1 of 3: not_null_delay. trains needs it.")


def test_what_is_left_out_says_nothing_new(life: Life) -> None:
    _live(life, "trains")
    _push(life, newest=_now(life, 60), rows=40, passed=True)
    _push(life, newest=_now(life, 3_000))
    assert _push(life, passed=False) is FeedState.BROKEN
    assert _push(life, newest=_now(life, 30)) is FeedState.BROKEN
    assert _push(life, passed=True) is FeedState.FRESH
    heard = life["rita"].feed("timetable").heard
    assert (heard.rows, heard.passed) == (40, True)


def test_a_source_that_is_right_again_mitigates_the_incident(life: Life) -> None:
    _live(life, "trains")
    _push(life, newest=_now(life), rows=0)
    _findings(life)
    life.clock.forward(120)
    _findings(life)
    (incident,) = life["rita"].incidents()
    assert (incident.state, incident.finding.source) == (State.OPEN, "timetable")
    _push(life, newest=_now(life), rows=12)
    _findings(life)
    (incident,) = life["rita"].incidents()
    assert incident.state is State.MITIGATED
    assert "Nobody feels it any more: Its newest row is" in incident.notes[-1]


def test_a_misspelt_source_and_arrivals_that_cannot_be_are_refused(life: Life) -> None:
    _live(life, "trains")
    with pytest.raises(NotFound) as refusal:
        life["display"].push_arrival("timetabel", rows=1)
    assert refusal.value.fix == "Did you mean timetable?"
    for told in ({}, {"newest": _now(life, -2 * HOUR)}, {"newest": -1}, {"rows": -1}, {"passed": True, "check": "x" * 501}):
        with pytest.raises(Invalid) as misfit:
            life["display"].push_arrival("timetable", **told)
        assert misfit.value.code == "E1236"


def test_only_so_much_is_kept_of_a_source(life: Life) -> None:
    _live(life, "trains")
    newest = _now(life)
    _push(life, newest=newest)
    for rows in range(220):
        life.clock.forward(0.001)
        _push(life, rows=rows, newest=newest)
    with life.kit.store.reading() as look:
        kept = look.arrivals.of("timetable")
    assert (len(kept), kept[0].rows, kept[-1].rows) == (200, 219, 20)

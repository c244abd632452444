"""What callers feel, measure by measure: found beyond chance, told apart, and mitigated once nobody feels it any more."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.segments import Segment, failed, scored
from tests.lifecycle.test_incidents import react
from tests.sdk import models

from lamplighter.domain.incident import Incident, State
from lamplighter.domain.monitor import Finding, Severity
from lamplighter.domain.route import Arm
from lamplighter.domain.version import Version
from lamplighter.lifecycle import collection, watching

MODEL = "felt-trains"


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    with lived(tmp_path / "home") as life:
        yield life


def _live(life: Life, **monitor: Any) -> Version:
    version = life.version(models.project(MODEL, monitor=monitor))
    life.appoint(version)
    return version


def _watched(life: Life, turned_away: int = 0) -> list[Incident]:
    """Collect and look as the reconciler does; every incident so far."""
    collection.collect(life.kit, "prod")
    watching.watch_service(life.kit, {(MODEL, "prod"): turned_away})
    react(life)
    return life["rita"].incidents(MODEL, closed=True)


def _found(life: Life, turned_away: int = 0) -> list[Finding]:
    return [incident.finding for incident in _watched(life, turned_away)]


def test_slow_answers_are_found_against_the_limit_of_the_project(life: Life) -> None:
    version, segment = _live(life, p95_ms=50.0), Segment(life.settings)
    segment.write(*(scored(version, f"quick{i}", [0.5], at=life.clock.now(), duration=20_000) for i in range(200)))
    assert _found(life) == []
    segment.write(*(scored(version, f"slow{i}", [0.5], at=life.clock.now(), duration=200_000) for i in range(60)))
    (found,) = _found(life)
    assert (found.measure, found.limit, found.severity) == ("latency", 50.0, Severity.PAGE)
    assert 100.0 < found.value <= 250.0
    assert found.sentence == f"1 of 20 requests took longer than {found.value:.0f} ms in the last minute; v1 answers."


def test_times_that_nobody_knows_do_not_end_an_incident(life: Life) -> None:
    version, segment = _live(life, p95_ms=50.0), Segment(life.settings)
    segment.write(*(scored(version, f"slow{i}", [0.5], at=life.clock.now(), duration=200_000) for i in range(200)))
    _watched(life)
    life.clock.forward(3600)
    segment.write(*(scored(version, f"unknown{i}", [0.5], at=life.clock.now(), duration=-1) for i in range(200)))
    (incident,) = _watched(life)
    assert incident.state is State.OPEN
    segment.write(*(scored(version, f"quick{i}", [0.5], at=life.clock.now(), duration=20_000) for i in range(200)))
    (incident,) = _watched(life)
    assert incident.state is State.MITIGATED


def test_nothing_is_said_of_the_latency_where_no_limit_is_given(life: Life) -> None:
    version = _live(life)
    Segment(life.settings).write(
        *(scored(version, f"slow{i}", [0.5], at=life.clock.now(), duration=9_000_000) for i in range(300))
    )
    assert _found(life) == []


def test_what_stands_in_for_an_outage_is_told_as_that_and_not_as_a_failure(life: Life) -> None:
    version, segment = _live(life), Segment(life.settings)
    for i in range(60):
        at = life.clock.now()
        segment.write(failed(version, f"bad{i}", at=at), scored(version, f"bad{i}", [0.1], at=at, arm=Arm.FALLBACK))
    (found,) = _found(life)
    assert (found.measure, found.value) == ("fallback", 1.0)
    assert found.sentence == ("60 of 60 requests were answered by what stands in for an outage in the last minute; v1 answers.")


def test_requests_that_find_no_room_are_saturation_and_no_failure(life: Life) -> None:
    version, segment = _live(life), Segment(life.settings)
    segment.write(*(scored(version, f"good{i}", [0.5], at=life.clock.now()) for i in range(60)))
    why = "queue-full: Too many requests wait for the model."
    segment.write(*(failed(version, f"full{i}", at=life.clock.now(), failure=why) for i in range(40)))
    (found,) = _found(life)
    assert (found.measure, found.value) == ("saturation", 0.4)


def test_requests_that_a_process_turned_away_are_saturation(life: Life) -> None:
    version = _live(life)
    Segment(life.settings).write(*(scored(version, f"good{i}", [0.5], at=life.clock.now()) for i in range(60)))
    (found,) = _found(life, turned_away=40)
    assert (found.measure, found.sentence) == (
        "saturation", "40 of 100 requests found no room in the last minute; v1 answers."
    )  # fmt: skip


def test_few_failures_of_a_model_that_is_seldom_asked_are_found_over_a_longer_time(life: Life) -> None:
    version, segment = _live(life), Segment(life.settings)
    for i in range(14):
        segment.write(failed(version, f"bad{i}", at=life.clock.now()))
        life.clock.forward(55)
    (found,) = _found(life)
    assert (found.measure, found.sentence) == ("failures", "14 of 14 requests failed in the last 15 minutes; v1 answers.")


def test_one_failure_is_none(life: Life) -> None:
    version, segment = _live(life), Segment(life.settings)
    segment.write(failed(version, "bad", at=life.clock.now()), scored(version, "good", [0.5], at=life.clock.now()))
    assert _found(life) == []


def test_what_nobody_feels_any_more_is_mitigated_and_never_resolved(life: Life) -> None:
    version, segment = _live(life), Segment(life.settings)
    segment.write(*(failed(version, f"bad{i}", at=life.clock.now()) for i in range(50)))
    assert [incident.state for incident in _watched(life)] == [State.OPEN]
    life.clock.forward(30)
    segment.write(*(scored(version, f"early{i}", [0.5], at=life.clock.now()) for i in range(50)))
    assert [incident.state for incident in _watched(life)] == [State.OPEN]
    life.clock.forward(61)
    assert [incident.state for incident in _watched(life)] == [State.MITIGATED]
    (incident,) = life["rita"].incidents(MODEL, closed=True)
    assert "Nobody feels it any more: 0 of 50 requests failed in the last 15 minutes." in incident.notes[-1]
    life.clock.forward(3600)
    assert [incident.state for incident in _watched(life)] == [State.MITIGATED]


def test_silence_mitigates_nothing(life: Life) -> None:
    version, segment = _live(life), Segment(life.settings)
    segment.write(*(failed(version, f"bad{i}", at=life.clock.now()) for i in range(50)))
    assert [incident.state for incident in _watched(life)] == [State.OPEN]
    life.clock.forward(3600)
    assert [incident.state for incident in _watched(life)] == [State.OPEN]


def test_what_was_mitigated_and_begins_again_is_another_incident(life: Life) -> None:
    version, segment = _live(life), Segment(life.settings)
    for turn in range(2):
        segment.write(*(failed(version, f"bad{turn}-{i}", at=life.clock.now()) for i in range(50)))
        _watched(life)
        life.clock.forward(90)
        segment.write(*(scored(version, f"good{turn}-{i}", [0.5], at=life.clock.now()) for i in range(50)))
        life.clock.forward(1)
        _watched(life)
        life.clock.forward(2)
    assert [incident.state for incident in _watched(life)] == [State.MITIGATED, State.RESOLVED]

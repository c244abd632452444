"""Who is told that a model has fallen silent or that its figures are not made, and when it is over."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.test_incidents import react
from tests.sdk import models
from tests.sdk.cast import address

from lamplighter.domain.events.incident import IncidentOpened
from lamplighter.domain.events.notification import Notified
from lamplighter.domain.incident import Incident, State
from lamplighter.domain.monitor import Kind, Severity
from lamplighter.domain.stage import Aspect, Duty, Status
from lamplighter.domain.traffic import Traffic
from lamplighter.domain.version import Version
from lamplighter.domain.watch import WatchState
from lamplighter.lifecycle import findings, watching
from lamplighter.lifecycle.watchers import Watchers

HOUR, DAY = 3600, 86_400


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    with lived(tmp_path / "home") as life:
        yield life


def _live(life: Life, name: str, **monitor: object) -> Version:
    version = life.version(models.project(name, monitor=monitor))
    life.appoint(version)
    return version


def _asked(life: Life, model: str, *ago: float) -> None:
    """The model was asked so many seconds ago."""
    now = life.clock.now() // 1_000_000
    with life.kit.store.transaction() as change:
        change.traffic.add([Traffic(model, "prod", 1, "champion", now - round(back), requests=1) for back in ago])


def _looked(life: Life, watchers: Watchers, times: int = 2) -> list[Incident]:
    """Look so often, as the reconciler does, and react; what is open then."""
    for _ in range(times):
        findings.settle(life.kit, watchers.looks())
    react(life)
    return life["rita"].incidents()


def test_a_model_that_falls_silent_pages_whoever_has_the_technical_duty_until_it_is_asked_again(life: Life) -> None:
    _live(life, "trains")
    _live(life, "buses")
    _asked(life, "trains", *(hour * HOUR for hour in range(8 * 24)))
    _asked(life, "buses", *(day * DAY for day in range(9)))
    watchers = Watchers(life.kit)
    assert _looked(life, watchers) == []
    life.clock.forward(3 * HOUR - 60)
    assert _looked(life, watchers, times=1) == []
    (incident,) = _looked(life, watchers, times=1)
    found = incident.finding
    assert (incident.model, found.kind, found.measure, found.severity) == ("trains", Kind.MONITOR, "silent", Severity.PAGE)
    assert found.sentence == "Nobody has asked for 3 hours; twice its longest pause is 2 hours."
    assert (incident.duty, incident.holder) == (Duty.MONITOR_TECHNICAL, address("ines"))
    assert [event.person for event in life.events(Notified)] == [address("ines")]
    # Callers feel nothing of it: the service is as well as before.
    status = life["rita"].status("trains").status
    assert (status[Aspect.SERVICE], status[Aspect.GOVERNANCE]) == (Status.HEALTHY, Status.WATCH)
    # After weeks nobody can say any more how it was asked; what was found holds until somebody asks.
    life.clock.forward(20 * DAY)
    assert [one.measure for one in life["rita"].watched("trains")[0].gaps if one.state is WatchState.SILENT] == ["silent"]
    assert [one.id for one in _looked(life, Watchers(life.kit)) if one.model == "trains"] == [incident.id]
    _asked(life, "trains", 1.0)
    assert [one for one in _looked(life, watchers) if one.model == "trains"] == []
    (over,) = life["rita"].incidents("trains", closed=True)
    assert (over.state, over.notes[-1].endswith("It is asked again.")) == (State.RESOLVED, True)
    assert len([one for one in life.events(IncidentOpened) if one.model == "trains"]) == 1


def test_pauses_are_looked_at_where_nobody_asks_any_more_and_few_at_a_time(life: Life) -> None:
    for name in ("trains", "buses"):
        _live(life, name)
        _asked(life, name, *(hour * HOUR for hour in range(8 * 24)))
    watchers, questions = Watchers(life.kit, at_once=1), list[str]()
    event.listen(life.kit.store.engine, "before_cursor_execute", lambda *seen: questions.append(seen[2]))
    assert _looked(life, watchers) == []
    assert not any("hours" in question for question in questions)
    life.clock.forward(3 * HOUR)
    assert len(_looked(life, watchers)) == 1
    assert len(_looked(life, watchers, times=1)) == 2
    life.clock.forward(2 * HOUR)
    _asked(life, "buses", 1.0)
    assert [one.model for one in _looked(life, watchers)] == ["trains"]


def test_labels_that_stay_away_are_missed_until_newer_ones_come(life: Life) -> None:
    version = _live(life, "trains", labels={"expected_after": "1d"})

    def scored(key: str) -> None:
        row = {"id": key, "number": version.number, "model": "trains", "environment": "prod", "arm": "champion", "score": 0.5}
        with life.kit.store.transaction() as change:
            change.predictions.keep([{**row, "event_at": life.clock.now()}])

    watchers = Watchers(life.kit)
    for key in ("a.0", "b.0", "c.0"):
        scored(key)
        assert _looked(life, watchers) == []
        life.clock.forward(0.9 * DAY)
    scored("d.0")
    (incident,) = _looked(life, watchers)
    assert (incident.finding.measure, incident.holder) == ("unlabelled", address("ines"))
    watching.push_labels(life.kit, "trains", [watching.Label(id="c.0", value=1.0)])
    assert _looked(life, watchers) == []


def test_figures_that_are_not_made_are_one_incident_however_many_models_wait(life: Life) -> None:
    _live(life, "buses")
    _live(life, "trains")
    with life.kit.store.transaction() as change:
        change.profiles.soil({(name, "prod", 0) for name in ("buses", "trains")}, life.clock.now())
    watchers = Watchers(life.kit)
    assert _looked(life, watchers) == []
    life.clock.forward(16 * 60)
    (incident,) = _looked(life, watchers)
    assert (incident.finding.measure, incident.models, incident.safe_action) == ("stale", ("buses", "trains"), "")
    assert incident.holder == address("ines")
    with life.kit.store.transaction() as change:
        change.profiles.clean("buses", "prod", change.profiles.marks("buses", "prod"))
    assert len(_looked(life, watchers)) == 1
    watching.observe(life.kit)
    assert _looked(life, watchers) == []
    assert life["rita"].incidents(closed=True)[0].state is State.RESOLVED


def test_the_reconciler_looks_by_itself(life: Life) -> None:
    _live(life, "trains", silent_after="15m")
    _asked(life, "trains", 1000.0)
    life.reconciler.look()
    life.clock.forward(31.0)
    life.reconciler.look()
    life.reconciler.look()
    assert [one.finding.measure for one in life["rita"].incidents("trains") if one.finding.kind is Kind.MONITOR] == ["silent"]

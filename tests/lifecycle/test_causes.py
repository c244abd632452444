"""What may be the cause, and whether going back would help: a bad version is left, a bad source is not the version's fault."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.segments import Segment, scored
from tests.lifecycle.test_incidents import finding, found
from tests.sdk import models
from tests.sdk.cast import address

from lamplighter.domain.cause import CERTAIN, Suspect, Trouble, ranked
from lamplighter.domain.events.incident import RollbackWeighed
from lamplighter.domain.events.routing import RolledBack
from lamplighter.domain.incident import Incident, State
from lamplighter.domain.monitor import Finding, Kind, Reading
from lamplighter.domain.project import Project
from lamplighter.domain.traffic import Traffic
from lamplighter.domain.version import Version
from lamplighter.lifecycle import collection

#: A rule book that lets the platform go back by itself for lost quality, too.
_STRICT = (
    (Path(__file__).parents[2] / "src/lamplighter/policies/starter.toml")
    .read_text()
    .replace('technical = "roll-back"\nfunctional = "notify"', 'technical = "roll-back"\nfunctional = "roll-back"')
)
_SOURCE = [{"name": "weather", "owner": address("milo"), "columns": ["delay", "load"]}]


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Life]:
    (tmp_path / "strict.toml").write_text(_STRICT)
    with lived(tmp_path / "home", f'policy = "{tmp_path / "strict.toml"}"\n') as life:
        yield life


def two(life: Life, name: str, **more: Any) -> tuple[Version, Version]:
    """Two versions of a critical model; the second has just taken the place of the first, which was live for 40 days."""
    return succeeded(life, models.critical(name, **({"source": _SOURCE} | more)))[0]


def succeeded(life: Life, *projects: Project) -> list[tuple[Version, Version]]:
    """The same for several models at once."""
    pairs = [tuple(life.versions(project, 2)) for project in projects]
    for place in (0, 1):
        for pair in pairs:
            life.appoint(pair[place])
        life.clock.forward((40 * 86_400, 180)[place])
    return [(first, second) for first, second in pairs]


def feeding(name: str) -> Project:
    """A critical model that needs the weather, or the timetable if it is called after its version."""
    source = "timetable" if name == "bad-version" else "weather"
    return models.critical(name, source=[{**_SOURCE[0], "name": source}])


def failing(life: Life, version: Version, **more: Any) -> Finding:
    """Failures of now."""
    return finding(version, **{"start": life.clock.now() - 60_000_000, "end": life.clock.now(), **more})


def traffic(life: Life, version: Version, arm: str, requests: int, failures: int, *, ago: int) -> None:
    """Requests that a version got so many seconds ago."""
    second = life.clock.now() // 1_000_000 - ago
    seen = Traffic(
        model=version.model, environment="prod", number=version.number, arm=arm, second=second, requests=requests, rows=1,
        failures=failures,
    )  # fmt: skip
    with life.kit.store.transaction() as change:
        change.traffic.add([seen])


def reading(version: Version, aspect: str, measure: str, *, crossed: bool, **more: Any) -> Reading:
    base = {
        "model": version.model, "environment": "prod", "number": version.number, "aspect": aspect, "measure": measure,
        "column": "", "start": 0, "end": 2**60, "value": 0.3, "low": 0.3, "high": 0.3, "count": 900, "limit": 0.2,
    }  # fmt: skip
    return Reading(**{**base, "crossed": crossed, **more})


def put(life: Life, *readings: Reading) -> None:
    with life.kit.store.transaction() as change:
        for one in readings:
            change.readings.put(one)


def weighed(life: Life, incident: Incident) -> tuple[bool, str]:
    """What the platform made of it, as the incident and the journal say alike."""
    now = life["rita"].incident(incident.id)
    assert now.weighed is not None
    said = [event for event in life.events(RollbackWeighed) if event.incident == incident.id]
    assert [(event.rolls_back, event.why) for event in said] == [(now.weighed.rolls_back, now.weighed.why)]
    return now.weighed.rolls_back, now.weighed.why


def test_a_bad_version_and_a_bad_source_only_the_first_is_rolled_back(strict: Life) -> None:
    (_, bad), (_, fed) = succeeded(strict, feeding("bad-version"), feeding("bad-source"))
    one = found(strict, failing(strict, bad))
    upstream = found(
        strict, finding(fed, Kind.FEED, measure="freshness", source="weather", sentence="The source weather is late.")
    )
    other = found(strict, failing(strict, fed))
    assert weighed(strict, one) == (True, "v2 went live 2 minutes before it began.")
    assert weighed(strict, other) == (
        False, f"Going back would not help: The source weather has an incident that is open: {upstream.id}.",
    )  # fmt: skip
    assert [(event.model, event.number) for event in strict.events(RolledBack)] == [("bad-version", 1)]
    assert (upstream.holder, upstream.state) == (address("milo"), State.OPEN)
    assert strict["rita"].incident(one.id).state is State.MITIGATED
    assert strict["rita"].incident(other.id).state is State.OPEN


def test_lost_quality_is_rolled_back_only_where_the_inputs_do_not_explain_it(strict: Life) -> None:
    (_, bad), (_, fed) = succeeded(strict, feeding("bad-version"), feeding("bad-inputs"))
    put(strict, reading(fed, "completeness", "missing", column="delay", crossed=True))
    for version in (bad, fed):
        answers(strict, version)
    one, other = (found(strict, failing(strict, version, kind=Kind.FUNCTIONAL)) for version in (bad, fed))
    assert weighed(strict, one)[0]
    assert weighed(strict, other) == (
        False,
        "Going back would not help: The input delay is empty more often than before; it comes from the source weather.",
    )
    assert [event.model for event in strict.events(RolledBack)] == ["bad-version"]


def answers(life: Life, version: Version) -> None:
    """A row that the version scored, so that it is known since when it answers in the time of events."""
    scored_at = life.clock.now() - 120_000_000
    Segment(life.settings).write(scored(version, f"{version.model}-1", [0.5], at=scored_at))
    collection.collect(life.kit, "prod")


def test_a_version_that_was_well_for_weeks_is_not_the_likely_cause(strict: Life) -> None:
    _, second = two(strict, "old")
    strict.clock.forward(41 * 86_400)
    incident = found(strict, failing(strict, second))
    assert weighed(strict, incident)[0] is False
    assert strict.events(RolledBack) == []


def test_unless_another_version_with_the_same_requests_does_not_fail(strict: Life) -> None:
    first, second = two(strict, "bomb")
    strict.clock.forward(41 * 86_400)
    traffic(strict, first, "shadow", 200, 0, ago=10)
    incident = found(strict, failing(strict, second))
    assert weighed(strict, incident) == (
        True, "v2 has the trouble, and another version that gets the same requests has not.",
    )  # fmt: skip


def test_what_another_version_shows_too_is_not_the_version(strict: Life) -> None:
    first, second = two(strict, "both")
    traffic(strict, first, "shadow", 200, 90, ago=10)
    assert weighed(strict, found(strict, failing(strict, second)))[0] is False


def test_what_failed_before_the_version_went_live_is_not_its_fault(strict: Life) -> None:
    first, second = two(strict, "before")
    traffic(strict, first, "champion", 200, 90, ago=300)
    assert weighed(strict, found(strict, failing(strict, second)))[0] is False
    assert strict.events(RolledBack) == []


@pytest.mark.parametrize(("measure", "ago"), [("unloaded", "8 minutes"), ("failures", "less than a minute")])
def test_requests_that_failed_before_do_not_date_trouble_of_another_sort(strict: Life, measure: str, ago: str) -> None:
    _, second = two(strict, "restarted")
    traffic(strict, second, "champion", 200, 9, ago=120)
    strict.clock.forward(400)
    incident = found(strict, failing(strict, second, measure=measure))
    assert f"v2 went live {ago} before it began." in [cause.sentence for cause in incident.causes]


def test_a_version_that_lost_its_trial_is_the_likeliest_cause_although_it_has_no_traffic_any_more(strict: Life) -> None:
    first, second = two(strict, "tried")
    strict.appoint(first)
    incident = found(strict, failing(strict, second, measure="trial-v2"))
    said = "v2 broke a limit of its rollout, beside another version that got the same requests."
    assert (incident.causes[0].sentence, incident.causes[0].kind) == (said, "version")
    assert strict.events(RolledBack) == []


def test_an_incident_says_what_changed_likeliest_first_and_who_feels_it(strict: Life) -> None:
    runbook = "docs/runbooks/late.md"
    _, second = two(strict, "told", monitor={"runbook": runbook})
    with strict.kit.store.transaction() as change:
        change.traffic.called([("told", "prod", "ops-dashboard", 40, strict.clock.now()), ("told", "prod", "old-job", 9, 1)])
    incident = found(strict, failing(strict, second))
    assert [cause.kind for cause in incident.causes] == ["version"]
    assert 0.5 < incident.causes[0].likelihood <= CERTAIN
    assert (incident.affected, incident.runbook, incident.way_back) == (("ops-dashboard",), runbook, 1)
    assert incident.safe_action == "lamp rollback told --env prod --to 1"


def test_inputs_that_moved_in_the_same_window_are_named(strict: Life) -> None:
    _, second = two(strict, "moved")
    put(strict, reading(second, "drift", "jensen_shannon", column="load", crossed=True))
    incident = found(strict, failing(strict, second, kind=Kind.FUNCTIONAL))
    assert "The values of load are not what they were." in [cause.sentence for cause in incident.causes]


SUSPECTS = st.lists(
    st.builds(
        Suspect, kind=st.just("version"), sentence=st.text(), about=st.floats(0, 10), age=st.floats(0, 1e9),
        half=st.floats(1, 1e6), trouble=st.sampled_from(Trouble),
    ), max_size=12,
)  # fmt: skip


@given(SUSPECTS)
def test_nothing_is_certain_and_all_together_is_less_than_one(suspects: list[Suspect]) -> None:
    likelihoods = [cause.likelihood for cause in ranked(suspects)]
    assert all(0 <= one <= CERTAIN for one in likelihoods)
    assert sum(likelihoods) < 1.0 + 0.001 * len(likelihoods)
    assert likelihoods == sorted(likelihoods, reverse=True)


def test_the_nearer_change_is_the_likelier_one() -> None:
    near, far = (
        Suspect(kind="version", sentence=name, about=1.0, age=age) for name, age in (("near", 60.0), ("far", 86_400.0))
    )
    assert [cause.sentence for cause in ranked([far, near])] == ["near", "far"]

"""Of which live versions something may have to be said: those in trouble and no others, whatever their number."""

from collections.abc import Mapping
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import event
from tests.lifecycle.lives import Life
from tests.lifecycle.test_incidents import react
from tests.sdk import models

from lamplighter.domain.monitor import Finding, Kind, Look
from lamplighter.domain.traffic import Traffic
from lamplighter.lifecycle import answering, calming, findings
from lamplighter.lifecycle.answering import LOOK_BACKS


def live(life: Life, name: str, *, number: int = 1, **monitor: Any) -> None:
    for place in range(number):
        life.appoint(life.version(models.project(name, monitor=monitor), threshold=round(0.3 + place / 10, 1)))


def asked(life: Life, name: str, *, ago: int = 5, number: int = 1, arm: str = "champion", **counts: int) -> None:
    second = life.clock.now() // 1_000_000 - ago
    with life.kit.store.transaction() as change:
        change.traffic.add([replace(Traffic(name, "prod", number, arm, second, requests=10), **counts)])


def told(life: Life, turned_away: Mapping[tuple[str, str], int] | None = None) -> set[str]:
    with life.kit.store.reading() as look:
        return {one.model for one in answering.telling(look, life.clock.now(), turned_away or {})}


def broken(life: Life, name: str) -> None:
    now = life.clock.now()
    finding = Finding(
        model=name, environment="prod", number=1, kind=Kind.TECHNICAL, measure="failures", value=1.0, limit=0.01,
        sentence="It fails.", start=now, end=now, after_rows=0,
    )  # fmt: skip
    with life.kit.store.transaction() as change:
        findings.report(life.kit, change, finding)
    react(life)


def test_a_version_that_fails_or_finds_no_room_is_looked_at_and_one_that_answers_is_not(life: Life) -> None:
    for name in ("failing", "crowded", "well", "silent"):
        live(life, name)
    asked(life, "failing", failures=1)
    asked(life, "crowded", crowded=1)
    asked(life, "well")
    assert told(life) == {"failing", "crowded"}


@pytest.mark.parametrize(("ago", "found"), [(LOOK_BACKS[-1] - 2, {"failing"}), (LOOK_BACKS[-1] + 5, set())])
def test_trouble_counts_as_long_as_the_longest_look_back(life: Life, ago: int, found: set[str]) -> None:
    live(life, "failing")
    asked(life, "failing", ago=ago, failures=9)
    assert told(life) == found


def test_what_another_version_failed_is_not_the_trouble_of_the_one_that_answers(life: Life) -> None:
    live(life, "failing", number=2)
    asked(life, "failing", number=1, failures=9)
    assert told(life) == set()
    asked(life, "failing", number=2, failures=1)
    assert told(life) == {"failing"}


def test_a_limit_of_time_is_looked_at_wherever_somebody_asked(life: Life) -> None:
    live(life, "timed", p95_ms=50.0)
    assert told(life) == set()
    asked(life, "timed")
    assert told(life) == {"timed"}


def test_requests_that_a_process_refused_are_trouble_without_any_traffic(life: Life) -> None:
    live(life, "full")
    live(life, "well")
    assert told(life, {("full", "prod"): 3, ("full", "dev"): 1, ("gone", "prod"): 9}) == {"full"}


def test_an_incident_is_looked_at_until_it_is_over(life: Life) -> None:
    live(life, "broken")
    broken(life, "broken")
    assert told(life) == {"broken"}
    (incident,) = life["rita"].incidents("broken")
    life["ines"].resolve(incident.id)
    assert told(life) == set()


def test_the_number_of_questions_does_not_grow_with_the_models(life: Life) -> None:
    counts = []
    for names in (["first"], [f"more-{place}" for place in range(9)]):
        for name in names:
            live(life, name, p95_ms=50.0)
            asked(life, name, failures=1)
        with life.kit.store.reading() as look:
            statements: list[str] = []
            event.listen(look.connection, "before_cursor_execute", lambda *seen, kept=statements: kept.append(seen[2]))
            found = answering.telling(look, life.clock.now(), {})
        counts.append(len(statements))
    assert len(found) == 10
    assert counts[0] == counts[1]


def calm(model: str, words: str = "0 of 50 requests failed.") -> Look:
    return Look(model=model, environment="prod", measure="failures", calm=words)


def test_what_was_not_seen_to_be_over_stays_as_it_is(life: Life) -> None:
    live(life, "broken")
    broken(life, "broken")
    for looks, patience in (([], 0), ([calm("broken", "")], 0), ([calm("other")], 0), ([calm("broken")], 60)):
        calming.calm(life.kit, looks, patience)
        assert [one.state for one in life["rita"].incidents("broken")] == ["open"]
    life.clock.forward(61)
    calming.calm(life.kit, [calm("broken")], 60)
    (incident,) = life["rita"].incidents("broken")
    assert (incident.state, incident.notes[-1].endswith("Nobody feels it any more: 0 of 50 requests failed.")) == (
        "mitigated",
        True,
    )
    # A second time nothing is left to do.
    calming.calm(life.kit, [calm("broken")], 60)
    assert life["rita"].incidents("broken") == [incident]

"""Counts of traffic do not grow for ever, and nobody who writes waits long while they go."""

from tests.lifecycle.lives import Life
from tests.sdk import models

from lamplighter.domain.traffic import HOUR, Traffic
from lamplighter.lifecycle import forgetting

DAY = 24 * HOUR


def kept(life: Life) -> tuple[list[int], list[int]]:
    """Ages in days of the seconds and of the hours that are there, the oldest first."""
    now = life.clock.now() // 1_000_000
    with life.kit.store.reading() as look:
        seconds = [now - part.second for part in look.traffic.since("busy", "prod", 0)]
        hours = [now // HOUR * HOUR - part.second for part in look.traffic.hours("busy", "prod", 0)]
    return [round(age / DAY) for age in seconds], [round(age / DAY) for age in hours]


def test_seconds_go_after_a_week_and_hours_after_a_year(life: Life) -> None:
    life.version(models.project("busy"))
    # Time goes on while this runs, and what is kept for eight days must not be older by then.
    now = life.clock.now() // 1_000_000 + 600
    ages = [401, 399, 30, 9, 8, 7, 0]
    with life.kit.store.transaction() as change:
        change.traffic.add([Traffic("busy", "prod", 1, "champion", now - age * DAY, requests=1) for age in ages])
    forgetting.forget(life.kit)
    assert kept(life) == ([399, 30, 9, 8, 7, 0], [399, 30, 9, 8, 7, 0])
    for _ in ages:
        forgetting.forget(life.kit)
    assert kept(life) == ([8, 7, 0], [399, 30, 9, 8, 7, 0])


def test_at_most_a_day_goes_at_once(life: Life) -> None:
    life.version(models.project("busy"))
    first = life.clock.now() // 1_000_000 - 30 * DAY
    with life.kit.store.transaction() as change:
        change.traffic.add([Traffic("busy", "prod", 1, "champion", first + hour * HOUR, requests=1) for hour in range(60)])
    for left in (36, 12, 0):
        forgetting.forget(life.kit)
        assert len(kept(life)[0]) == left

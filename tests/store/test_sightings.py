"""What was last seen of live versions."""

import pytest
from sqlalchemy import event

from lamplighter.domain.traffic import Traffic
from lamplighter.domain.watch import Sighting
from lamplighter.store.transaction import Store

HOUR, DAY, SECOND = 3600, 86_400, 1_000_000
#: A full hour, seconds since the epoch.
NOON = 20_000 * DAY + 12 * HOUR
VERSIONS = [("trains", "prod", 2), ("buses", "prod", 1)]


def asked(store: Store, *seconds: int, model: str = "trains", arm: str = "champion") -> None:
    with store.transaction() as change:
        change.traffic.add([Traffic(model, "prod", 1, arm, second, requests=1) for second in seconds])


def rows(*events: int, number: int = 2) -> list[dict[str, object]]:
    return [
        {
            "id": f"{number}-{at}", "number": number, "model": "trains", "environment": "prod", "arm": "champion",
            "event_at": at, "score": 0.5,
        }
        for at in events
    ]  # fmt: skip


def test_pauses_lie_between_hours_in_which_somebody_asks(store: Store) -> None:
    asked(store, *(NOON + hour * HOUR + 5 for hour in (0, 1, 2, 9, 10)), NOON + 5 * DAY, NOON + 5 * DAY + 59)
    asked(store, NOON + 3 * DAY, arm="shadow")
    asked(store, NOON, model="buses")
    with store.reading() as look:
        found = look.sightings.pauses(["trains", "buses", "boats"], (NOON + 6 * DAY) * SECOND)
        assert found == {("trains", "prod"): (110.0 * HOUR, 5.0 * DAY), ("buses", "prod"): (0.0, 0.0)}
        assert set(look.sightings.pauses(["buses"], (NOON + 6 * DAY) * SECOND)) == {("buses", "prod")}
        assert look.sightings.pauses([], (NOON + 6 * DAY) * SECOND) == {}
        # What lies longer back than two weeks says nothing of how it is asked now.
        late = look.sightings.pauses(["trains", "buses"], (NOON + 17 * DAY) * SECOND)
        assert late == {("trains", "prod"): (0.0, 0.0)}


def test_everything_that_was_seen_of_a_version(store: Store) -> None:
    asked(store, NOON, NOON + 70)
    with store.transaction() as change:
        change.predictions.keep([*rows(10, 40), *rows(5, number=1)])
        change.predictions.label([("2-10", 1.0, 0)], 90)
        change.predictions.advance_labels(["2-10"], 91)
        change.predictions.advance_labels(["1-5"], 99)
        change.profiles.soil({("trains", "prod", 0)}, 70)
        change.profiles.soil({("trains", "prod", 0), ("trains", "prod", 9)}, 80)
    with store.reading() as look:
        asked_at = look.sightings.asked(VERSIONS)
        found = look.sightings.of(VERSIONS, asked_at, {("trains", "prod"): (7200.0, 9.0)}, NOON * SECOND)
    assert found == {
        ("trains", "prod"): Sighting(
            asked_at=(NOON + 70) * SECOND, pause=7200.0, called_for=9.0, scored_from=10, scored_to=40, labelled_to=10,
            labelled_at=91, waits_since=70,
        ),
        ("buses", "prod"): Sighting(),
    }  # fmt: skip


def test_a_day_that_is_said_again_while_its_figures_are_made_waits_since_then(store: Store) -> None:
    with store.transaction() as change:
        change.profiles.soil({("trains", "prod", 0)}, 70)
        marks = change.profiles.marks("trains", "prod")
        change.profiles.soil({("trains", "prod", 0)}, 80)
        change.profiles.clean("trains", "prod", marks, 75)
        assert change.sightings.of(VERSIONS, {}, {}, NOON * SECOND)["trains", "prod"].waits_since == 75
        change.profiles.clean("trains", "prod", change.profiles.marks("trains", "prod"), 85)
        assert change.sightings.of(VERSIONS, {}, {}, NOON * SECOND)["trains", "prod"].waits_since == 0


@pytest.mark.parametrize("count", [1, 300])
def test_the_number_of_questions_is_bounded(store: Store, count: int) -> None:
    asked_of: list[str] = []
    with store.reading() as look:
        event.listen(look.connection, "before_cursor_execute", lambda *seen: asked_of.append(seen[2]))
        versions = [(f"m{place}", "prod", 1) for place in range(count)]
        pauses = look.sightings.pauses([model for model, _, _ in versions], 0)
        look.sightings.of(versions, look.sightings.asked(versions), pauses, NOON * SECOND)
    assert sum(statement.startswith(("SELECT", "WITH")) for statement in asked_of) == 5

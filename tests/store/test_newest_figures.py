"""The newest window of each version, and how far labels have come: one question for any number of versions."""

import msgspec

from lamplighter.domain.monitor import Reading
from lamplighter.store.transaction import Store, Transaction

DAY = 86_400_000_000
NOW = 100 * DAY
FIGURE = Reading(
    model="m", environment="prod", number=1, aspect="drift", measure="psi", column="x", start=0, end=7 * DAY, value=0.1,
    low=0.1, high=0.1, count=9,
)  # fmt: skip


def figure(**changes: object) -> Reading:
    return msgspec.structs.replace(FIGURE, **changes)


def row(key: str, model: str, number: int, event_at: int) -> dict[str, object]:
    return {
        "id": key, "number": number, "model": model, "environment": "prod", "arm": "champion", "event_at": event_at,
        "score": 0.5,
    }  # fmt: skip


def keep(change: Transaction, *readings: Reading) -> None:
    for reading in readings:
        change.readings.put(reading)


def test_only_the_newest_window_of_an_aspect_counts(store: Store) -> None:
    newest = figure(start=DAY, end=8 * DAY, value=0.2)
    other_column = figure(start=DAY, end=8 * DAY, column="y")
    quality = figure(aspect="quality", column="", end=30 * DAY)
    second = figure(model="n", number=2, end=3 * DAY)
    with store.transaction() as change:
        keep(change, FIGURE, newest, other_column, quality, second, figure(number=3, end=99 * DAY))
    with store.reading() as look:
        wanted = [("m", "prod", 1), ("n", "prod", 2), ("nothing", "prod", 1)]
        drift = sorted(look.readings.newest(wanted, ["drift"]), key=lambda reading: (reading.model, reading.column))
        assert drift == [newest, other_column, second]
        assert list(look.readings.newest(wanted, ["estimate", "quality"])) == [quality]
        assert list(look.readings.newest([], ["drift", "quality"])) == []


def test_more_versions_than_one_question_takes(store: Store) -> None:
    with store.transaction() as change:
        keep(change, figure(model="m-0"), figure(model="m-4999"))
    with store.reading() as look:
        wanted = [(f"m-{number}", "prod", 1) for number in range(5000)]
        assert [reading.model for reading in look.readings.newest(wanted, ["drift"])] == ["m-0", "m-4999"]
        assert look.answered.spans(wanted, NOW) == {}


def test_labels_never_go_back(store: Store) -> None:
    with store.transaction() as change:
        change.predictions.keep([row("a.0", "m", 1, 5), row("a.1", "m", 1, 9), row("b.0", "n", 2, 7)])
        change.predictions.advance_labels(["a.1", "never.0"], NOW)
    with store.transaction() as change:
        change.predictions.advance_labels(["a.0", "b.0"], NOW)
        change.predictions.advance_labels([], NOW)
    with store.reading() as look:
        assert look.predictions.label_heads() == {("m", "prod"): 9, ("n", "prod"): 7}
        spans = look.answered.spans([("m", "prod", 1), ("n", "prod", 1), ("n", "prod", 2)], NOW)
        assert spans == {("m", "prod"): (5, 9), ("n", "prod"): (7, 7)}

"""Rows that are old, and days that are closed before their rows go; the same on both databases."""

from typing import Any

from sqlalchemy import func, select

from lamplighter.store import schema
from lamplighter.store.closed_days import ClosedDay, Place
from lamplighter.store.old_rows import UNKNOWN
from lamplighter.store.transaction import Store, Transaction

DAY = 86_400_000_000


def row(key: str, answered_at: int, *, number: int = 1, model: str = "m", arm: str = "champion") -> dict[str, Any]:
    return {
        "id": key, "number": number, "model": model, "environment": "prod", "arm": arm, "event_at": answered_at % DAY,
        "score": 0.5, "answered_at": answered_at,
    }  # fmt: skip


def closed(day: int, *, number: int = 1, **more: int) -> ClosedDay:
    told = {"scored": 2, "known": 1, "there": 1, "said": 2, "found": 1} | more
    return ClosedDay("m", "prod", number, day, 99, day + 5, day + 7, **told, distance=0.5)


def rows(look: Transaction) -> int:
    return int(look.connection.execute(select(func.count()).select_from(schema.predictions)).scalar_one())


def test_old_rows_are_found_by_the_time_of_their_answer(store: Store) -> None:
    with store.transaction() as change:
        change.predictions.keep([row("a", 10), row("b", 20), row("c", 30), row("d", 5, model="n"), row("e", 0)])
        old = change.old_rows
        assert old.due({}) == []
        assert old.due({"m": 20, "n": 5, "nobody": 99}) == ["m"]
        assert [one.id for one in old.oldest("m", 30, 10)] == ["e", "a", "b"]
        assert [one.id for one in old.oldest("m", 99, 2)] == ["e", "a"]
        # What was there when times were not kept counts as answered then.
        change.counters.set(UNKNOWN, 25)
        assert old.due({"m": 10}) == []
        assert [one.id for one in old.oldest("m", 25, 10)] == ["a", "b"]
        assert [one.id for one in old.oldest("m", 26, 10)] == ["e", "a", "b"]


def test_a_label_goes_with_the_last_row_that_has_it(store: Store) -> None:
    with store.transaction() as change:
        change.predictions.keep([row("a", 10), row("b", 11), row("c", 12)])
        change.predictions.keep([row("a", 10, number=2, arm="shadow"), row("b", 11, number=2, arm="shadow")])
        change.predictions.label([("a", 1.0, 0), ("c", 0.0, 0)], now=1)
        found = change.old_rows.oldest("m", 12, 10)
        assert change.old_rows.hold()
        change.old_rows.drop([one for one in found if one.number == 1])
        assert change.predictions.labels_of(["a", "c"]) == {"a": 1.0, "c": 0.0}
        change.old_rows.drop([one for one in found if one.number == 2])
        assert (rows(change), change.predictions.labels_of(["a", "c"])) == (1, {"c": 0.0})


def test_a_closed_day_stays_as_it_was_closed(store: Store) -> None:
    with store.transaction() as change:
        for one in (closed(DAY), closed(3 * DAY), closed(DAY, scored=9)):
            change.closed_days.add(one)
        days = change.closed_days
        assert days.among([Place("m", "prod", 1, DAY), Place("m", "prod", 1, 2 * DAY)]) == {Place("m", "prod", 1, DAY)}
        assert days.among([]) == frozenset()
        assert list(days.between("m", "prod", 1, 0, 3 * DAY)) == [closed(DAY)]
        assert (days.newest("m", "prod"), days.newest("m", "dev")) == (3 * DAY, None)


def test_what_was_answered_is_told_of_closed_days_and_of_the_rows_between_them(store: Store) -> None:
    with store.transaction() as change:
        change.closed_days.add(closed(DAY))
        change.closed_days.add(closed(3 * DAY))
        for day in range(5):
            change.predictions.keep([{**row(f"d{day}", 1), "event_at": day * DAY + 3}])
        told = change.answered
        assert told.outcome("m", "prod", 1, 0, 5 * DAY, 0.5) == (7, 2, 2, 4, 2, 1.0)
        assert told.outcome("m", "prod", 1, DAY, 2 * DAY, 0.5) == (2, 1, 1, 2, 1, 0.5)
        assert told.outcome("m", "prod", 1, 9 * DAY, 9 * DAY, 0.5) == (0, 0, 0, 0, 0, 0.0)
        assert told.span("m", "prod", 1, 9 * DAY) == (3, 4 * DAY + 3)
        assert told.span("m", "prod", 2, 9 * DAY) is None
        assert told.numbers("m", "prod", 0, 5 * DAY) == [1]
        assert change.predictions.scored("m", "prod", [1, 2], [DAY]) == [1]

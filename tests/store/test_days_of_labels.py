"""Scored and labelled rows of windows, as sums of days."""

from lamplighter.lifecycle.labelled import labelled
from lamplighter.store.outcomes import Day
from lamplighter.store.transaction import Store

DAY = 86_400_000_000


def test_windows_of_many_versions_are_summed_in_one_question(store: Store) -> None:
    with store.transaction() as change:
        for model, number, days in (("trains", 1, range(6)), ("trains", 2, range(3)), ("buses", 1, range(2))):
            change.outcomes.put(model, "prod", [Day(number, day * DAY, 10 + day, day, day, b"") for day in days])
        change.outcomes.put("trains", "uat", [Day(1, 2 * DAY, 900, 900, 0, b"")])
    with store.reading() as look:
        windows = [("trains", "prod", 1, 2 * DAY, 5 * DAY), ("buses", "prod", 1, DAY, 9 * DAY), ("ships", "prod", 1, 0, DAY)]
        assert look.outcomes.within(windows) == {("trains", "prod"): (39, 9), ("buses", "prod"): (11, 1)}
        assert look.outcomes.within([]) == {}


def test_rows_are_counted_by_day_and_one_by_one(store: Store) -> None:
    rows = [(0, "champion", 1), (5, "champion", 1), (7, "shadow", 2), (9, "champion", 1)]
    with store.transaction() as change:
        change.outcomes.put("trains", "prod", [Day(1, 0, 3, 2, 2, b""), Day(2, 0, 1, 1, 0, b""), Day(1, DAY, 7, 4, 3, b"")])
        change.outcomes.put("trains", "uat", [Day(1, 0, 900, 900, 0, b"")])
        change.predictions.keep(
            [
                {
                    "id": f"r{at}.0", "number": number, "model": "trains", "environment": "prod", "arm": arm, "event_at": at,
                    "score": 0.5, "answered_at": at, "slices": "",
                }
                for at, arm, number in rows
            ]
        )  # fmt: skip
        change.predictions.label([("r5.0", 1.0, 0), ("r7.0", 1.0, 0), ("r9.0", 0.0, 0)], 3 * DAY)
        change.predictions.advance_labels(["r5.0", "r7.0", "r9.0"], 3 * DAY)
    with store.reading() as look:
        assert look.outcomes.numbers("trains", "prod", 0) == [1, 2]
        assert labelled(look, "trains", "prod", [(0, 2 * DAY)], 9 * DAY) == (8, 5)
        assert labelled(look, "trains", "prod", [(5, 9)], 9 * DAY) == (1, 1)
        assert labelled(look, "trains", "prod", [(0, 6), (7, DAY)], 9 * DAY) == (3, 2)
        # Nothing lies behind now, so that the day of now is whole.
        assert labelled(look, "trains", "prod", [(0, 10)], 10) == (3, 2)
        assert (look.predictions.label_head("trains", "prod"), look.predictions.label_head("ships", "prod")) == (9, 0)

"""Scored and labelled rows of windows, as sums of days."""

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

"""Which window of labels is overdue, and when one can be judged."""

import pytest

from lamplighter.domain.monitor_plan import Labels, Monitor, Quality
from lamplighter.domain.window import DAY, Counted, Window, is_judged, last_due, needed

WEEKLY = Monitor(quality=Quality(window="7d", least_rows=100), labels=Labels(expected_after="2d"))


@pytest.mark.parametrize(
    ("first", "newest", "due"),
    [
        (0, 10 * DAY - 1, None),
        (0, 10 * DAY, Window(-DAY, 6 * DAY)),
        (0, 11 * DAY, Window(0, 7 * DAY)),
        (0, 12 * DAY, Window(DAY, 8 * DAY)),
        (5 * DAY + 7, 12 * DAY, None),
        (5 * DAY + 7, 15 * DAY, Window(4 * DAY, 11 * DAY)),
    ],
)
def test_the_newest_window_is_due_after_twice_the_time_of_its_labels(first: int, newest: int, due: Window | None) -> None:
    assert last_due(first, newest, WEEKLY) == due


@pytest.mark.parametrize(
    ("scored", "labelled", "overdue", "judged"),
    [
        (1000, 990, False, True),
        (1000, 989, False, False),
        (1000, 500, True, True),
        (1000, 499, True, False),
        (150, 99, True, False),
        (99, 99, False, False),
    ],
)
def test_a_window_is_judged_by_the_share_and_the_number_of_its_labels(
    scored: int, labelled: int, overdue: bool, judged: bool
) -> None:
    assert is_judged(Counted(scored, labelled), overdue=overdue, monitor=WEEKLY) is judged
    assert is_judged(Counted(scored, needed(scored, WEEKLY)), overdue=True, monitor=WEEKLY)
    assert not is_judged(Counted(scored, needed(scored, WEEKLY) - 1), overdue=True, monitor=WEEKLY)

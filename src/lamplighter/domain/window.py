"""Windows of monitoring: whole days of event time, aligned to the epoch. They overlap."""

from typing import NamedTuple

from lamplighter.domain.duration import seconds
from lamplighter.domain.monitor_plan import Monitor

#: Microseconds in a day.
DAY = 86_400_000_000
#: A new window begins after this part of the length of one.
_PARTS = 4
#: A window is judged once this share of its rows has a label: those that come first are not like the rest.
LABELLED = 0.99
#: Or once this share has one, and twice the time has passed in which labels are expected.
OVERDUE_LABELLED = 0.5


class Window(NamedTuple):
    """From `start` to `end`, half open; event time in microseconds since the epoch."""

    start: int
    end: int


class Counted(NamedTuple):
    """Rows that a version scored in a window, and how many of them have a label."""

    scored: int
    labelled: int


def length_of(monitor: Monitor) -> int:
    """Microseconds of a window."""
    return max(1, round(seconds(monitor.quality.window) / 86400)) * DAY


def step_of(length: int) -> int:
    """Microseconds from the beginning of a window to that of the next one."""
    return max(DAY, length // _PARTS // DAY * DAY)


def patience(monitor: Monitor) -> int:
    """Microseconds after its end in which the labels of a window may come."""
    return int(2_000_000 * seconds(monitor.labels.expected_after))


def lived_through(window: Window, first: int, newest: int) -> bool:
    """Whether a version that scored from `first` to `newest` has lived through a window from end to end."""
    return window.start >= first // DAY * DAY - DAY and window.end <= newest


def is_judged(counted: Counted, *, overdue: bool, monitor: Monitor) -> bool:
    """Whether the labels of a window are in, or will not come any more, and are enough."""
    return are_in(counted, overdue=overdue) and counted.labelled >= monitor.quality.least_rows


def are_in(counted: Counted, *, overdue: bool) -> bool:
    """Whether the labels of so many rows are in, or as many of them as will come."""
    return counted.labelled >= (OVERDUE_LABELLED if overdue else LABELLED) * counted.scored


def needed(scored: int, monitor: Monitor) -> int:
    """Labels that a window of so many rows needs once they are overdue."""
    return max(monitor.quality.least_rows, -(-scored // 2))


def last_due(first: int, newest: int, monitor: Monitor) -> Window | None:
    """The newest window whose labels are overdue, of a version that scored from `first` to `newest`; nothing if none is."""
    length = length_of(monitor)
    step = step_of(length)
    start = (newest - patience(monitor) - length) // step * step
    window = Window(start, start + length)
    return window if lived_through(window, first, newest) else None

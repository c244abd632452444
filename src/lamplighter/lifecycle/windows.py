"""The windows of monitoring and the figures in them. Windows are whole days of event time, aligned to the epoch."""

from collections.abc import Iterator, Sequence

from lamplighter.domain.duration import seconds
from lamplighter.domain.monitor import Reading
from lamplighter.domain.monitor_plan import Monitor
from lamplighter.lifecycle import alarms, drifting, outcomes, quality
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.outcomes import Fresh
from lamplighter.store.transaction import Transaction

#: Microseconds in a day.
DAY = 86_400_000_000
#: A twelfth of a year of 365.25 days.
_MONTH = 30.4375 * DAY
#: A window is judged once this share of its rows has a label: those that come first are not like the rest.
_LABELLED = 0.99
#: Or once this share has one, and twice the time has passed in which labels are expected.
_OVERDUE_LABELLED = 0.5
#: Windows overlap: a new one begins after this part of their length.
_PARTS = 4


def readings(
    kit: Kit, look: Transaction, model: str, numbers: Sequence[int], environment: str, days: list[int], fresh: Fresh
) -> list[Reading]:
    """The figures of every window that one of these days changes, for versions with these numbers."""
    project = look.project(model)
    monitor = project.monitor
    days = _touched(days, monitor)
    length = _length(monitor)
    alarm = alarms.alarm(kit, look, project, looks(monitor))
    found: list[Reading] = []
    for version in look.versions.numbered([(model, number) for number in numbers]):
        span = look.predictions.span(model, environment, version.number)
        if span is None:
            continue
        spans = [(start, start + length) for start in _starts(days, length, span)]
        for start, end in spans:
            if _mature(outcomes.counted(look, version, environment, start, end, fresh), end, span[1], monitor):
                rows = outcomes.rows(look, version, environment, start, end, fresh)
                found += quality.readings(rows, version, environment, start, end, project)
        found += drifting.readings(kit, look, version, environment, spans, monitor, alarm)
    return found


def looks(monitor: Monitor) -> float:
    """How many windows end in a month, on average."""
    return _MONTH / _step(_length(monitor))


def _length(monitor: Monitor) -> int:
    return max(1, round(seconds(monitor.quality.window) / 86400)) * DAY


def _step(length: int) -> int:
    return max(DAY, length // _PARTS // DAY * DAY)


def _touched(days: list[int], monitor: Monitor) -> list[int]:
    """Days whose windows have to be looked at: what comes on a day also ends the windows of the day before, and the wait for
    labels of a while ago."""
    overdue = -(-round(2 * seconds(monitor.labels.expected_after)) // 86400) * DAY
    return sorted({touched for day in days for touched in (day, day - DAY, day - DAY - overdue)})


def _starts(days: list[int], length: int, span: tuple[int, int]) -> Iterator[int]:
    """Windows that hold a day and that the version has lived through from end to end."""
    step = _step(length)
    first = span[0] // DAY * DAY
    wanted = {(day // step - back) * step for day in days for back in range(-(-length // step))}
    for start in sorted(wanted):
        if start >= first - DAY and start + length <= span[1] and any(start <= day < start + length for day in days):
            yield start


def _mature(counted: tuple[int, int], end: int, newest: int, monitor: Monitor) -> bool:
    """Whether the labels of a window are in, or will not come any more."""
    scored, labelled = counted
    overdue = newest >= end + 2_000_000 * seconds(monitor.labels.expected_after)
    return labelled >= (_OVERDUE_LABELLED if overdue else _LABELLED) * scored and labelled >= monitor.quality.least_rows

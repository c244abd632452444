"""The windows of monitoring and the figures in them. Windows are whole days of event time, aligned to the epoch."""

from collections.abc import Iterator, Sequence

from lamplighter.domain.false_alarms import looks
from lamplighter.domain.monitor import Reading
from lamplighter.domain.monitor_plan import Monitor
from lamplighter.domain.window import DAY, Window, is_judged, length_of, lived_through, patience, step_of
from lamplighter.lifecycle import alarms, calibrating, drifting, outcomes, quality
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.outcomes import Fresh
from lamplighter.store.transaction import Transaction


def readings(
    kit: Kit, look: Transaction, model: str, numbers: Sequence[int], environment: str, days: list[int], fresh: Fresh
) -> list[Reading]:
    """The figures of every window that one of these days changes, for versions with these numbers."""
    project = look.project(model)
    monitor = project.monitor
    days = _touched(days, monitor)
    length = length_of(monitor)
    own = alarms.alarms(kit, look, project, looks(monitor))
    found: list[Reading] = []
    for version in look.versions.numbered([(model, number) for number in numbers]):
        span = look.answered.span(model, environment, version.number, kit.clock.now())
        if span is None:
            continue
        spans = list(_spans(days, length, span))
        for window in spans:
            counted = outcomes.counted(look, version, environment, *window, fresh)
            if is_judged(counted, overdue=span[1] >= window.end + patience(monitor), monitor=monitor):
                rows = outcomes.rows(look, version, environment, *window, fresh)
                found += quality.readings(rows, version, environment, *window, project)
                calibrated = calibrating.reading(kit, rows, version, environment, window, own.calibration)
                found += [calibrated] if calibrated is not None else []
        found += drifting.readings(kit, look, version, environment, spans, monitor, own.inputs)
    return found


def _touched(days: list[int], monitor: Monitor) -> list[int]:
    """Days whose windows have to be looked at: what comes on a day also ends the windows of the day before, and the wait for
    labels of a while ago."""
    overdue = -(-patience(monitor) // DAY) * DAY
    return sorted({touched for day in days for touched in (day, day - DAY, day - DAY - overdue)})


def _spans(days: list[int], length: int, span: tuple[int, int]) -> Iterator[Window]:
    """Windows that hold a day and that the version has lived through from end to end."""
    step = step_of(length)
    wanted = {(day // step - back) * step for day in days for back in range(-(-length // step))}
    for start in sorted(wanted):
        window = Window(start, start + length)
        if lived_through(window, *span) and any(start <= day < start + length for day in days):
            yield window

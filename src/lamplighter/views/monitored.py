"""What is drawn of one model: a bounded number of figures, however long its history is."""

from itertools import islice
from typing import TYPE_CHECKING

from lamplighter.domain.events.routing import RolledBack, WentLive
from lamplighter.domain.journal import Entry
from lamplighter.domain.monitor import Reading
from lamplighter.domain.monitored import Hour, Monitored, Promise, Release
from lamplighter.domain.traffic import HOUR, total
from lamplighter.monitoring.calibration import Calibration, calibration
from lamplighter.monitoring.labelled import labelled_from, together
from lamplighter.monitoring.outcomes import outcomes
from lamplighter.views.answering import felt, percentile
from lamplighter.views.live import live_versions

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.transaction import Transaction

#: Hours of the service, windows of a measure, releases and columns that are drawn at most.
_HOURS, _WINDOWS, _RELEASES, _COLUMNS = 48, 40, 40, 2000
#: Readings that are looked through for these windows.
_READ = 2000


def monitored(look: "Transaction", model: str, *, now: int, environment: str = "") -> Monitored:
    """What is drawn of a model in an environment, by default the most protected one; raises `NotFound` for names unknown."""
    look.project(model)
    if environment:
        look.environment(environment)
    places = [live for live in live_versions(look, model) if environment in ("", live.environment)]
    if not places:
        return Monitored(model=model, environment=environment, number=0)
    place, number = places[-1].environment, places[-1].number
    recent = look.readings.recent(model, place, ("quality", "estimate"), _READ)
    quality = apart([reading for reading in recent if not reading.column])
    return Monitored(
        model=model,
        environment=place,
        number=number,
        hours=_hours(look, model, place, now),
        releases=_releases(look, model, place),
        quality=quality,
        inputs=tuple(islice(look.readings.newest([(model, place, number)], ("drift", "completeness")), _COLUMNS)),
        slices=_slices(look, quality, number),
        promises=_promises(look, quality, number),
        calibration=next(look.readings.newest([(model, place, number)], ("calibration",)), None),
        closed=look.closed_days.newest(model, place) or 0,
    )


def apart(readings: list[Reading]) -> tuple[Reading, ...]:
    """Of readings, newest first, those whose windows do not overlap, at most so many of each measure and version; oldest first.

    Windows that overlap hold the same rows again: going back from the newest one leaves each row once.
    """
    begun: dict[tuple[str, str, int], tuple[int, int]] = {}
    found = []
    for reading in readings:
        key = (reading.aspect, reading.measure, reading.number)
        start, count = begun.get(key, (reading.end, 0))
        if reading.end <= start and count < _WINDOWS:
            begun[key] = (reading.start, count + 1)
            found.append(reading)
    return tuple(sorted(found, key=lambda reading: (reading.start, reading.number)))


def _hours(look: "Transaction", model: str, environment: str, now: int) -> tuple[Hour, ...]:
    first = now // 1_000_000 // HOUR * HOUR - (_HOURS - 1) * HOUR
    seen = [felt(part) for part in look.traffic.hours(model, environment, first) if part.arm != "shadow"]
    found = []
    for second in range(first, first + _HOURS * HOUR, HOUR):
        whole = total([part for part in seen if part.second == second])
        p50, p95 = percentile(whole.latencies, 0.50), percentile(whole.latencies, 0.95)
        at = second * 1_000_000
        found.append(Hour(at=at, requests=whole.requests, failures=whole.failures, p50_ms=p50, p95_ms=p95))
    return tuple(found)


def _releases(look: "Transaction", model: str, environment: str) -> tuple[Release, ...]:
    entries = look.journal.named(model, (WentLive.__name__, RolledBack.__name__), 2 * _RELEASES)
    found = [_release(entry) for entry in reversed(entries) if getattr(entry.event, "environment", "") == environment]
    return tuple(found[-_RELEASES:])


def _release(entry: Entry) -> Release:
    event = entry.event
    assert isinstance(event, WentLive | RolledBack)
    return Release(at=entry.at, number=event.number, before=event.previous, back=isinstance(event, RolledBack))


def _slices(look: "Transaction", quality: tuple[Reading, ...], number: int) -> tuple[Reading, ...]:
    measured = [reading for reading in quality if reading.aspect == "quality" and reading.number == number]
    if not measured:
        return ()
    last = max(measured, key=lambda reading: reading.end)
    same = {name: getattr(last, name) for name in ("model", "environment", "number", "aspect", "start", "end")}
    return tuple(look.readings.of(same, sliced=True)[:_COLUMNS])


def _promises(look: "Transaction", quality: tuple[Reading, ...], number: int) -> tuple[Promise, ...]:
    measured = [reading for reading in quality if reading.aspect == "quality" and reading.number == number]
    if not measured:
        return ()
    last = max(measured, key=lambda reading: reading.end)
    version = look.versions.find(model=last.model, number=number)
    if version is None:
        return ()
    days = look.outcomes.between(last.model, last.environment, number, last.start, last.end)
    rows = together(map(labelled_from, days.values()))
    found = calibration(outcomes(rows.labels, rows.scores, version.manifest.decision.threshold))
    if not isinstance(found, Calibration):
        return ()
    return tuple(
        Promise(said=part.mean_score, came=part.rate.value, low=part.rate.low, high=part.rate.high, rows=part.rate.n)
        for part in found.bins
    )

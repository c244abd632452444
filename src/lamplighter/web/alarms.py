"""What can raise an alarm, where it stands, and how often it is wrong."""

from collections.abc import Sequence
from typing import NamedTuple

from lamplighter.domain.false_alarms import of_quality, of_service, told
from lamplighter.domain.monitor import Reading
from lamplighter.domain.monitor_plan import Monitor
from lamplighter.domain.monitored import Monitored
from lamplighter.views.answering import Service
from lamplighter.web.drift import false_alarms
from lamplighter.web.numbers import NOTHING, count, figure, share
from lamplighter.web.quality import ESTIMATE, name_of


class Alarm(NamedTuple):
    """One of them."""

    name: str
    #: Where it stands now, against its limit.
    stands: str
    limit: str
    crossed: bool
    #: False alarms a month that are expected of it, or the most of a model that stands exactly at the limit.
    expected: str


def alarms(seen: Monitored, monitor: Monitor, service: Service | None) -> list[Alarm]:
    """Every alarm of a model: its service, its quality, its inputs."""
    found = _service(service, monitor) if service is not None else []
    measured = [
        reading for reading in seen.quality if reading.number == seen.number and reading.measure == monitor.quality.metric
    ]
    found += [_quality(reading, monitor) for reading in _newest(measured)]
    found += [_calibration(seen.calibration)] if seen.calibration is not None else []
    for aspect, name in (("drift", "Inputs that moved"), ("completeness", "Values that stay away")):
        readings = [reading for reading in seen.inputs if reading.aspect == aspect]
        if readings:
            found.append(_inputs(name, readings))
    return found


def _service(service: Service, monitor: Monitor) -> list[Alarm]:
    stands = f"{share(service.failure_rate)} of {count(service.requests)} requests" if service.requests else "nobody asked"
    expected = _at_most(of_service())
    found = [Alarm("Failed requests", stands, share(monitor.errors), service.failure_rate > monitor.errors, expected)]
    if monitor.p95_ms is not None:
        known, limit = service.p95_ms is not None, f"{monitor.p95_ms:g} ms"
        slow = service.p95_ms is not None and service.p95_ms > monitor.p95_ms
        stands = f"at most {service.p95_ms:g} ms" if known else "not known"
        found.append(Alarm("Time of 19 of 20 answers", stands, limit, slow, expected))
    return found


def _newest(readings: Sequence[Reading]) -> list[Reading]:
    """The newest measured figure, and the newest estimated one."""
    groups = [[r for r in readings if (r.aspect == ESTIMATE) is estimated] for estimated in (False, True)]
    return [max(group, key=lambda reading: reading.end) for group in groups if group]


def _quality(reading: Reading, monitor: Monitor) -> Alarm:
    name = f"{name_of(reading.measure)}{', estimated' if reading.aspect == ESTIMATE else ''}"
    if reading.limit is None:
        return Alarm(name, figure(reading.value), NOTHING, reading.crossed, NOTHING)
    return Alarm(name, figure(reading.value), figure(reading.limit), reading.crossed, _at_most(of_quality(monitor)))


def _calibration(reading: Reading) -> Alarm:
    limit = NOTHING if reading.limit is None else figure(reading.limit)
    return Alarm("Calibration that moved", figure(reading.value), limit, reading.crossed, _told([reading]))


def _inputs(name: str, readings: Sequence[Reading]) -> Alarm:
    crossed = sum(reading.crossed for reading in readings)
    stands = f"{crossed} of {len(readings)} beyond their limit"
    return Alarm(name, stands, "one each", crossed > 0, _told(readings))


def _at_most(expected: float) -> str:
    return f"≤ {told(expected)}"


def _told(readings: Sequence[Reading]) -> str:
    expected = false_alarms(readings)
    return NOTHING if expected is None else told(expected)

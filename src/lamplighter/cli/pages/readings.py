"""Figures by window, against their limits."""

from collections.abc import Sequence

from lamplighter.cli.instants import day, lasted, milliseconds
from lamplighter.cli.marks import marked
from lamplighter.cli.page import Page
from lamplighter.cli.table import Table
from lamplighter.domain.false_alarms import told
from lamplighter.domain.monitor import Reading
from lamplighter.views.answering import Service

_HEADS = ("STATUS", "MEASURE", "VERSION", "WINDOW", "ROWS", "LIMIT", "VALUE")


def monitor_page(model: str, environment: str, readings: Sequence[Reading], service: Service, address: str) -> Page:
    """The newest figure of each measure, version and column, and what callers felt."""
    newest = newest_of(readings)
    crossed = [reading for reading in newest if reading.crossed]
    return Page(
        says=_sentence(model, environment, newest, crossed),
        data={"model": model, "environment": environment, "newest": newest, "readings": readings, "service": service},
        facts=[("service", _service(service)), *_alarms(newest)],
        table=Table([_row(reading) for reading in newest], _HEADS, frozenset({4, 5})),
        next=[f"lamp incident list --model {model}"] if crossed else [f"lamp status {model}"],
        url=address,
    )


def newest_of(readings: Sequence[Reading]) -> list[Reading]:
    """The last window of each measure, version, column and slice; those over their limit first."""
    last = {(r.aspect, r.measure, r.column, r.slice, r.number): r for r in sorted(readings, key=lambda reading: reading.end)}
    return sorted(last.values(), key=lambda r: (not r.crossed, r.aspect, r.measure, r.column, r.slice, -r.number))


def _sentence(model: str, environment: str, newest: Sequence[Reading], crossed: Sequence[Reading]) -> str:
    if not newest:
        return f"Nothing was measured for {model} in {environment} yet: predictions have to come, and labels for quality."
    return f"{len(crossed)} of {len(newest)} figures of {model} in {environment} crossed their limit."


def _service(service: Service) -> str:
    felt = f"{service.requests:,} requests in {lasted(service.seconds)}, {service.failures:,} failed"
    percentiles = (("p50", service.p50_ms), ("p95", service.p95_ms), ("p99", service.p99_ms))
    times = ", ".join(f"{name} {milliseconds(length)}" for name, length in percentiles)
    return f"{felt}, {times}"


def _alarms(newest: Sequence[Reading]) -> list[tuple[str, str]]:
    """What the alarms of the newest version promise where nothing has changed."""
    stating = [reading for reading in newest if reading.false_alarms is not None]
    drift = [reading for reading in stating if reading.aspect != "calibration"]
    calibration = [reading for reading in stating if reading.aspect == "calibration"]
    return [
        ("alarms", f"{what.format(last.number)}: at most {told(last.false_alarms or 0.0)} false ones a month")
        for what, found in (("drift of v{}, all inputs together", drift), ("calibration of v{}", calibration))
        for last in sorted(found, key=lambda reading: (reading.number, reading.end))[-1:]
    ]


def _row(reading: Reading) -> tuple[str, ...]:
    limit = "-" if reading.limit is None else f"{reading.limit:g}"
    status = marked("watch" if reading.crossed else "unknown" if reading.limit is None else "healthy")
    value = f"{reading.value:.4f}"
    if (reading.low, reading.high) != (reading.value, reading.value):
        value += f" ({reading.low:.4f} to {reading.high:.4f})"
    if reading.restated:
        value += f", restated {reading.restated} {'time' if reading.restated == 1 else 'times'}"
    return status, _measure(reading), f"v{reading.number}", day(reading.start), f"{reading.count:,}", limit, value


def _measure(reading: Reading) -> str:
    if reading.slice:
        return f"{reading.measure} where {reading.slice.replace('=', ' = ', 1)}"
    return f"{reading.measure} of {reading.subject}" if reading.column else reading.measure

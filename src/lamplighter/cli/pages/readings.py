"""Figures by window, against their limits."""

from collections.abc import Sequence

from lamplighter.cli.instants import day, lasted, milliseconds
from lamplighter.cli.marks import marked
from lamplighter.cli.page import Page
from lamplighter.cli.table import Table
from lamplighter.domain.false_alarms import told
from lamplighter.domain.monitor import Reading
from lamplighter.views.answering import Service

#: Aspects in the order of the table; the others follow.
_FIRST = ("quality", "estimate", "calibration")
_HEADS = ("STATUS", "MEASURE", "VERSION", "WINDOW", "ROWS", "LIMIT", "VALUE")


def monitor_page(model: str, environment: str, readings: Sequence[Reading], service: Service, address: str) -> Page:
    """The newest figure of each measure, version and column, and what callers felt."""
    newest = newest_of(readings)
    crossed = [reading for reading in newest if reading.crossed]
    quiet = [reading for reading in newest if _is_quiet(reading)]
    return Page(
        says=_sentence(model, environment, newest, crossed),
        data={"model": model, "environment": environment, "newest": newest, "readings": readings, "service": service},
        facts=[("service", _service(service)), *_alarms(newest), *_within(len(quiet))],
        table=Table([_row(reading) for reading in newest if not _is_quiet(reading)], _HEADS, frozenset({4, 5})),
        next=_next(model, crossed),
        url=address,
    )


def newest_of(readings: Sequence[Reading]) -> list[Reading]:
    """The last window of each measure, version, column and slice; those over their limit first."""
    last = {(r.aspect, r.measure, r.column, r.slice, r.number): r for r in sorted(readings, key=lambda reading: reading.end)}
    return sorted(last.values(), key=lambda r: (not r.crossed, _rank(r.aspect), r.measure, r.column, r.slice, -r.number))


def _rank(aspect: str) -> tuple[int, str]:
    """What has come true goes first, then what is expected to."""
    return (_FIRST.index(aspect) if aspect in _FIRST else len(_FIRST)), aspect


def _is_quiet(reading: Reading) -> bool:
    """Whether it is about one column that is within its limit; of those there are many."""
    return bool(reading.column) and reading.limit is not None and not reading.crossed


def _within(count: int) -> list[tuple[str, str]]:
    return [("within", f"{count} figure{'' if count == 1 else 's'} of single inputs; --json holds them")] if count else []


def _next(model: str, crossed: Sequence[Reading]) -> list[str]:
    if not crossed:
        return [f"lamp status {model}"]
    why = any(reading.aspect == "quality" for reading in crossed)
    return [*([f"lamp monitor why {model}"] if why else []), f"lamp incident list --model {model}"]


def _sentence(model: str, environment: str, newest: Sequence[Reading], crossed: Sequence[Reading]) -> str:
    if not newest:
        return f"Nothing was measured for {model} in {environment} yet: predictions have to come, and labels for quality."
    return f"{len(crossed)} of {len(newest)} figures of {model} in {environment} crossed their limit."


def felt(service: Service) -> str:
    """What callers asked, and how much of it failed."""
    plural = "" if service.requests == 1 else "s"
    return f"{service.requests:,} request{plural} in {lasted(service.seconds)}, {service.failures:,} failed"


def _service(service: Service) -> str:
    percentiles = (("p50", service.p50_ms), ("p95", service.p95_ms), ("p99", service.p99_ms))
    times = ", ".join(f"{name} {milliseconds(length)}" for name, length in percentiles)
    return f"{felt(service)}, {times}"


def _alarms(newest: Sequence[Reading]) -> list[tuple[str, str]]:
    """What the alarms of the newest version promise where nothing has changed."""
    stating = [reading for reading in newest if reading.false_alarms is not None]
    drift = [reading for reading in stating if reading.aspect != "calibration"]
    calibration = [reading for reading in stating if reading.aspect == "calibration"]
    return [
        ("alarms", f"{what.format(last.number)}: {told(last.false_alarms or 0.0)} false ones a month at most")
        for what, found in (("drift of v{}, all inputs together", drift), ("calibration of v{}", calibration))
        for last in sorted(found, key=lambda reading: (reading.number, reading.end))[-1:]
    ]


def _row(reading: Reading) -> tuple[str, ...]:
    limit = "-" if reading.limit is None else f"{reading.limit:.4g}"
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
    if reading.aspect == "estimate":
        return f"{reading.measure}, estimated"
    return (
        f"{reading.measure} of {reading.subject.replace('@prediction', 'predictions')}" if reading.column else reading.measure
    )

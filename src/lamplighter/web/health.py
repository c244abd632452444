"""Whether the monitors themselves are alive, and whether what they need arrives."""

from collections.abc import Sequence
from typing import NamedTuple

from lamplighter.domain.incident import Incident
from lamplighter.domain.monitor import Kind, Reading
from lamplighter.domain.monitor_plan import Monitor
from lamplighter.domain.monitored import Monitored
from lamplighter.domain.source import Source
from lamplighter.views.status import ModelStatus
from lamplighter.web import times
from lamplighter.web.numbers import count
from lamplighter.web.quality import ESTIMATE, window


class Line(NamedTuple):
    """One monitor, or one feed."""

    name: str
    #: What is known of it.
    told: str
    #: Whether somebody should look.
    wrong: bool = False


def monitors(seen: Monitored, state: ModelStatus, monitor: Monitor) -> list[Line]:
    """When each of them saw something last."""
    measured = [reading for reading in seen.quality if reading.aspect != ESTIMATE and reading.number == seen.number]
    estimated = [reading for reading in seen.quality if reading.aspect == ESTIMATE and reading.number == seen.number]
    last = next((hour for hour in reversed(seen.hours) if hour.requests), None)
    return [
        Line("Requests", f"newest in the hour of {times.minute(last.at)}" if last else "none in two days", last is None),
        Line("Inputs", *_newest(seen.inputs, "no window has been compared yet")),
        Line("Estimated quality", *_newest(estimated, "nothing is expected without a reference that has labels")),
        Line("Measured quality", *_newest(measured, "no truth has come yet")),
        Line("Truth", _truth(state, monitor), bool(state.rows) and not state.labelled),
    ]


def _newest(readings: Sequence[Reading], nothing: str) -> tuple[str, bool]:
    if not readings:
        return nothing, False
    last = max(readings, key=lambda reading: reading.end)
    return f"{window(last)}, {count(last.count)} rows", False


def _truth(state: ModelStatus, monitor: Monitor) -> str:
    after = monitor.labels.expected_after
    expected = "at once" if after == "0s" else f"{after} after the prediction"
    return f"{count(state.labelled)} of {count(state.rows)} scored rows have it; it is expected {expected}"


def feeds(sources: Sequence[Source], incidents: Sequence[Incident]) -> list[Line]:
    """Each source, with what was found of it."""
    return [_feed(source, [one for one in incidents if one.finding.kind is Kind.FEED]) for source in sources]


def _feed(source: Source, incidents: Sequence[Incident]) -> Line:
    found = next((one for one in incidents if one.finding.source == source.name), None)
    if found is not None:
        return Line(source.name, found.finding.sentence, wrong=True)
    fresh = f"at most {source.freshness} old" if source.freshness else "no freshness is promised"
    return Line(source.name, f"{source.owner or 'nobody'} has it; {fresh}; nothing is known to be wrong", not source.owner)
